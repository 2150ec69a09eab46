//! The server: who is signed in, how syncing stands, and what people decide about it.

use servease_desk::views::{
    Account, ConflictView, DuplicateView, FilesPace, Resolution, SyncStatus, WaitingEdit,
};
use servease_desk::views::{Saved, Undone};
use tauri::State;
use uuid::Uuid;

use super::{Answer, Shell};
use crate::shell::told;
use crate::syncing::Syncing;

/// Whether ServEase Central answers at an address; the address as it is kept.
#[tauri::command]
#[specta::specta]
pub async fn check_server(shell: Shell<'_>, server: String) -> Answer<String> {
    let desk = shell.desk().await?;
    desk.check_server(&server).await.map_err(told)
}

/// Signs in and begins to sync. `moves`: a folder that has synced with another server goes
/// over to this one.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(
    shell: Shell<'_>,
    syncing: State<'_, Syncing>,
    server: String,
    email: String,
    password: String,
    moves: bool,
) -> Answer<Account> {
    let desk = shell.desk().await?;
    let account = desk
        .sign_in(&server, &email, &password, moves)
        .await
        .map_err(told)?;
    syncing.sync_now();
    Ok(account)
}

/// Forgets the session; the server and what waits are kept.
#[tauri::command]
#[specta::specta]
pub async fn sign_out(shell: Shell<'_>, syncing: State<'_, Syncing>) -> Answer<()> {
    shell.desk().await?.sign_out().await.map_err(told)?;
    syncing.sync_now();
    Ok(())
}

/// How the desk stands with the server; every change of it is an event.
#[tauri::command]
#[specta::specta]
pub async fn sync_status(shell: Shell<'_>, syncing: State<'_, Syncing>) -> Answer<SyncStatus> {
    let activity = syncing.activity();
    let desk = shell.desk().await?;
    desk.sync_status(&activity).await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn sync_now(syncing: State<'_, Syncing>) -> Answer<()> {
    syncing.sync_now();
    Ok(())
}

/// Ends the run that is going on; what it did stays done.
#[tauri::command]
#[specta::specta]
pub async fn pause_sync(syncing: State<'_, Syncing>) -> Answer<()> {
    syncing.pause();
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub async fn waiting_edits(shell: Shell<'_>) -> Answer<Vec<WaitingEdit>> {
    shell.desk().await?.waiting_edits().await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn retry_edit(shell: Shell<'_>, syncing: State<'_, Syncing>, id: Uuid) -> Answer<()> {
    shell.desk().await?.retry_edit(id).await.map_err(told)?;
    syncing.sync_now();
    Ok(())
}

/// Says when files are sent from this PC.
#[tauri::command]
#[specta::specta]
pub async fn set_files_pace(
    shell: Shell<'_>,
    syncing: State<'_, Syncing>,
    pace: FilesPace,
) -> Answer<()> {
    let desk = shell.desk().await?;
    desk.set_files_pace(pace).await.map_err(told)?;
    syncing.files_anew();
    syncing.note_written();
    Ok(())
}

/// Lets a refused file that was given up wait again, by its document.
#[tauri::command]
#[specta::specta]
pub async fn take_up_file(shell: Shell<'_>, document: Uuid) -> Answer<bool> {
    shell
        .desk()
        .await?
        .take_up_file(document)
        .await
        .map_err(told)
}

/// Gives a waiting edit up; undo takes that back.
#[tauri::command]
#[specta::specta]
pub async fn discard_edit(shell: Shell<'_>, id: Uuid) -> Answer<()> {
    shell.desk().await?.discard_edit(id).await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn undo_discard(shell: Shell<'_>, id: Uuid) -> Answer<Undone> {
    shell.desk().await?.undo_discard(id).await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn conflicts(shell: Shell<'_>) -> Answer<Vec<ConflictView>> {
    shell.desk().await?.conflicts().await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn resolve_conflict(shell: Shell<'_>, id: Uuid, resolution: Resolution) -> Answer<Saved> {
    shell
        .desk()
        .await?
        .resolve_conflict(id, &resolution)
        .await
        .map_err(told)
}

/// Decides all conflicts of a record alike.
#[tauri::command]
#[specta::specta]
pub async fn resolve_conflicts_of(
    shell: Shell<'_>,
    record_id: Uuid,
    resolution: Resolution,
) -> Answer<Saved> {
    shell
        .desk()
        .await?
        .resolve_conflicts_of(record_id, &resolution)
        .await
        .map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn duplicates(shell: Shell<'_>) -> Answer<Vec<DuplicateView>> {
    shell.desk().await?.duplicates().await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn merge_duplicates(shell: Shell<'_>, keep: Uuid, other: Uuid) -> Answer<Saved> {
    shell
        .desk()
        .await?
        .merge_duplicates(keep, other)
        .await
        .map_err(told)
}

/// Says that a flagged record is somebody else after all.
#[tauri::command]
#[specta::specta]
pub async fn keep_apart(shell: Shell<'_>, duplicate: Uuid) -> Answer<Saved> {
    shell
        .desk()
        .await?
        .keep_apart(duplicate)
        .await
        .map_err(told)
}
