//! Forms that are not saved yet and must survive a crash.

use serde_json::Value as Json;

use super::{Answer, Shell};
use crate::shell::told;

#[tauri::command]
#[specta::specta]
pub async fn draft_save(shell: Shell<'_>, key: String, content: Json) -> Answer<()> {
    shell
        .desk()
        .await?
        .save_draft(&key, &content)
        .await
        .map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn draft_load(shell: Shell<'_>, key: String) -> Answer<Option<Json>> {
    shell.desk().await?.find_draft(&key).await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn draft_clear(shell: Shell<'_>, key: String) -> Answer<()> {
    shell.desk().await?.discard_draft(&key).await.map_err(told)
}
