use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use servease_central::db::{self, Db};
use servease_central::retention::{Forgotten, KEEP_DAYS_MIN, Retention, forget_old};
use uuid::Uuid;

use servease_tests::central::{Answer, Service, id, now};

async fn on(db: &Db, day: DateTime<Utc>) -> Forgotten {
    forget_old(db, day, KEEP_DAYS_MIN).await.unwrap()
}

async fn changes_after(service: &Service, after: i64) -> Answer {
    let path = format!(
        "sync/changes/?protocol=2&desk={}&after={after}&limit=1000&full=true",
        Uuid::from_u128(1)
    );
    service.get(&path).await
}

async fn post_under_key(service: &Service) -> Value {
    let body = json!({"first_name": "Ada", "last_name": "L", "phone": "+15550123456"});
    let request = service.request(Method::POST, "customers/").json(&body);
    let request = request.header("Idempotency-Key", "k");
    Answer::of(request.send().await.unwrap()).await.expect(201)
}

pub async fn tombstones_are_kept_for_180_days_of_service(service: &Service) {
    let ada = post_under_key(service).await;
    let path = format!("customers/{}/", id(&ada));
    service.delete(&path).await.expect(204);
    let all = changes_after(service, 0).await.expect(200);
    let last = all["seq"].as_i64().unwrap();
    assert_eq!(all["entries"].as_array().unwrap().len() as i64, last);

    let db = db::open(&service.target, 2).await.unwrap();
    let start = now();
    // A clock that was wrong for a day, far in the past and far in the future.
    on(&db, start - TimeDelta::days(20 * 365)).await;
    on(&db, start + TimeDelta::days(20 * 365)).await;
    for day in 0..=i64::from(KEEP_DAYS_MIN) {
        let forgotten = on(&db, start + TimeDelta::days(day)).await;
        assert_eq!(forgotten, Forgotten::default(), "day {day}");
    }
    let kept = changes_after(service, 0).await.expect(200);
    assert_eq!(kept, all, "nothing is missing");
    assert_eq!(
        id(&post_under_key(service).await),
        id(&ada),
        "the same answer"
    );

    service.customer("Late", "L").await;
    let mut forgotten = Forgotten::default();
    for day in 1..10 {
        let day = i64::from(KEEP_DAYS_MIN) + day;
        let more = on(&db, start + TimeDelta::days(day)).await;
        forgotten.changes += more.changes;
        forgotten.answers += more.answers;
    }
    assert_eq!(forgotten.changes as i64, last);
    assert_eq!(forgotten.answers, 1);
    let gone = changes_after(service, 0).await.expect(410);
    assert_eq!(gone["code"], "expired");
    let rest = changes_after(service, last).await.expect(200);
    assert_eq!(rest["entries"][0]["seq"], last + 1);
    // A snapshot still says what was deleted.
    let rows = service
        .get("sync/snapshot/rows/?protocol=2&limit=1000")
        .await;
    let rows = rows.expect(200);
    let is_there = |row: &&Value| row["record"] == ada["id"] && row["entity"] == "customer";
    let row = rows["rows"].as_array().unwrap().iter().find(is_there);
    assert!(row.unwrap()["deleted_at"].is_string());
    db.close().await;
}

pub async fn the_task_that_forgets_ends_when_it_is_told(service: &Service) {
    let db = db::open(&service.target, 2).await.unwrap();
    let task = Retention::start(db.clone(), KEEP_DAYS_MIN);
    let ended = tokio::time::timeout(Duration::from_secs(30), task.stop()).await;
    assert!(ended.is_ok());
    db.close().await;
}
