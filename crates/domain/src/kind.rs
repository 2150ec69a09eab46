//! The kinds of records, and one table of what is special about each, apart from its fields.
//!
//! Who asks "which kinds …?" asks [`TABLE`]: a new kind is a variant, a line of it and its fields
//! in [`crate::entities`], and routes, rights, schemas, lists, storage, sync and titles follow.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which entity a record is of. Parents stand before children: the order in which rows can be
/// written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    Garage,
    Employee,
    Customer,
    Preferences,
    Vehicle,
    Ownership,
    MileageReading,
    ServiceRecord,
    Document,
    Note,
    Alert,
    Look,
    Conflict,
}

/// What is special about one kind.
#[derive(Debug, Clone, Copy)]
pub struct About {
    pub kind: EntityKind,
    /// The name in the log, on the wire and in the locale files (`entity-<name>`).
    pub name: &'static str,
    /// The table in both databases.
    pub table: &'static str,
    pub served: Served,
    pub rights: Rights,
    pub identity: Identity,
    /// The entities that are deleted with a record of this one, and the field by which they
    /// name it. Which of them, [`crate::papers::goes_along`] says.
    pub children: &'static [(EntityKind, &'static str)],
    /// References that may name a record which is not there, or not there yet.
    pub soft: &'static [&'static str],
    /// Never a tombstone, not by undo either: it goes out of use in another way.
    pub lasts: bool,
    /// Whatever two people did to it without knowing of each other: nobody is asked.
    pub is_never_asked_about: bool,
    /// What the program notes of what people do without changing anything. Nobody edits or deletes
    /// it, it is no step that somebody takes back, it stands on nothing, and it stays when what it
    /// names goes.
    pub is_trace: bool,
    /// What people call a record: these fields, with a space between them.
    pub title: &'static [&'static str],
    pub card: Card,
}

/// How `/api/v1` offers a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// A list under this path segment, and each record below it.
    List(&'static str),
    /// The one record there is, under this path segment.
    One(&'static str),
    /// Not by itself.
    No,
}

/// Who may do something, from the fewest to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The product itself.
    Nobody,
    Admins,
    /// Employees and admins.
    Staff,
    /// Customers too, of what is their own.
    Everybody,
}

/// Who may read, create, change and delete records of a kind, over HTTP and at a desk. What
/// nobody may do over HTTP, no use case of a desk does by itself either.
#[derive(Debug, Clone, Copy)]
pub struct Rights {
    pub read: Who,
    pub create: Who,
    pub change: Who,
    pub delete: Who,
}

/// Where the id of a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    Own,
    /// It is the id of the record that it belongs to.
    Owners,
    /// There is one record, from the schema on, on every side under the same id. It holds
    /// defaults until somebody states something, and a default is no statement: it overrules
    /// nothing that anybody has said anywhere.
    Fixed(Uuid),
}

/// The card on which people see a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    Own,
    /// That of the record which this field names.
    Of(EntityKind, &'static str),
    None,
}

const STAFF: Rights = Rights {
    read: Who::Staff,
    create: Who::Staff,
    change: Who::Staff,
    delete: Who::Staff,
};

const OWN_TOO: Rights = Rights {
    read: Who::Everybody,
    ..STAFF
};

/// The id of the garage's record; its first bytes spell the word.
pub const GARAGE_ID: Uuid = Uuid::from_u128(0x6761_7261_6765_8000_8000_0000_0000_0001);

/// A kind with nothing special about it.
const fn about(kind: EntityKind, name: &'static str, table: &'static str) -> About {
    About {
        kind,
        name,
        table,
        served: Served::No,
        rights: STAFF,
        identity: Identity::Own,
        children: &[],
        soft: &[],
        lasts: false,
        is_never_asked_about: false,
        is_trace: false,
        title: &[],
        card: Card::None,
    }
}

