//! Edits that Central has not confirmed: listed, given up, and taken back.

use serde_json::{Map, Value as Json, json};
use servease_desk::views::{FieldError, WaitingReason};
use servease_desk::{Failure, FailureCode};
use servease_domain::papers::StillHolds;
use servease_domain::{EntityKind, Note, Vehicle};
use servease_store::sync::outbox::Outgoing;
use servease_store::sync::{answers, duplicates, outbox, rewind};
use servease_wire::sync::{Answer, Outcome, WireAction};
use uuid::Uuid;

use crate::shop::Shop;

/// Central takes in everything that waits, but for these fields, which it refuses.
async fn answer(shop: &Shop, refused: &[&str]) {
    let store = shop.desk.store();
    let mut tx = store.begin_plain().await.unwrap();
    let sent = outbox::list_next(&mut tx, outbox::Place::FIRST, 500, 1 << 20)
        .await
        .unwrap();
    let said: Vec<Answer> = sent
        .iter()
        .zip(1..)
        .map(|(out, seq)| {
            let errors: Map<_, _> = out
                .mutation
                .after
                .keys()
                .filter(|name| refused.contains(&name.as_str()))
                .map(|name| (name.clone(), json!(["too_large"])))
                .collect();
            Answer {
                outcome: match errors.is_empty() {
                    true => Outcome::Applied,
                    false => Outcome::Rejected,
                },
                seq,
                is_deleted: sent.iter().any(|other| {
                    other.mutation.record == out.mutation.record
                        && other.mutation.action == WireAction::Delete
                }),
                errors,
                ..accepted(out, Map::new())
            }
        })
        .collect();
    let applied = answers::apply(&mut tx, &sent, &said).await.unwrap();
    store.commit(tx, applied.changed).await.unwrap();
}

/// Central takes a mutation in, and says that these fields hold something else.
fn accepted(out: &Outgoing, values: Map<String, Json>) -> Answer {
    Answer {
        id: out.mutation.id,
        outcome: Outcome::Applied,
        seq: 1,
        values,
        line: None,
        logged: None,
        is_deleted: false,
        deleted_with: None,
        duplicate_of: None,
        errors: Map::new(),
        problem: None,
    }
}

/// The id of the one edit that waits.
async fn only_edit(shop: &Shop) -> Uuid {
    let edits = shop.desk.waiting_edits().await.unwrap();
    assert_eq!(edits.len(), 1, "{edits:?}");
    edits[0].id
}

async fn city(shop: &Shop, id: Uuid) -> String {
    shop.get_customer(id).await.city
}

async fn set_city(shop: &Shop, id: Uuid, city: &str) {
    let changes = json!({"city": city});
    shop.edit(EntityKind::Customer, id, changes).await.unwrap();
}

#[tokio::test]
async fn refused_edit_says_which_field_and_where_it_is_mended() {
    let shop = Shop::new().await;
    let ada = shop.customer("Ada").await;
    let car = shop.vehicle(ada, json!({})).await;
    let fields = json!({"customer_id": ada, "title": "Late", "content": "Calls back"});
    let note = shop.create(EntityKind::Note, fields).await.unwrap().id;
    answer(&shop, &[]).await;
    shop.edit(EntityKind::Vehicle, car, json!({"year": 2019}))
        .await
        .unwrap();
    shop.edit(EntityKind::Note, note, json!({"title": "Very late"}))
        .await
        .unwrap();
    answer(&shop, &["year"]).await;

    let edits = shop.desk.waiting_edits().await.unwrap();
    assert_eq!(edits.len(), 1, "the note went through: {edits:?}");
    assert_eq!(edits[0].reason, WaitingReason::Rejected);
    let year = FieldError {
        field: "year".to_owned(),
        code: "too_large".to_owned(),
    };
    assert_eq!(edits[0].errors, [year]);
    let card = edits[0].card.as_ref().unwrap();
    assert_eq!((card.kind, card.id), (EntityKind::Vehicle, car));

    shop.edit(EntityKind::Note, note, json!({"title": "On time"}))
        .await
        .unwrap();
    let edits = shop.desk.waiting_edits().await.unwrap();
    let of_note = edits.iter().find(|edit| edit.record_id == note).unwrap();
    let card = of_note.card.as_ref().unwrap();
    assert_eq!((card.kind, card.id), (EntityKind::Customer, ada));
    assert_eq!(card.title, "Ada Ng");
}

#[tokio::test]
async fn discarded_edit_comes_back_with_undo() {
    let shop = Shop::new().await;
    let ada = shop.customer("Ada").await;
    answer(&shop, &[]).await;
    set_city(&shop, ada, "Dublin").await;
    answer(&shop, &["city"]).await;
    let edit = only_edit(&shop).await;

    shop.desk.discard_edit(edit).await.unwrap();
    assert_eq!(city(&shop, ada).await, "");
    assert!(shop.desk.waiting_edits().await.unwrap().is_empty());

    let undone = shop.desk.undo().await.unwrap();
    assert!(undone.is_of_discard);
    assert_eq!(undone.title, "Ada Ng");
    assert_eq!(city(&shop, ada).await, "Dublin");
    assert_eq!(only_edit(&shop).await, edit);
}

