//! `servease doctor`.

use serde_json::json;
use servease_desk::{FailureCode, Health};

use crate::answer::Answer;
use crate::error::CliError;

/// The report, also when it is a bad one; that it is bad is said on stderr and by the exit
/// code.
pub fn answer(health: &Health) -> Answer {
    let trouble =
        (!health.ok).then(|| CliError::Unsound(health.failure.unwrap_or(FailureCode::Damaged)));
    Answer::record(json!(health)).troubled(trouble)
}
