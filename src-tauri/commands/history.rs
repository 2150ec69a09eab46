//! Who changed what, and taking it back.

use servease_desk::views::{HistoryEntry, Undone};
use servease_domain::EntityKind;
use uuid::Uuid;

use super::{Answer, Shell};
use crate::shell::told;

#[tauri::command]
#[specta::specta]
pub async fn history(shell: Shell<'_>, kind: EntityKind, id: Uuid) -> Answer<Vec<HistoryEntry>> {
    shell.desk().await?.history(kind, id).await.map_err(told)
}

/// Takes back the last step that has not been taken back.
#[tauri::command]
#[specta::specta]
pub async fn undo(shell: Shell<'_>) -> Answer<Undone> {
    shell.desk().await?.undo().await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn undo_step(shell: Shell<'_>, step: Uuid) -> Answer<Undone> {
    shell.desk().await?.undo_step(step).await.map_err(told)
}

/// Does again what was taken back last.
#[tauri::command]
#[specta::specta]
pub async fn redo(shell: Shell<'_>) -> Answer<Undone> {
    shell.desk().await?.redo().await.map_err(told)
}
