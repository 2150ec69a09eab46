//! The odometer: readings, the vehicle's current mileage, what is improbable.
//!
//! A reading that is improbable is stored and flagged; it does not move the vehicle's
//! mileage, and with it no due service, until it is confirmed (sent again with
//! `"confirm": true`, or as a correction).

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Order};
use serde_json::{Map, Value as Json};
use servease_domain::odometer::{Assessment, assess};
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values};
use servease_wire::{error, vehicle};
use uuid::Uuid;

use super::{Command, Request};
use crate::changes::Work;
use crate::failure::Failure;
use crate::ledger::Done;
use crate::store::records;

/// The last reading that was believed: the newest one that is not flagged, or the vehicle's
/// own mileage as it was entered with it. None for a vehicle whose odometer nobody has read.
async fn last_reading(
    work: &mut Work,
    vehicle: &Record,
) -> Result<Option<(i64, DateTime<Utc>)>, Failure> {
    let mut newest = records::select_live(EntityKind::MileageReading);
    newest
        .and_where(Expr::col("vehicle_id").eq(vehicle.id))
        .and_where(Expr::col("is_improbable").eq(false))
        .order_by("created_at", Order::Desc)
        .order_by("id", Order::Desc)
        .limit(1);
    let found =
        records::fetch_records(work.link().await?, EntityKind::MileageReading, &newest).await?;
    let current = vehicle.get("current_mileage").as_integer().unwrap_or(0);
    Ok(match found.first() {
        Some(reading) => {
            let read_at = reading.get("read_at").as_instant();
            Some((current, read_at.unwrap_or(reading.created_at)))
        }
        None if current > 0 => Some((current, vehicle.created_at)),
        None => None,
    })
}

/// PUT and PATCH may not turn an odometer back: that is a correction, which is a reading of
/// its own, with a reason.
pub fn check_not_lower(vehicle: &Record, changes: &Values) -> Option<Problem> {
    let last = vehicle.get("current_mileage").as_integer().unwrap_or(0);
    let wanted = changes.get("current_mileage")?.as_integer()?;
    (wanted < last)
        .then(|| Problem::new("current_mileage", Code::MileageBelowLast).with("last", last))
}

fn is_confirmed(input: &Map<String, Json>) -> bool {
    input.get("confirm").and_then(Json::as_bool) == Some(true)
}

/// Judges a new reading. `input` may confirm it.
pub async fn prepare(
    work: &mut Work,
    input: &Map<String, Json>,
    reading: &mut Record,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    let Some(vehicle) = reading.get("vehicle_id").as_id() else {
        return Ok(());
    };
    let Some(vehicle) = work.find(EntityKind::Vehicle, vehicle).await? else {
        return Ok(());
    };
    let Some(value) = reading.get("value").as_integer() else {
        return Ok(());
    };
    let last = last_reading(work, &vehicle.record).await?;
    let at = reading.get("read_at").as_instant().unwrap_or(work.now);
    let is_correction = reading.get("is_correction").as_flag();
    match assess(last, value, at, is_correction) {
        Assessment::BelowLast { last } => {
            problems.push(Problem::new("value", Code::MileageBelowLast).with("last", last));
        }
        Assessment::Improbable { .. } if !is_confirmed(input) => {
            reading.values.insert("is_improbable", Value::Flag(true));
        }
        Assessment::Improbable { .. } | Assessment::Accepted => {}
    }
    Ok(())
}

/// A believed reading moves the vehicle's mileage.
pub async fn follow_up(work: &mut Work, reading: &Record) -> Result<(), Failure> {
    if reading.get("is_improbable").as_flag() {
        return Ok(());
    }
    let (Some(id), Some(value)) = (
        reading.get("vehicle_id").as_id(),
        reading.get("value").as_integer(),
    ) else {
        return Ok(());
    };
    if let Some(vehicle) = work.find(EntityKind::Vehicle, id).await? {
        let mileage = Values::from([("current_mileage", Value::Integer(value))]);
        work.update(&vehicle, &mileage).await?;
    }
    Ok(())
}

/// The reading behind a mileage that was set with the vehicle's other fields.
pub async fn note_reading(work: &mut Work, vehicle: &Record) -> Result<(), Failure> {
    let reading = new_reading(work, vehicle, vehicle.get("current_mileage").clone());
    work.create(reading).await?;
    Ok(())
}

fn new_reading(work: &Work, vehicle: &Record, value: Value) -> Record {
    let values = Values::from([
        ("vehicle_id", Value::Id(vehicle.id)),
        ("value", value),
        ("source", Value::Text("api".to_owned())),
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
    async fn run(&self, work: &mut Work, request: &Request) -> Result<Done, Failure> {
        let stored = work.find(EntityKind::Vehicle, self.vehicle).await?;
        let stored = stored.ok_or_else(Failure::no_record)?;
        request.check_version(stored.seq)?;
        let refused = |words: &str| Failure::Refused(error_body(words));
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
        let mut reading = new_reading(work, &stored.record, Value::Integer(value));
        let mut problems = Vec::new();
        prepare(work, &self.input, &mut reading, &mut problems).await?;
        super::inputs::settle(problems)?;
        let reading = work.create(reading).await?;
        follow_up(work, &reading.record).await?;
        let vehicle = work.find(EntityKind::Vehicle, self.vehicle).await?;
        let vehicle = vehicle.ok_or_else(Failure::no_record)?;
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
