//! The laws of the merge.

use proptest::prelude::*;
use servease_domain::merge::{Merged, merge};
use servease_domain::{EntityKind, Value, Values};

const KIND: EntityKind = EntityKind::Vehicle;

fn values(pairs: &[(&'static str, Value)]) -> Values {
    pairs.iter().cloned().collect()
}

fn text(content: &str) -> Value {
    Value::Text(content.to_owned())
}

#[test]
fn edits_of_different_fields_both_stay() {
    let current = values(&[("color", text("red")), ("make", text("Ford"))]);
    let merged = merge(
        KIND,
        &current,
        &values(&[("make", text("Frod"))]),
        &values(&[("make", text("Ford"))]),
    );
    assert!(merged.changes.is_empty() && merged.conflicts.is_empty());
    let merged = merge(
        KIND,
        &current,
        &values(&[("make", text("Ford"))]),
        &values(&[("make", text("BMW"))]),
    );
    assert_eq!(merged.changes, values(&[("make", text("BMW"))]));
    assert!(!merged.concurrent);
}

#[test]
fn the_later_arrival_wins_and_the_loser_is_kept() {
    let merged = merge(
        KIND,
        &values(&[("color", text("blue"))]),
        &values(&[("color", text("red"))]),
        &values(&[("color", text("green"))]),
    );
    assert_eq!(merged.changes, values(&[("color", text("green"))]));
    assert_eq!(merged.conflicts[0].field, "color");
    assert_eq!(merged.conflicts[0].lost, text("blue"));
    assert_eq!(merged.conflicts[0].kept, text("green"));
}

#[test]
fn consequence_that_an_older_program_sends_changes_nothing() {
    let merged = merge(
        KIND,
        &values(&[("current_mileage", Value::Integer(500))]),
        &values(&[("current_mileage", Value::Integer(10))]),
        &values(&[("current_mileage", Value::Integer(400))]),
    );
    assert_eq!(merged, Merged::default());
}

/// One edit of a desk: what it saw and what it wants, of the fields of one rule each.
fn edit() -> impl Strategy<Value = (&'static str, u8, u8)> {
    let field = prop::sample::select(vec!["color", "model", "is_active", "make"]);
    (field, 0..4_u8, 0..4_u8)
}

fn value_of(field: &str, number: u8) -> Value {
    match field {
        "is_active" => Value::Flag(number.is_multiple_of(2)),
        _ => Value::Text(number.to_string()),
    }
}

fn apply(current: &mut Values, (field, saw, wants): (&'static str, u8, u8)) -> Vec<Value> {
    let merged = merge(
        KIND,
        current,
        &values(&[(field, value_of(field, saw))]),
        &values(&[(field, value_of(field, wants))]),
    );
    current.extend(merged.changes);
    merged
        .conflicts
        .into_iter()
        .map(|conflict| conflict.lost)
        .collect()
}

proptest! {
    /// A repeated delivery changes nothing and reports nothing.
    #[test]
    fn an_edit_twice_is_an_edit_once(first in edit(), second in edit()) {
        let mut current = Values::new();
        apply(&mut current, first);
        apply(&mut current, second);
        let once = current.clone();
        let conflicts = apply(&mut current, second);
        prop_assert_eq!(&current, &once);
        prop_assert!(conflicts.is_empty());
    }

    /// Whatever order edits of different fields arrive in, the result is the same.
    #[test]
    fn edits_of_different_fields_commute(first in edit(), second in edit()) {
        prop_assume!(first.0 != second.0);
        let (mut one, mut other) = (Values::new(), Values::new());
        apply(&mut one, first);
        apply(&mut one, second);
        apply(&mut other, second);
        apply(&mut other, first);
        prop_assert_eq!(one, other);
    }

    /// An edit whose author had seen what is there never makes a conflict.
    #[test]
    fn an_edit_of_what_was_seen_is_clean(field in 0..4_usize, there in 0..4_u8, wants in 0..4_u8) {
        let field = ["color", "model", "is_active", "make"][field];
        let mut current = values(&[(field, value_of(field, there))]);
        prop_assert!(apply(&mut current, (field, there, wants)).is_empty());
        prop_assert_eq!(&current[field], &value_of(field, wants));
    }

    /// Nothing is lost silently: what is overwritten unseen is reported.
    #[test]
    fn what_nobody_saw_overwritten_is_reported(saw in 0..4_u8, there in 0..4_u8, wants in 0..4_u8) {
        let mut current = values(&[("color", value_of("color", there))]);
        let lost = apply(&mut current, ("color", saw, wants));
        let unseen = there != saw && there != wants;
        prop_assert_eq!(lost.len(), usize::from(unseen));
    }
}
