//! The table of what people really type (`crates/domain/tests/kinds`), through the use cases: what
//! is stored, what is refused, and by what it is found.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use servease_desk::views::Likeness;
use servease_desk::{Failure, Result};
use servease_domain::{EntityKind, names};
use uuid::Uuid;

use crate::shop::Shop;

fn rows() -> Vec<Json> {
    serde_json::from_str(include_str!("../../../domain/tests/kinds/table.json")).unwrap()
}

fn garages() -> BTreeMap<String, BTreeMap<String, String>> {
    serde_json::from_str(include_str!("../../../domain/tests/kinds/garages.json")).unwrap()
}

/// A garage of that country in the spring of 2026, with a customer and a car.
struct Garage {
    shop: Shop,
    owner: Uuid,
    car: Uuid,
}

impl Garage {
    async fn open(settings: &BTreeMap<String, String>) -> Garage {
        let shop = Shop::new().await;
        shop.pass_days(400);
        shop.desk.save_settings(settings).await.unwrap();
        let owner = shop.customer("Owner").await;
        let car = shop.vehicle(owner, json!({})).await;
        Garage { shop, owner, car }
    }

    async fn make(&self, row: &Json, number: usize) -> Result<Uuid, Failure> {
        let kind = kind_of(row);
        let base = match kind {
            EntityKind::Customer => json!({
                "first_name": "Test", "last_name": "Person",
                "email": format!("row{number}@example.com"),
            }),
            EntityKind::Vehicle => json!({
                "customer_id": self.owner, "make": "Any", "model": "Car",
                "license_plate": format!("K {number}"),
            }),
            EntityKind::Note => json!({"customer_id": self.owner}),
            _ => json!({"vehicle_id": self.car}),
        };
        let mut input = base.as_object().cloned().unwrap_or_default();
        input.extend(row["input"].as_object().cloned().unwrap_or_default());
        let id = self.shop.create(kind, Json::Object(input)).await?.id;
        if row["edit"].is_object() {
            self.shop.edit(kind, id, row["edit"].clone()).await?;
        }
        Ok(id)
    }
}

