//! Decisions of two people about the same thing: the later one stands, and nobody is overruled in
//! silence.

use serde_json::json;
use servease_desk::views::Resolution;
use servease_domain::EntityKind;
use servease_tests::simulation::Arena;
use uuid::Uuid;

use crate::{BACK, FRONT, Garage, add, block_on, record};

/// The front desk decides for the value in use, which is the back desk's; the back desk for the
/// other. Whoever is later stands, and both can still be chosen.
async fn decided_otherwise(arena: &Arena, first: usize) {
    let mut garage = Garage::open(arena).await;
    garage.set(FRONT, json!({"company_name": "Troy"})).await;
    garage.set(BACK, json!({"company_name": "Rome"})).await;
    garage.arrive(FRONT).await;
    let id = garage.conflict(FRONT).await.id;
    garage.decide(FRONT, id, Resolution::Theirs).await;
    garage.decide(BACK, id, Resolution::Theirs).await;
    garage.arrive(first).await;
    // The front desk keeps Rome, the back desk takes Troy.
    let stands = if first == FRONT { "Troy" } else { "Rome" };
    assert_eq!(garage.field("company_name").await, stands);
    for at in [FRONT, BACK] {
        let conflict = garage.conflict(at).await;
        assert_ne!(conflict.id, id);
        let mut values = [conflict.mine.clone(), conflict.theirs.clone()];
        values.sort_by_key(ToString::to_string);
        assert_eq!(values, ["Rome", "Troy"]);
    }
    let conflict = garage.conflict(FRONT).await;
    let other = match conflict.is_mine_in_use {
        true => Resolution::Theirs,
        false => Resolution::Mine,
    };
    garage.decide(FRONT, conflict.id, other).await;
    garage.arrive(FRONT).await;
    assert_ne!(garage.field("company_name").await, stands);
    garage.no_conflict().await;
}

#[test]
fn of_two_decisions_the_later_stands_and_the_other_is_told() {
    block_on(async {
        let arena = Arena::new(2).await;
        decided_otherwise(&arena, FRONT).await;
        decided_otherwise(&arena, BACK).await;
    });
}

#[test]
fn the_same_decision_twice_is_one() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage.set(FRONT, json!({"company_name": "Troy"})).await;
        garage.set(BACK, json!({"company_name": "Rome"})).await;
        garage.arrive(FRONT).await;
        let id = garage.conflict(FRONT).await.id;
        garage.decide(FRONT, id, Resolution::Theirs).await;
        garage.decide(BACK, id, Resolution::Mine).await;
        garage.arrive(FRONT).await;
        assert_eq!(garage.field("company_name").await, "Rome");
        garage.no_conflict().await;
    });
}

async fn twins(garage: &mut Garage<'_>) -> [Uuid; 2] {
    let mut ids = Vec::new();
    for (at, name) in [(FRONT, "Ann"), (BACK, "Anne")] {
        let desk = garage.pair.desk(at);
        let fields = json!({"first_name": name, "last_name": "Moss", "email": "ann@moss.example"});
        ids.push(add(&desk, EntityKind::Customer, fields).await);
    }
    garage.arrive(FRONT).await;
    [ids[0], ids[1]]
}

#[test]
fn a_merge_stands_against_keeping_apart_and_is_told() {
    block_on(async {
        let arena = Arena::new(2).await;
        for first in [FRONT, BACK] {
            let mut garage = Garage::open(&arena).await;
            let [one, other] = twins(&mut garage).await;
            let front = garage.pair.desk(FRONT);
            front.keep_apart(other).await.expect("a decision");
            let back = garage.pair.desk(BACK);
            back.merge_duplicates(one, other).await.expect("a merge");
            garage.arrive(first).await;
            let gone = record(&garage.pair, FRONT, EntityKind::Customer, other).await;
            assert!(gone.is_deleted(), "{first} first");
            let conflict = garage.conflict(FRONT).await;
            assert_eq!(conflict.field, "merged_into", "{first} first");
            // Taking the other side takes the merge back.
            let resolution = match conflict.is_mine_in_use {
                true => Resolution::Theirs,
                false => Resolution::Mine,
            };
            garage.decide(FRONT, conflict.id, resolution).await;
            garage.arrive(FRONT).await;
            for at in [FRONT, BACK] {
                let back = record(&garage.pair, at, EntityKind::Customer, other).await;
                assert!(!back.is_deleted() && back.get("merged_into").is_blank());
            }
            garage.no_conflict().await;
        }
    });
}

#[test]
fn an_undone_deletion_tells_whoever_deleted_it_too() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        let note = add(
            &garage.pair.desk(FRONT),
            EntityKind::Note,
            json!({"customer_id": garage.customer, "title": "Key", "content": "In the box"}),
        )
        .await;
        garage.pair.settle().await;
        for at in [FRONT, BACK] {
            let desk = garage.pair.desk(at);
            desk.delete(EntityKind::Note, note)
                .await
                .expect("a deletion");
        }
        garage.pair.sync(FRONT).await;
        // Does not know yet that somebody else has deleted it, too.
        garage.undo(FRONT).await;
        garage.pair.sync(BACK).await;
        garage.pair.settle().await;
        for at in [FRONT, BACK] {
            let found = record(&garage.pair, at, EntityKind::Note, note).await;
            assert!(!found.is_deleted());
            let conflict = garage.conflict(at).await;
            assert_eq!(conflict.field, "deleted");
            assert_ne!(conflict.mine, conflict.theirs);
        }
        let conflict = garage.conflict(BACK).await;
        assert!(!conflict.is_mine_in_use);
        garage.decide(BACK, conflict.id, Resolution::Mine).await;
        garage.arrive(BACK).await;
        assert!(
            record(&garage.pair, FRONT, EntityKind::Note, note)
                .await
                .is_deleted()
        );
        garage.no_conflict().await;
    });
}
