//! What screens and the command line are told of alerts.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use servease_domain::alerts::{AlertKind, AlertState, Deed};
pub use servease_domain::standing::AlertLine;
use specta::Type;
use uuid::Uuid;

/// What the inbox asks for.
#[derive(Debug, Clone, PartialEq, Deserialize, Type)]
pub struct AlertQuery {
    pub states: Vec<AlertState>,
    /// None: all kinds.
    pub kinds: Vec<AlertKind>,
    /// So many days ahead scheduled ones are looked for.
    pub within_days: u32,
    pub limit: u32,
}

/// What the inbox shows.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct AlertPage {
    /// Most urgent first, no more than were asked for.
    pub lines: Vec<AlertLine>,
    /// How many there are of what was asked for.
    pub total: u64,
    /// How many there are in all, whatever was asked for.
    pub raised: u64,
    pub seen: u64,
    pub snoozed: u64,
}

/// What somebody does about alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
pub struct AlertAnswer {
    pub deed: Deed,
    /// For how long, of a deed that puts off.
    pub snooze: Option<Snooze>,
}

/// For how long an alert is put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum Snooze {
    Hour,
    /// Until the garage's next day begins.
    Tomorrow,
    Week,
    /// Until a day begins at the garage.
    Until {
        date: NaiveDate,
    },
}

/// How many alerts of a kind have their date on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct AlertDay {
    pub date: NaiveDate,
    pub kind: AlertKind,
    pub count: u64,
}
/// What came of looking.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Type)]
pub struct Checked {
    /// Alerts that this desk has not told its people yet, or not at this stage. Most urgent first.
    pub raised: Vec<AlertLine>,
    /// What it has told and is done, renewed, gone or silent by now.
    pub withdrawn: Vec<AlertLine>,
    /// Alerts whose notification is out of date: somebody has answered them.
    #[serde(skip)]
    pub answered: Vec<Uuid>,
}
