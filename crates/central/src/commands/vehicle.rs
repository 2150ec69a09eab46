//! What is special about vehicles: who owns them, and what their odometer shows.

use serde_json::{Map, Value as Json};
use servease_domain::consequences::{self, MILEAGE};
use servease_domain::papers::{StillHolds, ended_by_transfer};
use servease_domain::{Code, EntityKind, Problem, Record, Values};
use uuid::Uuid;

use super::inputs;
use crate::changes::Changeset;
use crate::failure::ApiFailure;
use crate::garage;

/// The mileage that was said of a vehicle, unless that is what it shows.
pub fn take_mileage(record: &Record, said: &mut Values) -> Option<i64> {
    let value = said.remove(MILEAGE)?;
    (value != *record.get(MILEAGE))
        .then(|| value.as_integer())
        .flatten()
}

/// The first owner and the first reading of a new vehicle.
pub async fn begin(work: &mut Changeset, vehicle: &Record, mileage: i64) -> Result<(), ApiFailure> {
    let calendar = garage::calendar(work.link().await?).await?;
    if let Some(begun) = consequences::first_ownership(vehicle, work.now, calendar) {
        create(work, EntityKind::Ownership, begun).await?;
    }
    if let Some(first) = consequences::first_reading(vehicle, mileage, work.now) {
        create(work, EntityKind::MileageReading, first).await?;
    }
    Ok(())
}

/// `keep_registration` and `keep_insurance` of a transfer. The contract's transfer changes what it
/// names: without them everything is kept.
pub fn still_holds(input: &Map<String, Json>, problems: &mut Vec<Problem>) -> StillHolds {
    let mut kept = |name| match input.get(name) {
        None | Some(Json::Null) => true,
        Some(Json::Bool(kept)) => *kept,
        Some(_) => {
            problems.push(Problem::new(name, Code::NotAFlag));
            true
        }
    };
    StillHolds {
        registration: kept("keep_registration"),
        insurance: kept("keep_insurance"),
    }
}

/// Adds to a transfer what it clears of the former owner's papers. What the client itself says of
/// them counts.
pub fn end_papers(
    vehicle: &Record,
    input: &Map<String, Json>,
    still: StillHolds,
    changes: &mut Values,
) {
    if changes.contains_key("customer_id") {
        let mut ended = ended_by_transfer(vehicle, still);
        ended.retain(|name, _| !input.contains_key(*name));
        changes.extend(ended);
    }
}

/// Another owner is a transfer: an ownership begins.
pub async fn transfer(
    work: &mut Changeset,
    before: &Record,
    after: &Record,
) -> Result<(), ApiFailure> {
    if before.get("customer_id") != after.get("customer_id")
        && let Some(owner) = after.get("customer_id").as_id()
    {
        let begun = consequences::beginning(after.id, owner, work.now);
        create(work, EntityKind::Ownership, begun).await?;
    }
    Ok(())
}

async fn create(work: &mut Changeset, kind: EntityKind, values: Values) -> Result<(), ApiFailure> {
    let record = Record::new(kind, Uuid::now_v7(), values, work.now);
    inputs::write(work, record).await?;
    Ok(())
}
