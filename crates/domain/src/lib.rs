//! What the garage knows and the rules it follows.
//!
//! Everything here is pure: nothing reads a clock, a file, a database or the network, and
//! nothing knows JSON paths, SQL or screens. "Now", "today" and the garage's country are
//! arguments. The desk and Central share this code, so that a rule exists once.
//!
//! Start with [`entities`]: each entity is described there field by field, and validation,
//! storage, history, merge, wire forms and the command line follow from the description.

pub mod action;
pub mod alerts;
pub mod calendar;
pub mod consequences;
pub mod due;
pub mod entities;
pub mod field;
pub mod fold;
pub mod garage;
pub mod keeping;
pub mod kind;
pub mod licence;
pub mod merge;
pub mod money;
pub mod name_order;
pub mod names;
pub mod odometer;
pub mod papers;
pub mod phone;
pub mod plain;
pub mod plate;
pub mod problem;
pub mod query;
pub mod readable;
pub mod reading;
pub mod record;
pub mod rights;
pub mod rules;
pub mod standing;
pub mod value;
pub mod vin;
pub mod when;

mod description;

pub use action::Action;
pub use entities::{
    Alert, Conflict, Customer, Document, Employee, Garage, Look, MERGED_INTO, MileageReading, Note,
    Ownership, Preferences, ServiceRecord, Vehicle,
};
pub use field::{Field, Kind, Merge, SearchRole, Sensitivity};
pub use kind::EntityKind;
pub use problem::{Code, Problem};
pub use record::{Entity, Record, Values};
pub use value::Value;
