//! What making, editing and undoing records answers, and how their history reads.

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value as Json;
use servease_domain::EntityKind;
use servease_domain::Problem;
use specta::Type;
use uuid::Uuid;

/// What a write came to.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Saved {
    pub id: Uuid,
    /// The step to name when undoing just this; None when nothing changed.
    pub step: Option<Uuid>,
    /// Doubts that did not stand in the way.
    pub warnings: Vec<Problem>,
}

/// What an undo took back.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Undone {
    pub step: Uuid,
    /// Create, update, delete: what the step had been.
    pub action: Action,
    pub kind: EntityKind,
    pub id: Uuid,
    /// How the record is called: name, or plate and make.
    pub title: String,
    pub fields: Vec<String>,
    /// True: an edit had been given up, and now waits to be sent again.
    pub is_of_discard: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Create,
    Update,
    Delete,
    Restore,
}

/// One change in a record's history.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HistoryEntry {
    pub id: Uuid,
    pub step: Uuid,
    pub at: DateTime<Utc>,
    /// The employee's name at the time; blank when nobody was chosen.
    pub author: String,
    pub action: Action,
    pub kind: EntityKind,
    pub record_id: Uuid,
    pub changes: Vec<FieldChange>,
    /// This change took back another.
    pub is_undo: bool,
    pub is_undone: bool,
}

/// From what to what; values in the contract's forms (money as a decimal string).
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FieldChange {
    pub field: String,
    pub from: Json,
    pub to: Json,
    /// What a referenced record is called, where the field is a reference.
    pub from_title: Option<String>,
    pub to_title: Option<String>,
}

/// What is wrong and what is doubtful in a form, before it is saved.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Type)]
pub struct Review {
    pub problems: Vec<Problem>,
    pub warnings: Vec<Problem>,
}

/// The card on which a record is seen: its own, or that of whom it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct CardOf {
    pub kind: EntityKind,
    pub id: Uuid,
    pub title: String,
}
