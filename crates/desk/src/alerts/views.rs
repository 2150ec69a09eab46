//! What screens and the command line are told of alerts.

use serde::Serialize;
pub use servease_domain::standing::AlertLine;
use specta::Type;

/// What came of looking.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Type)]
pub struct Checked {
    /// Alerts that this desk has not told its people yet, or not at this stage. Most urgent first.
    pub raised: Vec<AlertLine>,
    /// What it has told and is done, renewed, gone or silent by now.
    pub withdrawn: Vec<AlertLine>,
}
