//! The odometer: readings are added; what it shows follows from them.

use chrono::{DateTime, Utc};
use serde_json::{Map, json};
use servease_domain::odometer::Assessment;
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values, consequences};
use servease_store::{Connection, rows};
use uuid::Uuid;

use crate::records::input::Reader;
use crate::records::views::Saved;
use crate::records::write_new;
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
        let mut fields = Map::from_iter([
            ("vehicle_id".to_owned(), json!(vehicle.id)),
            ("value".to_owned(), json!(value)),
        ]);
        if let Some(reason) = correction {
            fields.insert("is_correction".to_owned(), json!(true));
            fields.insert("reason".to_owned(), json!(reason));
        }
        let id = work.step.new_id();
        let kind = EntityKind::MileageReading;
        let mut input = Reader::of(&mut work).read_new(kind, id, &fields).await?;
        for problem in input.problems.iter_mut().chain(&mut input.doubts) {
            // The caller gave a mileage; that it becomes a reading's value is ours to know.
            if problem.field == "value" {
                problem.field = "mileage".to_owned();
            }
        }
        input.refuse(confirm)?;
        write_new(&mut work, input).await?;
        work.save(vehicle.id).await
    }
}

/// A reading taken now. One equal to what is shown is written down too: it says that the value
/// was true today.
pub(crate) fn reading_of(vehicle_id: Uuid, value: i64, now: DateTime<Utc>) -> Record {
    let values = Values::from([
        ("vehicle_id", Value::Id(vehicle_id)),
        ("value", Value::Integer(value)),
        ("read_at", Value::Instant(now)),
    ]);
    Record::new(EntityKind::MileageReading, Uuid::nil(), values, now)
}

/// The field that holds what an odometer showed, of a record that tells it.
pub(crate) fn field_of(kind: EntityKind) -> Option<&'static str> {
    match kind {
        EntityKind::ServiceRecord => Some("mileage"),
        EntityKind::MileageReading => Some("value"),
        _ => None,
    }
}

/// Judges a reading or the mileage of a service among what is known of its vehicle, and reports
/// under `field`.
pub(crate) async fn judge(
    conn: &mut Connection,
    new: &Record,
    field: &str,
    problems: &mut Vec<Problem>,
    doubts: &mut Vec<Problem>,
) -> Result<()> {
    let found = field_of(new.kind).and_then(|name| new.get(name).as_integer());
    let (Some(vehicle), Some(found)) = (new.get("vehicle_id").as_id(), found) else {
        return Ok(());
    };
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