/// Every kind, in the order of [`EntityKind`].
pub const TABLE: [About; 13] = [
    About {
        served: Served::One("garage"),
        rights: Rights {
            create: Who::Nobody,
            change: Who::Admins,
            delete: Who::Nobody,
            ..STAFF
        },
        identity: Identity::Fixed(GARAGE_ID),
        lasts: true,
        title: &["garage_name"],
        ..about(EntityKind::Garage, "garage", "garages")
    },
    About {
        served: Served::List("employees"),
        // Their names stand on what they did: who leaves is deactivated.
        rights: Rights {
            delete: Who::Nobody,
            ..STAFF
        },
        lasts: true,
        title: &["name"],
        ..about(EntityKind::Employee, "employee", "employees")
    },
    About {
        served: Served::List("customers"),
        rights: OWN_TOO,
        children: &[
            (EntityKind::Preferences, "customer_id"),
            (EntityKind::Vehicle, "customer_id"),
            (EntityKind::Document, "customer_id"),
            (EntityKind::Note, "customer_id"),
        ],
        soft: &["merged_into"],
        title: &["first_name", "last_name"],
        card: Card::Own,
        ..about(EntityKind::Customer, "customer", "customers")
    },
    About {
        // Made with the customer, changed below its path, gone with it.
        rights: Rights {
            create: Who::Nobody,
            delete: Who::Nobody,
            ..OWN_TOO
        },
        identity: Identity::Owners,
        card: Card::Of(EntityKind::Customer, "customer_id"),
        ..about(EntityKind::Preferences, "preferences", "preferences")
    },
    About {
        served: Served::List("vehicles"),
        rights: OWN_TOO,
        children: &[
            (EntityKind::Ownership, "vehicle_id"),
            (EntityKind::MileageReading, "vehicle_id"),
            (EntityKind::ServiceRecord, "vehicle_id"),
            (EntityKind::Document, "vehicle_id"),
            (EntityKind::Alert, "vehicle_id"),
        ],
        soft: &["merged_into"],
        title: &["license_plate", "make", "model"],
        card: Card::Own,
        ..about(EntityKind::Vehicle, "vehicle", "vehicles")
    },
    About {
        served: Served::List("ownerships"),
        // Written by a transfer alone. Who owned a car before is somebody else's business.
        rights: Rights {
            create: Who::Nobody,
            change: Who::Nobody,
            delete: Who::Nobody,
            ..STAFF
        },
        card: Card::Of(EntityKind::Vehicle, "vehicle_id"),
        ..about(EntityKind::Ownership, "ownership", "ownerships")
    },
    About {
        served: Served::List("mileage-readings"),
        // Only ever added.
        rights: Rights {
            change: Who::Nobody,
            delete: Who::Nobody,
            ..STAFF
        },
        title: &["value"],
        card: Card::Of(EntityKind::Vehicle, "vehicle_id"),
        ..about(
            EntityKind::MileageReading,
            "mileage_reading",
            "mileage_readings",
        )
    },
    About {
        served: Served::List("service-records"),
        rights: OWN_TOO,
        title: &["service_type"],
        card: Card::Of(EntityKind::Vehicle, "vehicle_id"),
        ..about(
            EntityKind::ServiceRecord,
            "service_record",
            "service_records",
        )
    },
    About {
        served: Served::List("documents"),
        rights: OWN_TOO,
        children: &[(EntityKind::Alert, "document_id")],
        soft: &["renews"],
        title: &["title"],
        card: Card::Of(EntityKind::Customer, "customer_id"),
        ..about(EntityKind::Document, "document", "documents")
    },
    About {
        served: Served::List("notes"),
        children: &[(EntityKind::Alert, "note_id")],
        soft: &["created_by"],
        title: &["title"],
        card: Card::Of(EntityKind::Customer, "customer_id"),
        ..about(EntityKind::Note, "note", "notes")
    },
    About {
        // Written by whoever answers an alert; that it speaks follows from dates.
        rights: Rights {
            create: Who::Nobody,
            change: Who::Nobody,
            delete: Who::Nobody,
            ..STAFF
        },
        is_never_asked_about: true,
        ..about(EntityKind::Alert, "alert", "alerts")
    },
    About {
        // Written by looking at a sensitive paper, or by giving it out.
        rights: Rights {
            create: Who::Nobody,
            change: Who::Nobody,
            delete: Who::Nobody,
            ..STAFF
        },
        soft: &["document_id"],
        is_never_asked_about: true,
        is_trace: true,
        ..about(EntityKind::Look, "look", "looks")
    },
    About {
        // Central writes it with the merge; a desk decides it in a use case of its own.
        rights: Rights {
            create: Who::Nobody,
            change: Who::Nobody,
            delete: Who::Nobody,
            ..STAFF
        },
        soft: &["customer_id"],
        ..about(EntityKind::Conflict, "conflict", "conflicts")
    },
];

