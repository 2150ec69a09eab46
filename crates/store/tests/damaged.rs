//! A damaged line of the log is named with its record. Nothing is let go on its account: not
//! the edit that it holds, and not what the record shows.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on stops by panicking"
)]

mod garage;

use garage::{now, values};
use serde_json::json;
use servease_domain::{EntityKind, Record, Value, Values};
use servease_store::sync::{answers, discard, feed, outbox, state};
use servease_store::{Author, Connection, Moment, Store, StoreError, log, rows};
use uuid::Uuid;

/// A customer that Central has, with two edits: one that Central refused and whose line on the
/// disk is damaged, and a later one that waits.
async fn with_a_damaged_line() -> (Store, Uuid) {
    let store = Store::in_memory(1, now()).await.unwrap();
    let said = values(&[("first_name", "Ada"), ("last_name", "Lovelace")]);
    let mut step = store.begin(moment()).await.unwrap();
    let mut record = Record::new(EntityKind::Customer, step.new_id(), said, now());
    step.create(&record).await.unwrap();
    step.commit().await.unwrap();
    for city in ["Troy", "Lyon"] {
        let mut step = store.begin(moment()).await.unwrap();
        let city = Values::from([("city", Value::Text(city.to_owned()))]);
        step.update(&mut record, &city, false).await.unwrap();
        step.commit().await.unwrap();
    }
    let mut conn = store.write().await.unwrap();
    for sql in [
        "UPDATE mutations SET state = 'applied', seq = 1 WHERE action = 'create'",
        "UPDATE mutations SET state = 'rejected' WHERE number = 2",
    ] {
        sqlx::query(sql).execute(&mut *conn).await.unwrap();
    }
    damage(&mut conn).await;
    drop(conn);
    (store, record.id)
}

async fn damage(conn: &mut Connection) {
    write_after(conn, "{\"city\": ").await;
}

async fn mend(conn: &mut Connection) {
    write_after(conn, "{\"city\": \"Troy\"}").await;
}

async fn write_after(conn: &mut Connection, text: &str) {
    let written = sqlx::query("UPDATE mutations SET after = ? WHERE number = 2")
        .bind(text)
        .execute(conn)
        .await;
    written.unwrap();
}

fn moment() -> Moment {
    Moment {
        now: now(),
        author: Author::default(),
    }
}

#[track_caller]
fn assert_names<T>(result: servease_store::Result<T>, column: &str, record: Uuid) {
    let Err(StoreError::Damaged(place)) = result else {
        panic!("no damage was found");
    };
    assert_eq!(place, format!("{column} of customer {record}"));
}

async fn city(conn: &mut Connection, id: Uuid) -> String {
    let record = rows::find(conn, EntityKind::Customer, id).await.unwrap();
    record.unwrap().get("city").as_text().to_owned()
}

