//! Making, editing and deleting records of every kind.

use serde_json::{Map, Value as Json};
use servease_desk::views::{Review, Saved};
use servease_domain::EntityKind;
use uuid::Uuid;

use super::{Answer, Shell};
use crate::shell::told;

/// Field name → value, in the contract's forms.
pub type Fields = Map<String, Json>;

/// What is wrong and what is doubtful in a form, without saving it.
#[tauri::command]
#[specta::specta]
pub async fn review(
    shell: Shell<'_>,
    kind: EntityKind,
    id: Option<Uuid>,
    fields: Fields,
) -> Answer<Review> {
    shell
        .desk()
        .await?
        .review(kind, id, &fields)
        .await
        .map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn create_record(
    shell: Shell<'_>,
    kind: EntityKind,
    fields: Fields,
    confirm: bool,
) -> Answer<Saved> {
    shell
        .desk()
        .await?
        .create(kind, &fields, confirm)
        .await
        .map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn edit_record(
    shell: Shell<'_>,
    kind: EntityKind,
    id: Uuid,
    changes: Fields,
    confirm: bool,
) -> Answer<Saved> {
    shell
        .desk()
        .await?
        .edit(kind, id, &changes, confirm)
        .await
        .map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn delete_record(shell: Shell<'_>, kind: EntityKind, id: Uuid) -> Answer<Saved> {
    shell.desk().await?.delete(kind, id).await.map_err(told)
}
