//! Who owns a vehicle, and who owned it when.

use serde_json::json;
use servease_desk::Failure;
use servease_domain::papers::StillHolds;
use servease_domain::{Code, EntityKind, MileageReading, Ownership, ServiceRecord};
use uuid::Uuid;

use crate::shop::{Shop, invalid, one};

#[tokio::test]
async fn a_transfer_keeps_the_history_and_who_owned_the_car_when() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let bought = shop.now();
    let focus = shop.vehicle(ann, json!({"current_mileage": 5})).await;
    let service = shop.service(focus, json!({})).await;
    shop.pass_days(100);
    let sold = shop.now();
    shop.desk
        .transfer(focus, ben, StillHolds::NOTHING)
        .await
        .unwrap();

    assert_eq!(shop.get_vehicle(focus).await.customer_id, Some(ben));
    let mut owners: Vec<Ownership> = shop.list("vehicle_id", focus).await;
    owners.sort_by_key(|ownership| ownership.from);
    assert_eq!(owners.len(), 2);
    assert_eq!(owners[0].customer_id, Some(ann));
    assert_eq!(
        (owners[0].from, owners[0].until),
        (Some(bought), Some(sold))
    );
    assert_eq!(owners[1].customer_id, Some(ben));
    assert_eq!((owners[1].from, owners[1].until), (Some(sold), None));

    // The work was done for Ann, and stays with the car and with her.
    let done: ServiceRecord = shop.get(service).await;
    assert_eq!(done.customer_id, Some(ann));
    assert_eq!(
        shop.list::<MileageReading>("vehicle_id", focus).await.len(),
        1
    );
    let card = shop.desk.vehicle_card(focus).await.unwrap();
    assert_eq!(card.owner.id, ben);
    assert_eq!(card.owners.len(), 2);
    assert_eq!(card.owners[0].name, "Ben Ng");
    assert_eq!(card.services.len(), 1);
    assert_eq!(
        shop.desk.customer_card(ann).await.unwrap().services.len(),
        1
    );
    assert!(
        shop.desk
            .customer_card(ann)
            .await
            .unwrap()
            .vehicles
            .is_empty()
    );
}

#[tokio::test]
async fn the_first_owner_has_it_since_the_purchase_where_that_is_known() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop
        .vehicle(ann, json!({"purchase_date": "2019-05-04"}))
        .await;
    let owners: Vec<Ownership> = shop.list("vehicle_id", focus).await;
    assert_eq!(
        owners[0].from,
        Some("2019-05-04T04:00:00Z".parse().unwrap()),
        "the day begins at the garage"
    );
}

#[tokio::test]
async fn a_transfer_to_the_present_owner_changes_nothing() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop.vehicle(ann, json!({})).await;
    assert_eq!(
        shop.desk
            .transfer(focus, ann, StillHolds::NOTHING)
            .await
            .unwrap()
            .step,
        None
    );
    assert_eq!(shop.list::<Ownership>("vehicle_id", focus).await.len(), 1);
}

#[tokio::test]
async fn back_and_forth_within_a_moment_leaves_one_owner() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop.vehicle(ann, json!({})).await;
    for to in [ben, ann, ben] {
        shop.desk
            .transfer(focus, to, StillHolds::NOTHING)
            .await
            .unwrap();
    }
    let owners: Vec<Ownership> = shop.list("vehicle_id", focus).await;
    assert_eq!(owners.len(), 4);
    let open: Vec<_> = owners
        .iter()
        .filter(|owner| owner.until.is_none())
        .collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].customer_id, Some(ben));
}

#[tokio::test]
async fn there_must_be_somebody_to_give_it_to() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop.vehicle(ann, json!({})).await;
    shop.desk.delete(EntityKind::Customer, ben).await.unwrap();
    for nobody in [ben, Uuid::nil(), focus] {
        let result = shop.desk.transfer(focus, nobody, StillHolds::NOTHING).await;
        assert_eq!(invalid(result), one("customer_id", Code::NotFound));
    }
    let nothing = shop
        .desk
        .transfer(Uuid::nil(), ann, StillHolds::NOTHING)
        .await;
    assert!(matches!(
        nothing,
        Err(Failure::NotFound {
            kind: EntityKind::Vehicle,
            ..
        })
    ));
}

#[tokio::test]
async fn editing_the_owner_is_a_transfer() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop.vehicle(ann, json!({})).await;
    shop.edit(EntityKind::Vehicle, focus, json!({"customer_id": ben}))
        .await
        .unwrap();
    assert_eq!(shop.list::<Ownership>("vehicle_id", focus).await.len(), 2);
    let nobody = shop
        .edit(EntityKind::Vehicle, focus, json!({"customer_id": null}))
        .await;
    assert_eq!(invalid(nobody), one("customer_id", Code::Required));
}

fn insured() -> serde_json::Value {
    json!({"registration_expiry_date": "2031-06-04", "insurance_company": "Acme",
        "insurance_policy_number": "P-1", "insurance_expiry_date": "2031-05-03",
        "warranty_expiry_date": "2031-04-02"})
}

#[tokio::test]
async fn what_the_car_says_of_its_former_owners_papers_goes_with_him_unless_it_holds() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    for still in [
        StillHolds::NOTHING,
        StillHolds::EVERYTHING,
        StillHolds {
            registration: true,
            insurance: false,
        },
    ] {
        let focus = shop.vehicle(ann, insured()).await;
        shop.desk.transfer(focus, ben, still).await.unwrap();
        let car = shop.get_vehicle(focus).await;
        assert_eq!(car.insurance_company == "Acme", still.insurance);
        assert_eq!(car.insurance_policy_number == "P-1", still.insurance);
        assert_eq!(car.insurance_expiry_date.is_some(), still.insurance);
        assert_eq!(car.registration_expiry_date.is_some(), still.registration);
        assert!(car.warranty_expiry_date.is_some(), "it is the car's");
    }
}

#[tokio::test]
async fn one_undo_takes_a_transfer_back_with_what_it_cleared() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop.vehicle(ann, insured()).await;
    let before = shop.get_vehicle(focus).await;
    let still = StillHolds::NOTHING;
    let sold = shop.desk.transfer(focus, ben, still).await.unwrap();
    shop.desk.undo_step(sold.step.unwrap()).await.unwrap();
    let after = shop.get_vehicle(focus).await;
    assert_eq!(after.customer_id, Some(ann));
    assert_eq!(after.insurance_company, before.insurance_company);
    assert_eq!(after.insurance_expiry_date, before.insurance_expiry_date);
    assert_eq!(
        after.registration_expiry_date,
        before.registration_expiry_date
    );
}

#[tokio::test]
async fn nobody_is_reminded_of_what_a_transfer_cleared() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let soon = shop.desk.today().await.unwrap() + chrono::TimeDelta::days(5);
    let focus = shop
        .vehicle(
            ann,
            json!({"insurance_expiry_date": soon, "registration_expiry_date": soon}),
        )
        .await;
    assert_eq!(shop.desk.check_alerts(None).await.unwrap().raised.len(), 2);
    let still = StillHolds::NOTHING;
    shop.desk.transfer(focus, ben, still).await.unwrap();
    shop.pass_days(5);
    assert_eq!(shop.desk.check_alerts(None).await.unwrap().raised.len(), 0);
}
