//! The garage's settings, and what the first paint needs.

use std::collections::BTreeMap;

use servease_desk::views::{Session, Settings};

use super::{Answer, Shell};
use crate::shell::told;

/// Everything the window needs for its first paint.
#[tauri::command]
#[specta::specta]
pub async fn session(shell: Shell<'_>) -> Answer<Session> {
    let language = sys_locale::get_locale()
        .and_then(|tag| tag.split(['-', '_']).next().map(str::to_lowercase));
    let desk = shell.desk().await?;
    desk.session(shell.folder(), language).await.map_err(told)
}

/// Changes settings by key; all or none.
#[tauri::command]
#[specta::specta]
pub async fn save_settings(
    shell: Shell<'_>,
    changes: BTreeMap<String, String>,
) -> Answer<Settings> {
    shell
        .desk()
        .await?
        .save_settings(&changes)
        .await
        .map_err(told)
}
