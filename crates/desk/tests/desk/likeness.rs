//! Who looks like what is being typed.

use serde_json::json;
use servease_desk::views::Likeness;
use servease_domain::EntityKind;
use uuid::Uuid;

use crate::shop::Shop;

/// What is found, and by what.
async fn found(shop: &Shop, likeness: Likeness) -> Vec<(String, Uuid)> {
    let likely = shop.desk.likely_duplicates(&likeness, None).await.unwrap();
    likely
        .into_iter()
        .map(|likely| (likely.by, likely.hit.id))
        .collect()
}

fn by(what: &str, id: Uuid) -> Vec<(String, Uuid)> {
    vec![(what.to_owned(), id)]
}

async fn ada(shop: &Shop) -> Uuid {
    let fields = json!({
        "first_name": "Ada", "last_name": "Ng", "email": "Ada@Example.org",
        "phone": "(503) 555-0100", "secondary_phone": "(503) 555-0111",
    });
    let saved = shop.create(EntityKind::Customer, fields).await.unwrap();
    saved.id
}

#[tokio::test]
async fn a_person_is_known_by_mail_name_and_number_however_they_are_written() {
    let shop = Shop::new().await;
    let ada = ada(&shop).await;
    let mail = Likeness {
        email: " ada@example.ORG".to_owned(),
        ..Likeness::default()
    };
    assert_eq!(found(&shop, mail).await, by("email", ada));
    let name = Likeness {
        first_name: "ADA".to_owned(),
        last_name: "ng".to_owned(),
        ..Likeness::default()
    };
    assert_eq!(found(&shop, name).await, by("name", ada));
    let number = Likeness {
        phone: "+1 503 555 0100".to_owned(),
        ..Likeness::default()
    };
    assert_eq!(found(&shop, number).await, by("phone", ada));
    assert_eq!(found(&shop, Likeness::default()).await, []);
}

#[tokio::test]
async fn first_and_second_numbers_are_compared_crosswise() {
    let shop = Shop::new().await;
    let ada = ada(&shop).await;
    for (phone, secondary) in [
        ("503 555 0111", ""),
        ("", "503 555 0100"),
        ("", "5035550111"),
    ] {
        let numbers = Likeness {
            phone: phone.to_owned(),
            secondary_phone: secondary.to_owned(),
            ..Likeness::default()
        };
        assert_eq!(found(&shop, numbers).await, by("phone", ada));
    }
    let nobody = Likeness {
        phone: "503 555 0122".to_owned(),
        secondary_phone: "503 555 0133".to_owned(),
        ..Likeness::default()
    };
    assert_eq!(found(&shop, nobody).await, []);
}

#[tokio::test]
async fn a_car_is_known_by_plate_and_vin() {
    let shop = Shop::new().await;
    let ada = ada(&shop).await;
    let fields = json!({"license_plate": "B-XY 12", "vin": "1M8GDM9AXKP042788"});
    let car = shop.vehicle(ada, fields).await;
    let plate = Likeness {
        license_plate: "bxy12".to_owned(),
        ..Likeness::default()
    };
    assert_eq!(found(&shop, plate).await, by("license_plate", car));
    let vin = Likeness {
        vin: "1m8gdm9axkp042788".to_owned(),
        ..Likeness::default()
    };
    assert_eq!(found(&shop, vin).await, by("vin", car));
}
