//! Frozen JSON of every public form. Clients outside this repository read these forms: a
//! difference here is a change of the API and must be additive. After a wanted change, run
//! with `SERVEASE_UPDATE_GOLDEN=1` and read the diff.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is the message"
)]

mod common;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use common::compare;
use serde_json::{Map, Value as Json, json};
use servease_domain::reading::{Context, read};
use servease_domain::{Code, EntityKind, Problem, Record};
use servease_wire::{customer, document, error, history, list, record, service, vehicle};
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 4, 5, 6, 7).unwrap()
}

fn today() -> NaiveDate {
    now().date_naive()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

fn object(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

/// A record from what a client would send, system fields set on top.
fn made(kind: EntityKind, number: u128, said: Json, system: Json) -> Record {
    let context = Context {
        now: now(),
        today: today(),
        calendar: servease_domain::calendar::Calendar::of(chrono_tz::Tz::UTC),
        country: None,
        currency: "USD".to_owned(),
    };
    let reading = read(kind, &object(said), &context);
    assert_eq!(reading.problems, vec![]);
    let mut record = Record::new(kind, id(number), reading.values, now());
    let (values, unknown) = servease_domain::record::values_from_json(kind, &object(system));
    assert!(unknown.is_empty());
    record.values.extend(values);
    record
}

fn ada() -> Record {
    made(
        EntityKind::Customer,
        1,
        json!({
            "user_id": 42, "first_name": "Ada", "last_name": "Lovelace",
            "email": "Ada@example.com", "phone": "+1 (555) 012-3456",
            "street_address": "12 Engine Row", "apartment_unit": "3", "city": "London",
            "state": "LDN", "zip_code": "10001",
        }),
        json!({}),
    )
}

fn beetle() -> Record {
    made(
        EntityKind::Vehicle,
        2,
        json!({
            "customer_id": id(1).to_string(), "make": "VW", "model": "Beetle", "year": 1969,
            "color": "blue", "license_plate": "B-XY 1", "fuel_type": "gasoline",
            "current_mileage": 90_000, "next_service_due_mileage": 90_000,
            "next_service_due_date": "2026-09-01",
        }),
        json!({}),
    )
}

#[test]
fn customer_forms() {
    let (ada, beetle) = (ada(), beetle());
    let preferences = made(
        EntityKind::Preferences,
        1,
        json!({"customer_id": id(1).to_string(), "preferred_service_time": "09:30"}),
        json!({}),
    );
    let vehicles = [beetle];
    let around = || customer::Surroundings {
        vehicles: &vehicles,
        active_vehicles_count: 1,
        preferences: &preferences,
        recent_documents: vec![],
    };
    compare("customer_full", &customer::full(&ada, around()));
    compare("customer_basic", &customer::basic(&ada, 1));
    compare("preferences", &customer::preferences(&preferences));
    let note = note();
    compare(
        "customer_dashboard",
        &customer::dashboard(&ada, around(), &[note], today()),
    );
    compare("customer_verified", &customer::verified(&ada));
    compare("customer_deactivated", &customer::deactivated(&ada));
}

fn note() -> Record {
    made(
        EntityKind::Note,
        3,
        json!({
            "customer_id": id(1).to_string(), "title": "Key", "content": "under\nthe mat",
            "is_important": true, "follow_up_date": "2026-04-01",
        }),
        json!({"created_by": id(9).to_string()}),
    )
}

#[test]
fn vehicle_forms() {
    let beetle = beetle();
    compare("vehicle_full", &vehicle::full(&beetle, today()));
    compare("vehicle_basic", &vehicle::basic(&beetle));
    compare("service_status", &vehicle::service_status(&beetle, today()));
}

#[test]
fn plain_forms() {
    compare("note", &record::full(&note()));
    let reading = made(
        EntityKind::MileageReading,
        4,
        json!({"vehicle_id": id(2).to_string(), "value": 90_000, "source": "api"}),
        json!({}),
    );
    compare("mileage_reading", &record::full(&reading));
    let ownership = made(
        EntityKind::Ownership,
        5,
        json!({"vehicle_id": id(2).to_string(), "customer_id": id(1).to_string(),
               "from": "2026-01-01T00:00:00Z"}),
        json!({}),
    );
    compare("ownership", &record::full(&ownership));
    let employee = made(EntityKind::Employee, 9, json!({"name": "Grace"}), json!({}));
    compare("employee", &record::full(&employee));
}

fn oil_change() -> Record {
    made(
        EntityKind::ServiceRecord,
        6,
        json!({
            "vehicle_id": id(2).to_string(), "service_type": "oil change", "cost": "89.5",
            "currency": "USD", "mileage": 88_000, "performed_at": "2026-02-03 10:00:00",
        }),
        json!({"customer_id": id(1).to_string()}),
    )
}

#[test]
fn service_forms() {
    compare("service_record", &record::full(&oil_change()));
    let totals = service::Totals {
        services: 2,
        spent: [("USD".to_owned(), 8950), ("JPY".to_owned(), 1200)].into(),
    };
    compare(
        "service_history",
        &service::history(
            &ada(),
            &totals,
            &[oil_change()],
            &[beetle()],
            "USD",
            today(),
        ),
    );
}

#[test]
fn document_form() {
    let paper = made(
        EntityKind::Document,
        7,
        json!({
            "customer_id": id(1).to_string(), "vehicle_id": id(2).to_string(),
            "document_type": "insurance", "title": "Policy", "expiry_date": "2026-03-03",
        }),
        json!({"file_name": "policy.pdf", "file_size": 3482, "mime_type": "application/pdf",
               "sha256": "ab".repeat(32)}),
    );
    let url = "http://localhost/api/v1/documents/x/download/";
    compare("document", &document::full(&paper, url, today()));
}

#[test]
fn history_entry() {
    let entry = history::Entry {
        seq: 17,
        entity: EntityKind::ServiceRecord,
        record_id: id(6),
        kind: "update".to_owned(),
        author_id: Some(id(9).to_string()),
        author_name: "Grace".to_owned(),
        account_id: Some("7".to_owned()),
        account_name: Some("Front desk".to_owned()),
        at: now(),
        before: object(json!({"cost": 8950, "currency": "USD", "service_type": "oil"})),
        after: object(json!({"cost": 1200, "currency": "JPY", "service_type": "oil change"})),
    };
    compare("history_entry", &history::entry(&entry));
}

#[test]
fn envelopes_and_errors() {
    compare("page", &list::page(0, None, None, vec![]));
    let problems = [
        Problem::new("email", Code::NotAnEmail),
        Problem::new("first_name", Code::TooLong).with("max", 100),
        Problem::new("email", Code::Unique),
        Problem::new("non_field_errors", Code::ContactMissing),
    ];
    compare("problems", &error::problems(&problems));
    compare("not_an_object", &error::not_an_object(&json!([1])));
    let stats = customer::Stats {
        total: 3,
        active: 2,
        verified: 1,
        business: 0,
        new_last_30_days: 3,
    };
    compare("stats", &stats.to_json());
}