async fn states(conn: &mut Connection) -> Vec<String> {
    sqlx::query_scalar("SELECT state FROM mutations ORDER BY number")
        .fetch_all(conn)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_refused_edit_is_not_taken_for_replaced() {
    let (store, id) = with_a_damaged_line().await;
    let mut tx = store.begin_plain().await.unwrap();
    // Read while the line was whole.
    mend(&mut tx).await;
    let sent = outbox::list_next(&mut tx, outbox::Place::FIRST, 10, 1 << 20);
    let sent = sent.await.unwrap();
    assert_eq!(sent.len(), 1);
    damage(&mut tx).await;
    // What is sent is made from what stood before the refused edit: that does not read now.
    let next = outbox::list_next(&mut tx, outbox::Place::FIRST, 10, 1 << 20).await;
    assert_names(next, "mutations.after", id);
    let answer = json!({"id": sent[0].mutation.id, "outcome": "applied", "seq": 2});
    let answers = [serde_json::from_value(answer).unwrap()];
    let applied = answers::apply(&mut tx, &sent, &answers).await;
    assert_names(applied, "mutations.after", id);
    drop(tx);

    let mut conn = store.read().await.unwrap();
    assert_eq!(states(&mut conn).await, ["applied", "rejected", "waiting"]);
    assert_eq!(city(&mut conn, id).await, "Lyon");
}

#[tokio::test]
async fn the_feed_does_not_write_over_what_it_cannot_know_to_be_free() {
    let (store, id) = with_a_damaged_line().await;
    let mut tx = store.begin_plain().await.unwrap();
    let page = json!({"epoch": "e", "cursor": 2, "seq": 2, "entries": [{
    "seq": 2, "id": Uuid::from_u128(9), "change": {
        "entity": "customer", "record": id, "action": "update",
        "at": "2026-03-01T10:00:00Z", "before": {"city": ""}, "after": {"city": "Rome"},
    }}]});
    let page = serde_json::from_value(page).unwrap();
    let taken = feed::apply(&mut tx, 1, &page, Some("e")).await;
    assert_names(taken, "mutations.after", id);
    drop(tx);
    assert_eq!(city(&mut store.read().await.unwrap(), id).await, "Lyon");
}

#[tokio::test]
async fn who_reads_the_line_is_told_of_which_record_it_is() {
    let (store, id) = with_a_damaged_line().await;
    let mut tx = store.begin_plain().await.unwrap();
    let history = log::list_history(&mut tx, EntityKind::Customer, id).await;
    assert_names(history, "mutations.after", id);
    assert_names(
        outbox::list_waiting(&mut tx, 10).await,
        "mutations.after",
        id,
    );
    for (damage, column) in [
        (
            "UPDATE mutations SET after = '{}', before = '[]' WHERE number = 2",
            "before",
        ),
        (
            "UPDATE mutations SET before = '{}', at = 'then' WHERE number = 2",
            "at",
        ),
        (
            "UPDATE mutations SET at = '2026-03-01T10:00:00Z', answer = '{}' WHERE number = 2",
            "answer",
        ),
    ] {
        sqlx::query(damage).execute(&mut *tx).await.unwrap();
        let lines = match column {
            "before" => outbox::list_next(&mut tx, outbox::Place::FIRST, 10, 1 << 20)
                .await
                .map(drop),
            _ => outbox::list_waiting(&mut tx, 10).await.map(drop),
        };
        assert_names(lines, &format!("mutations.{column}"), id);
    }

    let (store, id) = with_a_damaged_line().await;
    let mut tx = store.begin_plain().await.unwrap();
    let newest: Uuid = sqlx::query_scalar("SELECT id FROM mutations WHERE number = 3")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_names(
        discard::discard(&mut tx, newest).await,
        "mutations.after",
        id,
    );
}

#[tokio::test]
async fn records_and_places_that_do_not_read_are_no_empty_ones() {
    let (store, id) = with_a_damaged_line().await;
    let mut tx = store.begin_plain().await.unwrap();
    for (column, damage) in [("customer_since", "'long ago'"), ("extra", "'{'")] {
        let sql = format!("UPDATE customers SET {column} = {damage}");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut *tx)
            .await
            .unwrap();
        let found = rows::find(&mut tx, EntityKind::Customer, id).await;
        assert_names(found, &format!("customers.{column}"), id);
        sqlx::query("UPDATE customers SET customer_since = NULL, extra = '{}'")
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    sqlx::query("INSERT INTO settings (key, value) VALUES ('sync.seen_seq', 'x')")
        .execute(&mut *tx)
        .await
        .unwrap();
    assert!(matches!(
        state::load(&mut tx).await,
        Err(StoreError::Damaged(place)) if place == "settings: sync.seen_seq"
    ));
}

#[tokio::test]
async fn an_examination_lists_every_place() {
    let (store, id) = with_a_damaged_line().await;
    let mut conn = store.write().await.unwrap();
    for sql in [
        "UPDATE mutations SET answer = 'no' WHERE number = 3",
        "UPDATE customers SET extra = 'no'",
        "INSERT INTO covered_rows (entity, id, seq, row) VALUES ('note', x'07', 1, 'no')",
        "INSERT INTO set_aside (seq, entry, reason) VALUES (4, 'no', 'entity')",
    ] {
        let done = sqlx::query(sql).execute(&mut *conn).await;
        done.unwrap();
    }
    sqlx::query("UPDATE covered_rows SET id = ?")
        .bind(Uuid::from_u128(7))
        .execute(&mut *conn)
        .await
        .unwrap();
    drop(conn);
    let note = Uuid::from_u128(7);
    assert_eq!(
        store.integrity_problems().await.unwrap(),
        [
            format!("does not read: mutations.after of customer {id}"),
            format!("does not read: mutations.answer of customer {id}"),
            format!("does not read: customers.extra of customer {id}"),
            format!("does not read: covered_rows.row of note {note}"),
            "does not read: set_aside.entry of change 4".to_owned(),
        ]
    );
}
