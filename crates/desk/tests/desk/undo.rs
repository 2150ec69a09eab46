//! Taking back: every kind of step, across restarts, and what stands in its way.

use serde_json::json;
use servease_desk::{Desk, Failure};
use servease_domain::{EntityKind, MileageReading, Ownership, ServiceRecord};
use tempfile::TempDir;

use crate::shop::{Shop, clock};

#[tokio::test]
async fn nothing_done_is_nothing_to_undo() {
    let shop = Shop::new().await;
    assert!(matches!(
        shop.desk.undo().await,
        Err(Failure::NothingToUndo)
    ));
    let step = uuid::Uuid::nil();
    assert!(matches!(
        shop.desk.undo_step(step).await,
        Err(Failure::NothingToUndo)
    ));
}

#[tokio::test]
async fn every_kind_of_step_is_taken_back_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let (clock, _) = clock();
    let open = async || Desk::open(folder.path(), clock.clone()).await.unwrap();
    let mut shop = Shop::new().await;
    shop.desk = open().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop
        .vehicle(
            ann,
            json!({"current_mileage": 100, "service_interval_months": 12}),
        )
        .await;
    shop.edit(EntityKind::Customer, ann, json!({"city": "Troy"}))
        .await
        .unwrap();
    shop.edit(EntityKind::Preferences, ann, json!({"currency": "EUR"}))
        .await
        .unwrap();
    shop.desk
        .update_mileage(focus, 200, None, false)
        .await
        .unwrap();
    let reason = Some("misread".to_owned());
    shop.desk
        .update_mileage(focus, 150, reason, false)
        .await
        .unwrap();
    shop.service(focus, json!({"mileage": 160})).await;
    shop.desk.transfer(focus, ben).await.unwrap();
    shop.desk.delete(EntityKind::Vehicle, focus).await.unwrap();
    shop.desk.delete(EntityKind::Customer, ben).await.unwrap();

    // Each restart finds the next step to take back.
    macro_rules! undo {
        () => {{
            shop.desk.close().await;
            shop.desk = open().await;
            shop.desk.undo().await.unwrap()
        }};
    }
    undo!();
    assert!(shop.is_there(EntityKind::Customer, ben).await);
    assert!(!shop.is_there(EntityKind::Vehicle, focus).await);
    undo!();
    assert_eq!(shop.get_vehicle(focus).await.customer_id, Some(ben));
    undo!();
    assert_eq!(shop.get_vehicle(focus).await.customer_id, Some(ann));
    let owners: Vec<Ownership> = shop.list("vehicle_id", focus).await;
    assert_eq!((owners.len(), owners[0].until), (1, None));
    undo!();
    let vehicle = shop.get_vehicle(focus).await;
    assert_eq!(
        (vehicle.current_mileage, vehicle.last_service_date),
        (150, None)
    );
    assert_eq!(vehicle.next_service_due_date, None);
    assert!(
        shop.list::<ServiceRecord>("vehicle_id", focus)
            .await
            .is_empty()
    );
    assert_eq!(shop.get_customer(ann).await.last_service_date, None);
    undo!();
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 200);
    undo!();
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 100);
    assert_eq!(
        shop.list::<MileageReading>("vehicle_id", focus).await.len(),
        1
    );
    let undone = undo!();
    assert_eq!(
        (undone.kind, undone.fields),
        (EntityKind::Preferences, vec!["currency".into()])
    );
    undo!();
    assert_eq!(shop.get_customer(ann).await.city, "");
    undo!();
    assert!(!shop.is_there(EntityKind::Vehicle, focus).await);
    undo!();
    undo!();
    assert!(!shop.is_there(EntityKind::Customer, ann).await);
    assert!(matches!(
        shop.desk.undo().await,
        Err(Failure::NothingToUndo)
    ));
}

#[tokio::test]
async fn a_step_is_taken_back_once() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let saved = shop
        .edit(EntityKind::Customer, ann, json!({"city": "Troy"}))
        .await
        .unwrap();
    let step = saved.step.unwrap();
    shop.desk.undo_step(step).await.unwrap();
    assert!(matches!(
        shop.desk.undo_step(step).await,
        Err(Failure::NothingToUndo)
    ));
}

