//! How two edits of one record come together, field by field.
//!
//! An edit says what it saw (`before`) and what it wants (`after`). A field that still holds
//! what the edit saw is simply set; a field that already holds what it wants needs nothing;
//! anything else was changed by somebody in between, and the field's merge rule decides.
//! Comparing contents instead of clocks or counters makes a desk's own chain of edits, a
//! repeated delivery and a restored Central all come out right by the same rule.
//!
//! Fields that belong together ([`Field::together`]) are one value: half of one address and half
//! of another is nobody's address. An edit of one of them says in `before` what its author saw
//! of the others, and wants these to stay.

use serde_json::Value as Json;

use crate::field::{Field, Kind, Merge};
use crate::kind::EntityKind;
use crate::plate;
use crate::record::{Record, Values, values_to_json};
use crate::value::Value;

/// What becomes of an edit as a whole.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Merged {
    /// What to write.
    pub changes: Values,
    /// Values that were overruled, each with the one that overruled it.
    pub conflicts: Vec<Clash>,
    /// Whether anything was not simply as the edit's author saw it.
    pub concurrent: bool,
}

/// A value that did not make it, and the one that did.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// A field, or a group of fields that belong together.
    pub name: &'static str,
    /// The fields that were overruled.
    pub fields: Vec<&'static str>,
    pub kept: Values,
    pub lost: Values,
}

impl Clash {
    /// The values as a conflict record tells them.
    pub fn told(&self) -> (Json, Json) {
        (told(self.name, &self.kept), told(self.name, &self.lost))
    }
}

/// The form in which a conflict record tells the value of a field, or of a group as an object. A
/// group may have the name of its first field: a number and its extension.
pub fn told(name: &str, values: &Values) -> Json {
    match values.get(name) {
        Some(value) if values.len() == 1 => value.to_json(),
        _ => Json::Object(values_to_json(values)),
    }
}

/// Whether two values of a field say the same: a plate with and without its dash, an e-mail in
/// capitals, a text with a space behind it.
pub fn is_same(kind: &Kind, one: &Value, other: &Value) -> bool {
    one == other || folded(kind, one).is_some_and(|it| Some(it) == folded(kind, other))
}

fn folded(kind: &Kind, value: &Value) -> Option<String> {
    let text = match value {
        Value::Text(text) => text.trim(),
        // A field that holds nothing and one that holds no text are equally blank.
        Value::Null if kind.is_text() => "",
        _ => return None,
    };
    Some(match kind {
        Kind::Email => text.to_lowercase(),
        Kind::Plate { .. } => plate::key(text),
        Kind::Vin => text.to_uppercase().replace([' ', '-'], ""),
        // A desk keeps numbers in the form of E.164, other programs with their punctuation.
        Kind::Phone => text
            .chars()
            .filter(|char| char.is_ascii_digit() || *char == '+')
            .collect(),
        _ => text.to_owned(),
    })
}

/// Whether a record says nothing of a field, or of all that belongs together with it: no street of
/// one address goes into the town of another. What every record holds from its beginning, such as
/// the country, says nothing by itself.
pub fn is_free(record: &Record, field: &Field) -> bool {
    match field.together {
        None => record.get(field.name).is_blank(),
        Some(group) => record.kind.facts().all(|other| {
            let is_filled_in = !matches!(other.default, crate::field::Default::Blank);
            let says = !is_filled_in && !record.get(other.name).is_blank();
            other.together != Some(group) || !says
        }),
    }
}

/// The fields of an edit that are judged as one: a field, or what the edit says of a group.
#[derive(Debug)]
pub struct Unit {
    pub name: &'static str,
    pub fields: Vec<&'static Field>,
}

/// What an edit is made of.
pub fn units(kind: EntityKind, before: &Values, after: &Values) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for field in kind.facts() {
        let is_seen = field.together.is_some() && before.contains_key(field.name);
        if !is_seen && !after.contains_key(field.name) {
            continue;
        }
        let name = field.together.unwrap_or(field.name);
        match units.iter_mut().find(|unit| unit.name == name) {
            Some(unit) => unit.fields.push(field),
            None => units.push(Unit {
                name,
                fields: vec![field],
            }),
        }
    }
    units.retain(|unit| {
        let mut fields = unit.fields.iter();
        fields.any(|field| after.contains_key(field.name))
    });
    units
}

/// Merges an edit into what is there. Fields that the edit does not name are not touched.
///
/// `is_replaced` says of a field that the edit's author has written it again since, before
/// anybody else has seen this edit: of somebody else's value it overrules nothing, the later
/// edit decides.
pub fn merge(
    kind: EntityKind,
    current: &Values,
    before: &Values,
    after: &Values,
    is_replaced: &dyn Fn(&str) -> bool,
) -> Merged {
    let mut merged = Merged::default();
    for unit in units(kind, before, after) {
        merge_unit(&unit, current, before, after, is_replaced, &mut merged);
    }
    merged
}

fn merge_unit(
    unit: &Unit,
    current: &Values,
    before: &Values,
    after: &Values,
    is_replaced: &dyn Fn(&str) -> bool,
    merged: &mut Merged,
) {
    let in_values =
        |values: &Values, field: &Field| values.get(field.name).cloned().unwrap_or(Value::Null);
    let there = |field: &Field| in_values(current, field);
    let seen = |field: &Field| in_values(before, field);
    let wanted = |field: &Field| {
        in_values(
            if after.contains_key(field.name) {
                after
            } else {
                before
            },
            field,
        )
    };
    let same = |field: &Field, one: &Value, other: &Value| is_same(&field.kind, one, other);
    let is_there = |field: &&Field| same(field, &there(field), &wanted(field));
    let is_untouched = |field: &&Field| same(field, &there(field), &seen(field));

    merged.concurrent |= unit.fields.iter().any(|field| there(field) != seen(field));
    let (changed, kept): (Vec<&Field>, Vec<&Field>) = unit
        .fields
        .iter()
        .partition(|field| !same(field, &seen(field), &wanted(field)));
    // Spelled otherwise: that counts where the author's value stands, and overrules no other.
    for field in kept.into_iter().filter(is_untouched) {
        if there(field) != wanted(field) && seen(field) != wanted(field) {
            merged.changes.insert(field.name, wanted(field));
        }
    }
    // Nothing was changed in the end, or everything that was wanted is there.
    let is_action = unit.fields.iter().any(|field| field.merge == Merge::Action);
    let overruled: Vec<&Field> = match changed.iter().all(is_there) || is_action {
        true => Vec::new(),
        false => unit
            .fields
            .iter()
            .copied()
            .filter(|field| !is_untouched(field) && !is_there(field))
            .collect(),
    };
    if overruled.is_empty() {
        for field in changed
            .into_iter()
            .filter(|field| there(field) != wanted(field))
        {
            merged.changes.insert(field.name, wanted(field));
        }
        return;
    }
    if changed.iter().any(|field| is_replaced(field.name)) {
        return;
    }
    let mut conflict = Clash {
        name: unit.name,
        fields: overruled.iter().map(|field| field.name).collect(),
        kept: Values::new(),
        lost: Values::new(),
    };
    for field in &unit.fields {
        conflict.kept.insert(field.name, wanted(field));
        conflict.lost.insert(field.name, there(field));
        if there(field) != wanted(field) {
            merged.changes.insert(field.name, wanted(field));
        }
    }
    merged.conflicts.push(conflict);
}
