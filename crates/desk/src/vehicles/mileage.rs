//! The odometer: readings are added; what it shows follows from them.

use serde_json::{Map, json};
use servease_domain::consequences;
use servease_domain::odometer::Assessment;
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values, reading};
use servease_store::rows;
use uuid::Uuid;

use crate::failure::refuse;
use crate::garage::context::Work;
use crate::records::views::Saved;
use crate::{Desk, Failure, Result};

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
        let vehicle = rows::find_heir(work.conn(), EntityKind::Vehicle, vehicle_id)
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
        let reason = correction.map(|reason| reason.trim().to_owned());
        if reason.as_deref() == Some("") {
            problems.push(Problem::new("reason", Code::ReasonMissing));
        }
        let mut new = reading_of(&mut work, vehicle_id, value);
        if let Some(reason) = reason {
            new.values.insert("is_correction", Value::Flag(true));
            new.values.insert("reason", Value::Text(reason));
        }
        let mut doubts = Vec::new();
        if problems.is_empty() {
            judge(&mut work, &new, "mileage", &mut problems, &mut doubts).await?;
        }
        let is_doubtful = !doubts.is_empty();
        refuse(problems, doubts, confirm)?;
        new.values.insert("is_confirmed", Value::Flag(is_doubtful));
        work.step.create(&new).await?;
        work.save(vehicle_id).await
    }
}

/// A reading taken now. One equal to what is shown is written down too: it says that the value
/// was true today.
pub(crate) fn reading_of(work: &mut Work<'_>, vehicle_id: Uuid, value: i64) -> Record {
    let now = work.garage.now;
    let values = Values::from([
        ("vehicle_id", Value::Id(vehicle_id)),
        ("value", Value::Integer(value)),
        ("read_at", Value::Instant(now)),
    ]);
    Record::new(EntityKind::MileageReading, work.step.new_id(), values, now)
}

/// Judges a reading or the mileage of a service among what is known of its vehicle, and reports
/// under `field`.
pub(crate) async fn judge(
    work: &mut Work<'_>,
    new: &Record,
    field: &str,
    problems: &mut Vec<Problem>,
    doubts: &mut Vec<Problem>,
) -> Result<()> {
    let name = match new.kind {
        EntityKind::ServiceRecord => "mileage",
        _ => "value",
    };
    let (Some(vehicle), Some(found)) = (new.get("vehicle_id").as_id(), new.get(name).as_integer())
    else {
        return Ok(());
    };
    let conn = work.conn();
    let kind = EntityKind::MileageReading;
    let readings = rows::list_by(conn, kind, "vehicle_id", vehicle).await?;
    let kind = EntityKind::ServiceRecord;
    let services = rows::list_by(conn, kind, "vehicle_id", vehicle).await?;
    match consequences::judge(&readings, &services, new) {
        Assessment::Accepted => {}
        Assessment::BelowLast { last } => problems.push(
            Problem::new(field, Code::MileageBelowLast)
                .with("last", last)
                .with("found", found),
        ),
        Assessment::AboveNext { next } => doubts.push(
            Problem::new(field, Code::MileageAboveNext)
                .with("next", next)
                .with("found", found),
        ),
        Assessment::Improbable { last, above, .. } => doubts.push(
            Problem::new(field, Code::MileageImprobable)
                .with("last", last)
                .with("above", above)
                .with("found", found),
        ),
    }
    Ok(())
}
