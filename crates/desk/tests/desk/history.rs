//! Who changed what, when, from what to what.

use serde_json::{Value as Json, json};
use servease_domain::Action;
use servease_domain::EntityKind;
use servease_domain::papers::StillHolds;

use crate::shop::{Shop, object};

#[tokio::test]
async fn each_change_has_its_author_as_they_were_called_then() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let eve = shop.employee("Eve").await;
    let desk = shop.desk.clone().working_as(eve);
    shop.pass_days(1);
    let changes = object(json!({"city": "Troy"}));
    desk.edit(EntityKind::Customer, ann, &changes, false)
        .await
        .unwrap();
    shop.edit(EntityKind::Employee, eve, json!({"name": "Eva"}))
        .await
        .unwrap();
    let history = desk.history(EntityKind::Customer, ann).await.unwrap();
    assert_eq!(history[0].author, "Eve");
    assert_eq!(history[0].at, shop.now());
    assert_eq!(history[0].action, Action::Update);
    let change = &history[0].changes[0];
    assert_eq!(
        (change.field.as_str(), &change.from, &change.to),
        ("city", &json!(""), &json!("Troy"))
    );
    let first = history
        .iter()
        .find(|entry| entry.action == Action::Create)
        .unwrap();
    assert_eq!(first.author, "");
}

#[tokio::test]
async fn somebody_who_left_signs_nothing() {
    let shop = Shop::new().await;
    let eve = shop.employee("Eve").await;
    let left = json!({"is_active": false});
    shop.edit(EntityKind::Employee, eve, left).await.unwrap();
    let desk = shop.desk.clone().working_as(eve);
    let fields = object(json!({"first_name": "A", "last_name": "B", "email": "a@example.com"}));
    let saved = desk
        .create(EntityKind::Customer, &fields, false)
        .await
        .unwrap();
    let history = desk.history(EntityKind::Customer, saved.id).await.unwrap();
    assert!(history.iter().all(|entry| entry.author.is_empty()));
}

#[tokio::test]
async fn references_are_called_by_name_and_money_has_its_decimals() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop.vehicle(ann, json!({})).await;
    let service = shop
        .service(focus, json!({"cost": "700", "currency": "JPY"}))
        .await;
    shop.edit(
        EntityKind::ServiceRecord,
        service,
        json!({"cost": "800", "currency": "JPY"}),
    )
    .await
    .unwrap();
    let history = shop
        .desk
        .history(EntityKind::ServiceRecord, service)
        .await
        .unwrap();
    let cost = history[0]
        .changes
        .iter()
        .find(|change| change.field == "cost")
        .unwrap();
    assert_eq!((&cost.from, &cost.to), (&json!("700"), &json!("800")));

    shop.desk
        .transfer(focus, ben, StillHolds::NOTHING)
        .await
        .unwrap();
    let history = shop.desk.history(EntityKind::Vehicle, focus).await.unwrap();
    let owner = history
        .iter()
        .flat_map(|entry| &entry.changes)
        .find(|change| change.field == "customer_id" && change.from == json!(ann))
        .unwrap();
    assert_eq!(owner.from_title.as_deref(), Some("Ann Ng"));
    assert_eq!(owner.to_title.as_deref(), Some("Ben Ng"));
}

#[tokio::test]
async fn a_new_record_shows_what_was_said_and_no_defaults() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let history = shop.desk.history(EntityKind::Customer, ann).await.unwrap();
    let created = history
        .iter()
        .find(|entry| entry.kind == EntityKind::Customer)
        .unwrap();
    let fields: Vec<&str> = created
        .changes
        .iter()
        .map(|change| change.field.as_str())
        .collect();
    assert_eq!(fields, ["first_name", "last_name", "email"]);
    assert!(
        created
            .changes
            .iter()
            .all(|change| change.from == json!("") || change.from == Json::Null)
    );
}

#[tokio::test]
async fn what_was_undone_and_what_undid_it_are_marked() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    shop.edit(EntityKind::Customer, ann, json!({"city": "Troy"}))
        .await
        .unwrap();
    shop.desk.undo().await.unwrap();
    let history = shop.desk.history(EntityKind::Customer, ann).await.unwrap();
    assert!(history[0].is_undo && !history[0].is_undone);
    assert!(!history[1].is_undo && history[1].is_undone);
}

#[tokio::test]
async fn an_id_says_of_which_entity_it_is() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop.vehicle(ann, json!({})).await;
    let eve = shop.employee("Eve").await;
    shop.desk.delete(EntityKind::Vehicle, focus).await.unwrap();
    for (id, kind) in [
        (ann, EntityKind::Customer),
        (focus, EntityKind::Vehicle),
        (eve, EntityKind::Employee),
    ] {
        assert_eq!(shop.desk.kind_of(id).await.unwrap(), kind);
    }
    assert!(shop.desk.kind_of(uuid::Uuid::nil()).await.is_err());
}
