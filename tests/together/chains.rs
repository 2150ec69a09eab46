//! Edits made one after the other before any of them was sent count by what they came to.

use serde_json::json;
use servease_domain::EntityKind;
use servease_tests::simulation::Arena;

use crate::{BACK, FRONT, Garage, add, block_on};

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
        let history = desk.history(EntityKind::Customer, garage.customer);
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
            let kind = EntityKind::Customer;
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

/// Of two fields of one address that somebody wrote with one edit they write only one again.
#[test]
fn what_was_written_beside_a_value_that_was_replaced_is_told_against_another() {
    block_on(async {
        let arena = Arena::new(2).await;
        for batch in [500, 1] {
            for city in ["Austin", "Dallas"] {
                let mut garage = Garage::open(&arena).await;
                garage.pair.batch = batch;
                let oops = json!({"apartment_unit": "12", "city": "Oops"});
                garage.set(FRONT, oops).await;
                garage.set(FRONT, json!({ "city": city })).await;
                garage.set(BACK, json!({"city": "Waco"})).await;
                garage.arrive(BACK).await;
                // The later address as a whole, and nothing of what stood there in between.
                assert_eq!(garage.field("apartment_unit").await, "12");
                assert_eq!(garage.field("city").await, city);
                let conflict = garage.conflict(FRONT).await;
                assert_eq!(conflict.field, "address");
                assert_eq!(conflict.mine["apartment_unit"], "12");
                assert_eq!(conflict.mine["city"], city);
                assert_eq!(conflict.theirs["apartment_unit"], "");
                assert_eq!(conflict.theirs["city"], "Waco");
            }
        }
    });
}

/// The back desk takes its own change back before the front desk has said all of it.
#[test]
fn what_was_written_beside_a_value_that_was_replaced_stands_where_nobody_is_left_against_it() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage.set(BACK, json!({"city": "Waco"})).await;
        garage.pair.sync(BACK).await;
        let oops = json!({"apartment_unit": "12", "city": "Oops"});
        garage.set(FRONT, oops).await;
        garage.set(FRONT, json!({"city": "Austin"})).await;
        garage.pair.send_one(FRONT).await;
        garage.undo(BACK).await;
        garage.arrive(BACK).await;
        assert_eq!(garage.field("apartment_unit").await, "12");
        assert_eq!(garage.field("city").await, "Austin");
        garage.no_conflict().await;
    });
}

/// One change of a batch on which Central fails has the others taken in one by one.
#[test]
fn edits_count_by_what_they_came_to_beside_one_on_which_central_fails() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage.pair.fail_on_notes("poison").await;
        let oops = json!({"apartment_unit": "12", "city": "Oops"});
        garage.set(FRONT, oops).await;
        garage.set(FRONT, json!({"city": "Austin"})).await;
        let note = json!({"customer_id": garage.customer, "title": "poison", "content": "Tea"});
        add(&garage.pair.desk(FRONT), EntityKind::Note, note).await;
        garage.set(BACK, json!({"zip_code": "76701"})).await;
        for at in [BACK, FRONT, BACK] {
            garage.pair.sync(at).await;
        }
        assert_eq!(garage.field("apartment_unit").await, "12");
        assert_eq!(garage.field("zip_code").await, "78701");
        let conflict = garage.conflict(BACK).await;
        assert_eq!(conflict.field, "address");
        assert_eq!(conflict.theirs["apartment_unit"], "12");
        assert_eq!(conflict.theirs["city"], "Austin");
    });
}