#[tokio::test]
async fn what_was_changed_again_since_is_not_taken_back() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let kind = EntityKind::Customer;
    let first = shop
        .edit(kind, ann, json!({"city": "Troy", "state": "NY"}))
        .await
        .unwrap();
    let second = shop
        .edit(kind, ann, json!({"city": "Utica"}))
        .await
        .unwrap();
    // The state is still as the step left it; the city is not.
    let undone = shop.desk.undo_step(first.step.unwrap()).await.unwrap();
    assert_eq!(undone.fields, ["state"]);
    let customer = shop.get_customer(ann).await;
    assert_eq!(
        (customer.city.as_str(), customer.state.as_str()),
        ("Utica", "")
    );

    let third = shop.edit(kind, ann, json!({"city": "Rome"})).await.unwrap();
    match shop.desk.undo_step(second.step.unwrap()).await {
        Err(Failure::Superseded { fields }) => assert_eq!(fields, ["city"]),
        other => panic!("{other:?}"),
    }
    assert_eq!(shop.get_customer(ann).await.city, "Rome");
    shop.desk.undo_step(third.step.unwrap()).await.unwrap();
    shop.desk.undo_step(second.step.unwrap()).await.unwrap();
    assert_eq!(shop.get_customer(ann).await.city, "Troy");
}

#[tokio::test]
async fn a_transfer_that_was_followed_by_another_stays() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let (ben, cleo) = (shop.customer("Ben").await, shop.customer("Cleo").await);
    let focus = shop.vehicle(ann, json!({})).await;
    let first = shop.desk.transfer(focus, ben).await.unwrap();
    shop.desk.transfer(focus, cleo).await.unwrap();
    let undone = shop.desk.undo_step(first.step.unwrap()).await;
    assert!(
        matches!(undone, Err(Failure::Superseded { .. })),
        "{undone:?}"
    );
    let open: Vec<Ownership> = shop
        .list::<Ownership>("vehicle_id", focus)
        .await
        .into_iter()
        .filter(|ownership| ownership.until.is_none())
        .collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].customer_id, Some(cleo));
}

#[tokio::test]
async fn a_reading_that_was_followed_by_another_stays() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop.vehicle(ann, json!({"current_mileage": 100})).await;
    let first = shop
        .desk
        .update_mileage(focus, 200, None, false)
        .await
        .unwrap();
    shop.desk
        .update_mileage(focus, 300, None, false)
        .await
        .unwrap();
    let undone = shop.desk.undo_step(first.step.unwrap()).await;
    assert!(
        matches!(undone, Err(Failure::Superseded { .. })),
        "{undone:?}"
    );
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 300);
    assert_eq!(
        shop.list::<MileageReading>("vehicle_id", focus).await.len(),
        3
    );
}

#[tokio::test]
async fn a_step_with_nothing_left_to_take_back_does_not_stand_in_the_way() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let ben = shop
        .create(
            EntityKind::Customer,
            json!({"first_name": "Ben", "last_name": "Ode", "email": "b@example.com"}),
        )
        .await
        .unwrap();
    let note = json!({"customer_id": ben.id, "title": "T", "content": "C"});
    shop.create(EntityKind::Note, note).await.unwrap();
    // Ben goes, and the note with him.
    shop.desk.undo_step(ben.step.unwrap()).await.unwrap();
    let undone = shop.desk.undo().await.unwrap();
    assert_eq!(undone.id, ann);
}

#[tokio::test]
async fn an_undo_names_what_people_mean() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop.vehicle(ann, json!({"current_mileage": 100})).await;
    shop.service(focus, json!({"mileage": 150})).await;
    let undone = shop.desk.undo().await.unwrap();
    assert_eq!(
        (undone.kind, undone.title.as_str()),
        (EntityKind::ServiceRecord, "Oil")
    );
    let undone = shop.desk.undo().await.unwrap();
    assert_eq!(
        (undone.kind, undone.title.as_str()),
        (EntityKind::Vehicle, "AB 1 Ford Focus")
    );
    let undone = shop.desk.undo().await.unwrap();
    assert_eq!(
        (undone.kind, undone.title.as_str()),
        (EntityKind::Customer, "Ann Ng")
    );
}
