//! What somebody says of a consequence: a service at another garage, a due date that was agreed.

use chrono::{DateTime, Utc};

use crate::record::{Record, Values};
use crate::value::Value;

/// Due points are stated for the time after the last service that is known.
const DUE: [(&str, &str, &str); 2] = [
    (
        "next_service_due_date",
        "stated_next_service_due_date",
        "next_service_due_date_stated_after",
    ),
    (
        "next_service_due_mileage",
        "stated_next_service_due_mileage",
        "next_service_due_mileage_stated_after",
    ),
];

/// The fields that keep a statement and the service after which it was made.
pub(super) fn names(consequence: &str) -> Option<(&'static str, &'static str)> {
    DUE.iter()
        .find(|(name, _, _)| *name == consequence)
        .map(|(_, value, after)| (*value, *after))
}

/// Turns what was said of consequences (`said`, under their own names) into statements.
///
/// Who repeats what the record shows anyway says nothing: a form that is sent back as it was
/// does not turn a counted date into a stated one. `record` is the record as it is, or a new one
/// that shows nothing yet. A mileage is left in place: it becomes a reading, which is a record of
/// its own.
pub fn state(record: &Record, said: &mut Values) {
    for field in record.kind.fields() {
        let Some(consequence) = field.states else {
            continue;
        };
        let Some(value) = said.remove(consequence) else {
            continue;
        };
        if value == *record.get(consequence) {
            continue;
        }
        said.insert(field.name, value);
        if let Some((_, after)) = names(consequence) {
            let last = record.get("last_service_date").as_instant();
            // Before the first service of any car.
            let after_value = last.unwrap_or(DateTime::<Utc>::UNIX_EPOCH);
            said.insert(after, Value::Instant(after_value));
        }
    }
}

/// What a record gains of the statements about another that turns out to be the same: those on
/// which it has none of its own, and the later of two services elsewhere.
pub fn merged(kept: &Record, gone: &Record) -> Values {
    let mut values = Values::new();
    let mut take = |names: &[&'static str]| {
        for name in names {
            if gone.kind.field(name).is_some() {
                values.insert(name, gone.get(name).clone());
            }
        }
    };
    for (_, value, after) in DUE {
        if kept.get(after).is_blank() && !gone.get(after).is_blank() {
            take(&[value, after]);
        }
    }
    let elsewhere = "stated_last_service_date";
    if gone.get(elsewhere).as_instant() > kept.get(elsewhere).as_instant() {
        take(&[elsewhere, "stated_last_service_mileage"]);
    }
    values
}
