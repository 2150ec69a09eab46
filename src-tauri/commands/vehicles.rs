//! Vehicles: the card, the lists, the odometer, the owner, the VIN.

use servease_desk::views::{ListQuery, OwnedVehicleLine, Saved, VehicleCard, Window};
use servease_domain::papers::StillHolds;
use servease_domain::vin::VinFacts;
use uuid::Uuid;

use super::{Answer, Shell};
use crate::shell::told;

#[tauri::command]
#[specta::specta]
pub async fn vehicle_card(shell: Shell<'_>, id: Uuid) -> Answer<VehicleCard> {
    shell.desk().await?.vehicle_card(id).await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn vehicle_list(
    shell: Shell<'_>,
    query: ListQuery,
    offset: u32,
    limit: u32,
) -> Answer<Window<OwnedVehicleLine>> {
    shell
        .desk()
        .await?
        .vehicle_list(&query, offset, limit)
        .await
        .map_err(told)
}

/// The most urgent of what is due within so many days.
#[tauri::command]
#[specta::specta]
pub async fn due_list(
    shell: Shell<'_>,
    within_days: u32,
    limit: u32,
) -> Answer<Window<OwnedVehicleLine>> {
    shell
        .desk()
        .await?
        .due_list(within_days, limit)
        .await
        .map_err(told)
}

/// Writes down what the odometer shows; a correction names its reason.
#[tauri::command]
#[specta::specta]
pub async fn update_mileage(
    shell: Shell<'_>,
    vehicle_id: Uuid,
    value: i64,
    correction: bool,
    reason: String,
    confirm: bool,
) -> Answer<Saved> {
    let reason = correction.then_some(reason);
    shell
        .desk()
        .await?
        .update_mileage(vehicle_id, value, reason, confirm)
        .await
        .map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn transfer_vehicle(
    shell: Shell<'_>,
    vehicle_id: Uuid,
    to_customer_id: Uuid,
    still: StillHolds,
) -> Answer<Saved> {
    shell
        .desk()
        .await?
        .transfer(vehicle_id, to_customer_id, still)
        .await
        .map_err(told)
}

/// What a whole or partial VIN says about the car.
#[tauri::command]
#[specta::specta]
pub async fn vin_facts(shell: Shell<'_>, text: String) -> Answer<Option<VinFacts>> {
    shell.desk().await?.vin_facts(&text).await.map_err(told)
}
