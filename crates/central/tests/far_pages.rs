//! Lists longer than one stretch: counting and far pages agree with the plain query,
//! whatever was deleted and in whatever order rows came.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is the message"
)]

use chrono::{TimeDelta, TimeZone as _, Utc};
use servease_central::changes::{Author, Changeset};
use servease_central::db::{self, Db, Target};
use servease_central::store::lists::{self, Wanted};
use servease_central::store::{blocks, records};
use servease_domain::{EntityKind, Record, Value, Values};
use uuid::Uuid;

const KIND: EntityKind = EntityKind::Employee;
const ROWS: i64 = 13_000;

async fn fill(db: &Db) {
    let start = Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap();
    let mut work = Changeset::begin(db, Author::default(), start)
        .await
        .unwrap();
    for number in 0..ROWS {
        // Neither in the order of time nor one a moment: imports and wrong clocks.
        let at = start + TimeDelta::seconds((number * 7_919) % ROWS / 3);
        let values = Values::from([("name", Value::Text(format!("{number}")))]);
        let id = Uuid::from_u128(number.unsigned_abs().into());
        work.create(Record::new(KIND, id, values, at))
            .await
            .unwrap();
    }
    for number in (0..ROWS).step_by(5) {
        let id = Uuid::from_u128(number.unsigned_abs().into());
        let stored = work.find(KIND, id).await.unwrap().unwrap();
        work.delete(&stored).await.unwrap();
    }
    work.commit().await.unwrap();
}

async fn check(db: &Db) {
    let mut link = db.read().await.unwrap();
    let wanted = Wanted::all(KIND);
    let count = lists::count(&mut link, &wanted).await.unwrap();
    assert_eq!(count, 10_400);
    let mut plain = records::select_live(KIND);
    plain
        .order_by("created_at", sea_query::Order::Desc)
        .order_by("id", sea_query::Order::Desc);
    let all = records::fetch_records(&mut link, KIND, &plain)
        .await
        .unwrap();
    for offset in [
        0, 1, 20, 4_095, 4_096, 4_097, 5_000, 8_191, 9_999, 10_380, 10_399, 10_400,
    ] {
        let page = lists::page(&mut link, &wanted, offset, 20).await.unwrap();
        let of_page = all.iter().skip(offset as usize).take(20);
        let expected: Vec<Uuid> = of_page.map(|record| record.id).collect();
        assert_eq!(page, expected, "offset {offset}");
    }
}

#[tokio::test]
async fn far_pages_agree_with_the_plain_query() {
    let folder = tempfile::tempdir().unwrap();
    let db = db::open(&Target::Folder(folder.path().to_owned()), 2)
        .await
        .unwrap();
    fill(&db).await;
    check(&db).await;
    let mut link = db.write().await.unwrap();
    blocks::rebuild(&mut link).await.unwrap();
    link.commit().await.unwrap();
    check(&db).await;
    db.close().await;
}
