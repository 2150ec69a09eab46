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

pub async fn what_was_passed_on_once_is_known_after_its_change_is_forgotten(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let path = format!("customers/{}/", id(&ada));
    let edit = async |city: &str| {
        let answer = service.patch(&path, json!({"city": city})).await;
        answer.expect(200)["city"].clone()
    };
    edit("Troy").await;
    let all = changes_after(service, 0).await.expect(200);
    let entries = all["entries"].as_array().unwrap();
    let told = |entry: &&Value| entry["change"]["after"]["city"] == "Troy";
    let entry = entries.iter().find(told).unwrap();
    // As a desk passes it on after a restore: its author knows no id of it.
    let passed_on = json!({"id": entry["id"], "step": entry["id"], "entity": "customer",
        "record": ada["id"], "action": "update", "at": "2026-03-02T08:00:00Z", "seen": 0,
        "author": {}, "before": {"city": ""}, "after": {"city": "Troy"}, "is_relayed": true});
    let push = async || {
        let body = json!({"protocol": 2, "desk": Uuid::from_u128(1), "mutations": [passed_on]});
        service.post("sync/mutations/", body).await.expect(200)["answers"][0].clone()
    };
    for _ in 0..2 {
        let answer = push().await;
        assert_eq!(answer["outcome"], "applied", "{answer}");
        assert_eq!(answer["line"], entry["seq"], "the change that is here");
    }
    assert_eq!(edit("Rome").await, "Rome");
    let db = db::open(&service.target, 2).await.unwrap();
    let last = changes_after(service, 0).await.expect(200)["seq"].as_i64();
    servease_central::sync::feed::forget(&db, last.unwrap())
        .await
        .unwrap();
    db.close().await;
    // The same message once more: it was long on its way, or another desk knows the change too.
    let answer = push().await;
    assert_eq!(answer["outcome"], "applied", "{answer}");
    assert_eq!(answer["values"]["city"], "Rome", "{answer}");
    assert_eq!(
        service.get(&path).await.expect(200)["city"],
        "Rome",
        "the later edit stands"
    );
}
