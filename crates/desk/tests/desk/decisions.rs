//! Deciding conflicts, and taking a decision back.

use serde_json::json;
use servease_desk::views::{Did, Resolution};
use servease_domain::EntityKind;
use servease_wire::sync::WireAction;
use uuid::Uuid;

use crate::shop::Shop;

/// Ann's city was set to Troy here and to Utica elsewhere; `kept` is in use.
async fn conflict(shop: &Shop, kept: &str) -> (Uuid, Uuid) {
    let ann = shop.customer("Ann").await;
    let kind = EntityKind::Customer;
    shop.edit(kind, ann, json!({"city": "Troy"})).await.unwrap();
    let lost = if kept == "Troy" { "Utica" } else { "Troy" };
    if kept == "Utica" {
        shop.arrives(kind, ann, WireAction::Update, json!({"city": "Utica"}))
            .await;
    }
    let id = Uuid::now_v7();
    let told = json!({
        "record_kind": "customer", "record_id": ann, "customer_id": ann, "field": "city",
        "kept": json!(kept).to_string(), "lost": json!(lost).to_string(), "state": "open",
    });
    shop.arrives(EntityKind::Conflict, id, WireAction::Create, told)
        .await;
    (ann, id)
}

#[tokio::test]
async fn the_sides_of_a_conflict_stay_whose_they_are_when_its_decision_is_undone() {
    for kept in ["Troy", "Utica"] {
        for resolution in [Resolution::Mine, Resolution::Theirs] {
            let shop = Shop::new().await;
            let (ann, id) = conflict(&shop, kept).await;
            let before = shop.desk.conflicts().await.unwrap();
            assert_eq!(before[0].mine, json!("Troy"));
            assert_eq!(before[0].is_mine_in_use, kept == "Troy");
            for _ in 0..2 {
                shop.desk.resolve_conflict(id, &resolution).await.unwrap();
                assert!(shop.desk.conflicts().await.unwrap().is_empty());
                let undone = shop.desk.undo().await.unwrap();
                assert_eq!((undone.did, undone.id), (Did::ConflictDecided, ann));
                assert_eq!(shop.desk.conflicts().await.unwrap(), before);
            }
            shop.desk.redo().await.unwrap();
            assert!(shop.desk.conflicts().await.unwrap().is_empty());
            let chosen = match resolution {
                Resolution::Mine => "Troy",
                _ => "Utica",
            };
            assert_eq!(shop.get_customer(ann).await.city, chosen);
        }
    }
}
