//! A car at the counter.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use servease_desk::Failure;
use servease_desk::views::NewCheckIn;
use servease_domain::{Code, EntityKind, MileageReading};
use uuid::Uuid;

use crate::shop::{Shop, asked, invalid, object, one};

fn fields(json: Json) -> BTreeMap<String, Json> {
    object(json).into_iter().collect()
}

fn arrival(customer_id: Option<Uuid>, customer: Json, vehicle: Json) -> NewCheckIn {
    NewCheckIn {
        customer_id,
        customer: fields(customer),
        vehicle: fields(vehicle),
        confirm: false,
    }
}

#[tokio::test]
async fn a_known_car_is_checked_in_with_or_without_its_mileage() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop.vehicle(ann, json!({"current_mileage": 100})).await;
    let seen = shop.desk.check_in_known(focus, None, false).await.unwrap();
    assert_eq!((seen.id, seen.step), (focus, None));
    shop.desk
        .check_in_known(focus, Some(150), false)
        .await
        .unwrap();
    let lower = shop.desk.check_in_known(focus, Some(1), false).await;
    assert_eq!(invalid(lower), one("mileage", Code::MileageBelowLast));
    let far = shop.desk.check_in_known(focus, Some(99_999), false).await;
    assert_eq!(asked(far), one("mileage", Code::MileageImprobable));
    let nobody = shop.desk.check_in_known(Uuid::nil(), None, false).await;
    assert!(matches!(nobody, Err(Failure::NotFound { .. })));
}

#[tokio::test]
async fn the_counter_sees_what_matters() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop
        .vehicle(
            ann,
            json!({"current_mileage": 100, "next_service_due_date": "2025-03-01"}),
        )
        .await;
    for (title, important) in [("plain", false), ("important", true)] {
        let note = json!({
            "customer_id": ann, "title": title, "content": "c", "is_important": important,
        });
        shop.create(EntityKind::Note, note).await.unwrap();
    }
    shop.pass_days(1);
    shop.desk
        .update_mileage(focus, 150, None, false)
        .await
        .unwrap();
    let card = shop.desk.check_in_card(focus).await.unwrap();
    assert_eq!(card.owner.id, ann);
    assert_eq!(card.important_notes.len(), 1);
    assert_eq!(card.important_notes[0].note.title, "important");
    assert_eq!(card.last_reading.unwrap().value, 150);
    assert!(card.due.service.unwrap().is_due());
}

#[tokio::test]
async fn an_unknown_car_and_its_owner_are_one_step() {
    let shop = Shop::new().await;
    let new = arrival(
        None,
        json!({"first_name": "Ann", "last_name": "Ng", "phone": "2125550142"}),
        json!({"make": "Ford", "model": "Focus", "license_plate": "X", "current_mileage": 9}),
    );
    let saved = shop.desk.check_in_new(new).await.unwrap();
    let vehicle = shop.get_vehicle(saved.id).await;
    let owner = vehicle.customer_id.unwrap();
    assert_eq!(shop.get_customer(owner).await.first_name, "Ann");
    assert_eq!(
        shop.list::<MileageReading>("vehicle_id", saved.id)
            .await
            .len(),
        1
    );
    shop.desk.undo().await.unwrap();
    assert!(!shop.is_there(EntityKind::Customer, owner).await);
    assert!(!shop.is_there(EntityKind::Vehicle, saved.id).await);
}

#[tokio::test]
async fn the_problems_of_both_are_told_together_and_nothing_is_stored() {
    let shop = Shop::new().await;
    let new = arrival(None, json!({"first_name": "Ann"}), json!({"make": "Ford"}));
    let mut found = invalid(shop.desk.check_in_new(new).await);
    found.sort();
    let expected = [
        ("model", Code::Required),
        ("non_field_errors", Code::ContactMissing),
        ("non_field_errors", Code::PlateOrVinMissing),
    ];
    let found: Vec<(&str, Code)> = found.iter().map(|(f, c)| (f.as_str(), *c)).collect();
    assert_eq!(found, expected);
    // A good customer with a bad car is not stored either.
    let new = arrival(
        None,
        json!({"first_name": "Ann", "last_name": "Ng", "phone": "2125550142"}),
        json!({}),
    );
    assert!(shop.desk.check_in_new(new).await.is_err());
    let page = shop
        .desk
        .customer_list(&Default::default(), 0, 10)
        .await
        .unwrap();
    assert_eq!(page.total, 0);
}

#[tokio::test]
async fn a_known_customer_may_bring_an_unknown_car() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let car = json!({"make": "Ford", "model": "Focus", "license_plate": "X"});
    let saved = shop
        .desk
        .check_in_new(arrival(Some(ann), json!({}), car.clone()))
        .await
        .unwrap();
    assert_eq!(shop.get_vehicle(saved.id).await.customer_id, Some(ann));
    let nobody = shop
        .desk
        .check_in_new(arrival(Some(Uuid::nil()), json!({}), car))
        .await;
    assert!(matches!(nobody, Err(Failure::NotFound { .. })));
}
