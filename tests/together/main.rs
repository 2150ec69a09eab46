//! What comes of edits that two people make without knowing of each other: the right value for
//! a garage, on both desks and on Central.
#![expect(clippy::panic, reason = "a test that cannot go on stops by panicking")]

mod alerts;
mod alike;
mod chains;
mod decade;
mod decisions;
mod groups;
mod histories;
mod restores;
mod settled;

use serde_json::{Map, Value as Json, json};
use servease_desk::Desk;
use servease_desk::views::{ConflictView, Resolution};
use servease_domain::{EntityKind, Record};
use servease_store::rows;
use servease_tests::simulation::{Arena, Few};
use uuid::Uuid;

const FRONT: usize = 0;
const BACK: usize = 1;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// A customer in Austin and the car, known to both desks.
struct Garage<'a> {
    pair: Few<'a>,
    customer: Uuid,
    vehicle: Uuid,
}

impl<'a> Garage<'a> {
    async fn open(arena: &'a Arena) -> Garage<'a> {
        let mut pair = arena.pair().await;
        let front = pair.desk(FRONT);
        let customer = add(
            &front,
            EntityKind::Customer,
            json!({"first_name": "Bo", "last_name": "Diaz", "phone": "+15125550123",
                "email": "bo@diaz.example", "city": "Austin", "zip_code": "78701"}),
        )
        .await;
        let vehicle = add(
            &front,
            EntityKind::Vehicle,
            json!({"customer_id": customer, "make": "Ford", "model": "Focus",
                "license_plate": "B-XY 1"}),
        )
        .await;
        pair.settle().await;
        Garage {
            pair,
            customer,
            vehicle,
        }
    }

    async fn set(&mut self, at: usize, fields: Json) {
        let desk = self.pair.desk(at);
        edit(&desk, EntityKind::Customer, self.customer, fields).await;
    }

    async fn undo(&mut self, at: usize) {
        self.pair.desk(at).undo().await.expect("an undo");
    }

    /// The back desk's edits arrive first, or the front desk's.
    async fn arrive(&mut self, first: usize) {
        self.pair.sync(first).await;
        self.pair.sync(1 - first).await;
        self.pair.settle().await;
    }

    async fn bo(&self, at: usize) -> Record {
        record(&self.pair, at, EntityKind::Customer, self.customer).await
    }

    /// A field of the customer, the same on both desks.
    async fn field(&self, name: &str) -> String {
        let here = self.bo(FRONT).await.get(name).clone();
        assert_eq!(&here, self.bo(BACK).await.get(name));
        here.as_text().to_owned()
    }

    async fn conflicts(&mut self, at: usize) -> Vec<ConflictView> {
        self.pair.desk(at).conflicts().await.expect("conflicts")
    }

    /// The only conflict, as a desk sees it.
    async fn conflict(&mut self, at: usize) -> ConflictView {
        let mut all = self.conflicts(at).await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    async fn no_conflict(&mut self) {
        for at in [FRONT, BACK] {
            assert_eq!(self.conflicts(at).await, Vec::new(), "desk {at}");
        }
    }

    async fn decide(&mut self, at: usize, conflict: Uuid, resolution: Resolution) {
        let desk = self.pair.desk(at);
        let decided = desk.resolve_conflict(conflict, &resolution).await;
        decided.expect("a decision");
    }
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(fields) => fields,
        other => panic!("no object: {other}"),
    }
}

async fn add(desk: &Desk, kind: EntityKind, fields: Json) -> Uuid {
    let saved = desk.create(kind, &object(fields), true).await;
    saved.expect("a new record").id
}

async fn edit(desk: &Desk, kind: EntityKind, id: Uuid, fields: Json) {
    let saved = desk.edit(kind, id, &object(fields), true).await;
    saved.expect("an edit");
}

async fn record(pair: &Few<'_>, at: usize, kind: EntityKind, id: Uuid) -> Record {
    let store = pair.store(at);
    let mut conn = store.read().await.expect("a connection");
    let found = rows::find_any(&mut conn, kind, id).await.expect("a read");
    found.expect("the record")
}
