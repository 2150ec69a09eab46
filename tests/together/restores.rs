//! What desks know of a Central that was restored from a backup, and pass on to it.

use serde_json::json;
use servease_domain::EntityKind;
use servease_tests::simulation::Arena;
use uuid::Uuid;

use crate::{BACK, FRONT, Garage, add, block_on, edit, record};

/// The back desk has read the rows of a car and its service, not how they began: Central had forgotten
/// that. Then it has heard of a change of the service.
async fn known_by_rows(arena: &Arena) -> (Garage<'_>, Uuid, Uuid) {
    let mut garage = Garage::open(arena).await;
    garage.pair.back_up_central().await;
    let front = garage.pair.desk(FRONT);
    let car = json!({"customer_id": garage.customer, "make": "VW", "model": "Golf",
        "license_plate": "B-XY 2"});
    let car = add(&front, EntityKind::Vehicle, car).await;
    let service = json!({"vehicle_id": car, "service_type": "Oil"});
    let service = add(&front, EntityKind::ServiceRecord, service).await;
    garage.pair.sync(FRONT).await;
    garage.pair.forget_changes().await;
    garage.pair.settle().await;
    let front = garage.pair.desk(FRONT);
    let tyres = json!({"service_type": "Tyres"});
    edit(&front, EntityKind::ServiceRecord, service, tyres).await;
    garage.pair.settle().await;
    (garage, car, service)
}

/// Central forgets all that came after the backup, and the back desk is the first to come.
async fn restore(garage: &mut Garage<'_>) {
    garage.pair.restore_central().await;
    assert_eq!(garage.pair.sync(BACK).await.waiting, 0);
    garage.pair.settle().await;
}

#[test]
fn what_was_deleted_before_central_was_restored_waits_for_nothing_and_can_come_back() {
    block_on(async {
        let arena = Arena::new(2).await;
        let (mut garage, _, service) = known_by_rows(&arena).await;
        let front = garage.pair.desk(FRONT);
        let deleted = front.delete(EntityKind::ServiceRecord, service).await;
        deleted.expect("a deletion");
        garage.pair.settle().await;
        restore(&mut garage).await;
        let is_deleted = async |garage: &Garage<'_>| {
            let found = record(&garage.pair, BACK, EntityKind::ServiceRecord, service).await;
            assert_eq!(found.get("service_type").as_text(), "Tyres");
            found.is_deleted()
        };
        assert!(is_deleted(&garage).await);
        garage.undo(FRONT).await;
        garage.pair.settle().await;
        assert!(!is_deleted(&garage).await);
    });
}

/// Of the deletion itself the back desk knows by rows as well.
#[test]
fn what_a_lost_record_belonged_to_is_passed_on_with_it_dead_or_alive() {
    block_on(async {
        let arena = Arena::new(2).await;
        let (mut garage, car, service) = known_by_rows(&arena).await;
        let front = garage.pair.desk(FRONT);
        let deleted = front.delete(EntityKind::Vehicle, car).await;
        deleted.expect("a deletion");
        garage.pair.sync(FRONT).await;
        garage.pair.forget_changes().await;
        garage.pair.settle().await;
        restore(&mut garage).await;
        // Central cannot know which came first: what it brings back it tells.
        let is_told = !garage.conflicts(FRONT).await.is_empty();
        for (kind, id) in [
            (EntityKind::Vehicle, car),
            (EntityKind::ServiceRecord, service),
        ] {
            let found = record(&garage.pair, BACK, kind, id).await;
            assert!(found.is_deleted() || is_told, "{kind:?}");
        }
    });
}
