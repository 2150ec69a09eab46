//! `servease history`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value as Json, json};
use servease_desk::views::HistoryEntry;
use servease_desk::{Desk, Failure};

use crate::answer::Answer;
use crate::error::CliError;

#[derive(Debug, Args)]
pub struct History {
    /// A record of any kind, deleted or not
    pub id: String,
}

/// Newest first.
pub async fn run(command: &History, desk: &Desk) -> Result<Answer, CliError> {
    let nothing = || CliError::NoSuchRecord {
        entity: "record",
        id: command.id.clone(),
    };
    let id = servease_wire::id::parse(&command.id).ok_or_else(nothing)?;
    let kind = match desk.kind_of(id).await {
        Err(Failure::NotFound { .. }) => return Err(nothing()),
        other => other?,
    };
    let entries = desk.history(kind, id).await?;
    let text = entries.iter().map(text).collect();
    Ok(Answer::new(json!(entries), text))
}

fn text(entry: &HistoryEntry) -> String {
    let mut text = format!(
        "{}  {}  {} {}",
        entry.at.format("%Y-%m-%d %H:%M:%SZ"),
        if entry.author.is_empty() {
            "-"
        } else {
            &entry.author
        },
        json!(entry.action).as_str().unwrap_or_default(),
        entry.kind.name(),
    );
    text.push_str(if entry.is_undone {
        "  (undone)\n"
    } else {
        "\n"
    });
    for change in &entry.changes {
        let from = change.from_title.clone().unwrap_or(plain(&change.from));
        let to = change.to_title.clone().unwrap_or(plain(&change.to));
        let _ = writeln!(text, "  {}: {from} -> {to}", change.field);
    }
    text
}

fn plain(json: &Json) -> String {
    match json {
        Json::Null => String::new(),
        Json::String(text) => text.replace('\n', " "),
        other => other.to_string(),
    }
}