#[tokio::test]
async fn giving_up_is_undone_and_redone_in_turn() {
    let shop = Shop::new().await;
    let ada = shop.customer("Ada").await;
    answer(&shop, &[]).await;
    set_city(&shop, ada, "Dublin").await;
    answer(&shop, &["city"]).await;
    let edit = only_edit(&shop).await;
    shop.desk.discard_edit(edit).await.unwrap();
    for round in 0..3 {
        let undone = shop.desk.undo().await.unwrap();
        assert_eq!((undone.is_redo, undone.redo), (false, Some(edit)));
        assert_eq!(undone.card.unwrap().id, ada);
        assert_eq!(city(&shop, ada).await, "Dublin");
        let redone = match round {
            0 => shop.desk.undo_step(edit).await.unwrap(),
            _ => shop.desk.redo().await.unwrap(),
        };
        assert!(redone.is_redo && redone.is_of_discard);
        assert_eq!(city(&shop, ada).await, "");
        assert!(shop.desk.waiting_edits().await.unwrap().is_empty());
    }
    shop.desk.undo().await.unwrap();
    // Central takes it in this time: there is nothing to give up any more.
    answer(&shop, &[]).await;
    let redone = shop.desk.redo().await;
    assert!(matches!(redone, Err(Failure::NothingToRedo)), "{redone:?}");
    assert_eq!(city(&shop, ada).await, "Dublin");
}

#[tokio::test]
async fn a_damaged_list_of_discards_is_no_empty_one() {
    let shop = Shop::new().await;
    let mut tx = shop.desk.store().begin_plain().await.unwrap();
    servease_store::settings::set(&mut tx, "undo.discards", "[{")
        .await
        .unwrap();
    shop.desk.store().commit(tx, Vec::new()).await.unwrap();
    let undone = shop.desk.undo().await;
    assert_eq!(undone.unwrap_err().code(), FailureCode::Damaged);
}

#[tokio::test]
async fn giving_up_one_of_two_edits_of_a_field_leaves_the_other() {
    for gives_up_later in [true, false] {
        let shop = Shop::new().await;
        let ada = shop.customer("Ada").await;
        answer(&shop, &[]).await;
        set_city(&shop, ada, "Dublin").await;
        let earlier = only_edit(&shop).await;
        set_city(&shop, ada, "Cork").await;
        let edits = shop.desk.waiting_edits().await.unwrap();
        let later = edits.iter().find(|edit| edit.id != earlier).unwrap().id;

        let (given_up, left) = match gives_up_later {
            true => (later, "Dublin"),
            false => (earlier, "Cork"),
        };
        shop.desk.discard_edit(given_up).await.unwrap();
        assert_eq!(city(&shop, ada).await, left);
    }
}

/// Central said that it keeps another city than was written, was restored, and keeps the one
/// that was written now.
#[tokio::test]
async fn what_is_repeated_after_a_restore_is_shown_as_it_is_answered_then() {
    let shop = Shop::new().await;
    let ada = shop.customer("Ada").await;
    answer(&shop, &[]).await;
    set_city(&shop, ada, "Dublin").await;
    let store = shop.desk.store();
    let say = async |there: &str| {
        let mut tx = store.begin_plain().await.unwrap();
        let sent = outbox::list_next(&mut tx, outbox::Place::FIRST, 500, 1 << 20)
            .await
            .unwrap();
        let said: Vec<Answer> = sent
            .iter()
            .map(|out| {
                let differs = out.mutation.after.get("city") != Some(&json!(there));
                let values = differs.then(|| ("city".to_owned(), json!(there)));
                accepted(out, values.into_iter().collect())
            })
            .collect();
        let applied = answers::apply(&mut tx, &sent, &said).await.unwrap();
        store.commit(tx, applied.changed).await.unwrap();
    };
    say("Cork").await;
    assert_eq!(city(&shop, ada).await, "Cork");

    let mut tx = store.begin_plain().await.unwrap();
    rewind::rewind(&mut tx, "another", 0).await.unwrap();
    store.commit(tx, Vec::new()).await.unwrap();
    say("Dublin").await;
    assert_eq!(city(&shop, ada).await, "Dublin");
}

#[tokio::test]
async fn undo_takes_back_what_was_done_last_be_it_an_edit_or_a_discard() {
    let shop = Shop::new().await;
    let ada = shop.customer("Ada").await;
    answer(&shop, &[]).await;
    set_city(&shop, ada, "Dublin").await;
    answer(&shop, &["city"]).await;
    let edit = only_edit(&shop).await;
    shop.desk.discard_edit(edit).await.unwrap();
    let changes = json!({"state": "OH"});
    shop.edit(EntityKind::Customer, ada, changes).await.unwrap();

    assert!(!shop.desk.undo().await.unwrap().is_of_discard);
    assert_eq!(shop.get_customer(ada).await.state, "");
    assert!(shop.desk.undo().await.unwrap().is_of_discard);
    assert_eq!(city(&shop, ada).await, "Dublin");
    // The edit itself is the next: it stands again.
    assert!(!shop.desk.undo().await.unwrap().is_of_discard);
    assert_eq!(city(&shop, ada).await, "");
}