// A kind that stands in another line than its variant would be taken for another one.
const _: () = {
    let mut at = 0;
    while at < TABLE.len() {
        assert!(TABLE[at].kind as usize == at, "the table is out of order");
        at += 1;
    }
};

impl EntityKind {
    /// Parents before children: the order in which rows can be written.
    pub const ALL: [EntityKind; TABLE.len()] = {
        let mut all = [EntityKind::Garage; TABLE.len()];
        let mut at = 0;
        while at < TABLE.len() {
            all[at] = TABLE[at].kind;
            at += 1;
        }
        all
    };

    /// What is special about the kind.
    pub const fn about(self) -> &'static About {
        const ROWS: &[About] = &TABLE;
        &ROWS[self as usize]
    }

    /// The table in both databases.
    pub const fn table(self) -> &'static str {
        self.about().table
    }

    /// The name in the log, on the wire and in the locale files.
    pub const fn name(self) -> &'static str {
        self.about().name
    }

    pub fn from_name(name: &str) -> Option<EntityKind> {
        EntityKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The entities that are deleted with a record of this one, and the field by which they
    /// name it.
    pub const fn children(self) -> &'static [(EntityKind, &'static str)] {
        self.about().children
    }

    /// Kinds of records with which others are deleted.
    pub fn roots() -> impl Iterator<Item = EntityKind> {
        EntityKind::ALL
            .into_iter()
            .filter(|kind| !kind.children().is_empty())
    }

    /// The path segment of the kind's list in `/api/v1`, where it has one.
    pub const fn list_segment(self) -> Option<&'static str> {
        match self.about().served {
            Served::List(segment) => Some(segment),
            Served::One(_) | Served::No => None,
        }
    }

    /// The path segment of the kind in `/api/v1`, be it of a list or of the one record.
    pub const fn segment(self) -> Option<&'static str> {
        match self.about().served {
            Served::List(segment) | Served::One(segment) => Some(segment),
            Served::No => None,
        }
    }

    /// The id of the only record, where there is only one.
    pub const fn only_id(self) -> Option<Uuid> {
        match self.about().identity {
            Identity::Fixed(id) => Some(id),
            Identity::Own | Identity::Owners => None,
        }
    }

    /// Kinds that have a list in `/api/v1`.
    pub fn listed() -> impl Iterator<Item = EntityKind> {
        EntityKind::ALL
            .into_iter()
            .filter(|kind| kind.list_segment().is_some())
    }

    /// Whether a reference may name a record that is not there, or not there yet.
    pub fn refers_softly(self, field: &str) -> bool {
        self.about().soft.contains(&field)
    }

    /// Whether people may do it at all, over HTTP or at a desk.
    pub fn is_created_by_people(self) -> bool {
        self.about().rights.create != Who::Nobody
    }

    pub fn is_changed_by_people(self) -> bool {
        self.about().rights.change != Who::Nobody
    }

    pub fn is_deleted_by_people(self) -> bool {
        self.about().rights.delete != Who::Nobody
    }
}
