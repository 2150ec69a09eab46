//! Edits made one after the other before any of them was sent count by what they came to.

use serde_json::json;
use servease_tests::simulation::Arena;

use crate::{BACK, FRONT, Garage, block_on};

/// The front desk types "Oops" and undoes it; the back desk types "Waco".
async fn oops_and_waco(arena: &Arena, first: usize, batch: usize) {
    let mut garage = Garage::open(arena).await;
    garage.pair.batch = batch;
    garage.set(FRONT, json!({"city": "Oops"})).await;
    garage.undo(FRONT).await;
    garage.set(BACK, json!({"city": "Waco"})).await;
    garage.arrive(first).await;
    assert_eq!(garage.field("city").await, "Waco");
    garage.no_conflict().await;
}

#[test]
fn what_was_undone_before_it_was_sent_overrules_nobody() {
    block_on(async {
        let arena = Arena::new(2).await;
        for first in [FRONT, BACK] {
            // Wherever a batch ends.
            for batch in [500, 1] {
                oops_and_waco(&arena, first, batch).await;
            }
        }
    });
}

#[test]
fn of_a_chain_the_last_value_stands_against_another() {
    block_on(async {
        let arena = Arena::new(2).await;
        for batch in [500, 1] {
            let mut garage = Garage::open(&arena).await;
            garage.pair.batch = batch;
            for city in ["Oops", "Dalas", "Dallas"] {
                garage.set(FRONT, json!({ "city": city })).await;
            }
            garage.set(BACK, json!({"city": "Waco"})).await;
            garage.arrive(BACK).await;
            assert_eq!(garage.field("city").await, "Dallas");
            let conflict = garage.conflict(FRONT).await;
            assert_eq!(conflict.mine["city"], "Dallas");
            assert_eq!(conflict.theirs["city"], "Waco");
        }
    });
}

#[test]
fn an_undo_does_not_take_back_what_both_wrote() {
    block_on(async {
        let arena = Arena::new(2).await;
        for batch in [500, 1] {
            let mut garage = Garage::open(&arena).await;
            garage.pair.batch = batch;
            garage.set(FRONT, json!({"city": "Waco"})).await;
            garage.undo(FRONT).await;
            garage.set(BACK, json!({"city": "Waco"})).await;
            garage.arrive(BACK).await;
            assert_eq!(garage.field("city").await, "Waco");
            garage.no_conflict().await;
        }
    });
}

#[test]
fn where_nobody_else_wrote_the_history_tells_every_step() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage.set(FRONT, json!({"city": "Oops"})).await;
        garage.set(FRONT, json!({"city": "Waco"})).await;
        garage.arrive(FRONT).await;
        let desk = garage.pair.desk(BACK);
        let history = desk.history(servease_domain::EntityKind::Customer, garage.customer);
        let told = serde_json::to_string(&history.await.expect("a history")).expect("JSON");
        assert!(told.contains("Oops") && told.contains("Waco"), "{told}");
    });
}

#[test]
fn a_deletion_that_was_undone_before_it_was_sent_tells_nobody() {
    block_on(async {
        let arena = Arena::new(2).await;
        for (first, batch) in [(FRONT, 500), (BACK, 500), (FRONT, 1), (BACK, 1)] {
            let mut garage = Garage::open(&arena).await;
            garage.pair.batch = batch;
            let desk = garage.pair.desk(FRONT);
            let kind = servease_domain::EntityKind::Customer;
            desk.delete(kind, garage.customer)
                .await
                .expect("a deletion");
            garage.undo(FRONT).await;
            garage.set(BACK, json!({"city": "Waco"})).await;
            garage.arrive(first).await;
            assert_eq!(garage.field("city").await, "Waco");
            assert!(!garage.bo(FRONT).await.is_deleted());
            garage.no_conflict().await;
        }
    });
}
