//! `servease preferences`: one set per customer, found by the customer's id.

use clap::Subcommand;
use servease_desk::Desk;
use servease_domain::EntityKind;
use servease_wire as wire;

use crate::answer::Answer;
use crate::error::CliError;
use crate::input;
use crate::options::Set;

#[derive(Debug, Subcommand)]
pub enum Preferences {
    /// Show a customer's preferences
    Show { customer: String },
    /// Change a customer's preferences
    Edit {
        customer: String,
        #[command(flatten)]
        set: Set,
    },
}

pub async fn run(command: &Preferences, desk: &Desk) -> Result<Answer, CliError> {
    match command {
        Preferences::Show { customer } => {
            let id = input::id(EntityKind::Customer, customer)?;
            let own = desk.preferences(id).await?;
            Ok(Answer::record(wire::customer::preferences(&own)))
        }
        Preferences::Edit { customer, set } => {
            let id = input::id(EntityKind::Customer, customer)?;
            let changes = set.fields()?;
            desk.record(EntityKind::Customer, id).await?;
            let saved = desk
                .edit(EntityKind::Preferences, id, &changes, false)
                .await?;
            let own = desk.preferences(id).await?;
            Ok(Answer::record(wire::customer::preferences(&own)).warned(saved))
        }
    }
}