#[tokio::test]
async fn step_that_was_given_up_is_not_undone_a_second_time() {
    let shop = Shop::new().await;
    let ada = shop.customer("Ada").await;
    answer(&shop, &[]).await;
    set_city(&shop, ada, "Dublin").await;
    let edit = only_edit(&shop).await;
    let step = shop.desk.history(EntityKind::Customer, ada).await.unwrap()[0].step;
    shop.desk.discard_edit(edit).await.unwrap();
    let again = shop.desk.undo_step(step).await.unwrap_err();
    assert_eq!(again.code(), FailureCode::NothingToUndo);
    let twice = shop.desk.discard_edit(edit).await.unwrap_err();
    assert_eq!(twice.code(), FailureCode::NothingToUndo);
}

#[tokio::test]
async fn what_goes_with_a_discarded_customer_comes_back_with_it() {
    let shop = Shop::new().await;
    let ada = shop.customer("Ada").await;
    answer(&shop, &["email"]).await;
    let create = only_edit(&shop).await;
    let car = shop.vehicle(ada, json!({})).await;
    let fields = json!({"customer_id": ada, "title": "Late", "content": "Calls back"});
    let note = shop.create(EntityKind::Note, fields).await.unwrap().id;
    set_city(&shop, ada, "Dublin").await;

    shop.desk.discard_edit(create).await.unwrap();
    for (kind, id) in [
        (EntityKind::Customer, ada),
        (EntityKind::Vehicle, car),
        (EntityKind::Note, note),
    ] {
        assert!(!shop.is_there(kind, id).await, "{kind:?}");
    }
    assert!(shop.desk.waiting_edits().await.unwrap().is_empty());

    shop.desk.undo().await.unwrap();
    assert_eq!(city(&shop, ada).await, "Dublin");
    assert_eq!(shop.list::<Vehicle>("customer_id", ada).await.len(), 1);
    assert_eq!(shop.list::<Note>("customer_id", ada).await.len(), 1);
}

#[tokio::test]
async fn known_car_of_a_discarded_customer_goes_back_to_its_owner() {
    let shop = Shop::new().await;
    let ada = shop.customer("Ada").await;
    let car = shop.vehicle(ada, json!({})).await;
    answer(&shop, &[]).await;
    let ben = shop.customer("Ben").await;
    answer(&shop, &["email"]).await;
    let create = only_edit(&shop).await;
    shop.desk
        .transfer(car, ben, StillHolds::NOTHING)
        .await
        .unwrap();

    shop.desk.discard_edit(create).await.unwrap();
    assert!(!shop.is_there(EntityKind::Customer, ben).await);
    assert_eq!(shop.get_vehicle(car).await.customer_id, Some(ada));

    shop.desk.undo().await.unwrap();
    assert_eq!(shop.get_vehicle(car).await.customer_id, Some(ben));
}

#[tokio::test]
async fn undo_of_a_discard_is_refused_while_another_holds_the_value() {
    let shop = Shop::new().await;
    let ada = shop.customer("Ada").await;
    answer(&shop, &["email"]).await;
    let create = only_edit(&shop).await;
    shop.desk.discard_edit(create).await.unwrap();
    shop.customer("Ada").await;
    let refused = shop.desk.undo_discard(create).await;
    assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");
    assert!(!shop.is_there(EntityKind::Customer, ada).await);
}

#[tokio::test]
async fn merge_is_undone_though_both_hold_the_same_address() {
    let shop = Shop::new().await;
    let ada = shop.customer("Ada").await;
    let other = shop.customer("A").await;
    let car = shop.vehicle(other, json!({})).await;
    // As the feed does it: what two desks entered while apart is refused to neither.
    let store = shop.desk.store();
    let mut tx = store.begin_plain().await.unwrap();
    duplicates::flag(&mut tx, EntityKind::Customer, ada, other)
        .await
        .unwrap();
    store.commit(tx, Vec::new()).await.unwrap();
    let changes = json!({"email": "ada@example.com"});
    shop.edit(EntityKind::Customer, other, changes)
        .await
        .unwrap();

    shop.desk.merge_duplicates(ada, other).await.unwrap();
    // Central has taken the merge in, and with it the flag is gone.
    answer(&shop, &[]).await;
    assert_eq!(shop.get_vehicle(car).await.customer_id, Some(ada));
    shop.desk.unmerge(other).await.unwrap();
    assert!(shop.is_there(EntityKind::Customer, other).await);
    assert_eq!(shop.get_vehicle(car).await.customer_id, Some(other));
    let pairs = shop.desk.duplicates().await.unwrap();
    assert_eq!(pairs.len(), 1, "{pairs:?}");
    assert_eq!((pairs[0].id, pairs[0].duplicate_id), (ada, other));
}
