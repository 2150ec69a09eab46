//! `servease settings`.

use clap::Subcommand;
use serde_json::{Value as Json, json};
use servease_desk::Desk;

use crate::answer::Answer;
use crate::error::CliError;
use crate::input;

#[derive(Debug, Subcommand)]
pub enum Settings {
    /// Show the settings
    Show,
    /// Change settings; all of them or none
    Set {
        #[arg(required = true, value_name = "KEY=VALUE")]
        changes: Vec<String>,
    },
}

pub async fn run(command: &Settings, desk: &Desk) -> Result<Answer, CliError> {
    let settings = match command {
        Settings::Show => desk.settings().await?,
        Settings::Set { changes } => {
            let changes = input::changes(changes)?
                .into_iter()
                .filter_map(|(key, value)| match value {
                    Json::String(text) => Some((key, text)),
                    _ => None,
                })
                .collect();
            desk.save_settings(&changes).await?
        }
    };
    Ok(Answer::record(json!(settings)))
}
