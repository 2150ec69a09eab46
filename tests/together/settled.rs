//! Conflicts tell what is in use now, can always be decided, and end when somebody who knows of
//! them writes the field again.

use serde_json::json;
use servease_desk::views::Resolution;
use servease_domain::EntityKind;
use servease_domain::papers::StillHolds;
use servease_store::rows;
use servease_tests::simulation::Arena;
use uuid::Uuid;

use crate::{BACK, FRONT, Garage, add, block_on, edit};

/// Both desks know of two companies' names: the back desk's is in use.
async fn quarrel(arena: &Arena) -> (Garage<'_>, Uuid) {
    let mut garage = Garage::open(arena).await;
    garage.set(FRONT, json!({"company_name": "Troy"})).await;
    garage.set(BACK, json!({"company_name": "Rome"})).await;
    garage.arrive(FRONT).await;
    let id = garage.conflict(FRONT).await.id;
    (garage, id)
}

async fn state(garage: &Garage<'_>, at: usize, conflict: Uuid) -> String {
    let found = crate::record(&garage.pair, at, EntityKind::Conflict, conflict).await;
    found.get("state").as_text().to_owned()
}

#[test]
fn whoever_writes_the_field_again_has_decided() {
    block_on(async {
        let arena = Arena::new(2).await;
        let (mut garage, id) = quarrel(&arena).await;
        garage.set(FRONT, json!({"company_name": "Oslo"})).await;
        assert_eq!(state(&garage, FRONT, id).await, "edited");
        garage.arrive(FRONT).await;
        garage.no_conflict().await;
        // Undone with the same step.
        garage.undo(FRONT).await;
        assert_eq!(garage.conflict(FRONT).await.id, id);
        garage.arrive(FRONT).await;
        assert_eq!(garage.field("company_name").await, "Rome");
        assert_eq!(garage.conflict(BACK).await.id, id);
        assert_eq!(garage.conflict(BACK).await.theirs, "Troy");
    });
}

#[test]
fn an_undo_of_the_field_ends_its_conflict_too() {
    block_on(async {
        let arena = Arena::new(2).await;
        let (mut garage, _) = quarrel(&arena).await;
        garage.undo(BACK).await;
        garage.arrive(BACK).await;
        // What the undo brought back is what had been there before: the other desk's.
        assert_eq!(garage.field("company_name").await, "Troy");
        garage.no_conflict().await;
    });
}

#[test]
fn what_is_in_use_is_what_the_record_holds_and_every_value_can_be_chosen() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage.set(FRONT, json!({"company_name": "Troy"})).await;
        garage.set(BACK, json!({"company_name": "Rome"})).await;
        garage.pair.sync(FRONT).await;
        garage.pair.sync(BACK).await;
        // Without knowing of the conflict.
        garage.set(FRONT, json!({"company_name": "Oslo"})).await;
        garage.pair.settle().await;
        let all = garage.conflicts(BACK).await;
        assert_eq!(all.len(), 2, "{all:?}");
        let mut others = Vec::new();
        for conflict in &all {
            let (in_use, other) = match conflict.is_mine_in_use {
                true => (&conflict.mine, &conflict.theirs),
                false => (&conflict.theirs, &conflict.mine),
            };
            assert_eq!(in_use, "Oslo", "{conflict:?}");
            others.push(other.as_str().expect("text").to_owned());
        }
        others.sort();
        assert_eq!(others, ["Rome", "Troy"]);
        let troy = all
            .iter()
            .find(|it| it.mine == "Troy" || it.theirs == "Troy");
        let troy = troy.expect("the first conflict");
        let resolution = match troy.is_mine_in_use {
            true => Resolution::Theirs,
            false => Resolution::Mine,
        };
        garage.decide(BACK, troy.id, resolution).await;
        garage.arrive(BACK).await;
        assert_eq!(garage.field("company_name").await, "Troy");
        garage.no_conflict().await;
    });
}

#[test]
fn a_conflict_about_the_owner_names_them_and_is_decided_by_a_transfer() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        let desk = garage.pair.desk(FRONT);
        let mut people = Vec::new();
        for name in ["Ann", "Cy"] {
            let fields = json!({"first_name": name, "last_name": "Moss", "phone": "+15125550199"});
            people.push(add(&desk, EntityKind::Customer, fields).await);
        }
        garage.pair.settle().await;
        let vehicle = garage.vehicle;
        for (at, to) in [(FRONT, people[0]), (BACK, people[1])] {
            let desk = garage.pair.desk(at);
            desk.transfer(vehicle, to, StillHolds::NOTHING)
                .await
                .expect("a transfer");
        }
        garage.arrive(FRONT).await;
        let all = garage.conflicts(FRONT).await;
        let conflict = all.iter().find(|it| it.field == "customer_id");
        let conflict = conflict.expect("a conflict about the owner");
        assert_eq!(conflict.mine_title.as_deref(), Some("Ann Moss"));
        assert_eq!(conflict.theirs_title.as_deref(), Some("Cy Moss"));
        garage.decide(FRONT, conflict.id, Resolution::Mine).await;
        garage.arrive(FRONT).await;
        for at in [FRONT, BACK] {
            let left = garage.conflicts(at).await;
            assert!(left.iter().all(|it| it.field != "customer_id"), "{left:?}");
            let car = crate::record(&garage.pair, at, EntityKind::Vehicle, vehicle).await;
            assert_eq!(car.get("customer_id").as_id(), Some(people[0]));
            let store = garage.pair.store(at);
            let mut conn = store.read().await.expect("a connection");
            let owned = rows::list_by(&mut conn, EntityKind::Ownership, "vehicle_id", vehicle);
            let owned = owned.await.expect("ownerships");
            let newest = owned.iter().max_by_key(|it| it.created_at).expect("one");
            assert_eq!(newest.get("customer_id").as_id(), Some(people[0]));
        }
    });
}

