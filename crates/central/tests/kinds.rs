//! The table of what people really type (`crates/domain/tests/kinds`), over REST and as desks send
//! it: what is stored, what is refused, and by what `search=` finds it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is the message"
)]

use std::collections::BTreeMap;

use chrono::Utc;
use serde_json::{Map, Value, json};
use servease_domain::calendar::Calendar;
use servease_domain::reading::{Context, read, read_edit};
use servease_domain::record::values_to_json;
use servease_domain::{EntityKind, Record};
use servease_tests::central::{Answer, Service, id, now};
use uuid::Uuid;

fn rows() -> Vec<Value> {
    serde_json::from_str(include_str!("../../domain/tests/kinds/table.json")).unwrap()
}

fn garages() -> BTreeMap<String, BTreeMap<String, String>> {
    serde_json::from_str(include_str!("../../domain/tests/kinds/garages.json")).unwrap()
}

/// A service in that time zone and currency, with a customer and a car.
struct Garage {
    service: Service,
    owner: Value,
    car: Value,
}

impl Garage {
    async fn open(settings: &BTreeMap<String, String>) -> Garage {
        let service = Service::with(|config, _| {
            config.time_zone = Some(settings["timezone"].parse().unwrap());
            config.currency = Some(settings["currency"].clone());
        })
        .await;
        let owner = service.customer("Owner", "Ng").await;
        let car = service.vehicle(&owner, "CAR 1").await;
        Garage {
            service,
            owner,
            car,
        }
    }

    fn input(&self, row: &Value, number: usize) -> Map<String, Value> {
        let base = match row["entity"].as_str().unwrap() {
            "customer" => json!({
                "first_name": "Test", "last_name": "Person",
                "email": format!("row{number}@example.com"),
            }),
            "vehicle" => json!({
                "customer_id": self.owner["id"], "make": "Any", "model": "Car",
                "license_plate": format!("K {number}"),
            }),
            "note" => json!({"customer_id": self.owner["id"]}),
            _ => json!({"vehicle_id": self.car["id"]}),
        };
        let mut input = base.as_object().cloned().unwrap();
        input.extend(row["input"].as_object().cloned().unwrap());
        input
    }
}

fn list_of(row: &Value) -> &'static str {
    match row["entity"].as_str().unwrap() {
        "customer" => "customers",
        "vehicle" => "vehicles",
        "note" => "notes",
        _ => "service-records",
    }
}

#[tokio::test]
async fn rest_stores_refuses_and_finds_every_row() {
    let settings = garages();
    let mut open: BTreeMap<String, Garage> = BTreeMap::new();
    for (number, row) in rows().iter().enumerate() {
        let name = row["garage"].as_str().unwrap();
        if !open.contains_key(name) {
            open.insert(name.to_owned(), Garage::open(&settings[name]).await);
        }
        let garage = &open[name];
        let list = list_of(row);
        let input = Value::Object(garage.input(row, number));
        let mut answer = garage.service.post(&format!("{list}/"), input).await;
        if answer.status == 201 && row["edit"].is_object() {
            let path = format!("{list}/{}/", id(&answer.body));
            answer = garage.service.patch(&path, row["edit"].clone()).await;
        }
        let own = row.get("rest").unwrap_or(row);
        if let Some(refused) = own["refused"].as_array() {
            let body = answer.expect(400);
            assert!(
                body[refused[0].as_str().unwrap()].is_array(),
                "{row}: {body}"
            );
            continue;
        }
        assert!(matches!(answer.status, 200 | 201), "{row}: {}", answer.body);
        let made = id(&answer.body).to_owned();
        let shown = garage
            .service
            .get(&format!("{list}/{made}/"))
            .await
            .expect(200);
        for (field, expected) in own["stored"].as_object().into_iter().flatten() {
            assert_eq!(shown[field], *expected, "{field} of {row}");
        }
        for typed in own["found_by"].as_array().into_iter().flatten() {
            let request = garage
                .service
                .request(reqwest::Method::GET, &format!("{list}/"))
                .query(&[("search", typed.as_str().unwrap())]);
            let page = Answer::of(request.send().await.unwrap()).await.expect(200);
            let found = page["results"].as_array().unwrap();
            assert!(
                found.iter().any(|it| it["id"] == made.as_str()),
                "{typed} finds {row}"
            );
            assert_eq!(page["count"], found.len(), "{typed}");
        }
    }
    for garage in open.into_values() {
        garage.service.stop().await;
    }
}

#[tokio::test]
async fn what_desks_send_stands_as_it_was_read_there() {
    let garage = Garage::open(&garages()["us"]).await;
    let desk = Uuid::now_v7();
    for (number, row) in rows().iter().enumerate() {
        if row["refused"].is_array() {
            continue;
        }
        let kind = EntityKind::from_name(row["entity"].as_str().unwrap()).unwrap();
        let settings = &garages()[row["garage"].as_str().unwrap()];
        let calendar = Calendar::named(&settings["timezone"]);
        let now = now();
        let context = Context {
            now,
            today: calendar.day(now),
            calendar,
            country: Some(settings["country"].clone()),
            currency: settings["currency"].clone(),
        };
        let values = read(kind, &garage.input(row, number), &context).values;
        let mut record = Record::new(kind, Uuid::now_v7(), values, now);
        if let Some(edit) = row["edit"].as_object() {
            let edited = read_edit(&record, edit, &context).values;
            record.values.extend(edited);
        }
        let mut after = values_to_json(&record.values);
        after.retain(|_, value| !value.is_null() && value != "");
        let mutation = json!({
            "id": Uuid::now_v7(), "step": Uuid::now_v7(), "entity": kind.name(),
            "record": record.id, "action": "create", "at": now.with_timezone(&Utc), "seen": 0,
            "after": after,
        });
        let body = json!({
            "protocol": servease_wire::sync::PROTOCOL, "desk": desk, "mutations": [mutation],
        });
        let answer = garage
            .service
            .post("sync/mutations/", body)
            .await
            .expect(200);
        assert_eq!(
            answer["answers"][0]["outcome"], "applied",
            "{row}: {answer}"
        );
        let path = format!("{}/{}/", list_of(row), record.id);
        let shown = garage.service.get(&path).await.expect(200);
        for (field, expected) in row["stored"].as_object().into_iter().flatten() {
            assert_eq!(shown[field], *expected, "{field} of {row}");
        }
    }
    garage.service.stop().await;
}
