//! A garage to try things in: a database in memory, and a clock that is moved by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, Utc};
use serde_json::{Map, Value as Json, json};
use servease_desk::views::Saved;
use servease_desk::{Clock, Desk, Failure};
use servease_domain::{Code, Customer, Entity, EntityKind, Problem, Vehicle};
use servease_store::sync::feed::{self, Taken};
use servease_store::sync::state;
use servease_store::{Store, rows};
use servease_wire::sync::{Author, Change, ChangesAnswer, Entry, WireAction};
use uuid::Uuid;

pub struct Shop {
    pub desk: Desk,
    now_us: Arc<AtomicI64>,
}

pub fn start() -> DateTime<Utc> {
    "2025-03-10T15:00:00Z".parse().unwrap()
}

impl Shop {
    pub async fn new() -> Shop {
        let (clock, now_us) = clock();
        let store = Store::in_memory(1, start()).await.unwrap();
        Shop {
            desk: Desk::over(store, clock),
            now_us,
        }
    }

    /// With a database in a folder: whoever watches holds a connection of it.
    pub async fn in_folder(folder: &std::path::Path) -> Shop {
        let (clock, now_us) = clock();
        Shop {
            desk: Desk::open(folder, clock).await.unwrap(),
            now_us,
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.now_us.load(Ordering::SeqCst)).unwrap()
    }

    pub fn pass(&self, time: Duration) {
        let us = time.num_microseconds().unwrap();
        self.now_us.fetch_add(us, Ordering::SeqCst);
    }

    pub fn pass_days(&self, days: i64) {
        self.pass(Duration::days(days));
    }

    pub async fn create(&self, kind: EntityKind, fields: Json) -> Result<Saved, Failure> {
        self.desk.create(kind, &object(fields), false).await
    }

    pub async fn edit(&self, kind: EntityKind, id: Uuid, changes: Json) -> Result<Saved, Failure> {
        self.desk.edit(kind, id, &object(changes), false).await
    }

    pub async fn customer(&self, first_name: &str) -> Uuid {
        let email = format!("{}@example.com", first_name.to_lowercase());
        let fields = json!({"first_name": first_name, "last_name": "Ng", "email": email});
        self.create(EntityKind::Customer, fields).await.unwrap().id
    }

    pub async fn vehicle(&self, owner: Uuid, fields: Json) -> Uuid {
        let mut all = object(json!({
            "customer_id": owner, "make": "Ford", "model": "Focus", "license_plate": "AB 1",
        }));
        all.extend(object(fields));
        self.create(EntityKind::Vehicle, Json::Object(all))
            .await
            .unwrap()
            .id
    }

    pub async fn service(&self, vehicle: Uuid, fields: Json) -> Uuid {
        let mut all = object(json!({"vehicle_id": vehicle, "service_type": "Oil"}));
        all.extend(object(fields));
        let kind = EntityKind::ServiceRecord;
        self.create(kind, Json::Object(all)).await.unwrap().id
    }

    pub async fn note(&self, customer: Uuid, title: &str) -> Uuid {
        let fields = json!({"customer_id": customer, "title": title, "content": "C"});
        self.create(EntityKind::Note, fields).await.unwrap().id
    }

    /// Mia changes a record on another desk, after Central has accepted everything from here. A
    /// deletion takes what belongs to the record along.
    pub async fn arrives(&self, kind: EntityKind, id: Uuid, action: WireAction, after: Json) {
        let mut members = Vec::new();
        if action == WireAction::Delete {
            for (child, field) in kind.children() {
                for record in self.desk.records_of(*child, field, id).await.unwrap() {
                    members.push((*child, record.id, json!({"deleted_with": id})));
                }
            }
        }
        let step = Uuid::now_v7();
        let store = self.desk.store();
        let mut tx = store.begin_plain().await.unwrap();
        sqlx::query("UPDATE mutations SET state = 'applied' WHERE origin = 'here'")
            .execute(&mut *tx)
            .await
            .unwrap();
        let state = state::load(&mut tx).await.unwrap();
        let entries: Vec<Entry> = std::iter::once((kind, id, after))
            .chain(members)
            .zip(state.cursor + 1..)
            .map(|((kind, record, after), seq)| Entry {
                seq,
                id: Uuid::now_v7(),
                change: Some(Change {
                    step: Some(step),
                    entity: kind.name().to_owned(),
                    record,
                    action,
                    author: Author {
                        id: None,
                        name: "Mia".to_owned(),
                    },
                    at: self.now(),
                    before: Map::new(),
                    after: object(after),
                    is_correction: false,
                    undoes: None,
                }),
            })
            .collect();
        let seq = state.cursor + entries.len() as i64;
        let page = ChangesAnswer {
            epoch: "e".to_owned(),
            entries,
            unreadable: Vec::new(),
            cursor: seq,
            stamp: 0,
            seq,
        };
        let taken = feed::apply(&mut tx, state.cursor, &page, state.epoch.as_deref())
            .await
            .unwrap();
        assert!(
            matches!(taken, Taken::Applied { set_aside: 0, .. }),
            "{taken:?}"
        );
        store.commit(tx, Vec::new()).await.unwrap();
    }

    pub async fn employee(&self, name: &str) -> Uuid {
        self.create(EntityKind::Employee, json!({"name": name}))
            .await
            .unwrap()
            .id
    }

    /// A live record as its struct.
    pub async fn get<E: Entity>(&self, id: Uuid) -> E {
        rows::get(&mut self.desk.store().read().await.unwrap(), id)
            .await
            .unwrap()
    }

    pub async fn is_there(&self, kind: EntityKind, id: Uuid) -> bool {
        self.desk.record(kind, id).await.is_ok()
    }

    pub async fn get_vehicle(&self, id: Uuid) -> Vehicle {
        self.get(id).await
    }

    pub async fn get_customer(&self, id: Uuid) -> Customer {
        self.get(id).await
    }

    /// The live records that name `id` in `field`.
    pub async fn list<E: Entity>(&self, field: &'static str, id: Uuid) -> Vec<E> {
        let records = self.desk.records_of(E::KIND, field, id).await.unwrap();
        records.iter().map(|record| record.to()).collect()
    }
}

/// A clock that stands still until it is moved.
pub fn clock() -> (Clock, Arc<AtomicI64>) {
    let now_us = Arc::new(AtomicI64::new(start().timestamp_micros()));
    let read = now_us.clone();
    let clock = Clock::from_fn(move || {
        DateTime::from_timestamp_micros(read.load(Ordering::SeqCst)).unwrap()
    });
    (clock, now_us)
}

pub fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        other => panic!("no object: {other}"),
    }
}

/// What a refused use case complains of.
#[track_caller]
pub fn invalid<T: std::fmt::Debug>(result: Result<T, Failure>) -> Vec<(String, Code)> {
    match result.unwrap_err() {
        Failure::Invalid(problems) => pairs(&problems),
        other => panic!("{other:?}"),
    }
}

/// What a use case asks to be confirmed.
#[track_caller]
pub fn asked<T: std::fmt::Debug>(result: Result<T, Failure>) -> Vec<(String, Code)> {
    match result.unwrap_err() {
        Failure::Confirm(doubts) => pairs(&doubts),
        other => panic!("{other:?}"),
    }
}

fn pairs(problems: &[Problem]) -> Vec<(String, Code)> {
    problems
        .iter()
        .map(|problem| (problem.field.clone(), problem.code))
        .collect()
}

pub fn one(field: &str, code: Code) -> Vec<(String, Code)> {
    vec![(field.to_owned(), code)]
}
