//! The odometer: readings are added, and the vehicle shows the last one.

use serde_json::{Map, json};
use servease_domain::odometer::{self, Assessment};
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values, reading};
use servease_store::{Connection, rows};
use uuid::Uuid;

use crate::failure::refuse;
use crate::garage::context::Work;
use crate::records::views::Saved;
use crate::{Desk, Failure, Result};

/// Where a reading comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Desk,
    Service,
    /// The odometer shown so far was wrong, or was replaced.
    Correction {
        reason: String,
    },
}

impl Desk {
    /// Writes down what the odometer shows. With a `reason` it is a correction, which may be
    /// lower than the last reading.
    ///
    /// Errors: NotFound; Invalid (`mileage_below_last`, `reason_missing`); Confirm
    /// (`mileage_improbable`).
    pub async fn update_mileage(
        &self,
        vehicle_id: Uuid,
        value: i64,
        correction: Option<String>,
        confirm: bool,
    ) -> Result<Saved> {
        let mut work = self.begin().await?;
        let mut vehicle = rows::find_heir(work.conn(), EntityKind::Vehicle, vehicle_id)
            .await?
            .ok_or(Failure::not_found(EntityKind::Vehicle, vehicle_id))?;
        let vehicle_id = vehicle.id;
        let input = Map::from_iter([
            ("value".to_owned(), json!(value)),
            ("reason".to_owned(), json!(correction)),
        ]);
        let read = reading::read(EntityKind::MileageReading, &input, &work.garage.rules());
        let mut problems = read.problems;
        for problem in &mut problems {
            // The caller gave a mileage; that it becomes a reading's value is ours to know.
            if problem.field == "value" {
                problem.field = "mileage".to_owned();
            }
        }
        let mut doubts = Vec::new();
        let source = match correction {
            Some(reason) if reason.trim().is_empty() => {
                problems.push(Problem::new("reason", Code::ReasonMissing));
                Source::Desk
            }
            Some(reason) => Source::Correction {
                reason: reason.trim().to_owned(),
            },
            None => Source::Desk,
        };
        let is_correction = matches!(source, Source::Correction { .. });
        if problems.is_empty() {
            judge(
                &mut work,
                &vehicle,
                "mileage",
                value,
                is_correction,
                &mut problems,
                &mut doubts,
            )
            .await?;
        }
        refuse(problems, doubts, confirm)?;
        write(&mut work, &mut vehicle, value, source).await?;
        work.save(vehicle_id).await
    }
}

/// Judges a reading taken now, and reports under `field`.
pub(crate) async fn judge(
    work: &mut Work<'_>,
    vehicle: &Record,
    field: &str,
    value: i64,
    is_correction: bool,
    problems: &mut Vec<Problem>,
    doubts: &mut Vec<Problem>,
) -> Result<()> {
    let now = work.garage.now;
    let last = last_reading(work.conn(), vehicle).await?;
    match odometer::assess(last, value, now, is_correction) {
        Assessment::Accepted => {}
        Assessment::BelowLast { last } => problems.push(
            Problem::new(field, Code::MileageBelowLast)
                .with("last", last)
                .with("found", value),
        ),
        Assessment::Improbable { last, above, .. } => doubts.push(
            Problem::new(field, Code::MileageImprobable)
                .with("last", last)
                .with("above", above)
                .with("found", value),
        ),
    }
    Ok(())
}

/// What the vehicle shows, and since when that is known; None when nobody ever read it.
async fn last_reading(
    conn: &mut Connection,
    vehicle: &Record,
) -> Result<Option<(i64, chrono::DateTime<chrono::Utc>)>> {
    let shown = vehicle.get("current_mileage").as_integer().unwrap_or(0);
    let newest = rows::list_by(conn, EntityKind::MileageReading, "vehicle_id", vehicle.id)
        .await?
        .iter()
        .filter_map(|record| record.get("read_at").as_instant())
        .max();
    Ok(match newest {
        Some(read_at) => Some((shown, read_at)),
        None if shown > 0 => Some((shown, vehicle.created_at)),
        None => None,
    })
}

/// Adds a reading taken now and sets the vehicle to it. A reading equal to what is shown is
/// written down too: it says that the value was true today.
pub(crate) async fn write(
    work: &mut Work<'_>,
    vehicle: &mut Record,
    value: i64,
    source: Source,
) -> Result<()> {
    let now = work.garage.now;
    let (word, reason) = match &source {
        Source::Service => ("service", ""),
        Source::Desk => ("desk", ""),
        Source::Correction { reason } => ("desk", reason.as_str()),
    };
    let is_correction = matches!(source, Source::Correction { .. });
    let reading = Record::new(
        EntityKind::MileageReading,
        work.step.new_id(),
        Values::from([
            ("vehicle_id", Value::Id(vehicle.id)),
            ("value", Value::Integer(value)),
            ("read_at", Value::Instant(now)),
            ("source", Value::Text(word.to_owned())),
            ("is_correction", Value::Flag(is_correction)),
            ("reason", Value::Text(reason.to_owned())),
        ]),
        now,
    );
    work.step.create(&reading).await?;
    let shown = Values::from([("current_mileage", Value::Integer(value))]);
    work.step.update(vehicle, &shown, is_correction).await?;
    Ok(())
}

/// The first reading of a vehicle that is made with a mileage.
pub(crate) async fn write_first(work: &mut Work<'_>, vehicle: &Record) -> Result<()> {
    let value = vehicle.get("current_mileage").as_integer().unwrap_or(0);
    if value == 0 {
        return Ok(());
    }
    let mut vehicle = vehicle.clone();
    write(work, &mut vehicle, value, Source::Desk).await
}
