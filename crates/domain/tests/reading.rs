//! Input becomes values, or problems that name the field.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

use chrono::{NaiveDate, TimeZone, Utc};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};
use servease_domain::consequences::may_be_said;
use servease_domain::reading::{Context, Reading, is_email, read};
use servease_domain::record::{values_from_json, values_to_json};
use servease_domain::when::read_instant;
use servease_domain::{Code, EntityKind, Value};

fn context() -> Context {
    Context {
        now: Utc.with_ymd_and_hms(2026, 5, 4, 12, 0, 0).unwrap(),
        today: NaiveDate::from_ymd_opt(2026, 5, 4).unwrap(),
        calendar: servease_domain::calendar::Calendar::of(chrono_tz::Tz::UTC),
        country: Some("US".to_owned()),
        currency: "USD".to_owned(),
    }
}

fn read_json(kind: EntityKind, input: Json) -> Reading {
    read(kind, input.as_object().unwrap(), &context())
}

fn codes(reading: &Reading) -> Vec<(&str, Code)> {
    reading
        .problems
        .iter()
        .map(|problem| (problem.field.as_str(), problem.code))
        .collect()
}

#[test]
fn every_problem_is_reported_at_once() {
    let reading = read_json(
        EntityKind::Vehicle,
        json!({
            "make": "x".repeat(51), "year": 2028, "vin": "1HGCM82633A00435I", "fuel_type": "steam",
            "current_mileage": -1, "purchase_date": "04/05/2026", "is_active": "maybe",
            "customer_id": "not-an-id", "color": ["red"],
        }),
    );
    let mut found = codes(&reading);
    found.sort();
    assert_eq!(
        found,
        [
            ("color", Code::NotText),
            ("current_mileage", Code::TooSmall),
            ("customer_id", Code::NotAnId),
            ("fuel_type", Code::NotAChoice),
            ("is_active", Code::NotAFlag),
            ("make", Code::TooLong),
            ("purchase_date", Code::NotADate),
            ("vin", Code::VinCharacter),
            ("year", Code::TooLarge),
        ]
    );
}

#[test]
fn text_is_trimmed_and_kept_whatever_its_script() {
    let reading = read_json(
        EntityKind::Note,
        json!({"title": "  שלום <b>🚗</b>  ", "content": "one\r\ntwo\n"}),
    );
    assert_eq!(reading.values["title"].as_text(), "שלום <b>🚗</b>");
    assert_eq!(reading.values["content"].as_text(), "one\ntwo");
    assert!(reading.problems.is_empty());
}

#[test]
fn nul_is_refused_by_name_and_a_line_break_in_one_line_is_a_space() {
    let reading = read_json(
        EntityKind::Note,
        json!({"title": "a\u{0}b", "content": "fine"}),
    );
    assert_eq!(codes(&reading), [("title", Code::ControlCharacter)]);
    let reading = read_json(EntityKind::Note, json!({"title": "a\nb"}));
    assert_eq!(reading.values["title"].as_text(), "a b");
}

#[test]
fn limits_count_characters_not_bytes() {
    let fits = "字".repeat(100);
    let reading = read_json(EntityKind::Customer, json!({ "first_name": fits }));
    assert!(reading.problems.is_empty());
    let reading = read_json(EntityKind::Customer, json!({ "first_name": fits + "字" }));
    assert_eq!(reading.problems[0].args["max"], "100");
    assert_eq!(reading.problems[0].args["found"], "101");
}

#[test]
fn national_phones_become_e164_and_doubtful_ones_warn() {
    let reading = read_json(EntityKind::Customer, json!({"phone": "(212) 736-5000"}));
    assert_eq!(reading.values["phone"].as_text(), "+12127365000");
    assert!(reading.warnings.is_empty());
    let reading = read_json(EntityKind::Customer, json!({"phone": "000-000-0000"}));
    assert!(
        reading.problems.iter().any(|p| p.code == Code::NotAPhone)
            || reading
                .warnings
                .iter()
                .any(|p| p.code == Code::PhoneDoubtful)
    );
    let reading = read_json(EntityKind::Customer, json!({"phone": "call me"}));
    assert_eq!(codes(&reading), [("phone", Code::NotAPhone)]);
}

#[test]
fn money_follows_the_currency_that_is_said() {
    let cost = |input: Json| read_json(EntityKind::ServiceRecord, input).values["cost"].clone();
    assert_eq!(cost(json!({"cost": "89.90"})), Value::Integer(8990));
    assert_eq!(cost(json!({"cost": 89.9})), Value::Integer(8990));
    assert_eq!(
        cost(json!({"cost": "8990", "currency": "jpy"})),
        Value::Integer(8990)
    );
    let reading = read_json(EntityKind::ServiceRecord, json!({"cost": "89.999"}));
    assert_eq!(codes(&reading), [("cost", Code::NotMoney)]);
}

