//! Who changed what, when, from and to.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};
use servease_domain::record::values_from_json;
use servease_domain::{EntityKind, Value};
use uuid::Uuid;

use crate::record::{instant, value};

/// One entry of the change sequence. `before` and `after` are in the form of the mutation log.
#[derive(Debug, Clone)]
pub struct Entry {
    pub seq: i64,
    pub entity: EntityKind,
    pub record_id: Uuid,
    /// create, update, delete or restore.
    pub kind: String,
    pub author_id: Option<String>,
    pub author_name: String,
    /// The account under which it came, where that is known.
    pub account_id: Option<String>,
    pub account_name: Option<String>,
    pub at: DateTime<Utc>,
    pub before: Map<String, Json>,
    pub after: Map<String, Json>,
}

/// The public form: one `{field, from, to}` for each field that changed.
pub fn entry(entry: &Entry) -> Json {
    let (before, _) = values_from_json(entry.entity, &entry.before);
    let (after, _) = values_from_json(entry.entity, &entry.after);
    // An amount is shown in the currency that it had on that side.
    let currency = |values: &servease_domain::Values| {
        values
            .get("currency")
            .map(|code| code.as_text().to_owned())
            .unwrap_or_default()
    };
    let changes: Vec<Json> = entry
        .entity
        .fields()
        .iter()
        // What somebody stated stands under the name that they know.
        .filter(|field| !field.internal || field.states.is_some())
        .filter(|field| before.contains_key(field.name) || after.contains_key(field.name))
        // An amount brings its currency along, changed or not.
        .filter(|field| before.get(field.name) != after.get(field.name))
        .map(|field| {
            let side = |values: &servease_domain::Values| {
                let found = values.get(field.name).unwrap_or(&Value::Null);
                value(field, found, &currency(values))
            };
            let name = field.states.unwrap_or(field.name);
            json!({"field": name, "from": side(&before), "to": side(&after)})
        })
        .collect();
    json!({
        "seq": entry.seq,
        "entity": entry.entity.name(),
        "record_id": entry.record_id,
        "kind": entry.kind,
        "author": entry.author_id,
        "author_name": entry.author_name,
        "account": entry.account_id,
        "account_name": entry.account_name,
        "at": instant(&entry.at),
        "changes": changes,
    })
}
