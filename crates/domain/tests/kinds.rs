//! What people really type, paste, scan and press: one table of kinds, read here by the rules
//! alone. The same rows go through the desk, the command line and Central in their own tests.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{TimeZone as _, Utc};
use serde_json::{Map, Value as Json};
use servease_domain::calendar::Calendar;
use servease_domain::reading::{Context, Reading, read, read_edit};
use servease_domain::rules::{check_edit, check_new};
use servease_domain::{EntityKind, Problem, Record, Value, money};
use uuid::Uuid;

fn rows() -> Vec<Json> {
    serde_json::from_str(include_str!("kinds/table.json")).unwrap()
}

fn context(garage: &str) -> Context {
    let garages: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(include_str!("kinds/garages.json")).unwrap();
    let garage = &garages[garage];
    let now = Utc.with_ymd_and_hms(2026, 5, 4, 12, 0, 0).unwrap();
    let calendar = Calendar::named(&garage["timezone"]);
    Context {
        now,
        today: calendar.day(now),
        calendar,
        country: Some(garage["country"].clone()),
        currency: garage["currency"].clone(),
    }
}

fn base(kind: EntityKind) -> Map<String, Json> {
    let text = match kind {
        EntityKind::Customer => {
            r#"{"first_name": "Test", "last_name": "Person", "email": "test@example.com"}"#
        }
        EntityKind::Vehicle => r#"{"make": "Any", "model": "Car", "license_plate": "K 1"}"#,
        _ => "{}",
    };
    serde_json::from_str(text).unwrap()
}

/// What the field holds, as the contract shows it.
fn shown(record: &Record, name: &str) -> Json {
    match record.get(name) {
        Value::Integer(units) if name == "cost" => {
            money::decimal(*units, record.get("currency").as_text()).into()
        }
        Value::Instant(instant) => instant
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
            .into(),
        other => other.to_json(),
    }
}

/// The record that a row comes to, with everything that is wrong with it.
fn made(row: &Json) -> (Record, Vec<Problem>) {
    let kind = EntityKind::from_name(row["entity"].as_str().unwrap()).unwrap();
    let context = context(row["garage"].as_str().unwrap());
    let mut input = base(kind);
    input.extend(row["input"].as_object().unwrap().clone());
    let Reading {
        values, problems, ..
    } = read(kind, &input, &context);
    let mut record = Record::new(kind, Uuid::nil(), values, context.now);
    let mut found = problems;
    found.extend(check_new(&record, &context));
    if let Some(edit) = row["edit"].as_object() {
        let read = read_edit(&record, edit, &context);
        let changed = record.difference(&read.values);
        record.values.extend(changed.clone());
        found.extend(read.problems);
        found.extend(check_edit(&record, &changed, &context));
    }
    // Neither owner nor vehicle is a matter of this table.
    found.retain(|problem| !problem.field.ends_with("_id"));
    (record, found)
}

#[test]
fn every_kind_has_five_members_from_four_countries() {
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows() {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        kinds.entry(text("kind")).or_default().push(text("garage"));
    }
    for (kind, garages) in kinds {
        assert!(garages.len() >= 5, "{kind}");
        assert!(garages.iter().collect::<BTreeSet<_>>().len() >= 4, "{kind}");
    }
}

#[test]
fn what_people_type_is_read_as_they_mean_it_or_refused_in_words() {
    for row in rows() {
        let (record, problems) = made(&row);
        match row["refused"].as_array() {
            Some(refused) => assert!(
                problems.iter().any(|problem| {
                    refused[0] == problem.field && refused[1] == problem.code.name()
                }),
                "{row}: {problems:?}"
            ),
            None => assert!(problems.is_empty(), "{row}: {problems:?}"),
        }
        for (name, expected) in row["stored"].as_object().into_iter().flatten() {
            assert_eq!(shown(&record, name), *expected, "{row}");
        }
    }
}

#[test]
fn a_bare_day_that_is_today_means_now() {
    for garage in ["us", "de", "jp", "nz", "ae"] {
        let context = context(garage);
        let input = Map::from_iter([("performed_at".to_owned(), context.today.to_string().into())]);
        let read = read(EntityKind::ServiceRecord, &input, &context);
        assert_eq!(
            read.values["performed_at"],
            Value::Instant(context.now),
            "{garage}"
        );
    }
}

#[test]
fn an_amount_travels_with_its_currency() {
    let context = context("us");
    for (cost, currency, wanted) in [
        ("15000", "JPY", "18000"),
        ("150.00", "EUR", "180"),
        ("12.345", "KWD", "12.5"),
        ("900", "KRW", "950"),
        ("89.90", "USD", "99.90"),
    ] {
        let text = |text: &str| Json::String(text.to_owned());
        let input = Map::from_iter([
            ("cost".to_owned(), text(cost)),
            ("currency".to_owned(), text(currency)),
        ]);
        let kind = EntityKind::ServiceRecord;
        let values = read(kind, &input, &context).values;
        let record = Record::new(kind, Uuid::nil(), values, context.now);
        let edit = Map::from_iter([("cost".to_owned(), text(wanted))]);
        let changed = record.difference(&read_edit(&record, &edit, &context).values);
        assert_eq!(changed["currency"], Value::Text(currency.to_owned()));
        assert_eq!(
            changed["cost"].as_integer(),
            money::minor_units(wanted, currency)
        );
        assert!(record.difference(&record.values).is_empty());
    }
}
