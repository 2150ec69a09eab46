//! What follows from what people stated: the one place that decides it.
//!
//! Facts are what people state: fields, readings, services, transfers, confirmations. From them
//! follow the odometer that a vehicle shows, its last and its next service, a customer's last
//! visit, and who owned a vehicle until when. Nobody types a consequence and no edit carries one:
//! the desk and Central each work them out anew whenever facts have changed, from wherever they
//! came, so that both hold the same whatever the order of arrival.
//!
//! Pure: facts in, consequences out. Reading the facts and writing what follows is the work of
//! whoever keeps the records.

mod odometer;
mod owners;
mod service;
mod stated;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

pub use owners::{Tenure, beginning, first_ownership, list_ends, list_real};
pub use stated::{merged, state};

use crate::calendar::Calendar;
use crate::kind::EntityKind;
use crate::odometer::Assessment;
use crate::readable;
use crate::record::{Record, Values};
use crate::value::Value;

/// A wrong time zone or an hour of summer time is no future.
const FUTURE_GRACE: TimeDelta = TimeDelta::days(1);

/// Whether a moment lies in a future that a clock does not know yet.
pub fn is_from_future(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at > now + FUTURE_GRACE
}

/// The field that dates a record which must not come from the future.
pub const fn dated_by(kind: EntityKind) -> Option<&'static str> {
    match kind {
        EntityKind::ServiceRecord => Some("performed_at"),
        EntityKind::MileageReading => Some("read_at"),
        _ => None,
    }
}

/// Takes back what Central judged of fields that are written anew: whoever writes them knows the
/// date, and Central judges it again.
pub fn take_back_judgements(record: &Record, changes: &mut Values) {
    for field in record.kind.fields() {
        let is_written = field.judges.is_some_and(|of| changes.contains_key(of));
        if is_written && !changes.contains_key(field.name) && record.get(field.name).as_flag() {
            changes.insert(field.name, Value::Flag(false));
        }
    }
}

/// What is known of one vehicle. Only live records belong here.
#[derive(Debug, Clone, Copy)]
pub struct VehicleFacts<'a> {
    pub vehicle: &'a Record,
    pub readings: &'a [Record],
    pub services: &'a [Record],
    pub ownerships: &'a [Record],
}

/// Consequences of one vehicle: of each record the fields that follow.
pub type Consequences = BTreeMap<(EntityKind, Uuid), Values>;

/// What follows for a vehicle and for its readings, services and ownerships.
pub fn of_vehicle(facts: &VehicleFacts<'_>, calendar: Calendar) -> Consequences {
    let chain = odometer::Chain::of(facts.readings, facts.services);
    let mut found = Consequences::new();
    for record in facts.readings.iter().chain(facts.services) {
        let flag = Value::Flag(chain.is_improbable(record.id));
        found.insert(
            (record.kind, record.id),
            Values::from([("is_improbable", flag)]),
        );
    }
    for (id, until) in list_ends(facts.vehicle, facts.ownerships) {
        let until = until.map_or(Value::Null, Value::Instant);
        found.insert(
            (EntityKind::Ownership, id),
            Values::from([("until", until)]),
        );
    }
    let mut vehicle = service::of_vehicle(facts.vehicle, facts.services, &chain, calendar);
    vehicle.insert(MILEAGE, Value::Integer(chain.shown()));
    found.insert((EntityKind::Vehicle, facts.vehicle.id), vehicle);
    for value in found.values_mut().flat_map(Values::values_mut) {
        // A service in the year 9999 is followed by none.
        if matches!(value, Value::Date(date) if !readable::is_date(*date)) {
            *value = Value::Null;
        }
    }
    found
}

/// What follows for a customer from the live services of which they are the customer.
pub fn of_customer(customer: &Record, services: &[Record]) -> Values {
    let stated = customer.get("stated_last_service_date").as_instant();
    let newest = services
        .iter()
        .filter(|service| counts(service))
        .filter_map(|service| service.get("performed_at").as_instant())
        .max();
    let visit = stated.max(newest).map_or(Value::Null, Value::Instant);
    Values::from([("last_service_date", visit)])
}

/// Judges a new reading, or a service with a mileage, among the facts that are there: against
/// its neighbours in time, so that one entered late is no error.
///
/// A correction needs a reason, which is not asked here. A mileage that is confirmed is judged
/// all the same: whoever asks decides what a confirmation is good for.
pub fn judge(readings: &[Record], services: &[Record], new: &Record) -> Assessment {
    let mut chain = odometer::Chain::of(&without(readings, new.id), &without(services, new.id));
    chain.judge(new)
}

fn without(records: &[Record], id: Uuid) -> Vec<Record> {
    records
        .iter()
        .filter(|record| record.id != id)
        .cloned()
        .collect()
}

/// Whether a dated record is believed to have happened: what Central did not know yet when it
/// came is doubtful until somebody confirms it.
fn counts(record: &Record) -> bool {
    !record.get("is_from_future").as_flag() || record.get("is_confirmed").as_flag()
}

/// The first reading of a vehicle that is made with a mileage; none for one that nobody read.
pub fn first_reading(vehicle: &Record, mileage: i64, now: DateTime<Utc>) -> Option<Values> {
    (mileage > 0).then(|| {
        Values::from([
            ("vehicle_id", Value::Id(vehicle.id)),
            ("value", Value::Integer(mileage)),
            ("read_at", Value::Instant(now)),
        ])
    })
}

/// Whether records of this kind are facts of the vehicle that they name in `vehicle_id`.
pub const fn is_fact_of_vehicle(kind: EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::MileageReading | EntityKind::ServiceRecord | EntityKind::Ownership
    )
}

/// Whether somebody may say what a consequence is: it becomes a statement, or a reading.
pub fn may_be_said(kind: EntityKind, field: &str) -> bool {
    kind.statement_of(field).is_some() || (kind == EntityKind::Vehicle && field == MILEAGE)
}

/// What a vehicle's odometer shows. Whoever says it adds a reading.
pub const MILEAGE: &str = "current_mileage";

/// Whether a change of these fields of a record can change what follows for the vehicle that it
/// is of or belongs to, or for the customer.
pub fn is_touched<'a>(kind: EntityKind, mut changed: impl Iterator<Item = &'a str>) -> bool {
    match kind {
        EntityKind::MileageReading | EntityKind::Ownership => true,
        EntityKind::ServiceRecord => changed.any(|name| {
            matches!(
                name,
                "vehicle_id"
                    | "customer_id"
                    | "performed_at"
                    | "mileage"
                    | "is_confirmed"
                    | "is_from_future"
            )
        }),
        EntityKind::Vehicle => changed.any(|name| {
            matches!(
                name,
                "customer_id" | "service_interval_months" | "service_interval_distance"
            ) || name.contains("stated")
        }),
        EntityKind::Customer => changed.any(|name| name.contains("stated")),
        _ => false,
    }
}
