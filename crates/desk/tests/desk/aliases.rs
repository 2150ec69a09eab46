//! The id of a record that was merged away stands for its heir, whatever it is given to.

use serde_json::{Map, json};
use servease_desk::views::{ListQuery, NewCheckIn};
use servease_desk::{Failure, FailureCode};
use servease_domain::papers::StillHolds;
use servease_domain::{EntityKind, Note, ServiceRecord};
use uuid::Uuid;

use crate::shop::{Shop, object};

/// Ann, into whom Ben was merged, into whom Cleo had been merged before; the same with their
/// cars. The heirs come first, then the ids that were merged away.
async fn merged(shop: &Shop) -> ([Uuid; 3], [Uuid; 3]) {
    let mut customers = [Uuid::nil(); 3];
    let mut cars = [Uuid::nil(); 3];
    for (at, name) in ["Ann", "Ben", "Cleo"].into_iter().enumerate() {
        customers[at] = shop.customer(name).await;
        cars[at] = shop.vehicle(customers[at], json!({})).await;
    }
    for ids in [customers, cars] {
        shop.desk.merge_duplicates(ids[1], ids[2]).await.unwrap();
        shop.desk.merge_duplicates(ids[0], ids[1]).await.unwrap();
    }
    (customers, cars)
}

#[tokio::test]
async fn use_cases_work_on_the_heir() {
    let shop = Shop::new().await;
    let ([ann, _, cleo], [car, _, cleos]) = merged(&shop).await;
    let desk = &shop.desk;
    let customer = EntityKind::Customer;
    let vehicle = EntityKind::Vehicle;

    assert_eq!(desk.record(customer, cleo).await.unwrap().id, ann);
    assert_eq!(desk.customer_card(cleo).await.unwrap().customer.id, ann);
    assert_eq!(desk.customer_card(cleo).await.unwrap().vehicles.len(), 1);
    assert_eq!(desk.vehicle_card(cleos).await.unwrap().vehicle.id, car);
    assert_eq!(desk.vehicle_card(cleos).await.unwrap().owner.id, ann);
    assert_eq!(desk.check_in_card(cleos).await.unwrap().vehicle.id, car);
    assert_eq!(desk.preferences(cleo).await.unwrap().id, ann);

    let saved = shop
        .edit(customer, cleo, json!({"city": "Troy"}))
        .await
        .unwrap();
    assert_eq!(saved.id, ann);
    assert_eq!(shop.get_customer(ann).await.city, "Troy");
    let no_mail = json!({"email_notifications": false});
    let saved = shop
        .edit(EntityKind::Preferences, cleo, no_mail)
        .await
        .unwrap();
    assert_eq!(saved.id, ann);
    let saved = shop.edit(vehicle, cleos, json!({"color": "red"})).await;
    assert_eq!(saved.unwrap().id, car);
    let changes = object(json!({"city": ""}));
    desk.review(customer, Some(cleo), &changes).await.unwrap();

    let note = shop.note(cleo, "Key").await;
    assert_eq!(shop.get::<Note>(note).await.customer_id, Some(ann));
    let new = shop.vehicle(cleo, json!({"license_plate": "N 1"})).await;
    assert_eq!(shop.get_vehicle(new).await.customer_id, Some(ann));
    let service = shop.service(cleos, json!({})).await;
    let service: ServiceRecord = shop.get(service).await;
    assert_eq!(
        (service.vehicle_id, service.customer_id),
        (Some(car), Some(ann))
    );
    let saved = desk.update_mileage(cleos, 500, None, false).await.unwrap();
    assert_eq!(saved.id, car);
    let saved = desk.check_in_known(cleos, Some(600), false).await.unwrap();
    assert_eq!(saved.id, car);
    assert_eq!(
        desk.check_in_known(cleos, None, false).await.unwrap().id,
        car
    );

    let dora = shop.customer("Dora").await;
    let hers = shop.vehicle(dora, json!({"license_plate": "D 1"})).await;
    desk.transfer(hers, cleo, StillHolds::NOTHING)
        .await
        .unwrap();
    assert_eq!(shop.get_vehicle(hers).await.customer_id, Some(ann));
    let edited = shop.edit(vehicle, new, json!({"customer_id": cleo})).await;
    assert_eq!(edited.unwrap().step, None, "it is Ann's already");

    let arrival = NewCheckIn {
        customer_id: Some(cleo),
        customer: Map::new().into_iter().collect(),
        vehicle: object(json!({"make": "VW", "model": "Golf", "license_plate": "G 1"}))
            .into_iter()
            .collect(),
        confirm: false,
    };
    let arrived = desk.check_in_new(arrival).await.unwrap();
    assert_eq!(shop.get_vehicle(arrived.id).await.customer_id, Some(ann));

    let query = ListQuery::default().with("customer_id", cleo);
    assert_eq!(desk.vehicle_list(&query, 0, 10).await.unwrap().total, 4);
    let notes = desk
        .records_of(EntityKind::Note, "customer_id", cleo)
        .await
        .unwrap();
    assert_eq!(notes.len(), 1);
}

#[tokio::test]
async fn deleting_an_alias_deletes_nothing_and_says_why() {
    let shop = Shop::new().await;
    let ([ann, ben, cleo], [car, _, cleos]) = merged(&shop).await;
    for (kind, id, heir) in [
        (EntityKind::Customer, ben, ann),
        (EntityKind::Customer, cleo, ann),
        (EntityKind::Vehicle, cleos, car),
    ] {
        let refused = shop.desk.delete(kind, id).await.unwrap_err();
        assert_eq!(refused.code(), FailureCode::MergedAway);
        assert!(
            matches!(refused, Failure::MergedAway { into, .. } if into == heir),
            "{refused:?}"
        );
        assert!(shop.is_there(kind, heir).await);
    }
}

#[tokio::test]
async fn a_ring_of_aliases_stands_for_nobody() {
    let shop = Shop::new().await;
    let ([ann, ben, cleo], _) = merged(&shop).await;
    let mut tx = shop.desk.store().begin_plain().await.unwrap();
    sqlx::query(
        "UPDATE customers SET merged_into = ?, deleted_at = '2025-01-01T00:00:00Z' WHERE id = ?",
    )
    .bind(cleo)
    .bind(ann)
    .execute(&mut *tx)
    .await
    .unwrap();
    shop.desk.store().commit(tx, Vec::new()).await.unwrap();
    for id in [ann, ben, cleo] {
        let found = shop.desk.record(EntityKind::Customer, id).await;
        assert!(matches!(found, Err(Failure::NotFound { .. })), "{found:?}");
    }
}
