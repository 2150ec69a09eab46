//! Who owned a vehicle, until when.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::calendar::Calendar;
use crate::record::{Record, Values};
use crate::value::Value;

/// One ownership: whose, since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenure {
    pub id: Uuid,
    pub customer: Option<Uuid>,
    pub from: DateTime<Utc>,
}

impl Tenure {
    fn of(ownership: &Record) -> Tenure {
        let from = ownership.get("from").as_instant();
        Tenure {
            id: ownership.id,
            customer: ownership.get("customer_id").as_id(),
            from: from.unwrap_or(ownership.created_at),
        }
    }
}

/// When each ownership of a vehicle ended; None for the one that lasts.
///
/// The owner is whom the vehicle names. Of the ownerships in the order of their beginnings, the
/// last one of the owner is the present one, or the first of several in a row: a car that two
/// desks gave to the same person changed hands once. What began after it was overruled, and what
/// repeats the one before it never began: both end where they began.
pub fn list_ends(vehicle: &Record, ownerships: &[Record]) -> Vec<(Uuid, Option<DateTime<Utc>>)> {
    let (tenures, real, is_lasting) = course(vehicle, ownerships);
    let mut ends: Vec<(Uuid, Option<DateTime<Utc>>)> = tenures
        .iter()
        .map(|tenure| (tenure.id, Some(tenure.from)))
        .collect();
    for pair in real.windows(2) {
        ends[pair[0]].1 = Some(tenures[pair[1]].from);
    }
    if let Some(last) = real.last().filter(|_| is_lasting) {
        ends[*last].1 = None;
    }
    ends
}

/// The ownerships that really were, oldest first: without those that were overruled, and those
/// that repeat the one before.
pub fn list_real(vehicle: &Record, ownerships: &[Record]) -> Vec<Uuid> {
    let (tenures, real, _) = course(vehicle, ownerships);
    real.into_iter().map(|index| tenures[index].id).collect()
}

/// Ownerships in the order of their beginnings, which of them really were, and whether the last
/// of these is the present owner's.
fn course(vehicle: &Record, ownerships: &[Record]) -> (Vec<Tenure>, Vec<usize>, bool) {
    let owner = vehicle.get("customer_id").as_id();
    let mut tenures: Vec<Tenure> = ownerships.iter().map(Tenure::of).collect();
    tenures.sort_by_key(|tenure| (tenure.from, tenure.id));
    let lasting = tenures.iter().rposition(|tenure| tenure.customer == owner);
    let mut real: Vec<usize> = Vec::new();
    for index in 0..lasting.map_or(tenures.len(), |last| last + 1) {
        let repeats = real
            .last()
            .is_some_and(|before| tenures[*before].customer == tenures[index].customer);
        if !repeats {
            real.push(index);
        }
    }
    (tenures, real, lasting.is_some())
}

/// An ownership that begins: with a new owner of a vehicle that is there.
pub fn beginning(vehicle: Uuid, owner: Uuid, from: DateTime<Utc>) -> Values {
    Values::from([
        ("vehicle_id", Value::Id(vehicle)),
        ("customer_id", Value::Id(owner)),
        ("from", Value::Instant(from)),
    ])
}

/// The ownership of a vehicle that is new to the garage: since it was bought, where that is
/// known. None without an owner.
pub fn first_ownership(vehicle: &Record, now: DateTime<Utc>, calendar: Calendar) -> Option<Values> {
    let owner = vehicle.get("customer_id").as_id()?;
    let bought = vehicle.get("purchase_date").as_date();
    let from = bought.map_or(now, |day| calendar.start_of(day));
    Some(beginning(vehicle.id, owner, from))
}
