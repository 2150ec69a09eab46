//! Edits that were made on top of others that nobody else saw.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;
use servease_wire::sync::{Mutation, WireAction};
use uuid::Uuid;

use crate::changes::Line;

/// Values of this batch's edits that nobody saw but their author: Central refused them, or left
/// them out since their author had replaced them, or somebody else had written the same. A later
/// edit on top of one is judged by what stood there before.
#[derive(Default)]
pub struct Unwritten {
    fields: HashMap<(String, Uuid), Vec<Unseen>>,
    /// Records that an edit of the batch deleted and that others had deleted, or kept alive.
    deletions: HashSet<(String, Uuid)>,
}

struct Unseen {
    field: String,
    before: Json,
    after: Json,
    /// The value itself cannot be kept.
    is_refused: bool,
}

impl Unwritten {
    /// `line`: what was written under the edit's id, where that is known.
    pub fn note(&mut self, mutation: &Mutation, line: Option<&Option<Line>>, is_refused: bool) {
        if mutation.action == WireAction::Delete && mutation.deleted_with.is_none() {
            match line {
                Some(None) => _ = self.deletions.insert(name_of(mutation)),
                _ => _ = self.deletions.remove(&name_of(mutation)),
            }
        }
        if mutation.action != WireAction::Update || (line.is_none() && !is_refused) {
            return;
        }
        let wrote = |name: &String| {
            let line = line.and_then(Option::as_ref);
            line.is_some_and(|line| line.after.contains_key(name))
        };
        let unseen = self.fields.entry(name_of(mutation)).or_default();
        unseen.retain(|unseen| !wrote(&unseen.field));
        for (name, after) in mutation.after.iter().filter(|(name, _)| !wrote(name)) {
            unseen.push(Unseen {
                field: name.clone(),
                before: mutation.before.get(name).cloned().unwrap_or(Json::Null),
                after: after.clone(),
                is_refused,
            });
        }
    }

    /// Whether a restoration takes back nothing but a deletion of this batch that came to nothing.
    pub fn is_of_nothing(&self, mutation: &Mutation) -> bool {
        mutation.action == WireAction::Restore && self.deletions.contains(&name_of(mutation))
    }

    /// An edit as its author would have made it without the earlier ones on which it stands: what it
    /// came to with them, against what stood below all of them. None: it stands on none.
    pub fn rebase(&self, mutation: &Mutation) -> Option<Mutation> {
        let unseen = self.fields.get(&name_of(mutation));
        if unseen.is_none() && mutation.below.is_empty() {
            return None;
        }
        let mut rebased = mutation.clone();
        for (name, stood) in std::mem::take(&mut rebased.below) {
            want(&mut rebased, &name, stood);
        }
        for earlier in unseen.into_iter().flatten().rev() {
            let is_wanted = rebased.after.contains_key(&earlier.field);
            let saw = rebased.before.get_mut(&earlier.field);
            let Some(saw) = saw.filter(|saw| **saw == earlier.after) else {
                continue;
            };
            // What the edit left as its author had written it before is the author's word still,
            // unless it cannot be kept: the earlier edit has left the decision to this one.
            match is_wanted || earlier.is_refused {
                true => *saw = earlier.before.clone(),
                false => want(&mut rebased, &earlier.field, earlier.before.clone()),
            }
        }
        Some(rebased)
    }
}

/// Makes what the author of an edit saw in a field what they want there, instead of `stood`. A field
/// that the edit itself changes, or says nothing of, stays as it is.
fn want(edit: &mut Mutation, field: &str, stood: Json) {
    if edit.after.contains_key(field) {
        return;
    }
    if let Some(saw) = edit.before.get_mut(field) {
        let wanted = std::mem::replace(saw, stood);
        edit.after.insert(field.to_owned(), wanted);
    }
}

/// Preferences share the id of their customer: an id alone names no record.
pub fn name_of(mutation: &Mutation) -> (String, Uuid) {
    (mutation.entity.clone(), mutation.record)
}
