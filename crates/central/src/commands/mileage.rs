//! The odometer: readings, and what is doubtful about them.
//!
//! A reading that is improbable is stored; it moves neither the vehicle's mileage nor a due
//! service until it is confirmed (sent again with `"confirm": true`, or as a correction).

use async_trait::async_trait;
use sea_query::{Expr, ExprTrait};
use serde_json::{Map, Value as Json};
use servease_domain::consequences::{self, MILEAGE};
use servease_domain::odometer::Assessment;
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values};
use servease_wire::{error, vehicle};
use uuid::Uuid;

use super::{Command, Request};
use crate::changes::Changeset;
use crate::failure::ApiFailure;
use crate::ledger::Done;
use crate::store::records;

/// PUT and PATCH may not turn an odometer back: that is a correction, which is a reading of
/// its own, with a reason.
pub fn check_not_lower(vehicle: &Record, wanted: i64) -> Option<Problem> {
    let last = vehicle.get(MILEAGE).as_integer().unwrap_or(0);
    (wanted < last).then(|| Problem::new(MILEAGE, Code::MileageBelowLast).with("last", last))
}

fn is_confirmed(input: &Map<String, Json>) -> bool {
    input.get("confirm").and_then(Json::as_bool) == Some(true)
}

/// Judges a new reading, or the mileage of a service, and reports under `field`. What is
/// doubtful is stored all the same, and believed if `input` confirms it.
pub async fn judge(
    work: &mut Changeset,
    input: &Map<String, Json>,
    new: &mut Record,
    field: &str,
    problems: &mut Vec<Problem>,
) -> Result<(), ApiFailure> {
    let Some(vehicle) = new.get("vehicle_id").as_id() else {
        return Ok(());
    };
    let readings = of_vehicle(work, EntityKind::MileageReading, vehicle).await?;
    let services = of_vehicle(work, EntityKind::ServiceRecord, vehicle).await?;
    match consequences::judge(&readings, &services, new) {
        Assessment::BelowLast { last } => {
            problems.push(Problem::new(field, Code::MileageBelowLast).with("last", last));
        }
        Assessment::Improbable { .. } | Assessment::AboveNext { .. } => {
            let is_confirmed = Value::Flag(is_confirmed(input));
            new.values.insert("is_confirmed", is_confirmed);
        }
        Assessment::Accepted => {}
    }
    Ok(())
}

async fn of_vehicle(
    work: &mut Changeset,
    kind: EntityKind,
    vehicle: Uuid,
) -> Result<Vec<Record>, ApiFailure> {
    let mut select = records::select_live(kind);
    select.and_where(Expr::col("vehicle_id").eq(vehicle));
    Ok(records::fetch_records(work.link().await?, kind, &select).await?)
}

/// A reading of now.
pub fn new_reading(work: &Changeset, vehicle: Uuid, value: i64) -> Record {
    let values = Values::from([
        ("vehicle_id", Value::Id(vehicle)),
        ("value", Value::Integer(value)),
        ("read_at", Value::Instant(work.now)),
    ]);
    Record::new(EntityKind::MileageReading, Uuid::now_v7(), values, work.now)
}

/// `vehicles/{id}/update-mileage/`.
#[derive(Debug)]
pub struct UpdateMileage {
    pub vehicle: Uuid,
    pub input: Map<String, Json>,
}

#[async_trait]
impl Command for UpdateMileage {
    async fn run(&self, work: &mut Changeset, request: &Request) -> Result<Done, ApiFailure> {
        let stored = work.find(EntityKind::Vehicle, self.vehicle).await?;
        let stored = stored.ok_or_else(ApiFailure::no_record)?;
        request.check_version(stored.seq)?;
        let refused = |words: &str| ApiFailure::Refused(error_body(words));
        let wanted = self.input.get("mileage").and_then(positive_integer);
        let Some(value) = wanted else {
            return Err(refused("A positive integer is required for mileage."));
        };
        if value > servease_domain::field::ODOMETER_MAX {
            return Err(refused("No odometer shows that much."));
        }
        let current = stored
            .record
            .get("current_mileage")
            .as_integer()
            .unwrap_or(0);
        if value < current {
            return Err(refused(
                "New mileage cannot be less than the current mileage.",
            ));
        }
        let mut reading = new_reading(work, stored.record.id, value);
        let mut problems = Vec::new();
        judge(work, &self.input, &mut reading, "mileage", &mut problems).await?;
        super::inputs::settle(problems)?;
        work.create(reading).await?;
        work.settle().await?;
        let vehicle = work.reread(&stored).await?;
        let body = vehicle::full(&vehicle.record, request.context.today);
        Ok(Done::ok(body, vehicle.seq))
    }
}

fn positive_integer(json: &Json) -> Option<i64> {
    let number = match json {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| *number > 0)
}

/// The stock service answers this one error under a name of its own.
fn error_body(words: &str) -> Json {
    let mut body = error::detail(words);
    if let Some(object) = body.as_object_mut() {
        object.remove("detail");
        object.insert("error".to_owned(), Json::String(words.to_owned()));
    }
    body
}
