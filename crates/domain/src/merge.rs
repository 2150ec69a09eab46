//! How two edits of one record come together, field by field.
//!
//! An edit says what it saw (`before`) and what it wants (`after`). A field that still holds
//! what the edit saw is simply set; a field that already holds what it wants needs nothing;
//! anything else was changed by somebody in between, and the field's merge rule decides.
//! Comparing contents instead of clocks or counters makes a desk's own chain of edits, a
//! repeated delivery and a restored Central all come out right by the same rule.

use crate::field::Merge;
use crate::kind::EntityKind;
use crate::record::Values;
use crate::value::Value;

/// What becomes of one field.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Set it; nobody else had touched it.
    Clean,
    /// It already holds this.
    Already,
    /// The edit wins over a value that its author had not seen.
    Wins { lost: Value },
    /// A rule settles it and nobody needs to look.
    Settled { value: Value },
}

/// What becomes of an edit as a whole.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Merged {
    /// What to write.
    pub changes: Values,
    /// Fields on which somebody's value was overruled, with that value.
    pub conflicts: Vec<Conflict>,
    /// Whether anything was not simply as the edit's author saw it.
    pub concurrent: bool,
}

/// A value that did not make it, and the one that did.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    pub field: &'static str,
    pub kept: Value,
    pub lost: Value,
}

/// Decides one field.
pub fn merge_field(rule: Merge, before: &Value, current: &Value, wanted: &Value) -> Outcome {
    if current == wanted {
        return Outcome::Already;
    }
    match rule {
        Merge::Action => Outcome::Settled {
            value: wanted.clone(),
        },
        Merge::LaterArrival if before == current => Outcome::Clean,
        Merge::LaterArrival => Outcome::Wins {
            lost: current.clone(),
        },
    }
}

/// Merges an edit into what is there. Fields that the edit does not name are not touched.
pub fn merge(kind: EntityKind, current: &Values, before: &Values, after: &Values) -> Merged {
    let mut merged = Merged::default();
    for (name, wanted) in after {
        let Some(field) = kind.field(name).filter(|field| !field.consequence) else {
            continue;
        };
        let there = current.get(name).unwrap_or(&Value::Null);
        let seen = before.get(name).unwrap_or(&Value::Null);
        merged.concurrent |= seen != there;
        match merge_field(field.merge, seen, there, wanted) {
            Outcome::Already => {}
            Outcome::Clean => {
                merged.changes.insert(field.name, wanted.clone());
            }
            Outcome::Settled { value } => {
                if value != *there {
                    merged.changes.insert(field.name, value);
                }
            }
            Outcome::Wins { lost } => {
                merged.changes.insert(field.name, wanted.clone());
                merged.conflicts.push(Conflict {
                    field: field.name,
                    kept: wanted.clone(),
                    lost,
                });
            }
        }
    }
    merged
}
