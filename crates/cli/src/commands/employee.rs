//! `servease employee`.

use clap::Subcommand;
use serde_json::{Map, json};
use servease_desk::Desk;
use servease_domain::EntityKind;
use servease_wire as wire;

use crate::answer::Answer;
use crate::error::CliError;
use crate::input;

const COLUMNS: &[&str] = &["id", "name", "role", "is_active"];

#[derive(Debug, Subcommand)]
pub enum Employee {
    /// Add somebody who works here
    Add {
        #[arg(long, allow_hyphen_values = true)]
        name: String,
        #[arg(long, allow_hyphen_values = true)]
        role: Option<String>,
    },
    /// Take somebody out of use who has left; they are never deleted
    Deactivate { id: String },
    /// Let somebody sign again
    Activate { id: String },
    /// Everybody who works here
    List,
}

pub async fn run(command: &Employee, desk: &Desk) -> Result<Answer, CliError> {
    let kind = EntityKind::Employee;
    match command {
        Employee::Add { name, role } => {
            let fields = Map::from_iter([
                ("name".to_owned(), json!(name)),
                ("role".to_owned(), json!(role)),
            ]);
            let saved = desk.create(kind, &fields, false).await?;
            let employee = desk.record(kind, saved.id).await?;
            Ok(Answer::record(wire::record::full(&employee)).warned(saved))
        }
        Employee::Deactivate { id } => set_active(desk, id, false).await,
        Employee::Activate { id } => set_active(desk, id, true).await,
        Employee::List => {
            let rows = desk
                .employees()
                .await?
                .iter()
                .map(wire::record::full)
                .collect();
            Ok(Answer::list(rows, COLUMNS))
        }
    }
}

async fn set_active(desk: &Desk, id: &str, is_active: bool) -> Result<Answer, CliError> {
    let kind = EntityKind::Employee;
    let id = input::id(kind, id)?;
    let changes = Map::from_iter([("is_active".to_owned(), json!(is_active))]);
    let saved = desk.edit(kind, id, &changes, false).await?;
    let employee = desk.record(kind, id).await?;
    Ok(Answer::record(wire::record::full(&employee)).warned(saved))
}
