//! `servease note`.

use clap::Subcommand;
use serde_json::{Map, Value as Json, json};
use servease_desk::Desk;
use servease_domain::EntityKind;
use servease_wire as wire;
use uuid::Uuid;

use crate::answer::Answer;
use crate::error::CliError;
use crate::input;
use crate::options::Set;

const COLUMNS: &[&str] = &["id", "note_type", "is_important", "title", "content"];

#[derive(Debug, Subcommand)]
pub enum Note {
    /// Add a note on a customer
    Add {
        #[arg(long, value_name = "ID")]
        customer: String,
        #[arg(long, allow_hyphen_values = true)]
        title: String,
        #[arg(long, allow_hyphen_values = true)]
        content: String,
        /// general, service, billing, complaint, compliment or follow_up
        #[arg(long = "type", value_name = "TYPE")]
        note_type: Option<String>,
        /// Shown first
        #[arg(long)]
        important: bool,
        /// Not for the customer's eyes
        #[arg(long)]
        private: bool,
    },
    /// A customer's notes, newest first
    List {
        #[arg(long, value_name = "ID")]
        customer: String,
    },
    /// Change fields
    Edit {
        id: String,
        #[command(flatten)]
        set: Set,
    },
    /// Delete a note; undo brings it back
    Delete { id: String },
}

pub async fn run(command: &Note, desk: &Desk) -> Result<Answer, CliError> {
    let kind = EntityKind::Note;
    match command {
        Note::Add {
            customer,
            title,
            content,
            note_type,
            important,
            private,
        } => {
            let customer = input::id(EntityKind::Customer, customer)?;
            desk.record(EntityKind::Customer, customer).await?;
            let mut fields = Map::from_iter([
                ("customer_id".to_owned(), json!(customer)),
                ("title".to_owned(), json!(title)),
                ("content".to_owned(), json!(content)),
                ("is_important".to_owned(), json!(important)),
                ("is_private".to_owned(), json!(private)),
            ]);
            if let Some(note_type) = note_type {
                fields.insert("note_type".to_owned(), json!(note_type));
            }
            let saved = desk.create(kind, &fields, false).await?;
            Ok(Answer::record(full(desk, saved.id).await?).warned(saved))
        }
        Note::List { customer } => {
            let customer = input::id(EntityKind::Customer, customer)?;
            desk.record(EntityKind::Customer, customer).await?;
            let notes = desk.records_of(kind, "customer_id", customer).await?;
            let rows = notes.iter().rev().map(wire::record::full).collect();
            Ok(Answer::list(rows, COLUMNS))
        }
        Note::Edit { id, set } => {
            let id = input::id(kind, id)?;
            let changes = wire::input::with_described_names(kind, set.fields()?);
            let saved = desk.edit(kind, id, &changes, false).await?;
            Ok(Answer::record(full(desk, id).await?).warned(saved))
        }
        Note::Delete { id } => {
            let id = input::id(kind, id)?;
            Ok(Answer::deleted(&desk.delete(kind, id).await?))
        }
    }
}

async fn full(desk: &Desk, id: Uuid) -> Result<Json, CliError> {
    Ok(wire::record::full(
        &desk.record(EntityKind::Note, id).await?,
    ))
}
