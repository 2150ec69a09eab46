//! A change that Central refused at one desk, and that a clone of that desk has brought there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is the message"
)]

mod garage;

use garage::{now, values};
use serde_json::{Value as Json, json};
use servease_domain::{EntityKind, Record, Value};
use servease_store::sync::feed::{self, Taken};
use servease_store::sync::outbox::{self, Outgoing, Place};
use servease_store::sync::{answers, aside, discard, snapshot};
use servease_store::{Author, Moment, Store, rows};
use servease_wire::sync::{Answer, ChangesAnswer, RowsAnswer};
use uuid::Uuid;

const KIND: EntityKind = EntityKind::Customer;

/// A customer who was added, edited and deleted here; and what is sent of it.
async fn added_edited_and_deleted() -> (Store, Record, Vec<Outgoing>) {
    let store = Store::in_memory(0, now()).await.unwrap();
    let moment = || Moment {
        now: now(),
        author: Author::default(),
    };
    let mut step = store.begin(moment()).await.unwrap();
    let said = values(&[("last_name", "Lovelace"), ("phone", "+16145550100")]);
    let mut ada = Record::new(KIND, step.new_id(), said, now());
    step.create(&ada).await.unwrap();
    step.commit().await.unwrap();
    let mut step = store.begin(moment()).await.unwrap();
    let edit = values(&[("phone", "+16145550101")]);
    step.update(&mut ada, &edit, false).await.unwrap();
    step.commit().await.unwrap();
    let mut step = store.begin(moment()).await.unwrap();
    step.delete(&mut ada).await.unwrap();
    step.commit().await.unwrap();
    let mut conn = store.write().await.unwrap();
    let out = outbox::list_next(&mut conn, Place::FIRST, 10, 10_000)
        .await
        .unwrap();
    drop(conn);
    assert_eq!(out.len(), 3);
    (store, ada, out)
}

fn answer(out: &Outgoing, said: Json) -> Answer {
    let mut answer = json!({"id": out.mutation.id, "seq": 5, "line": 0});
    answer
        .as_object_mut()
        .unwrap()
        .extend(said.as_object().unwrap().clone());
    serde_json::from_value(answer).unwrap()
}

#[tokio::test]
async fn what_central_said_of_its_record_while_it_was_refused_counts_once_it_is_accepted() {
    let (store, ada, out) = added_edited_and_deleted().await;
    let [create, edit, delete] = out.as_slice() else {
        panic!("{out:?}");
    };
    let told = [
        answer(
            create,
            json!({"outcome": "rejected", "problem": "id_reused"}),
        ),
        answer(
            edit,
            json!({"outcome": "merged", "values": {"phone": "+16145550199"}}),
        ),
        answer(delete, json!({"outcome": "conflict"})),
    ];
    let mut tx = store.begin_plain().await.unwrap();
    answers::apply(&mut tx, &out, &told).await.unwrap();
    let here = rows::find_any(&mut tx, KIND, ada.id)
        .await
        .unwrap()
        .unwrap();
    assert!(here.deleted_at.is_some(), "the desk waits for its create");

    let page: ChangesAnswer = serde_json::from_value(json!({
        "epoch": "e", "cursor": 5, "seq": 5, "stamp": 1,
        "entries": [{"seq": 1, "id": create.mutation.id, "change": {
            "entity": "customer", "record": ada.id, "action": "create",
            "at": "2026-03-01T10:00:00Z",
            "after": {"last_name": "Byron", "phone": "+16145550100"}}}],
    }))
    .unwrap();
    let taken = feed::apply(&mut tx, 0, &page, None).await.unwrap();
    assert!(matches!(taken, Taken::Applied { .. }), "{taken:?}");
    assert_eq!(outbox::count(&mut tx).await.unwrap().rejected, 0);
    assert_eq!(aside::count(&mut tx).await.unwrap(), 0);
    let here = rows::find_any(&mut tx, KIND, ada.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(here.deleted_at, None, "Central kept the customer");
    assert_eq!(here.get("last_name").as_text(), "Byron");
    assert_eq!(
        *here.get("phone"),
        Value::Text("+16145550199".to_owned()),
        "the later word of Central"
    );
}

#[tokio::test]
async fn a_refused_edit_stays_with_its_author_when_what_stood_before_it_is_passed_on() {
    let (store, ada, mut out) = added_edited_and_deleted().await;
    // A whole record is passed on after a restore: it goes out first, and has a later number.
    out.rotate_right(1);
    let [passed_on, create, edit] = out.as_mut_slice() else {
        panic!("{out:?}");
    };
    passed_on.mutation = create.mutation.clone();
    passed_on.mutation.id = Uuid::from_u128(7);
    passed_on.mutation.is_relayed = true;
    assert!(passed_on.number > edit.number);
    let told = [
        answer(passed_on, json!({"outcome": "applied"})),
        answer(create, json!({"outcome": "merged"})),
        answer(
            edit,
            json!({"outcome": "rejected", "values": {"phone": "+16145550100"},
                   "errors": {"phone": ["not_a_phone"]}}),
        ),
    ];
    let edit = edit.mutation.id;
    let mut tx = store.begin_plain().await.unwrap();
    answers::apply(&mut tx, &out, &told).await.unwrap();
    assert_eq!(outbox::count(&mut tx).await.unwrap().rejected, 1);
    let given_up = discard::discard(&mut tx, edit).await.unwrap();
    assert!(given_up.is_some(), "its author can give it up");
    let here = rows::find_any(&mut tx, KIND, ada.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        *here.get("phone"),
        Value::Text("+16145550100".to_owned()),
        "what Central holds"
    );
}

#[tokio::test]
async fn a_record_that_a_snapshot_has_told_of_stays_when_its_refused_beginning_is_given_up() {
    let (store, ada, out) = added_edited_and_deleted().await;
    let told = [answer(
        &out[0],
        json!({"outcome": "rejected", "errors": {"phone": ["not_a_phone"]}}),
    )];
    let mut tx = store.begin_plain().await.unwrap();
    answers::apply(&mut tx, &out[..1], &told).await.unwrap();
    // A clone of this desk has mended it and sent it.
    let page: RowsAnswer = serde_json::from_value(json!({
        "epoch": "e", "seq": 9, "total": 1, "is_last": true,
        "rows": [{"entity": "customer", "record": ada.id, "seq": 7,
            "values": {"last_name": "Lovelace", "phone": "+16145550177"},
            "created_at": "2026-03-02T15:00:00Z", "updated_at": "2026-03-02T15:00:00Z"}],
    }))
    .unwrap();
    snapshot::begin(&mut tx).await.unwrap();
    snapshot::apply(&mut tx, &page.rows, page.seq)
        .await
        .unwrap();
    let given_up = discard::discard(&mut tx, out[0].mutation.id).await.unwrap();
    assert!(given_up.is_some());
    let here = rows::find_any(&mut tx, KIND, ada.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(here.deleted_at, None, "Central has the customer");
    assert_eq!(
        *here.get("phone"),
        Value::Text("+16145550177".to_owned()),
        "as it was mended"
    );
}