#[test]
fn what_the_product_sets_itself_is_passed_over_and_unknown_names_are_told() {
    let reading = read_json(
        EntityKind::Note,
        json!({"created_by": "6f2f3a0e-0000-7000-8000-000000000000", "nonsense": 1}),
    );
    assert!(reading.values.is_empty());
    assert_eq!(reading.unknown, ["nonsense"]);
}

#[test]
fn emptied_fields_go_back_to_what_nothing_means() {
    let reading = read_json(
        EntityKind::Preferences,
        json!({"preferred_contact_method": "", "preferred_service_time": "", "timezone": null}),
    );
    assert_eq!(
        reading.values["preferred_contact_method"].as_text(),
        "email"
    );
    assert_eq!(reading.values["preferred_service_time"], Value::Null);
    assert_eq!(reading.values["timezone"].as_text(), "UTC");
}

#[test]
fn instants_of_every_iso_form_mean_the_same() {
    let expected = Utc.with_ymd_and_hms(2026, 5, 4, 10, 30, 0).unwrap();
    for text in [
        "2026-05-04T10:30:00Z",
        "2026-05-04T12:30:00+02:00",
        "2026-05-04 10:30:00",
        "2026-05-04T10:30",
        "2026-05-04T12:30:00.000000+0200",
        "2026-05-04T10:30Z",
        "2026-05-04T12:30+02",
        "2026-05-04t10:30:00z",
        "2026-05-04 05:30:00-05:00",
        "2026-05-04T10:30:00,0Z",
        "20260504T103000Z",
        "20260504T1030",
        "2026-W19-1T10:30:00Z",
        "2026W191T103000Z",
        "2026-124T10:30Z",
    ] {
        assert_eq!(read_instant(text), Some(expected), "{text}");
    }
    for text in [
        "",
        "tomorrow",
        "2026-13-01",
        "+262142-01-01",
        "10:30",
        "2026-05-04T",
        "2026-05-04T10:30:00+",
        "2026-05-04T10:30:00+24:00",
        "2026-05-04T10:30:00+ü",
        "2026-05-04T25:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
    ] {
        assert_eq!(read_instant(text), None, "{text}");
    }
    let leap = Utc.with_ymd_and_hms(2017, 1, 1, 0, 0, 0).unwrap();
    assert_eq!(read_instant("2016-12-31T23:59:60Z"), Some(leap));
}

#[test]
fn e_mail_addresses_are_told_from_mistypings() {
    for good in [
        "a@b.co",
        "jane.o'brien+x@mail.example.com",
        "jörg@bücher.example",
    ] {
        assert!(is_email(good), "{good}");
    }
    for bad in [
        "",
        "a",
        "a@",
        "@b.co",
        "a@b",
        "a b@c.de",
        "a..b@c.de",
        "a@-c.de",
        "a@b.c",
        "a@b@c.de ",
    ] {
        assert!(!is_email(bad), "{bad}");
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".*".prop_map(Json::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((".*", inner), 0..4)
                .prop_map(|pairs| Json::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_input_gives_values_or_problems_and_never_a_panic(
        inputs in prop::collection::vec(any_json(), 1..4)
    ) {
        for kind in EntityKind::ALL {
            for input in &inputs {
                let all: Map<String, Json> = kind
                    .fields()
                    .iter()
                    .map(|field| (field.name.to_owned(), input.clone()))
                    .collect();
                let reading = read(kind, &all, &context());
                for field in kind.fields() {
                    let is_read = reading.values.contains_key(field.name);
                    let is_refused = reading.problems.iter().any(|p| p.field == field.name);
                    let is_passed_over =
                        field.system || (field.consequence && !may_be_said(kind, field.name));
                    prop_assert!(is_passed_over || (is_read != is_refused), "{}", field.name);
                }
            }
        }
    }

    #[test]
    fn what_was_read_survives_the_log(text in "\\PC{0,40}", number in 0..9_999_999_i64) {
        let reading = read_json(EntityKind::Vehicle, json!({
            "make": text, "purchase_mileage": number, "purchase_date": "2020-02-29",
            "is_active": false,
        }));
        let json = values_to_json(&reading.values);
        let (values, unknown) = values_from_json(EntityKind::Vehicle, &json);
        prop_assert_eq!(values, reading.values);
        prop_assert!(unknown.is_empty());
    }

    #[test]
    fn reading_is_idempotent(text in "\\PC{0,60}") {
        let once = read_json(EntityKind::Customer, json!({"company_name": text, "email": text}));
        let again = read(EntityKind::Customer, &values_to_json(&once.values), &context());
        prop_assert_eq!(once.values, again.values);
    }
}
