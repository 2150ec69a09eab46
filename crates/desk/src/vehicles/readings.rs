//! What an odometer showed: readings, and whether one can be believed.

use chrono::{DateTime, Utc};
use servease_domain::odometer::Assessment;
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values, consequences};
use servease_store::{Connection, rows};
use uuid::Uuid;

use crate::Result;

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
