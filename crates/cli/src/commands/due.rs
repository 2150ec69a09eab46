//! `servease due`.

use clap::Args;
use serde_json::{Value as Json, json};
use servease_desk::Desk;
use servease_wire as wire;

use crate::answer::Answer;
use crate::commands::vehicle::COLUMNS;
use crate::error::CliError;

#[derive(Debug, Args)]
pub struct Due {
    /// How many days ahead
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub within: u32,
}

/// Vehicles in full, with their owner's name and phone.
pub async fn run(command: &Due, desk: &Desk) -> Result<Answer, CliError> {
    let today = desk.today().await?;
    let rows = desk
        .due_vehicles(command.within)
        .await?
        .into_iter()
        .map(|row| {
            let mut json = wire::vehicle::full(&row.record, today);
            if let Json::Object(fields) = &mut json {
                fields.insert("owner".to_owned(), json!(row.owner));
                fields.insert("owner_phone".to_owned(), json!(row.owner_phone));
            }
            json
        })
        .collect();
    Ok(Answer::list(rows, COLUMNS))
}
