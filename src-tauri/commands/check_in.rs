//! A car at the counter.

use servease_desk::views::{CheckInCard, NewCheckIn, Saved};
use uuid::Uuid;

use super::{Answer, Shell};
use crate::shell::told;

#[tauri::command]
#[specta::specta]
pub async fn check_in_card(shell: Shell<'_>, vehicle_id: Uuid) -> Answer<CheckInCard> {
    shell
        .desk()
        .await?
        .check_in_card(vehicle_id)
        .await
        .map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn check_in_known(
    shell: Shell<'_>,
    vehicle_id: Uuid,
    mileage: Option<i64>,
    confirm: bool,
) -> Answer<Saved> {
    shell
        .desk()
        .await?
        .check_in_known(vehicle_id, mileage, confirm)
        .await
        .map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn check_in_new(shell: Shell<'_>, check_in: NewCheckIn) -> Answer<Saved> {
    shell
        .desk()
        .await?
        .check_in_new(check_in)
        .await
        .map_err(told)
}
