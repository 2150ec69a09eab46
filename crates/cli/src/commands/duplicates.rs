//! `servease duplicates`: records of the same e-mail or VIN.

use clap::Subcommand;
use serde_json::json;
use servease_desk::Desk;

use crate::answer::Answer;
use crate::error::CliError;
use crate::input;

const COLUMNS: &[&str] = &["id", "title", "duplicate_id", "duplicate_title", "fields"];

#[derive(Debug, Subcommand)]
pub enum Duplicates {
    /// Pairs that nobody has decided
    List,
    /// Merge one into the other: what belongs to it moves over, its id lives on as an alias
    Merge { keep_id: String, other_id: String },
    /// Say that a flagged record is somebody else
    KeepApart { duplicate_id: String },
    /// Take a merge back; the id is the one that was merged away
    Unmerge {
        id: String,
        /// Although records came to the kept one since: they stay with it
        #[arg(long)]
        confirm: bool,
    },
}

pub async fn run(command: &Duplicates, desk: &Desk) -> Result<Answer, CliError> {
    match command {
        Duplicates::List => {
            let rows = desk.duplicates().await?;
            Ok(Answer::list(
                rows.iter().map(|row| json!(row)).collect(),
                COLUMNS,
            ))
        }
        Duplicates::Merge { keep_id, other_id } => {
            let keep = input::any_id(keep_id)?;
            let other = input::any_id(other_id)?;
            let saved = desk.merge_duplicates(keep, other).await?;
            Ok(Answer::record(json!({"id": keep, "merged": other})).warned(saved))
        }
        Duplicates::KeepApart { duplicate_id } => {
            let id = input::any_id(duplicate_id)?;
            let saved = desk.keep_apart(id).await?;
            Ok(Answer::record(json!({"id": id, "kept_apart": true})).warned(saved))
        }
        Duplicates::Unmerge { id, confirm } => {
            let id = input::any_id(id)?;
            let undone = if *confirm {
                desk.unmerge_knowingly(id).await?
            } else {
                desk.unmerge(id).await?
            };
            Ok(Answer::record(json!(undone)))
        }
    }
}
