//! `servease undo`.

use serde_json::json;
use servease_desk::Desk;

use crate::answer::Answer;
use crate::error::CliError;

/// Takes back the newest change that still stands.
pub async fn run(desk: &Desk) -> Result<Answer, CliError> {
    Ok(Answer::record(json!(desk.undo().await?)))
}
