//! A record in its generic form: the fields by name. Storage, history, merge and wire forms
//! work on it; rules and screens work on the structs of [`crate::entities`].

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::field::{Field, Kind};
use crate::kind::EntityKind;
use crate::names;
use crate::value::Value;

/// Field name → value. The names are those of the entity's description.
pub type Values = BTreeMap<&'static str, Value>;

/// What the structs of [`crate::entities`] have in common.
pub trait Entity: Sized {
    const KIND: EntityKind;
    const FIELDS: &'static [Field];

    fn from_record(record: &Record) -> Self;
    fn values(&self) -> Values;
}

/// One record with what the product itself keeps about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub kind: EntityKind,
    pub id: Uuid,
    pub values: Values,
    /// Fields that a newer program wrote: kept, and sent on unchanged.
    pub extra: Map<String, Json>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// A tombstone: the record is deleted and shows nowhere.
    pub deleted_at: Option<DateTime<Utc>>,
    /// The record whose deletion took this one along.
    pub deleted_with: Option<Uuid>,
    /// The older record that this one repeats: two desks made both while apart.
    pub duplicate_of: Option<Uuid>,
}

impl Record {
    /// A new record: what was said, and the defaults for the rest.
    pub fn new(kind: EntityKind, id: Uuid, said: Values, now: DateTime<Utc>) -> Record {
        let mut values: Values = kind
            .fields()
            .iter()
            .map(|field| (field.name, field.default_value(now)))
            .collect();
        values.extend(said);
        Record {
            kind,
            id,
            values,
            extra: Map::new(),
            created_at: now,
            updated_at: now,
            deleted_at: None,
            deleted_with: None,
            duplicate_of: None,
        }
    }

    /// The value of a field; `Null` for a name that the entity does not have.
    pub fn get(&self, field: &str) -> &Value {
        self.values.get(field).unwrap_or(&Value::Null)
    }

    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// The customer whom it is about: itself, or the one that it names.
    pub fn customer(&self) -> Option<Uuid> {
        match self.kind {
            EntityKind::Customer => Some(self.id),
            _ => self.get("customer_id").as_id(),
        }
    }

    /// What people call it: a name, a plate, a title. Blank where it has none.
    pub fn title(&self) -> String {
        if self.kind == EntityKind::Customer {
            let text = |name| self.get(name).as_text();
            return names::title(text("first_name"), text("last_name"), text("company_name"));
        }
        let fields = self.kind.about().title.iter();
        let parts = fields.map(|name| match self.get(name) {
            Value::Integer(number) => number.to_string(),
            value => value.as_text().to_owned(),
        });
        let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    }

    pub fn to<E: Entity>(&self) -> E {
        debug_assert_eq!(self.kind, E::KIND);
        E::from_record(self)
    }

    /// What people stated of it: its values without those that follow from others.
    pub fn facts(&self) -> Values {
        self.kind
            .facts()
            .filter_map(|field| Some((field.name, self.values.get(field.name)?.clone())))
            .collect()
    }

    /// What of `wanted` differs from what the record holds.
    ///
    /// An amount that differs brings its currency along, the same as before: without it neither the
    /// history nor a merge with another desk's change of the currency could tell how much it was.
    pub fn difference(&self, wanted: &Values) -> Values {
        let mut changed: Values = wanted
            .iter()
            .filter(|(name, value)| self.get(name) != *value)
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        let is_amount = |name: &str| {
            let field = self.kind.field(name);
            field.is_some_and(|field| field.kind == Kind::Money)
        };
        if changed.keys().any(|name| is_amount(name))
            && let Some((name, currency)) = self.values.get_key_value("currency")
            && !currency.is_blank()
        {
            changed.entry(name).or_insert_with(|| currency.clone());
        }
        changed
    }
}

/// The entities and fields that this program knows, a line for each entity. A program that finds
/// another text than its own was upgraded: what the older one kept aside may have a place now.
pub fn known_fields() -> String {
    let mut text = String::new();
    for kind in EntityKind::ALL {
        text.push_str(kind.name());
        for field in kind.fields() {
            text.push(' ');
            text.push_str(field.name);
        }
        text.push('\n');
    }
    text
}

/// Values as the mutation log keeps them.
pub fn values_to_json(values: &Values) -> Map<String, Json> {
    values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.to_json()))
        .collect()
}

/// Reads what [`values_to_json`] wrote. Fields that this version does not know, or whose
/// form it does not know, come back as the second part and are kept as they are. Consequences,
/// which programs once wrote down as if somebody had said them, are passed over.
pub fn values_from_json(kind: EntityKind, json: &Map<String, Json>) -> (Values, Map<String, Json>) {
    let (mut values, unknown) = whole_from_json(kind, json);
    values.retain(|name, _| kind.field(name).is_some_and(|field| !field.consequence));
    (values, unknown)
}

/// Reads a whole record as another side holds it, with what follows from its facts.
pub fn whole_from_json(kind: EntityKind, json: &Map<String, Json>) -> (Values, Map<String, Json>) {
    let mut values = Values::new();
    let mut unknown = Map::new();
    for (name, content) in json {
        match kind
            .field(name)
            .and_then(|field| Some((field.name, Value::from_json(&field.kind, content)?)))
        {
            Some((name, value)) => {
                values.insert(name, value);
            }
            None => {
                unknown.insert(name.clone(), content.clone());
            }
        }
    }
    (values, unknown)
}
