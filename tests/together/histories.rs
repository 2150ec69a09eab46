//! Histories are the same on every desk once an edit is through: Central's order, and from what to
//! what it changed there.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value as Json, json};
use servease_desk::views::HistoryEntry;
use servease_domain::EntityKind;
use servease_tests::simulation::Arena;
use uuid::Uuid;

use crate::{BACK, FRONT, Garage, block_on};

/// A history without what only one desk can say.
async fn history(
    garage: &mut Garage<'_>,
    at: usize,
    kind: EntityKind,
    id: Uuid,
) -> Vec<HistoryEntry> {
    let desk = garage.pair.desk(at);
    desk.history(kind, id).await.expect("a history")
}

async fn equal(garage: &mut Garage<'_>, what: &str) {
    for (kind, id) in [
        (EntityKind::Customer, garage.customer),
        (EntityKind::Vehicle, garage.vehicle),
    ] {
        let front = history(garage, FRONT, kind, id).await;
        let back = history(garage, BACK, kind, id).await;
        let lines = |entries: &[HistoryEntry]| -> Vec<String> {
            entries.iter().map(|entry| format!("{:?}", entry)).collect()
        };
        assert_eq!(lines(&front), lines(&back), "{what}: {kind:?}");
    }
}

#[test]
fn the_from_of_an_overruled_value_is_what_stood_there() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage.set(FRONT, json!({"company_name": "Troy"})).await;
        garage.set(BACK, json!({"company_name": "Rome"})).await;
        garage.arrive(FRONT).await;
        let customer = garage.customer;
        for at in [FRONT, BACK] {
            let history = history(&mut garage, at, EntityKind::Customer, customer).await;
            let told: Vec<(&Json, &Json)> = history
                .iter()
                .flat_map(|entry| &entry.changes)
                .filter(|change| change.field == "company_name")
                .map(|change| (&change.from, &change.to))
                .collect();
            let (blank, troy, rome) = (json!(""), json!("Troy"), json!("Rome"));
            assert_eq!(told, [(&troy, &rome), (&blank, &troy)], "desk {at}");
        }
    });
}

#[test]
fn an_edit_that_came_to_nothing_is_no_line() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        for at in [FRONT, BACK] {
            garage.set(at, json!({"company_name": "Troy"})).await;
        }
        garage.arrive(FRONT).await;
        equal(&mut garage, "the same value").await;
    });
}

#[test]
fn after_random_edits_both_desks_tell_the_same_history() {
    block_on(async {
        let arena = Arena::new(2).await;
        for seed in 0..25 {
            let mut random = StdRng::seed_from_u64(seed);
            let mut garage = Garage::open(&arena).await;
            garage.pair.batch = random.random_range(1..6);
            for _ in 0..random.random_range(4..14) {
                let at = random.random_range(0..2);
                act(&mut garage, at, &mut random).await;
                if random.random_range(0..4) == 0 {
                    garage.pair.sync(at).await;
                }
            }
            garage.pair.settle().await;
            equal(&mut garage, &format!("seed {seed}")).await;
        }
    });
}

async fn act(garage: &mut Garage<'_>, at: usize, random: &mut StdRng) {
    let words = ["Troy", "Rome", "Oslo"];
    let word = *words.choose(random).expect("a word");
    let (customer, vehicle) = (garage.customer, garage.vehicle);
    let desk = garage.pair.desk(at);
    // Some of these cannot be done at times: there is nothing to undo, or it is deleted.
    match random.random_range(0..8) {
        0..=2 => {
            let field = *["city", "company_name", "first_name"]
                .choose(random)
                .expect("a field");
            let fields = crate::object(json!({ field: word }));
            _ = desk
                .edit(EntityKind::Customer, customer, &fields, true)
                .await;
        }
        3 => {
            let fields = crate::object(json!({"color": word, "insurance_company": word}));
            _ = desk.edit(EntityKind::Vehicle, vehicle, &fields, true).await;
        }
        4 => _ = desk.undo().await,
        5 => {
            let fields = json!({"customer_id": customer, "title": word, "content": word});
            _ = desk
                .create(EntityKind::Note, &crate::object(fields), true)
                .await;
        }
        6 => {
            let open = desk.conflicts().await.expect("conflicts");
            if let Some(conflict) = open.choose(random) {
                let mine = servease_desk::views::Resolution::Mine;
                _ = desk.resolve_conflict(conflict.id, &mine).await;
            }
        }
        _ => _ = desk.delete(EntityKind::Vehicle, vehicle).await,
    }
}
