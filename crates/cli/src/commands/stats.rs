//! `servease stats`.

use serde_json::json;
use servease_desk::Desk;

use crate::answer::Answer;
use crate::error::CliError;

/// The contract's figures over all customers.
pub async fn run(desk: &Desk) -> Result<Answer, CliError> {
    Ok(Answer::record(json!(desk.stats().await?)))
}
