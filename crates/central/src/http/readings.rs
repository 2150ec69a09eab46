//! Who read sensitive documents: written down before they get them, in whatever way they are
//! read.

use sea_query::Value;
use serde_json::Value as Json;
use strum::IntoStaticStr;
use uuid::Uuid;

use super::ask::Ask;
use crate::commands::{GiveOut, Request, execute};
use crate::failure::ApiFailure;

/// What of a document was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum What {
    /// Its record, on its own or among others.
    Metadata,
    File,
}

impl What {
    fn name(self) -> &'static str {
        self.into()
    }
}

const COLUMNS: [&str; 7] = [
    "id",
    "at",
    "user_id",
    "user_name",
    "document_id",
    "action",
    "address",
];

/// Notes every sensitive document that stands in an answer: the record itself, an item of a list,
/// or what a customer's card shows of their papers. Free where there is none.
pub async fn note_shown(ask: &Ask, answer: &Json) -> Result<(), ApiFailure> {
    let mut found = Vec::new();
    collect(answer, &mut found);
    note(ask, found, What::Metadata).await
}

fn collect(json: &Json, found: &mut Vec<Uuid>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Json::Object(fields) => {
            let is_sensitive = fields.contains_key("document_type")
                && fields.get("is_sensitive") == Some(&Json::Bool(true));
            if is_sensitive {
                let id = fields.get("id").and_then(Json::as_str);
                found.extend(id.and_then(servease_wire::id::parse));
            }
            if let Some(papers) = fields.get("recent_documents") {
                collect(papers, found);
            }
        }
        _ => {}
    }
}

/// Notes that sensitive documents were read.
pub async fn note(ask: &Ask, documents: Vec<Uuid>, what: What) -> Result<(), ApiFailure> {
    if documents.is_empty() {
        return Ok(());
    }
    let count = documents.len();
    let rows = documents
        .into_iter()
        .map(|document| {
            vec![
                Value::from(Uuid::now_v7()),
                Value::from(ask.now),
                Value::from(ask.caller.user_id.clone()),
                Value::from(ask.caller.name.clone()),
                Value::from(document),
                Value::from(what.name()),
                Value::from(ask.address.clone()),
            ]
        })
        .collect();
    let mut link = ask.app.db.write().await?;
    link.insert_rows("access_log", &COLUMNS, rows).await?;
    link.commit().await?;
    tracing::info!(count, action = what.name(), "sensitive documents read");
    Ok(())
}

/// Tells the desks that a sensitive file is given out. Which records somebody read stays in the log of
/// Central: desks hold all of them.
pub async fn note_given_out(ask: &Ask, document: Uuid) -> Result<(), ApiFailure> {
    // A read has no key under which it is repeated, and is asked for no version.
    let request = Request {
        idempotency: None,
        if_match: None,
        ..ask.command(&[])?
    };
    execute(&ask.app.db, &request, &GiveOut { document }).await?;
    Ok(())
}
