//! A change that Central had lost with its restore, and takes in once more.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

mod garage;

use garage::{Garage, values};
use serde_json::{Value as Json, json};
use servease_domain::EntityKind;
use servease_store::rows;
use servease_store::sync::outbox::{self, Outgoing, Place};
use servease_store::sync::{answers, rewind};
use servease_wire::sync::Answer;

const KIND: EntityKind = EntityKind::Customer;

async fn waiting(garage: &Garage) -> Vec<Outgoing> {
    let mut conn = garage.store.read().await.unwrap();
    outbox::list_next(&mut conn, Place::FIRST, 10, 10_000)
        .await
        .unwrap()
}

fn answer(out: &Outgoing, seq: i64, values: Json) -> Answer {
    let outcome = match values.as_object().is_some_and(|it| it.is_empty()) {
        true => "applied",
        false => "merged",
    };
    let told = json!({
        "id": out.mutation.id, "seq": seq, "line": seq, "outcome": outcome, "values": values,
    });
    serde_json::from_value(told).unwrap()
}

/// Only once the change has been answered anew does the desk know what stands beside it: the answer
/// names what its author had not seen, and nothing else.
#[tokio::test]
async fn what_others_wrote_beside_it_the_first_time_goes_where_central_has_lost_it() {
    let garage = Garage::open().await;
    let ada = garage.customer(&[("last_name", "Lovelace")]).await;
    let created = waiting(&garage).await;
    let told: Vec<Answer> = created.iter().map(|it| answer(it, 2, json!({}))).collect();
    let mut tx = garage.store.begin_plain().await.unwrap();
    answers::apply(&mut tx, &created, &told).await.unwrap();
    garage.store.commit(tx, Vec::new()).await.unwrap();

    garage
        .edit(KIND, ada, values(&[("zip_code", "76701")]))
        .await;
    let edit = waiting(&garage).await;
    assert!(edit[0].mutation.before.contains_key("city"), "{edit:?}");
    let mut tx = garage.store.begin_plain().await.unwrap();
    let told = [answer(&edit[0], 5, json!({"city": "Waco"}))];
    answers::apply(&mut tx, &edit, &told).await.unwrap();
    let here = rows::find(&mut tx, KIND, ada).await.unwrap().unwrap();
    assert_eq!(here.get("city").as_text(), "Waco", "somebody else's");

    rewind::rewind(&mut tx, "e", 2).await.unwrap();
    garage.store.commit(tx, Vec::new()).await.unwrap();
    let again = waiting(&garage).await;
    assert_eq!(again[0].mutation.id, edit[0].mutation.id);
    let mut tx = garage.store.begin_plain().await.unwrap();
    let told = [answer(&again[0], 4, json!({}))];
    answers::apply(&mut tx, &again, &told).await.unwrap();
    let here = rows::find(&mut tx, KIND, ada).await.unwrap().unwrap();
    assert_eq!(here.get("city").as_text(), "", "as its author saw it");
    assert_eq!(here.get("zip_code").as_text(), "76701");
}
