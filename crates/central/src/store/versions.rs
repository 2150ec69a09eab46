//! Which change set which field of a record.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value as Json};
use servease_domain::EntityKind;

/// Field → number of the change that set it. As JSON an object of numbers. Those that the program
/// knows by name cost no text of their own: every new record has one for each of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Versions(BTreeMap<Cow<'static, str>, i64>);

impl Versions {
    /// Of a new record: its change has set all that people state.
    pub fn of_new(kind: EntityKind, seq: i64) -> Versions {
        let facts = kind.facts().map(|field| (Cow::Borrowed(field.name), seq));
        Versions(facts.collect())
    }

    /// As the database holds them. What is no number says nothing.
    pub fn from_json(kind: EntityKind, json: Map<String, Json>) -> Versions {
        let read = json.into_iter().filter_map(|(name, seq)| {
            let name = match kind.field(&name) {
                Some(field) => Cow::Borrowed(field.name),
                None => Cow::Owned(name),
            };
            Some((name, seq.as_i64()?))
        });
        Versions(read.collect())
    }

    pub fn get(&self, field: &str) -> Option<i64> {
        self.0.get(field).copied()
    }

    pub fn set(&mut self, field: &'static str, seq: i64) {
        self.0.insert(Cow::Borrowed(field), seq);
    }
}
