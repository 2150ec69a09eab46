//! What follows from the garage's own record: its calendar, its limits, and the record as it is
//! before anybody has stated anything.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::alerts::{AlertKind, Leads};
use crate::calendar::Calendar;
use crate::due::DueLimits;
use crate::entities::Garage;
use crate::kind::{EntityKind, GARAGE_ID};
use crate::record::{Record, Values};

impl Garage {
    /// Its time zone. One that only a newer program knows reads as UTC until this one is
    /// updated: days are off by one at worst, and nothing stops.
    pub fn zone(&self) -> Tz {
        self.timezone.parse().unwrap_or(Tz::UTC)
    }

    /// Its calendar.
    pub fn calendar(&self) -> Calendar {
        Calendar::of(self.zone())
    }

    /// The calendar day of an instant at the garage.
    pub fn day_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        self.calendar().day(instant)
    }

    /// How far ahead "soon" reaches.
    pub fn due_limits(&self) -> DueLimits {
        DueLimits {
            soon_days: self.soon_days,
            soon_distance: self.soon_distance,
        }
    }
}

/// How early a kind of alert speaks, as the garage's record says. What cannot be read is as it was
/// before anybody said anything.
pub fn leads(record: &Record, kind: AlertKind) -> Leads {
    match kind.about().lead_days {
        Some(field) => Leads::read(record.get(field).as_text()).unwrap_or_default(),
        None => Leads::on_the_day(),
    }
}

/// The field on which the garage's days depend.
pub const TIME_ZONE: &str = "timezone";

/// The record as every schema makes it: nobody has stated anything yet.
pub fn unstated() -> Record {
    let nobody_knows_when = DateTime::UNIX_EPOCH;
    Record::new(
        EntityKind::Garage,
        GARAGE_ID,
        Values::new(),
        nobody_knows_when,
    )
}

/// Whether a change of these fields of a record moves days: what follows from days is worked
/// out anew, of every vehicle.
pub fn moves_days(kind: EntityKind, changed: &Values) -> bool {
    kind == EntityKind::Garage && changed.contains_key(TIME_ZONE)
}

/// Of a record that is there from the schema on: what somebody has certainly stated, since it
/// is no default.
pub fn statements(record: &Record) -> Values {
    let fields = record.kind.fields().iter();
    fields
        .map(|field| (field, record.get(field.name)))
        .filter(|(field, value)| **value != field.default_value(record.created_at))
        .map(|(field, value)| (field.name, value.clone()))
        .collect()
}
