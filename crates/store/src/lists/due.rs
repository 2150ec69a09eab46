//! Vehicles on which something is due: service, registration or insurance.

use chrono::NaiveDate;
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use super::vehicles::{VehicleRow, owned};
use crate::Result;

/// What is due on a vehicle, without the rest of it: of the many that are due somebody reads
/// the few that are most so.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DuePoints {
    pub id: Uuid,
    pub current_mileage: i64,
    pub next_service_due_date: Option<NaiveDate>,
    pub next_service_due_mileage: Option<i64>,
    pub registration_expiry_date: Option<NaiveDate>,
    pub insurance_expiry_date: Option<NaiveDate>,
}

/// Active vehicles whose service, registration or insurance is due on or before `until`, or
/// whose service is due within `distance`; in no particular order. Each date is found through
/// its own index.
pub async fn due_points(
    conn: &mut SqliteConnection,
    until: NaiveDate,
    distance: i64,
) -> Result<Vec<DuePoints>> {
    Ok(sqlx::query_as(include_str!("due.sql"))
        .bind(until.to_string())
        .bind(distance)
        .fetch_all(conn)
        .await?)
}

/// Vehicles with their owners, in the order of the ids.
pub async fn vehicles_by_id(conn: &mut SqliteConnection, ids: &[Uuid]) -> Result<Vec<VehicleRow>> {
    owned(conn, ids).await
}
