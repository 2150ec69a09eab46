//! Services: what this garage calls them. Records of them are made like any other.

use super::{Answer, Shell};
use crate::shell::told;

/// The kinds of service that this garage has written down, most used first.
#[tauri::command]
#[specta::specta]
pub async fn service_types(shell: Shell<'_>) -> Answer<Vec<String>> {
    shell.desk().await?.service_types().await.map_err(told)
}