fn kind_of(row: &Json) -> EntityKind {
    EntityKind::from_name(row["entity"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn every_row_is_stored_or_refused_and_found_as_it_says() {
    let mut open: BTreeMap<String, Garage> = BTreeMap::new();
    let settings = garages();
    for (number, row) in rows().iter().enumerate() {
        let name = row["garage"].as_str().unwrap();
        if !open.contains_key(name) {
            let garage = Garage::open(&settings[name]).await;
            open.insert(name.to_owned(), garage);
        }
        let garage = &open[name];
        let made = garage.make(row, number).await;
        if let Some(refused) = row["refused"].as_array() {
            let Err(Failure::Invalid(problems)) = made else {
                panic!("{row} was taken");
            };
            assert!(
                problems
                    .iter()
                    .any(|it| refused[0] == it.field && refused[1] == it.code.name()),
                "{row}: {problems:?}"
            );
            continue;
        }
        let id = made.unwrap_or_else(|failure| panic!("{row}: {failure:?}"));
        let record = garage.shop.desk.record(kind_of(row), id).await.unwrap();
        let shown = servease_wire::record::full(&record);
        for (field, expected) in row["stored"].as_object().into_iter().flatten() {
            assert_eq!(shown[field], *expected, "{field} of {row}");
        }
        for typed in row["found_by"].as_array().into_iter().flatten() {
            let hits = garage
                .shop
                .desk
                .search(typed.as_str().unwrap(), 50)
                .await
                .unwrap();
            assert!(hits.iter().any(|hit| hit.id == id), "{typed} finds {row}");
        }
    }
}

#[tokio::test]
async fn a_refused_vin_is_not_also_missing() {
    let settings = garages();
    let garage = Garage::open(&settings["de"]).await;
    let mut fields = Map::new();
    for (name, value) in [
        ("make", "VW"),
        ("model", "Golf"),
        ("vin", "WVWZZZ1JZ3W38675O"),
    ] {
        fields.insert(name.to_owned(), value.into());
    }
    fields.insert("customer_id".to_owned(), json!(garage.owner));
    let made = garage
        .shop
        .create(EntityKind::Vehicle, Json::Object(fields))
        .await;
    let Err(Failure::Invalid(problems)) = made else {
        panic!("it was taken");
    };
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].field, "vin");
}

#[tokio::test]
async fn who_is_typed_in_twice_is_warned_of_whatever_the_spelling() {
    for (country, stored, typed) in [
        (
            "de",
            json!({"first_name": "Jörg", "last_name": "Müller"}),
            json!({"first_name": "Joerg", "last_name": "Mueller"}),
        ),
        (
            "dk",
            json!({"first_name": "Søren", "last_name": "Åberg"}),
            json!({"first_name": "Soeren", "last_name": "Aaberg"}),
        ),
        (
            "jp",
            json!({"first_name": "タロウ", "last_name": "ヤマダ"}),
            json!({"first_name": "たろう", "last_name": "ﾔﾏﾀﾞ"}),
        ),
        (
            "ae",
            json!({"first_name": "أحمد", "last_name": "علي"}),
            json!({"first_name": "احمد", "last_name": "على"}),
        ),
        (
            "ru",
            json!({"license_plate": "А123ВС 77"}),
            json!({"license_plate": "A123BC77"}),
        ),
        (
            "gb",
            json!({"license_plate": "BO51 ABC"}),
            json!({"license_plate": "B0 51ABC"}),
        ),
        (
            "ru",
            json!({"phone": "8 912 345-67-89"}),
            json!({"phone": "+7 912 3456789 доб. 5"}),
        ),
        (
            "jp",
            json!({"email": "taro@example.jp"}),
            json!({"email": "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ"}),
        ),
    ] {
        let garage = Garage::open(&garages()[country]).await;
        let kind = match stored.get("license_plate") {
            Some(_) => "vehicle",
            None => "customer",
        };
        let row = json!({"entity": kind, "input": stored});
        let id = garage.make(&row, 1).await.unwrap();
        let text = |name: &str| typed[name].as_str().unwrap_or_default().to_owned();
        let likeness = Likeness {
            first_name: text("first_name"),
            last_name: text("last_name"),
            email: text("email"),
            phone: text("phone"),
            license_plate: text("license_plate"),
            ..Likeness::default()
        };
        let likely = garage
            .shop
            .desk
            .likely_duplicates(&likeness, None)
            .await
            .unwrap();
        assert!(
            likely.iter().any(|it| it.hit.id == id),
            "{typed} is like {stored}"
        );
    }
}

#[tokio::test]
async fn names_stand_in_the_order_in_which_people_look_for_them() {
    let garage = Garage::open(&garages()["de"]).await;
    let people = [
        ("Anna", "zimmer", ""),
        ("Bob", "Ärzte", ""),
        ("Cees", "de Vries", ""),
        ("Dan", "O'Brien", ""),
        ("Eve", "Obermann", ""),
        ("Finn", "Østergaard", ""),
        ("Suharto", "", ""),
        ("", "", "Kurier Blitz"),
        ("Gül", "Arslan", ""),
        ("太郎", "山田", ""),
    ];
    for (number, (first, last, company)) in people.iter().enumerate() {
        let row = json!({"entity": "customer", "input": {
            "first_name": first, "last_name": last, "company_name": company,
        }});
        garage.make(&row, number).await.unwrap();
    }
    let page = garage
        .shop
        .desk
        .customer_list(&Default::default(), 0, 50)
        .await
        .unwrap();
    let name = |row: &servease_desk::views::CustomerLine| {
        names::title(&row.first_name, &row.last_name, &row.company_name)
    };
    let names: Vec<String> = page.rows.iter().map(name).collect();
    assert_eq!(
        names,
        [
            "Gül Arslan",
            "Bob Ärzte",
            "Cees de Vries",
            "Kurier Blitz",
            "Owner Ng",
            "Eve Obermann",
            "Dan O'Brien",
            "Finn Østergaard",
            "Suharto",
            "Anna zimmer",
            "山田 太郎",
        ]
    );
}
