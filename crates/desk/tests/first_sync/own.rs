//! What a desk holds of its own before its first sync.

use std::collections::BTreeMap;

use serde_json::{Map, json};
use servease_desk::{Clock, Desk};
use servease_domain::EntityKind;

use super::central::{BY_CHANGES, BY_FILE, Central, Pc};
use super::content;
use super::same::OtherSchema;

#[tokio::test]
async fn customers_made_offline_stay_and_reach_central() {
    let central = Central::with_past(None).await;
    for by_rows in [false, true] {
        let pc = Pc::new().await;
        let own = pc
            .customer(&json!({"first_name": "Ida", "last_name": "Offline", "phone": "+493012346"}))
            .await;
        let car = Map::from_iter([
            ("customer_id".to_owned(), json!(own)),
            ("make".to_owned(), json!("Lada")),
            ("model".to_owned(), json!("Niva")),
            ("license_plate".to_owned(), json!("OFF 1")),
        ]);
        let car = pc.desk.create(EntityKind::Vehicle, &car, true).await;
        let car = car.unwrap().id;
        let report = if by_rows {
            pc.sync(&OtherSchema(central.remote()), BY_FILE).await
        } else {
            pc.sync(&central.remote(), BY_FILE).await
        };
        let report = report.unwrap();
        assert!(report.pushed >= 3, "{report:?}");
        assert_eq!(report.waiting, 0);
        content::assert_sound(&pc.desk).await;
        for found in [own, car] {
            let text = if found == own { "Ida Offline" } else { "OFF1" };
            let hits = pc.desk.search(text, 5).await.unwrap();
            assert!(hits.iter().any(|hit| hit.id == found), "{hits:?}");
        }
        // Somebody else gets them.
        let other = Pc::new().await;
        other.sync(&central.remote(), BY_CHANGES).await.unwrap();
        let sql = format!("vehicles WHERE id = x'{}'", car.simple());
        assert_eq!(content::count(&other.desk, &sql).await, 1);
        assert_eq!(
            content::count(&other.desk, "customers").await,
            content::count(&pc.desk, "customers").await
        );
        // Each round has its own: the next begins from what this one has left.
        let gone = pc.desk.delete(EntityKind::Customer, own).await;
        gone.unwrap();
        pc.sync(&central.remote(), BY_FILE).await.unwrap();
    }
    central.stop().await;
}

#[tokio::test]
async fn what_was_sent_before_the_file_was_made_and_edited_since_stays_edited() {
    let central = Central::with_past(None).await;
    // The file is made now; what this desk sends is not in it.
    Pc::new()
        .await
        .sync(&central.remote(), BY_FILE)
        .await
        .unwrap();
    let pc = Pc::new().await;
    let own = pc
        .customer(&json!({"first_name": "Ida", "last_name": "Early", "phone": "+493012347"}))
        .await;
    // Sent, and then the line is cut before anything is taken in.
    send_only(&central, &pc).await;
    let edit = Map::from_iter([("city".to_owned(), json!("Ulm"))]);
    pc.desk
        .edit(EntityKind::Customer, own, &edit, true)
        .await
        .unwrap();
    let report = pc.sync(&central.remote(), BY_FILE).await.unwrap();
    assert_eq!(report.pushed, 1, "{report:?}");
    content::assert_sound(&pc.desk).await;
    let sql = format!("customers WHERE id = x'{}' AND city = 'Ulm'", own.simple());
    assert_eq!(content::count(&pc.desk, &sql).await, 1);

    // Edits of others go on arriving.
    let other = Pc::new().await;
    other.sync(&central.remote(), BY_CHANGES).await.unwrap();
    let edit = Map::from_iter([("city".to_owned(), json!("Bonn"))]);
    other
        .desk
        .edit(EntityKind::Customer, own, &edit, true)
        .await
        .unwrap();
    other.sync(&central.remote(), BY_CHANGES).await.unwrap();
    pc.sync(&central.remote(), BY_FILE).await.unwrap();
    let sql = format!("customers WHERE id = x'{}' AND city = 'Bonn'", own.simple());
    assert_eq!(content::count(&pc.desk, &sql).await, 1);
    central.stop().await;
}

