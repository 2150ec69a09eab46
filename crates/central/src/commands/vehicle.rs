//! What is special about vehicles: who owns them, and when.

use sea_query::{Expr, ExprTrait};
use servease_domain::{EntityKind, Record, Value, Values};
use uuid::Uuid;

use crate::changes::Work;
use crate::failure::Failure;
use crate::store::records;

/// The first owner of a new vehicle.
pub async fn begin_ownership(work: &mut Work, vehicle: &Record) -> Result<(), Failure> {
    let values = Values::from([
        ("vehicle_id", Value::Id(vehicle.id)),
        ("customer_id", vehicle.get("customer_id").clone()),
        ("from", Value::Instant(work.now)),
    ]);
    let record = Record::new(EntityKind::Ownership, Uuid::now_v7(), values, work.now);
    work.create(record).await?;
    Ok(())
}

/// What an edit brings along: another owner is a transfer, a higher odometer a reading.
pub async fn follow_up(work: &mut Work, before: &Record, after: &Record) -> Result<(), Failure> {
    if before.get("customer_id") != after.get("customer_id") {
        end_ownerships(work, after.id).await?;
        begin_ownership(work, after).await?;
    }
    if before.get("current_mileage") != after.get("current_mileage") {
        super::mileage::note_reading(work, after).await?;
    }
    Ok(())
}

async fn end_ownerships(work: &mut Work, vehicle: Uuid) -> Result<(), Failure> {
    let mut open = records::select_live(EntityKind::Ownership);
    open.and_where(Expr::col("vehicle_id").eq(vehicle))
        .and_where(Expr::col("until").is_null());
    let now = Value::Instant(work.now);
    for stored in records::fetch(work.link().await?, EntityKind::Ownership, &open).await? {
        let until = Values::from([("until", now.clone())]);
        work.update(&stored, &until).await?;
    }
    Ok(())
}
