//! Rules about whole records, and the descriptions themselves.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

use chrono::{NaiveDate, TimeZone, Utc};
use serde_json::json;
use servease_domain::reading::{Context, read};
use servease_domain::record::Entity;
use servease_domain::rules::{check_edit, check_new};
use servease_domain::{Code, Customer, EntityKind, Kind, Record, Values, Vehicle};
use uuid::Uuid;

fn context() -> Context {
    Context {
        now: Utc.with_ymd_and_hms(2026, 5, 4, 12, 0, 0).unwrap(),
        today: NaiveDate::from_ymd_opt(2026, 5, 4).unwrap(),
        calendar: servease_domain::calendar::Calendar::of(chrono_tz::Tz::UTC),
        country: Some("US".to_owned()),
        currency: "USD".to_owned(),
    }
}

fn record(kind: EntityKind, input: serde_json::Value) -> Record {
    let reading = read(kind, input.as_object().unwrap(), &context());
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    Record::new(kind, Uuid::nil(), reading.values, context().now)
}

fn problems(record: &Record) -> Vec<(String, Code)> {
    check_new(record, &context())
        .into_iter()
        .map(|problem| (problem.field, problem.code))
        .collect()
}

#[test]
fn a_walk_in_needs_a_name_and_one_way_to_be_reached() {
    let walk_in = record(
        EntityKind::Customer,
        json!({"first_name": "Ann", "last_name": "Lee", "phone": "212-736-5000"}),
    );
    assert_eq!(problems(&walk_in), []);
    let silent = record(EntityKind::Customer, json!({"first_name": "Ann"}));
    assert_eq!(
        problems(&silent),
        [("non_field_errors".to_owned(), Code::ContactMissing)]
    );
    // Somebody with one name, and a company of which no person is known.
    for named in [
        json!({"first_name": "Suharto"}),
        json!({"last_name": "Björk"}),
        json!({"company_name": "Kurier Blitz"}),
    ] {
        let mut fields = named.as_object().unwrap().clone();
        fields.insert("phone".to_owned(), json!("212-736-5000"));
        let customer = record(EntityKind::Customer, fields.into());
        assert_eq!(problems(&customer), []);
    }
    let nameless = record(EntityKind::Customer, json!({"phone": "212-736-5000"}));
    assert_eq!(
        problems(&nameless),
        [
            ("first_name".to_owned(), Code::Required),
            ("last_name".to_owned(), Code::Required),
        ]
    );
}

#[test]
fn a_car_needs_make_model_owner_and_a_plate_or_vin() {
    let nothing = record(EntityKind::Vehicle, json!({}));
    let codes: Vec<_> = problems(&nothing);
    assert_eq!(
        codes,
        [
            ("customer_id".to_owned(), Code::Required),
            ("make".to_owned(), Code::Required),
            ("model".to_owned(), Code::Required),
            ("non_field_errors".to_owned(), Code::PlateOrVinMissing),
        ]
    );
}

#[test]
fn an_edit_is_judged_by_what_it_touches() {
    // Came in from elsewhere without any way to be reached.
    let mut old = record(
        EntityKind::Customer,
        json!({"first_name": "Ann", "last_name": "Lee", "city": "Ulm"}),
    );
    assert_eq!(
        check_edit(
            &old,
            &Values::from([("city", old.get("city").clone())]),
            &context()
        ),
        []
    );
    old.values
        .insert("phone", servease_domain::Value::Text(String::new()));
    let touched = Values::from([("phone", old.get("phone").clone())]);
    assert_eq!(
        check_edit(&old, &touched, &context())[0].code,
        Code::ContactMissing
    );
}

#[test]
fn a_correction_says_why() {
    let reading = record(
        EntityKind::MileageReading,
        json!({"vehicle_id": Uuid::nil(), "value": 1, "is_correction": true}),
    );
    assert_eq!(
        problems(&reading),
        [("reason".to_owned(), Code::ReasonMissing)]
    );
}

#[test]
fn a_service_is_not_performed_in_the_future() {
    let service = record(
        EntityKind::ServiceRecord,
        json!({"vehicle_id": Uuid::nil(), "service_type": "Oil", "performed_at": "2026-05-06T00:00:00Z"}),
    );
    assert_eq!(
        problems(&service),
        [("performed_at".to_owned(), Code::InFuture)]
    );
}

#[test]
fn structs_and_records_hold_the_same() {
    let customer = record(
        EntityKind::Customer,
        json!({"first_name": "Ann", "last_name": "Lee", "email": "a@b.co", "is_verified": true}),
    );
    let typed: Customer = customer.to();
    assert_eq!(typed.first_name, "Ann");
    assert!(typed.is_verified && typed.is_active);
    assert_eq!(typed.country, "United States");
    assert_eq!(typed.values(), customer.values);
    let vehicle = record(EntityKind::Vehicle, json!({"make": "VW", "year": 2020}));
    let typed: Vehicle = vehicle.to();
    assert_eq!(typed.year, Some(2020));
    assert_eq!(typed.values(), vehicle.values);
}

#[test]
fn descriptions_are_sound() {
    for kind in EntityKind::ALL {
        assert_eq!(EntityKind::from_name(kind.name()), Some(kind));
        let mut names: Vec<&str> = kind.fields().iter().map(|field| field.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(
            names.len(),
            kind.fields().len(),
            "{kind:?} names a field twice"
        );
        for field in kind.fields() {
            assert!(
                !field.unique || field.kind.is_text(),
                "uniqueness of {} is compared as text",
                field.name
            );
            if let Kind::Choice { of, blank } = field.kind {
                assert!(blank || !field.default_value(context().now).is_blank());
                assert!(!of.contains(&""));
            }
        }
        for (child, field) in kind.children() {
            assert_eq!(
                child.field(field).map(|field| field.kind),
                Some(Kind::Reference(kind)),
                "{child:?}.{field} does not refer to {kind:?}"
            );
        }
    }
}