/// Sends what waits, and takes nothing in.
async fn send_only(central: &Central, pc: &Pc) {
    use servease_store::sync::{answers, outbox, state};
    use servease_sync::Remote as _;
    use servease_wire::sync::{Checkpoint, PROTOCOL, Push};
    let store = pc.desk.store();
    let sent = {
        let mut conn = store.read().await.unwrap();
        outbox::list_next(&mut conn, outbox::Place::FIRST, 100, 1 << 20)
            .await
            .unwrap()
    };
    let push = Push {
        protocol: PROTOCOL,
        desk: uuid::Uuid::now_v7(),
        epoch: None,
        known: None,
        mutations: sent.iter().map(|out| out.mutation.clone()).collect(),
    };
    let answer = central.remote().push(&push).await.unwrap();
    let mut tx = store.begin_plain().await.unwrap();
    answers::apply(&mut tx, &sent, &answer.answers)
        .await
        .unwrap();
    let place = Checkpoint {
        seq: answer.seq,
        stamp: answer.stamp,
    };
    state::save_place(&mut tx, place).await.unwrap();
    state::save_cursor(&mut tx, &answer.epoch, 0).await.unwrap();
    state::save_desk(&mut tx, push.desk).await.unwrap();
    store.commit(tx, Vec::new()).await.unwrap();
}

#[tokio::test]
async fn settings_and_drafts_stay_and_other_programs_see_the_new_data() {
    let central = Central::with_past(None).await;
    let pc = Pc::new().await;
    let settings = BTreeMap::from([("theme".to_owned(), "dark".to_owned())]);
    pc.desk.save_settings(&settings).await.unwrap();
    let draft = json!({"first_name": "half typ"});
    pc.desk.save_draft("customer/new", &draft).await.unwrap();

    // Another program of the same data folder, in the middle of reading.
    let window = Desk::open(pc.folder.path(), Clock::system()).await.unwrap();
    let mut watch = window.watch().await.unwrap();
    let mut reading = window.store().read().await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT count(*) FROM customers")
        .execute(&mut *reading)
        .await
        .unwrap();
    assert!(window.search("Tove", 5).await.unwrap().is_empty());

    pc.sync(&central.remote(), BY_FILE).await.unwrap();

    // Whoever is in the middle of something goes on seeing what was there.
    let old: i64 = sqlx::query_scalar("SELECT count(*) FROM customers")
        .fetch_one(&mut *reading)
        .await
        .unwrap();
    assert_eq!(old, 0);
    sqlx::raw_sql("COMMIT")
        .execute(&mut *reading)
        .await
        .unwrap();
    let news = tokio::time::timeout(std::time::Duration::from_secs(10), watch.next()).await;
    news.expect("the other program is told").unwrap();
    assert!(!window.search("Tove", 5).await.unwrap().is_empty());
    content::assert_sound(&window).await;
    // And it can write, found by everybody.
    let fields = Map::from_iter([
        ("first_name".to_owned(), json!("Zoe")),
        ("last_name".to_owned(), json!("Zimmer")),
        ("phone".to_owned(), json!("+493012348")),
    ]);
    window
        .create(EntityKind::Customer, &fields, true)
        .await
        .unwrap();
    assert!(!pc.desk.search("Zimmer", 5).await.unwrap().is_empty());
    content::assert_sound(&pc.desk).await;

    for desk in [&pc.desk, &window] {
        assert_eq!(desk.settings().await.unwrap().theme, "dark");
        assert_eq!(
            desk.find_draft("customer/new").await.unwrap(),
            Some(draft.clone())
        );
    }
    central.stop().await;
}

#[tokio::test]
async fn an_edit_that_waits_is_put_on_top_of_a_file_that_holds_its_record() {
    let central = Central::with_past(None).await;
    let pc = Pc::new().await;
    let own = pc
        .customer(&json!({"first_name": "Ida", "last_name": "Early", "phone": "+493012347"}))
        .await;
    send_only(&central, &pc).await;
    let edit = Map::from_iter([("city".to_owned(), json!("Ulm"))]);
    pc.desk
        .edit(EntityKind::Customer, own, &edit, true)
        .await
        .unwrap();
    // Somebody else has changed another field, and the file knows it.
    let other = Pc::new().await;
    other.sync(&central.remote(), BY_CHANGES).await.unwrap();
    let edit = Map::from_iter([("company_name".to_owned(), json!("Early & Co"))]);
    other
        .desk
        .edit(EntityKind::Customer, own, &edit, true)
        .await
        .unwrap();
    other.sync(&central.remote(), BY_CHANGES).await.unwrap();

    let report = pc.sync(&central.remote(), BY_FILE).await.unwrap();
    assert_eq!((report.pushed, report.conflicts), (1, 0), "{report:?}");
    other.sync(&central.remote(), BY_CHANGES).await.unwrap();
    for desk in [&pc.desk, &other.desk] {
        let sql = format!(
            "customers WHERE id = x'{}' AND city = 'Ulm' AND company_name = 'Early & Co'",
            own.simple()
        );
        assert_eq!(content::count(desk, &sql).await, 1);
        content::assert_sound(desk).await;
    }
    central.stop().await;
}
