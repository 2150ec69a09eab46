//! What screens and the command line are told of alerts.

use chrono::{DateTime, Utc};
use serde::Serialize;
use servease_domain::EntityKind;
use servease_domain::alerts::{AlertKind, AlertState};
use servease_domain::due::Due;
use specta::Type;
use uuid::Uuid;

/// One alert, with whom to call.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct AlertLine {
    pub id: Uuid,
    pub kind: AlertKind,
    pub record_kind: EntityKind,
    /// The vehicle, document or note that it is about.
    pub record: Uuid,
    pub state: AlertState,
    /// How it stands today; none of one that was withdrawn.
    pub due: Option<Due>,
    /// Until when somebody has silenced it.
    pub until: Option<DateTime<Utc>>,
    /// What the record is called, a paper with its vehicle.
    pub title: String,
    pub customer_id: Option<Uuid>,
    pub customer: String,
    pub phone: String,
}

/// What came of looking.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Type)]
pub struct Checked {
    /// Alerts that this desk has not told its people yet, or not at this stage. Most urgent first.
    pub raised: Vec<AlertLine>,
    /// What it has told and is done, renewed, gone or silent by now.
    pub withdrawn: Vec<AlertLine>,
}
