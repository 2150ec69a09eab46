//! The kinds of records and what is special about each, apart from its fields.

use serde::{Deserialize, Serialize};

/// Which entity a record is of.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    Customer,
    Vehicle,
    Preferences,
    Document,
    Note,
    ServiceRecord,
    MileageReading,
    Ownership,
    Employee,
    Conflict,
}

impl EntityKind {
    /// Parents before children: the order in which rows can be written.
    pub const ALL: [EntityKind; 10] = [
        EntityKind::Employee,
        EntityKind::Customer,
        EntityKind::Preferences,
        EntityKind::Vehicle,
        EntityKind::Ownership,
        EntityKind::MileageReading,
        EntityKind::ServiceRecord,
        EntityKind::Document,
        EntityKind::Note,
        EntityKind::Conflict,
    ];

    /// The table in both databases.
    pub const fn table(self) -> &'static str {
        match self {
            EntityKind::Customer => "customers",
            EntityKind::Vehicle => "vehicles",
            EntityKind::Preferences => "preferences",
            EntityKind::Document => "documents",
            EntityKind::Note => "notes",
            EntityKind::ServiceRecord => "service_records",
            EntityKind::MileageReading => "mileage_readings",
            EntityKind::Ownership => "ownerships",
            EntityKind::Employee => "employees",
            EntityKind::Conflict => "conflicts",
        }
    }

    /// The name in the log, on the wire and in the locale files.
    pub const fn name(self) -> &'static str {
        match self {
            EntityKind::Customer => "customer",
            EntityKind::Vehicle => "vehicle",
            EntityKind::Preferences => "preferences",
            EntityKind::Document => "document",
            EntityKind::Note => "note",
            EntityKind::ServiceRecord => "service_record",
            EntityKind::MileageReading => "mileage_reading",
            EntityKind::Ownership => "ownership",
            EntityKind::Employee => "employee",
            EntityKind::Conflict => "conflict",
        }
    }

    pub fn from_name(name: &str) -> Option<EntityKind> {
        EntityKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The entities that are deleted with a record of this one, and the field by which they
    /// name it.
    pub const fn children(self) -> &'static [(EntityKind, &'static str)] {
        match self {
            EntityKind::Customer => &[
                (EntityKind::Preferences, "customer_id"),
                (EntityKind::Vehicle, "customer_id"),
                (EntityKind::Document, "customer_id"),
                (EntityKind::Note, "customer_id"),
            ],
            EntityKind::Vehicle => &[
                (EntityKind::Ownership, "vehicle_id"),
                (EntityKind::MileageReading, "vehicle_id"),
                (EntityKind::ServiceRecord, "vehicle_id"),
            ],
            _ => &[],
        }
    }
}
