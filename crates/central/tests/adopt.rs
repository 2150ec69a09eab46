//! A newer Central finds the places of fields that an older one had kept without knowing them.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

use chrono::{DateTime, TimeZone, Utc};
use serde_json::json;
use servease_central::adopt::adopt;
use servease_central::changes::{self, Author, Changeset};
use servease_central::db::{self, Db, Target};
use servease_central::store::records;
use servease_domain::{EntityKind, Record, Value, Values};
use tempfile::TempDir;
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 8, 0, 0).unwrap()
}

/// A customer beside whom an older program kept what newer desks had sent.
async fn customer_with_extra(db: &Db) -> Uuid {
    let id = Uuid::from_u128(7);
    let said = Values::from([
        ("first_name", Value::Text("Ada".to_owned())),
        ("last_name", Value::Text("Lovelace".to_owned())),
    ]);
    let mut record = Record::new(EntityKind::Customer, id, said, now());
    let kept = json!({"city": "Lyon", "from_the_future": 1});
    record.extra = kept.as_object().unwrap().clone();
    let mut work = Changeset::begin(db, Author::default(), now())
        .await
        .unwrap();
    work.create(record).await.unwrap();
    work.commit().await.unwrap();
    id
}

async fn last_seq(db: &Db) -> i64 {
    changes::last_seq(&mut db.read().await.unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn known_fields_become_numbered_changes_once() {
    let folder = TempDir::new().unwrap();
    let db = db::open(&Target::Folder(folder.path().to_owned()), 2)
        .await
        .unwrap();
    let id = customer_with_extra(&db).await;
    let before = last_seq(&db).await;

    adopt(&db, now()).await.unwrap();
    let stored = records::find(&mut db.read().await.unwrap(), EntityKind::Customer, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.record.get("city"), &Value::Text("Lyon".to_owned()));
    assert_eq!(
        serde_json::Value::Object(stored.record.extra),
        json!({"from_the_future": 1})
    );
    let after = last_seq(&db).await;
    assert!(after > before);

    adopt(&db, now()).await.unwrap();
    assert_eq!(last_seq(&db).await, after);
    db.close().await;
}
