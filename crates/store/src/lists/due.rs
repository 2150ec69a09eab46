//! Vehicles on which something is due: service, registration or insurance.

use chrono::NaiveDate;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::vehicles::{VehicleRow, owned};
use crate::Result;

/// Active vehicles whose service, registration or insurance is due on or before `until`, or
/// whose service is due within `distance`; in no particular order. Each date is found through
/// its own index.
pub async fn vehicles_due(
    conn: &mut SqliteConnection,
    until: NaiveDate,
    distance: i64,
) -> Result<Vec<VehicleRow>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(include_str!("due.sql"))
        .bind(until.to_string())
        .bind(distance)
        .fetch_all(&mut *conn)
        .await?;
    let mut found = owned(conn, &ids).await?;
    found.retain(|row| row.vehicle.is_active);
    Ok(found)
}
