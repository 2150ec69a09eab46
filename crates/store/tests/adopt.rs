//! A newer program finds the places of what an older one had kept without knowing it.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

mod garage;

use garage::{now, values};
use servease_domain::{EntityKind, Record, Value};
use servease_store::sync::aside::{self, Kept};
use servease_store::sync::state;
use servease_store::{Author, Moment, Store, rows, settings};
use tempfile::TempDir;
use uuid::Uuid;

/// A folder whose last program knew less than this one.
async fn older_folder() -> (TempDir, Store, Uuid) {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&folder.path().join("servease.db"), now())
        .await
        .unwrap();
    let moment = Moment {
        now: now(),
        author: Author::default(),
    };
    let mut step = store.begin(moment).await.unwrap();
    let said = values(&[("first_name", "Ada"), ("last_name", "Lovelace")]);
    let record = Record::new(EntityKind::Customer, step.new_id(), said, now());
    step.create(&record).await.unwrap();
    step.commit().await.unwrap();
    let mut tx = store.begin_plain().await.unwrap();
    settings::set(&mut tx, "store.description", "customer first_name")
        .await
        .unwrap();
    store.commit(tx, Vec::new()).await.unwrap();
    (folder, store, record.id)
}

async fn reopen(folder: &TempDir, store: Store) -> Store {
    store.close().await;
    Store::open(&folder.path().join("servease.db"), now())
        .await
        .unwrap()
}

#[tokio::test]
async fn fields_move_from_beside_the_record_into_it() {
    let (folder, store, id) = older_folder().await;
    let mut conn = store.write().await.unwrap();
    sqlx::query("UPDATE customers SET extra = ? WHERE id = ?")
        .bind(r#"{"city":"Lyon","from_the_future":1}"#)
        .bind(id)
        .execute(&mut *conn)
        .await
        .unwrap();
    drop(conn);

    let store = reopen(&folder, store).await;
    let mut conn = store.read().await.unwrap();
    let record = rows::find(&mut conn, EntityKind::Customer, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(record.get("city"), &Value::Text("Lyon".to_owned()));
    let kept = serde_json::Value::Object(record.extra).to_string();
    assert_eq!(kept, r#"{"from_the_future":1}"#);
}

#[tokio::test]
async fn changes_set_aside_go_into_the_log_and_the_rows_are_asked_for_again() {
    let (folder, store, id) = older_folder().await;
    let change = Uuid::from_u128(7);
    let entry = serde_json::json!({
        "seq": 5,
        "id": change,
        "change": {
            "entity": "customer",
            "record": id,
            "action": "update",
            "at": "2026-03-01T10:00:00Z",
            "before": {"city": ""},
            "after": {"city": "Lyon"},
        },
    });
    let mut conn = store.write().await.unwrap();
    sqlx::query("INSERT INTO set_aside (seq, entry, reason) VALUES (5, ?, 'entity')")
        .bind(entry.to_string())
        .execute(&mut *conn)
        .await
        .unwrap();
    drop(conn);

    let store = reopen(&folder, store).await;
    let mut conn = store.read().await.unwrap();
    assert_eq!(aside::count(&mut conn).await.unwrap(), 0);
    assert!(state::load(&mut conn).await.unwrap().snapshot.is_some());
    let logged: i64 = sqlx::query_scalar("SELECT count(*) FROM mutations WHERE id = ?")
        .bind(change)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(logged, 1);
}

#[tokio::test]
async fn rows_set_aside_are_asked_for_again_and_what_is_newer_still_goes_on_waiting() {
    let (folder, store, id) = older_folder().await;
    let row = serde_json::json!([["customer", id.simple().to_string()]]).to_string();
    let mut conn = store.write().await.unwrap();
    for (seq, text, reason) in [(5, row.as_str(), "value"), (6, "{\"seq\":6}", "form")] {
        sqlx::query("INSERT INTO set_aside (seq, entry, reason) VALUES (?, ?, ?)")
            .bind(seq)
            .bind(text)
            .bind(reason)
            .execute(&mut *conn)
            .await
            .unwrap();
    }
    drop(conn);

    let store = reopen(&folder, store).await;
    let mut conn = store.read().await.unwrap();
    let left = aside::list(&mut conn).await.unwrap();
    assert!(
        matches!(left.as_slice(), [(6, Kept::Unreadable)]),
        "{left:?}"
    );
    assert!(state::load(&mut conn).await.unwrap().snapshot.is_some());
    drop(conn);
    let problems = store.integrity_problems().await.unwrap();
    assert_eq!(problems, Vec::<String>::new());
}

#[tokio::test]
async fn the_same_program_leaves_everything_as_it_is() {
    let (folder, store, id) = older_folder().await;
    let store = reopen(&folder, store).await;
    let mut conn = store.write().await.unwrap();
    sqlx::query("UPDATE customers SET extra = '{\"city\":\"Lyon\"}' WHERE id = ?")
        .bind(id)
        .execute(&mut *conn)
        .await
        .unwrap();
    drop(conn);

    let store = reopen(&folder, store).await;
    let mut conn = store.read().await.unwrap();
    let record = rows::find(&mut conn, EntityKind::Customer, id)
        .await
        .unwrap()
        .unwrap();
    assert!(record.get("city").is_blank());
}
