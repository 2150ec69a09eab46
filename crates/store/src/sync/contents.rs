//! What messages say of a record, taken apart.

use serde_json::{Map, Value as Json};
use servease_domain::{EntityKind, Record, Value, Values, record};
use servease_wire::sync::{DELETED_WITH, DUPLICATE_OF, Row as WireRow};
use uuid::Uuid;

/// The contents of a message, taken apart.
#[derive(Debug, Default)]
pub struct Contents {
    pub values: Values,
    /// Fields that this program does not know.
    pub extra: Map<String, Json>,
    /// Present when the message says something about it.
    pub duplicate_of: Option<Option<Uuid>>,
    pub deleted_with: Option<Uuid>,
}

impl Contents {
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
            && self.extra.is_empty()
            && self.duplicate_of.is_none()
            && self.deleted_with.is_none()
    }
}

/// What an edit or an answer says.
pub fn take_apart(kind: EntityKind, json: &Map<String, Json>) -> Contents {
    split(record::values_from_json(kind, json))
}

/// A whole record as Central holds it, with what follows from its facts.
pub fn take_whole(kind: EntityKind, json: &Map<String, Json>) -> Contents {
    split(record::whole_from_json(kind, json))
}

fn split((values, mut extra): (Values, Map<String, Json>)) -> Contents {
    let id = |json: &Json| json.as_str().and_then(|text| text.parse().ok());
    Contents {
        values,
        duplicate_of: extra.remove(DUPLICATE_OF).map(|json| id(&json)),
        deleted_with: extra.remove(DELETED_WITH).and_then(|json| id(&json)),
        extra,
    }
}

/// Whether values leave a field empty for which the tables have no such thing: whoever said them
/// knows other rules.
pub fn holds_nothing(kind: EntityKind, values: &Values) -> bool {
    kind.fields().iter().any(|field| {
        let value = values.get(field.name);
        field.is_never_null() && value.is_some_and(|value| *value == Value::Null)
    })
}

/// A record from its `create`: what was said, and the defaults for the rest. What a field of
/// a new record would take from the clock is blank unless it was said.
pub fn new_record(
    kind: EntityKind,
    id: Uuid,
    contents: Contents,
    at: chrono::DateTime<chrono::Utc>,
) -> Record {
    let mut record = Record::new(kind, id, Values::new(), at);
    for field in kind.fields() {
        if matches!(field.default, servease_domain::field::Default::Now) {
            record.values.insert(field.name, Value::Null);
        }
    }
    record.values.extend(contents.values);
    record.extra = contents.extra;
    record.duplicate_of = contents.duplicate_of.flatten();
    record.deleted_with = contents.deleted_with;
    record
}

/// A whole record from a row of Central's.
pub fn record_of(kind: EntityKind, wire: &WireRow) -> Record {
    let mut json = wire.values.clone();
    json.remove(DUPLICATE_OF);
    let mut record = new_record(kind, wire.record, take_whole(kind, &json), wire.created_at);
    record.updated_at = wire.updated_at;
    record.deleted_at = wire.deleted_at;
    record.deleted_with = wire.deleted_with;
    record.duplicate_of = wire.duplicate_of;
    record
}
