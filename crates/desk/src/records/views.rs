//! What making, editing and undoing records answers, and how their history reads.

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value as Json;
use servease_domain::{Action, EntityKind, Problem};
use specta::Type;
use strum::IntoStaticStr;
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

/// What an undo took back, or a redo brought back.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Undone {
    /// The step that was taken back; of a redo, the undo.
    pub step: Uuid,
    /// What had been done, in one word.
    pub did: Did,
    /// Create, update, delete: what that had been.
    pub action: Action,
    pub kind: EntityKind,
    pub id: Uuid,
    /// How the record is called: name, or plate and make.
    pub title: String,
    /// The card on which what came of it is seen; None where no card shows it any more.
    pub card: Option<CardOf>,
    /// The fields that were set back.
    pub fields: Vec<String>,
    /// The fields that somebody has changed since, which stay as they are.
    pub kept: Vec<String>,
    /// True: it was done again, after it had been taken back.
    pub is_redo: bool,
    /// What `undo_step` is given to reverse this: an undo to be redone, a redo to be undone.
    pub redo: Option<Uuid>,
    /// True: an edit had been given up, and now waits to be sent again.
    pub is_of_discard: bool,
}

/// A step as people call it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct StepLine {
    pub step: Uuid,
    pub did: Did,
    pub action: Action,
    pub kind: EntityKind,
    pub id: Uuid,
    pub title: String,
    pub card: Option<CardOf>,
    pub at: DateTime<Utc>,
    pub author: String,
    /// True: it is about doing it again.
    pub is_redo: bool,
}

/// What people call a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Did {
    Added,
    Changed,
    Deleted,
    BroughtBack,
    /// Two records of the same person or vehicle became one.
    Merged,
    Transferred,
    OdometerRead,
    ConflictDecided,
}

impl Did {
    /// The name in JSON and in the locale files.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A record that was built on a step and would lose what it stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BuiltOn {
    pub kind: EntityKind,
    pub id: Uuid,
    pub title: String,
    /// Who wrote it, or changed it; blank where nobody was chosen.
    pub author: String,
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
    /// True: it does again what had been taken back.
    pub is_redo: bool,
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
    /// What the save will ask about.
    pub doubts: Vec<Problem>,
    pub warnings: Vec<Problem>,
}

/// The card on which a record is seen: its own, or that of whom it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct CardOf {
    pub kind: EntityKind,
    pub id: Uuid,
    pub title: String,
}
