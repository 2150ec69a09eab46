//! Who changed what, when, from what to what.

use serde_json::Value as Json;
use servease_domain::kind::Identity;
use servease_domain::{EntityKind, Kind, Record, Value, Values, money};
use servease_store::{Action, Connection, Mutation, log, rows, steps};
use uuid::Uuid;

use crate::records::titles::title_of;
use crate::records::views::{FieldChange, HistoryEntry};
use crate::{Desk, Failure, Result};

impl Desk {
    /// The history of a record and of what belongs to it, newest first, at most 500 changes.
    /// A deleted record has one too. Errors: NotFound.
    pub async fn history(&self, kind: EntityKind, id: Uuid) -> Result<Vec<HistoryEntry>> {
        let mut conn = self.store.read().await?;
        if rows::find_any(&mut conn, kind, id).await?.is_none() {
            return Err(Failure::not_found(kind, id));
        }
        let mutations = log::list_history(&mut conn, kind, id).await?;
        let mut entries = Vec::with_capacity(mutations.len());
        for mutation in mutations {
            entries.push(entry(&mut conn, mutation).await?);
        }
        Ok(entries)
    }

    /// Which entity an id is of, deleted or not. Errors: NotFound.
    pub async fn kind_of(&self, id: Uuid) -> Result<EntityKind> {
        let mut conn = self.store.read().await?;
        for kind in EntityKind::ALL {
            // What shares its owner's id is found as the owner.
            if kind.about().identity != Identity::Owners
                && rows::find_any(&mut conn, kind, id).await?.is_some()
            {
                return Ok(kind);
            }
        }
        Err(Failure::not_found(EntityKind::Customer, id))
    }
}

async fn entry(conn: &mut Connection, mutation: Mutation) -> Result<HistoryEntry> {
    let record = rows::find_any(conn, mutation.kind, mutation.record_id).await?;
    let is_undone = steps::is_undone(conn, mutation.step).await?;
    let descent = match mutation.undoes {
        Some(_) => Some(steps::descent(conn, mutation.step).await?),
        None => None,
    };
    Ok(HistoryEntry {
        id: mutation.id,
        step: mutation.step,
        at: mutation.at,
        author: mutation.author_name.clone(),
        action: mutation.action,
        kind: mutation.kind,
        record_id: mutation.record_id,
        changes: changes(conn, &mutation, record.as_ref()).await?,
        is_undo: descent.is_some_and(steps::Descent::is_undo),
        is_redo: descent.is_some_and(|descent| !descent.is_undo()),
        is_undone,
    })
}

/// The fields that changed, in the order of the description. What a new record did not say
/// is no change.
async fn changes(
    conn: &mut Connection,
    mutation: &Mutation,
    record: Option<&Record>,
) -> Result<Vec<FieldChange>> {
    let mut changes = Vec::new();
    for field in mutation.kind.fields() {
        if field.internal && field.states.is_none() {
            continue;
        }
        let Some(to) = mutation.after.get(field.name) else {
            continue;
        };
        let from = mutation.before.get(field.name).unwrap_or(&Value::Null);
        let is_default = mutation.action == Action::Create
            && (to.is_blank() || *to == field.default_value(mutation.at));
        if is_default {
            continue;
        }
        // An amount brings its currency along, changed or not.
        if mutation.action == Action::Update && from == to {
            continue;
        }
        let before = currency_of(&mutation.before, record);
        let after = currency_of(&mutation.after, record);
        changes.push(FieldChange {
            // What somebody stated stands under the name that they know.
            field: field.states.unwrap_or(field.name).to_owned(),
            from: shown(&field.kind, from, &before),
            to: shown(&field.kind, to, &after),
            from_title: reference_title(conn, &field.kind, from).await?,
            to_title: reference_title(conn, &field.kind, to).await?,
        });
    }
    Ok(changes)
}

async fn reference_title(
    conn: &mut Connection,
    kind: &Kind,
    value: &Value,
) -> Result<Option<String>> {
    match (kind, value) {
        (Kind::Reference(to), Value::Id(id)) => Ok(Some(title_of(conn, *to, *id).await?)),
        _ => Ok(None),
    }
}

fn currency_of(side: &Values, record: Option<&Record>) -> String {
    side.get("currency")
        .or_else(|| record.map(|record| record.get("currency")))
        .map(|value| value.as_text().to_owned())
        .unwrap_or_default()
}

fn shown(kind: &Kind, value: &Value, currency: &str) -> Json {
    match (kind, value) {
        (Kind::Money, Value::Integer(units)) => Json::String(money::decimal(*units, currency)),
        _ => value.to_json(),
    }
}
