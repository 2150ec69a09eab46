//! `servease conflicts`: what two people changed without knowing of each other.

use clap::{Subcommand, ValueEnum};
use serde_json::{Value as Json, json};
use servease_desk::Desk;
use servease_desk::views::{ConflictView, Resolution};

use crate::answer::Answer;
use crate::error::CliError;
use crate::input;
use crate::text;

const COLUMNS: &[&str] = &["id", "title", "field", "mine", "theirs", "theirs_by"];

#[derive(Debug, Subcommand)]
pub enum Conflicts {
    /// Conflicts that nobody has decided
    List,
    /// Decide one; until then the value in use is the one that arrived last
    Resolve {
        id: String,
        /// Which value the field is to hold
        #[arg(long, value_enum)]
        keep: Keep,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Keep {
    Mine,
    Theirs,
}

pub async fn run(command: &Conflicts, desk: &Desk) -> Result<Answer, CliError> {
    match command {
        Conflicts::List => {
            let rows = desk.conflicts().await?;
            let shown: Vec<Json> = rows.iter().map(shown).collect();
            Ok(Answer::new(json!(rows), text::table(&shown, COLUMNS)))
        }
        Conflicts::Resolve { id, keep } => {
            let id = input::any_id(id)?;
            let resolution = match keep {
                Keep::Mine => Resolution::Mine,
                Keep::Theirs => Resolution::Theirs,
            };
            let saved = desk.resolve_conflict(id, &resolution).await?;
            Ok(Answer::record(json!({"id": id, "resolved": true})).warned(saved))
        }
    }
}

/// A conflict for people: of a record that a side names, what it is called.
fn shown(conflict: &ConflictView) -> Json {
    let mut row = json!(conflict);
    for (side, title) in [
        ("mine", &conflict.mine_title),
        ("theirs", &conflict.theirs_title),
    ] {
        if let Some(title) = title {
            row[side] = json!(title);
        }
    }
    row
}
