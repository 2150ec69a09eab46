//! `servease undo` and `servease redo`.

use clap::Args;
use serde_json::json;
use servease_desk::Desk;

use crate::answer::Answer;
use crate::error::CliError;
use crate::input;

#[derive(Debug, Args)]
pub struct Step {
    /// Another step than the last, as `history` and `undo` name it
    #[arg(long, value_name = "ID")]
    pub step: Option<String>,
}

/// Takes back the newest change that still stands, or the step that is named.
pub async fn undo(command: &Step, desk: &Desk) -> Result<Answer, CliError> {
    let undone = match &command.step {
        Some(step) => desk.undo_step(input::any_id(step)?).await?,
        None => desk.undo().await?,
    };
    Ok(Answer::record(json!(undone)))
}

/// Does again what was taken back last.
pub async fn redo(desk: &Desk) -> Result<Answer, CliError> {
    Ok(Answer::record(json!(desk.redo().await?)))
}
