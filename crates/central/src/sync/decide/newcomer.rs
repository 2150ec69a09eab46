//! Whoever had seen nothing of the garage that a desk joins overrules nothing that is settled
//! there. What they had said is kept as the other side of a conflict, and one click makes it
//! count; what nobody had settled yet is taken as they said it.
//!
//! This concerns the records that every database has from its schema on: others are made by
//! somebody, and two desks that meet have different ones.

use servease_domain::merge::{Clash, Merged};
use servease_domain::record::{values_from_json, values_to_json};
use servease_domain::{EntityKind, Values};
use servease_wire::sync::{Mutation, WireAction};

use crate::garage::is_stated;
use crate::store::records::Stored;

/// A whole record as its desk passes it on says nothing by its defaults: an edit of what is
/// there by somebody who has seen nothing.
pub fn as_statement(kind: EntityKind, mutation: &Mutation) -> Mutation {
    let (said, unknown) = values_from_json(kind, &mutation.after);
    let mut before = Values::new();
    let mut after = Values::new();
    for field in kind.fields() {
        let default = field.default_value(mutation.at);
        if let Some(value) = said.get(field.name).filter(|value| **value != default) {
            before.insert(field.name, default);
            after.insert(field.name, value.clone());
        }
    }
    let mut statement = Mutation {
        action: WireAction::Update,
        before: values_to_json(&before),
        after: values_to_json(&after),
        seen: 0,
        ..mutation.clone()
    };
    statement.after.extend(unknown);
    statement
}

/// Takes out of a merge what its author may not overrule. Answers those fields as conflicts in
/// which what was there is kept.
pub fn give_way(mutation: &Mutation, stored: &Stored, merged: &mut Merged) -> Vec<Clash> {
    let is_newcomer = stored.record.kind.only_id().is_some() && mutation.seen == 0;
    if !is_newcomer {
        return Vec::new();
    }
    // What differs from what the author saw and was stated by nobody is no one's loss.
    std::mem::take(&mut merged.conflicts)
        .into_iter()
        .filter(|conflict| conflict.fields.iter().any(|name| is_stated(stored, name)))
        .map(|conflict| {
            merged
                .changes
                .retain(|name, _| !conflict.kept.contains_key(name));
            Clash {
                kept: conflict.lost,
                lost: conflict.kept,
                ..conflict
            }
        })
        .collect()
}
