//! Entries that a desk cannot take in are set aside, and everything around them is taken in.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is the message"
)]

use chrono::DateTime;
use serde_json::json;
use servease_domain::EntityKind;
use servease_store::sync::feed::{self, Taken};
use servease_store::sync::{aside, snapshot, state};
use servease_store::{Store, rows};
use servease_wire::sync::{ChangesAnswer, RowsAnswer};
use uuid::Uuid;

#[tokio::test]
async fn an_entry_that_cannot_be_read_or_kept_is_set_aside_and_the_others_are_taken_in() {
    let store = Store::in_memory(0, DateTime::UNIX_EPOCH).await.unwrap();
    let (ada, bob) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let create = |seq: i64, record: Uuid, after: serde_json::Value| {
        json!({"seq": seq, "id": Uuid::from_u128(100 + seq as u128), "change": {
            "entity": "customer", "record": record, "action": "create",
            "at": "2026-03-01T10:00:00Z", "after": after}})
    };
    let mut update = create(3, ada, json!({"is_active": null}));
    update["change"]["action"] = json!("update");
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    let page = json!({"epoch": "e", "cursor": 5, "seq": 5, "stamp": 1, "entries": [
        create(1, ada, json!({"last_name": "Lovelace"})),
        create(2, Uuid::from_u128(3), json!({"last_name": "X", "mood": "DEEP"})),
        update,
        create(4, bob, json!({"last_name": "Babbage", "customer_since": "+12345-01-01T00:00:00Z"})),
        {"seq": 5, "id": "no id", "change": null},
    ]});
    let text = page.to_string().replace("\"DEEP\"", &deep);
    let page: ChangesAnswer = serde_json::from_str(&text).unwrap();
    let mut tx = store.begin_plain().await.unwrap();
    let taken = feed::apply(&mut tx, 0, &page, None).await.unwrap();
    let Taken::Applied {
        pulled, set_aside, ..
    } = taken
    else {
        panic!("{taken:?}");
    };
    assert_eq!((pulled, set_aside), (2, 3));
    assert_eq!(state::load(&mut tx).await.unwrap().cursor, 5);
    assert_eq!(aside::count(&mut tx).await.unwrap(), 3);
    for id in [ada, bob] {
        let found = rows::find(&mut tx, EntityKind::Customer, id).await.unwrap();
        assert!(found.unwrap().get("is_active").as_flag());
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_or_kept_is_set_aside() {
    let store = Store::in_memory(0, DateTime::UNIX_EPOCH).await.unwrap();
    let row = |record: u128, values: serde_json::Value| {
        json!({"entity": "vehicle", "record": Uuid::from_u128(record), "seq": record,
            "values": values, "created_at": "2026-03-01T10:00:00Z",
            "updated_at": "2026-03-01T10:00:00Z"})
    };
    let mut unreadable = row(2, json!({}));
    unreadable["created_at"] = json!("never");
    let owner = json!({"entity": "customer", "record": Uuid::from_u128(9), "seq": 1,
        "values": {"last_name": "L"}, "created_at": "2026-03-01T10:00:00Z",
        "updated_at": "2026-03-01T10:00:00Z"});
    let page: RowsAnswer = serde_json::from_value(json!({"epoch": "e", "seq": 9, "total": 4,
    "is_last": true, "rows": [
        owner,
        row(3, json!({"customer_id": Uuid::from_u128(9), "make": "VW"})),
        unreadable,
        row(4, json!({"make": "without an owner"})),
    ]}))
    .unwrap();
    let mut tx = store.begin_plain().await.unwrap();
    let taken = snapshot::apply(&mut tx, &page.rows, page.seq)
        .await
        .unwrap();
    assert_eq!((taken.changed.len(), taken.too_early), (2, 0));
    assert_eq!(aside::count(&mut tx).await.unwrap(), 2);
    assert_eq!(snapshot::records(&page.rows).len(), 2);
    store.commit(tx, Vec::new()).await.unwrap();
    // It waits for a newer program, and nothing is damaged.
    let problems = store.integrity_problems().await.unwrap();
    assert_eq!(problems, Vec::<String>::new());
}
