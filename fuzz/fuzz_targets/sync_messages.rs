//! Messages of syncing, in both directions: what can be read can be written and is read again, and
//! values are such as every reader knows.
#![no_main]

use std::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value as Json};
use servease_domain::{EntityKind, record};
use servease_wire::sync::{
    BeginAnswer, ChangesAnswer, CommonAnswer, CommonQuery, Push, PushAnswer, Refusal, RowsAnswer,
};

fn values(entity: &str, json: &Map<String, Json>) {
    let Some(kind) = EntityKind::from_name(entity) else {
        return;
    };
    let (values, _) = record::values_from_json(kind, json);
    let again = record::values_from_json(kind, &record::values_to_json(&values));
    assert_eq!(again.0, values);
}

fn read<T: serde::Serialize + serde::de::DeserializeOwned + Debug>(text: &str) -> Option<T> {
    let message: T = serde_json::from_str(text).ok()?;
    let written = serde_json::to_string(&message).expect("what was read can be written");
    let again: Result<T, _> = serde_json::from_str(&written);
    assert!(again.is_ok(), "{again:?} of {written}");
    Some(message)
}

fuzz_target!(|text: &str| {
    if let Some(push) = read::<Push>(text) {
        for mutation in &push.mutations {
            values(&mutation.entity, &mutation.before);
            values(&mutation.entity, &mutation.after);
        }
    }
    if let Some(page) = read::<ChangesAnswer>(text) {
        for change in page
            .entries
            .iter()
            .filter_map(|entry| entry.change.as_ref())
        {
            values(&change.entity, &change.before);
            values(&change.entity, &change.after);
        }
    }
    if let Some(page) = read::<RowsAnswer>(text) {
        for row in &page.rows {
            values(&row.entity, &row.values);
        }
    }
    read::<PushAnswer>(text);
    read::<CommonQuery>(text);
    read::<CommonAnswer>(text);
    read::<BeginAnswer>(text);
    read::<Refusal>(text);
});
