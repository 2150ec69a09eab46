//! The laws of the merge.

use proptest::prelude::*;
use serde_json::json;
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
        &|_| false,
    );
    assert!(merged.changes.is_empty() && merged.conflicts.is_empty());
    let merged = merge(
        KIND,
        &current,
        &values(&[("make", text("Ford"))]),
        &values(&[("make", text("BMW"))]),
        &|_| false,
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
        &|_| false,
    );
    assert_eq!(merged.changes, values(&[("color", text("green"))]));
    assert_eq!(merged.conflicts[0].name, "color");
    assert_eq!(merged.conflicts[0].told(), (json!("green"), json!("blue")));
}

#[test]
fn consequence_that_an_older_program_sends_changes_nothing() {
    let merged = merge(
        KIND,
        &values(&[("current_mileage", Value::Integer(500))]),
        &values(&[("current_mileage", Value::Integer(10))]),
        &values(&[("current_mileage", Value::Integer(400))]),
        &|_| false,
    );
    assert_eq!(merged, Merged::default());
}

const ADDRESS: EntityKind = EntityKind::Customer;

/// An edit of one field in an address, with what its author saw of the rest.
fn edit_of_address(
    current: &[(&'static str, &str)],
    saw: &[(&'static str, &str)],
    wants: (&'static str, &str),
    is_replaced: bool,
) -> Merged {
    let texts = |pairs: &[(&'static str, &str)]| {
        pairs
            .iter()
            .map(|(name, it)| (*name, text(it)))
            .collect::<Values>()
    };
    let replaced = move |_: &str| is_replaced;
    merge(
        ADDRESS,
        &texts(current),
        &texts(saw),
        &texts(&[wants]),
        &replaced,
    )
}

const AUSTIN: [(&str, &str); 2] = [("city", "Austin"), ("zip_code", "78701")];

#[test]
fn an_address_of_two_people_is_not_mixed() {
    let there = [("city", "Austin"), ("zip_code", "78702")];
    let merged = edit_of_address(&there, &AUSTIN, ("city", "Waco"), false);
    assert_eq!(
        merged.changes,
        values(&[("city", text("Waco")), ("zip_code", text("78701"))])
    );
    let [conflict] = &merged.conflicts[..] else {
        panic!("one conflict: {:?}", merged.conflicts);
    };
    assert_eq!(conflict.name, "address");
    assert_eq!(
        conflict.told(),
        (
            json!({"city": "Waco", "zip_code": "78701"}),
            json!({"city": "Austin", "zip_code": "78702"})
        )
    );
}

#[test]
fn what_both_wrote_into_an_address_is_no_conflict() {
    let there = [("city", "Waco"), ("zip_code", "78701")];
    let merged = edit_of_address(&there, &AUSTIN, ("city", "Waco"), false);
    assert!(merged.changes.is_empty() && merged.conflicts.is_empty());
    // Somebody wrote more than this edit, and this among it.
    let there = [("city", "Waco"), ("zip_code", "76701")];
    let merged = edit_of_address(&there, &AUSTIN, ("city", "Waco"), false);
    assert!(merged.changes.is_empty() && merged.conflicts.is_empty());
}

#[test]
fn a_value_that_its_author_has_replaced_overrules_nobody() {
    let there = [("city", "Waco"), ("zip_code", "78701")];
    let merged = edit_of_address(&there, &AUSTIN, ("city", "Oops"), true);
    assert!(merged.changes.is_empty() && merged.conflicts.is_empty());
    // Where nobody else has written, the history tells every step.
    let merged = edit_of_address(&AUSTIN, &AUSTIN, ("city", "Oops"), true);
    assert_eq!(merged.changes, values(&[("city", text("Oops"))]));
}

#[test]
fn what_was_changed_and_changed_back_wants_nothing() {
    let there = [("city", "Waco"), ("zip_code", "78701")];
    let merged = edit_of_address(&there, &AUSTIN, ("city", "Austin"), false);
    assert!(merged.changes.is_empty() && merged.conflicts.is_empty());
}

#[test]
fn a_value_that_is_only_spelled_otherwise_is_no_conflict() {
    for (kind, field, saw, there, wants) in [
        (
            ADDRESS,
            "email",
            "a@x.org",
            "Bo@Diaz.example",
            "bo@diaz.example",
        ),
        (ADDRESS, "phone", "", "+1 (555) 012-3456", "+15550123456"),
        (ADDRESS, "company_name", "", "Diaz Cabs ", "Diaz Cabs"),
        (KIND, "license_plate", "", "B-XY 1", "bxy1"),
        (KIND, "vin", "", "1m8gdm9axkp042788", "1M8GDM9AXKP042788"),
    ] {
        let one = |it: &str| values(&[(field, text(it))]);
        let merged = merge(kind, &one(there), &one(saw), &one(wants), &|_| false);
        assert!(merged.conflicts.is_empty(), "{field}");
        // The later spelling counts.
        assert_eq!(merged.changes, one(wants), "{field}");
        // Whoever only spells it otherwise overrules nobody's value.
        let merged = merge(kind, &one("other"), &one(there), &one(wants), &|_| false);
        assert!(
            merged.conflicts.is_empty() && merged.changes.is_empty(),
            "{field}"
        );
    }
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
        &|_| false,
    );
    current.extend(merged.changes);
    merged
        .conflicts
        .into_iter()
        .map(|conflict| conflict.lost[field].clone())
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
        // Who wants what they saw says nothing.
        let unseen = there != saw && there != wants && saw != wants;
        prop_assert_eq!(lost.len(), usize::from(unseen));
    }
}
