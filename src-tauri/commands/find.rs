//! The one search box, and likenesses while a form is being filled.

use servease_desk::views::{LikelyDuplicate, Likeness, SearchHit, TypedField};
use uuid::Uuid;

use super::{Answer, Shell};
use crate::shell::told;

#[tauri::command]
#[specta::specta]
pub async fn search(shell: Shell<'_>, text: String, limit: u32) -> Answer<Vec<SearchHit>> {
    shell.desk().await?.search(&text, limit).await.map_err(told)
}

/// Who or what looks like what is being typed, but for the record that is being edited.
#[tauri::command]
#[specta::specta]
pub async fn likely_duplicates(
    shell: Shell<'_>,
    likeness: Likeness,
    exclude_id: Option<Uuid>,
) -> Answer<Vec<LikelyDuplicate>> {
    shell
        .desk()
        .await?
        .likely_duplicates(&likeness, exclude_id)
        .await
        .map_err(told)
}

/// The fields of a new record into which text goes that found nothing.
#[tauri::command]
#[specta::specta]
pub async fn fields_for(shell: Shell<'_>, text: String) -> Answer<Vec<TypedField>> {
    Ok(shell.desk().await?.fields_for(&text))
}
