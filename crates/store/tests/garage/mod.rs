//! A store in memory and records with few words around them.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]
#![allow(dead_code, reason = "each test program uses its part")]

use chrono::{DateTime, TimeZone, Utc};
use servease_domain::query::Query;
use servease_domain::{EntityKind, Record, Value, Values};
use servease_store::search::{self, Found};
use servease_store::{Author, Moment, Store, rows};
use uuid::Uuid;

pub struct Garage {
    pub store: Store,
}

pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 15, 0, 0).unwrap()
}

pub fn values(fields: &[(&'static str, &str)]) -> Values {
    fields
        .iter()
        .map(|(name, text)| (*name, Value::Text((*text).to_owned())))
        .collect()
}

impl Garage {
    pub async fn open() -> Garage {
        Garage {
            store: Store::in_memory(1, now()).await.unwrap(),
        }
    }

    pub fn moment(&self) -> Moment {
        Moment {
            now: now(),
            author: Author::default(),
        }
    }

    pub async fn add(&self, kind: EntityKind, said: Values) -> Uuid {
        let mut step = self.store.begin(self.moment()).await.unwrap();
        let record = Record::new(kind, step.new_id(), said, now());
        step.create(&record).await.unwrap();
        step.commit().await.unwrap();
        record.id
    }

    pub async fn customer(&self, fields: &[(&'static str, &str)]) -> Uuid {
        self.add(EntityKind::Customer, values(fields)).await
    }

    pub async fn vehicle(&self, owner: Uuid, fields: &[(&'static str, &str)]) -> Uuid {
        let mut said = values(fields);
        said.insert("customer_id", Value::Id(owner));
        self.add(EntityKind::Vehicle, said).await
    }

    pub async fn edit(&self, kind: EntityKind, id: Uuid, wanted: Values) {
        let mut step = self.store.begin(self.moment()).await.unwrap();
        let mut record = rows::find(step.conn(), kind, id).await.unwrap().unwrap();
        step.update(&mut record, &wanted, false).await.unwrap();
        step.commit().await.unwrap();
    }

    pub async fn delete(&self, kind: EntityKind, id: Uuid) {
        let mut step = self.store.begin(self.moment()).await.unwrap();
        let mut record = rows::find(step.conn(), kind, id).await.unwrap().unwrap();
        step.delete(&mut record).await.unwrap();
        step.commit().await.unwrap();
    }

    pub async fn restore(&self, kind: EntityKind, id: Uuid) {
        let mut step = self.store.begin(self.moment()).await.unwrap();
        let mut record = rows::find_any(step.conn(), kind, id)
            .await
            .unwrap()
            .unwrap();
        step.restore(&mut record).await.unwrap();
        step.commit().await.unwrap();
    }

    /// What the box finds, at most `limit`.
    pub async fn search_up_to(&self, typed: &str, limit: u32) -> Vec<Uuid> {
        let Some(query) = Query::parse(typed) else {
            return Vec::new();
        };
        let mut conn = self.store.read().await.unwrap();
        search::search(&mut conn, &query, limit)
            .await
            .unwrap()
            .into_iter()
            .map(|Found { id, .. }| id)
            .collect()
    }

    pub async fn search(&self, typed: &str) -> Vec<Uuid> {
        self.search_up_to(typed, 20).await
    }
}
