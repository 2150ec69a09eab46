//! The generic form: every described field of a record by its name.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value as Json};
use servease_domain::field::Field;
use servease_domain::{Kind, Record, Value, money};

/// A time as the API writes it: ISO 8601, UTC, `Z`; fractions only where there are any.
pub fn instant(instant: &DateTime<Utc>) -> Json {
    Json::String(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// A field's value. `currency` is the record's: it decides the decimals of an amount.
pub fn value(field: &Field, value: &Value, currency: &str) -> Json {
    match (field.kind, value) {
        (Kind::Money, Value::Integer(units)) => Json::String(money::decimal(*units, currency)),
        (Kind::ForeignKey, Value::Text(text)) => foreign_key(text),
        (_, Value::Instant(at)) => instant(at),
        (_, other) => other.to_json(),
    }
}

/// The authentication service numbers its users, or names them by UUID: a number goes out
/// as a number again.
fn foreign_key(text: &str) -> Json {
    match text.parse::<i64>() {
        _ if text.is_empty() => Json::Null,
        Ok(number) if number.to_string() == text => Json::from(number),
        _ => Json::String(text.to_owned()),
    }
}

/// The described fields of a record, without its id and times.
pub fn fields(record: &Record) -> Map<String, Json> {
    let currency = record.get("currency").as_text();
    record
        .kind
        .fields()
        .iter()
        // Only records that are gone have one, and those are not answered.
        .filter(|field| field.name != "merged_into" && !field.internal)
        .map(|field| {
            let json = value(field, record.get(field.name), currency);
            (field.name.to_owned(), json)
        })
        .collect()
}

/// The form of entities without derived fields: notes, readings, employees and the like.
pub fn full(record: &Record) -> Json {
    let mut json = Map::new();
    json.insert("id".to_owned(), Json::String(record.id.to_string()));
    for (name, value) in fields(record) {
        // The contract speaks of `customer` and `vehicle`, stock of neither; the names with
        // `_id` are ours. Both are answered, so that each client finds the one it knows.
        if let Some(short) = crate::input::alias_of(&name) {
            json.insert(short.to_owned(), value.clone());
        }
        json.insert(name, value);
    }
    times(&mut json, record);
    Json::Object(json)
}

/// Appends `created_at` and `updated_at`.
pub fn times(json: &mut Map<String, Json>, record: &Record) {
    json.insert("created_at".to_owned(), instant(&record.created_at));
    json.insert("updated_at".to_owned(), instant(&record.updated_at));
}

/// Puts `(name, value)` pairs into an object, in their order.
pub(crate) fn put<const N: usize>(json: &mut Map<String, Json>, pairs: [(&str, Json); N]) {
    for (name, value) in pairs {
        json.insert(name.to_owned(), value);
    }
}

/// One described field of a record under its own name, as [`fields`] writes it.
pub(crate) fn one(record: &Record, name: &str) -> Json {
    record.kind.field(name).map_or(Json::Null, |field| {
        value(field, record.get(name), record.get("currency").as_text())
    })
}