#[test]
fn the_last_way_to_reach_somebody_cleared_by_two_is_told() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage.set(FRONT, json!({"phone": ""})).await;
        garage.set(BACK, json!({"email": ""})).await;
        garage.arrive(FRONT).await;
        let conflict = garage.conflict(FRONT).await;
        assert_eq!(conflict.field, "email");
        let mut values = [conflict.mine.clone(), conflict.theirs.clone()];
        values.sort_by_key(ToString::to_string);
        assert_eq!(values, ["", "bo@diaz.example"]);
        let other = match conflict.is_mine_in_use {
            true => Resolution::Theirs,
            false => Resolution::Mine,
        };
        garage.decide(FRONT, conflict.id, other).await;
        garage.arrive(FRONT).await;
        assert_eq!(garage.field("email").await, "bo@diaz.example");
        assert_eq!(garage.field("phone").await, "");
        garage.no_conflict().await;
    });
}

#[test]
fn the_same_walk_in_on_two_desks_is_offered_as_a_possible_duplicate() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        let mut people = Vec::new();
        for (at, name, plate) in [(FRONT, "Ann", "W-AC 7"), (BACK, "ann", "wac7")] {
            let desk = garage.pair.desk(at);
            let fields = json!({"first_name": name, "last_name": "Moss", "phone": "+15125550177"});
            let person = add(&desk, EntityKind::Customer, fields).await;
            let fields = json!({"customer_id": person, "make": "VW", "model": "Golf",
                "license_plate": plate});
            add(&desk, EntityKind::Vehicle, fields).await;
            people.push(person);
        }
        garage.arrive(FRONT).await;
        garage.no_conflict().await;
        for at in [FRONT, BACK] {
            let pairs = garage.pair.desk(at).duplicates().await.expect("duplicates");
            let told: Vec<_> = pairs
                .iter()
                .map(|pair| (pair.kind, pair.fields[0].as_str()))
                .collect();
            assert_eq!(
                told,
                [
                    (EntityKind::Customer, "phone"),
                    (EntityKind::Vehicle, "license_plate")
                ]
            );
            assert_eq!((pairs[0].id, pairs[0].duplicate_id), (people[0], people[1]));
        }
        // Decided as any other, and a second one at a desk that knows the first is none.
        let front = garage.pair.desk(FRONT);
        front
            .merge_duplicates(people[0], people[1])
            .await
            .expect("a merge");
        let cars = front.duplicates().await.expect("duplicates");
        front
            .keep_apart(cars[0].duplicate_id)
            .await
            .expect("a decision");
        garage.arrive(FRONT).await;
        let fields = json!({"first_name": "Ann", "last_name": "Moss", "phone": "+15125550177"});
        add(&garage.pair.desk(BACK), EntityKind::Customer, fields).await;
        garage.arrive(BACK).await;
        for at in [FRONT, BACK] {
            let pairs = garage.pair.desk(at).duplicates().await.expect("duplicates");
            assert_eq!(pairs, Vec::new());
        }
    });
}

#[test]
fn a_garage_that_moves_counts_its_days_alike_at_both_desks() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        let vehicle = garage.vehicle;
        let front = garage.pair.desk(FRONT);
        let monthly = json!({"service_interval_months": 1});
        edit(&front, EntityKind::Vehicle, vehicle, monthly).await;
        let done = json!({"vehicle_id": vehicle, "service_type": "Oil",
            "performed_at": "2025-03-02T02:00:00Z"});
        add(&front, EntityKind::ServiceRecord, done).await;
        garage.pair.settle().await;
        let due = async |garage: &Garage<'_>, at| {
            let car = crate::record(&garage.pair, at, EntityKind::Vehicle, vehicle).await;
            car.get("next_service_due_date").to_json()
        };
        let away = due(&garage, FRONT).await;
        assert_eq!(away, due(&garage, BACK).await);
        // Each of them moves it; whoever overrules the other moves it for both.
        for (at, zone) in [(FRONT, "Asia/Tokyo"), (BACK, "Pacific/Honolulu")] {
            let moved = [("timezone".to_owned(), zone.to_owned())];
            let moved = garage.pair.desk(at).save_settings(&moved.into()).await;
            moved.expect("settings");
        }
        assert_eq!(due(&garage, FRONT).await, json!("2025-04-02"));
        assert_eq!(due(&garage, BACK).await, json!("2025-04-01"));
        garage.arrive(FRONT).await;
        let zone = garage.pair.desk(FRONT).settings().await;
        let day = match zone.expect("settings").timezone.as_str() {
            "Asia/Tokyo" => json!("2025-04-02"),
            _ => json!("2025-04-01"),
        };
        for at in [FRONT, BACK] {
            assert_eq!(due(&garage, at).await, day, "desk {at}");
        }
    });
}
