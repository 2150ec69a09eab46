//! Taking back: every kind of step, across restarts, and what stands in its way.

use serde_json::json;
use servease_desk::views::{BuiltOn, Did, Undone};
use servease_desk::{Desk, Failure};
use servease_domain::papers::StillHolds;
use servease_domain::{EntityKind, MileageReading, Ownership, ServiceRecord};
use servease_wire::sync::WireAction;
use tempfile::TempDir;

use crate::shop::{Shop, clock, object};

#[tokio::test]
async fn nothing_done_is_nothing_to_undo() {
    let shop = Shop::new().await;
    assert!(matches!(
        shop.desk.undo().await,
        Err(Failure::NothingToUndo)
    ));
    let step = uuid::Uuid::nil();
    assert!(matches!(
        shop.desk.undo_step(step).await,
        Err(Failure::NothingToUndo)
    ));
}

#[tokio::test]
async fn every_kind_of_step_is_taken_back_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let (clock, _) = clock();
    let open = async || Desk::open(folder.path(), clock.clone()).await.unwrap();
    let mut shop = Shop::new().await;
    shop.desk = open().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop
        .vehicle(
            ann,
            json!({"current_mileage": 100, "service_interval_months": 12}),
        )
        .await;
    shop.edit(EntityKind::Customer, ann, json!({"city": "Troy"}))
        .await
        .unwrap();
    shop.edit(EntityKind::Preferences, ann, json!({"currency": "EUR"}))
        .await
        .unwrap();
    shop.desk
        .update_mileage(focus, 200, None, false)
        .await
        .unwrap();
    let reason = Some("misread".to_owned());
    shop.desk
        .update_mileage(focus, 150, reason, false)
        .await
        .unwrap();
    shop.service(focus, json!({"mileage": 160})).await;
    shop.desk
        .transfer(focus, ben, StillHolds::NOTHING)
        .await
        .unwrap();
    shop.desk.delete(EntityKind::Vehicle, focus).await.unwrap();
    shop.desk.delete(EntityKind::Customer, ben).await.unwrap();

    // Each restart finds the next step to take back.
    macro_rules! undo {
        () => {{
            shop.desk.close().await;
            shop.desk = open().await;
            shop.desk.undo().await.unwrap()
        }};
    }
    undo!();
    assert!(shop.is_there(EntityKind::Customer, ben).await);
    assert!(!shop.is_there(EntityKind::Vehicle, focus).await);
    undo!();
    assert_eq!(shop.get_vehicle(focus).await.customer_id, Some(ben));
    undo!();
    assert_eq!(shop.get_vehicle(focus).await.customer_id, Some(ann));
    let owners: Vec<Ownership> = shop.list("vehicle_id", focus).await;
    assert_eq!((owners.len(), owners[0].until), (1, None));
    undo!();
    let vehicle = shop.get_vehicle(focus).await;
    assert_eq!(
        (vehicle.current_mileage, vehicle.last_service_date),
        (150, None)
    );
    assert_eq!(vehicle.next_service_due_date, None);
    assert!(
        shop.list::<ServiceRecord>("vehicle_id", focus)
            .await
            .is_empty()
    );
    assert_eq!(shop.get_customer(ann).await.last_service_date, None);
    undo!();
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 200);
    undo!();
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 100);
    assert_eq!(
        shop.list::<MileageReading>("vehicle_id", focus).await.len(),
        1
    );
    let undone = undo!();
    assert_eq!(
        (undone.kind, undone.fields),
        (EntityKind::Preferences, vec!["currency".into()])
    );
    undo!();
    assert_eq!(shop.get_customer(ann).await.city, "");
    undo!();
    assert!(!shop.is_there(EntityKind::Vehicle, focus).await);
    undo!();
    undo!();
    assert!(!shop.is_there(EntityKind::Customer, ann).await);
    assert!(matches!(
        shop.desk.undo().await,
        Err(Failure::NothingToUndo)
    ));
}

#[tokio::test]
async fn a_step_is_taken_back_once() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let saved = shop
        .edit(EntityKind::Customer, ann, json!({"city": "Troy"}))
        .await
        .unwrap();
    let step = saved.step.unwrap();
    shop.desk.undo_step(step).await.unwrap();
    assert!(matches!(
        shop.desk.undo_step(step).await,
        Err(Failure::NothingToUndo)
    ));
}

#[tokio::test]
async fn what_was_changed_again_since_is_not_taken_back() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let kind = EntityKind::Customer;
    let first = shop
        .edit(kind, ann, json!({"city": "Troy", "state": "NY"}))
        .await
        .unwrap();
    let second = shop
        .edit(kind, ann, json!({"city": "Utica"}))
        .await
        .unwrap();
    // The state is still as the step left it; the city is not.
    let undone = shop.desk.undo_step(first.step.unwrap()).await.unwrap();
    assert_eq!(undone.fields, ["state"]);
    let customer = shop.get_customer(ann).await;
    assert_eq!(
        (customer.city.as_str(), customer.state.as_str()),
        ("Utica", "")
    );

    let third = shop.edit(kind, ann, json!({"city": "Rome"})).await.unwrap();
    match shop.desk.undo_step(second.step.unwrap()).await {
        Err(Failure::Superseded { fields }) => assert_eq!(fields, ["city"]),
        other => panic!("{other:?}"),
    }
    assert_eq!(shop.get_customer(ann).await.city, "Rome");
    shop.desk.undo_step(third.step.unwrap()).await.unwrap();
    shop.desk.undo_step(second.step.unwrap()).await.unwrap();
    assert_eq!(shop.get_customer(ann).await.city, "Troy");
}

#[tokio::test]
async fn a_transfer_that_was_followed_by_another_stays() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let (ben, cleo) = (shop.customer("Ben").await, shop.customer("Cleo").await);
    let focus = shop.vehicle(ann, json!({})).await;
    let first = shop
        .desk
        .transfer(focus, ben, StillHolds::NOTHING)
        .await
        .unwrap();
    shop.desk
        .transfer(focus, cleo, StillHolds::NOTHING)
        .await
        .unwrap();
    let undone = shop.desk.undo_step(first.step.unwrap()).await;
    assert!(
        matches!(undone, Err(Failure::Superseded { .. })),
        "{undone:?}"
    );
    let open: Vec<Ownership> = shop
        .list::<Ownership>("vehicle_id", focus)
        .await
        .into_iter()
        .filter(|ownership| ownership.until.is_none())
        .collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].customer_id, Some(cleo));
}

#[tokio::test]
async fn a_reading_that_was_followed_by_another_is_taken_back_alone() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop.vehicle(ann, json!({"current_mileage": 100})).await;
    let wrong = shop
        .desk
        .update_mileage(focus, 250_000, None, true)
        .await
        .unwrap();
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 250_000);
    shop.desk
        .update_mileage(focus, 250_100, None, false)
        .await
        .unwrap();
    shop.desk.undo_step(wrong.step.unwrap()).await.unwrap();
    // What was read on top of it is as improbable as it was, and nobody has confirmed that one.
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 100);
    let readings = shop.list::<MileageReading>("vehicle_id", focus).await;
    let doubtful: Vec<bool> = readings
        .iter()
        .map(|reading| reading.is_improbable)
        .collect();
    assert_eq!(doubtful, [false, true]);
}

#[tokio::test]
async fn of_a_step_with_nothing_left_undo_says_so_once_and_slips_to_none_before_it() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let note = shop.note(ben, "Key").await;
    // A colleague deletes Ben, and the note goes with him.
    shop.arrives(EntityKind::Customer, ben, WireAction::Delete, json!({}))
        .await;
    match shop.desk.undo().await {
        Err(Failure::NotUndone { step, why }) => {
            assert_eq!((step.id, step.title.as_str()), (note, "Key"));
            assert!(matches!(*why, Failure::NothingLeft), "{why:?}");
        }
        other => panic!("{other:?}"),
    }
    // Whoever presses again means what was before that: Ben, of whom nothing is left either.
    match shop.desk.undo().await {
        Err(Failure::NotUndone { step, .. }) => assert_eq!(step.id, ben),
        other => panic!("{other:?}"),
    }
    assert_eq!(shop.desk.undo().await.unwrap().id, ann);
}

#[tokio::test]
async fn undo_that_cannot_take_back_the_newest_step_names_it_and_stops() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let kind = EntityKind::Customer;
    shop.edit(kind, ann, json!({"city": "Troy"})).await.unwrap();
    shop.arrives(kind, ann, WireAction::Update, json!({"city": "Utica"}))
        .await;
    for _ in 0..2 {
        match shop.desk.undo().await {
            Err(Failure::NotUndone { step, why }) => {
                assert_eq!((step.id, step.did), (ann, Did::Changed));
                assert!(matches!(*why, Failure::Superseded { .. }), "{why:?}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(shop.is_there(kind, ann).await);
    assert_eq!(shop.get_customer(ann).await.city, "Utica");
}

#[tokio::test]
async fn a_creation_on_which_others_have_built_stays_and_names_what_they_built() {
    let shop = Shop::new().await;
    let made = shop
        .create(
            EntityKind::Customer,
            json!({"first_name": "Bo", "last_name": "Diaz", "email": "b@example.com"}),
        )
        .await
        .unwrap();
    let mia = shop.employee("Mia").await;
    let other = shop.desk.clone().working_as(mia);
    let make = async |kind, fields| other.create(kind, &object(fields), false).await.unwrap().id;
    let car =
        json!({"customer_id": made.id, "make": "VW", "model": "Golf", "license_plate": "X 1"});
    let car = make(EntityKind::Vehicle, car).await;
    let note = json!({"customer_id": made.id, "title": "Key", "content": "C"});
    make(EntityKind::Note, note).await;
    let service = json!({"vehicle_id": car, "service_type": "Oil", "mileage": 100});
    make(EntityKind::ServiceRecord, service).await;
    let (records, more) = built_on(shop.desk.undo_step(made.step.unwrap()).await);
    let told: Vec<(EntityKind, &str, &str)> = records
        .iter()
        .map(|it| (it.kind, it.title.as_str(), it.author.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (EntityKind::Vehicle, "X 1 VW Golf", "Mia"),
            (EntityKind::ServiceRecord, "Oil", "Mia"),
            (EntityKind::Note, "Key", "Mia"),
        ]
    );
    assert_eq!(more, 0);
    assert!(shop.is_there(EntityKind::Vehicle, car).await);
    // On purpose it goes, and that can be taken back.
    shop.desk
        .delete(EntityKind::Customer, made.id)
        .await
        .unwrap();
    assert!(!shop.is_there(EntityKind::Vehicle, car).await);
    shop.desk.undo().await.unwrap();
    assert!(shop.is_there(EntityKind::Vehicle, car).await);
}

#[tokio::test]
async fn more_than_five_are_counted() {
    let shop = Shop::new().await;
    let fields = json!({"first_name": "Bo", "last_name": "Diaz", "email": "b@example.com"});
    let made = shop.create(EntityKind::Customer, fields).await.unwrap();
    for title in ["1", "2", "3", "4", "5", "6", "7"] {
        shop.note(made.id, title).await;
    }
    let (records, more) = built_on(shop.desk.undo_step(made.step.unwrap()).await);
    assert_eq!((records.len(), more), (5, 2));
}

#[tokio::test]
async fn what_refers_to_a_record_and_what_others_changed_of_it_stands_on_it_too() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop.vehicle(ann, json!({})).await;
    let fields = json!({"name": "Eve"});
    let eve = shop.create(EntityKind::Employee, fields).await.unwrap();
    shop.service(focus, json!({"employee_id": eve.id})).await;
    let (records, _) = built_on(shop.desk.undo_step(eve.step.unwrap()).await);
    assert_eq!(records[0].kind, EntityKind::ServiceRecord);

    let fields = json!({"first_name": "Bo", "last_name": "Diaz", "email": "b@example.com"});
    let made = shop.create(EntityKind::Customer, fields).await.unwrap();
    let city = json!({"city": "Utica"});
    shop.arrives(EntityKind::Customer, made.id, WireAction::Update, city)
        .await;
    let (records, _) = built_on(shop.desk.undo_step(made.step.unwrap()).await);
    assert_eq!(
        (records[0].id, records[0].author.as_str()),
        (made.id, "Mia")
    );
}

#[tokio::test]
async fn a_restoration_stays_when_something_came_since() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let old = shop.note(ann, "Old").await;
    shop.desk.delete(EntityKind::Customer, ann).await.unwrap();
    let undone = shop.desk.undo().await.unwrap();
    let new = shop.note(ann, "New").await;
    // Doing the deletion again would take the new note along.
    let (records, more) = built_on(shop.desk.undo_step(undone.redo.unwrap()).await);
    assert_eq!((records.len(), more, records[0].id), (1, 0, new));
    shop.desk.delete(EntityKind::Note, new).await.unwrap();
    let redone = shop.desk.redo().await.unwrap();
    assert!(redone.is_redo);
    assert!(!shop.is_there(EntityKind::Note, old).await);
}

#[tokio::test]
async fn a_transfer_stays_when_the_new_owner_has_a_service_since() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop.vehicle(ann, json!({})).await;
    shop.service(focus, json!({})).await;
    let moved = shop
        .desk
        .transfer(focus, ben, StillHolds::NOTHING)
        .await
        .unwrap();
    let service = shop.service(focus, json!({"service_type": "Tyres"})).await;
    let (records, more) = built_on(shop.desk.undo_step(moved.step.unwrap()).await);
    assert_eq!((records.len(), more, records[0].id), (1, 0, service));
    shop.desk
        .delete(EntityKind::ServiceRecord, service)
        .await
        .unwrap();
    shop.desk.undo_step(moved.step.unwrap()).await.unwrap();
    assert_eq!(shop.get_vehicle(focus).await.customer_id, Some(ann));
}

#[tokio::test]
async fn every_undo_is_redone_and_undone_again_in_the_order_of_the_keys() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let kind = EntityKind::Customer;
    let city = async || shop.get_customer(ann).await.city;
    for name in ["Troy", "Utica", "Rome"] {
        shop.edit(kind, ann, json!({"city": name})).await.unwrap();
    }
    assert!(matches!(
        shop.desk.redo().await,
        Err(Failure::NothingToRedo)
    ));
    for _ in 0..3 {
        for expected in ["Utica", "Troy", ""] {
            let undone = shop.desk.undo().await.unwrap();
            assert_eq!((undone.is_redo, undone.did), (false, Did::Changed));
            assert_eq!(undone.card.unwrap().id, ann);
            assert_eq!(city().await, expected);
        }
        for expected in ["Troy", "Utica", "Rome"] {
            let redone = shop.desk.redo().await.unwrap();
            assert!(redone.is_redo);
            assert_eq!(city().await, expected);
        }
        assert!(matches!(
            shop.desk.redo().await,
            Err(Failure::NothingToRedo)
        ));
    }
    // By the step that the toast names, too, back and forth.
    let undone = shop.desk.undo().await.unwrap();
    let redone = shop.desk.undo_step(undone.redo.unwrap()).await.unwrap();
    assert_eq!((redone.is_redo, city().await.as_str()), (true, "Rome"));
    let again = shop.desk.undo_step(redone.redo.unwrap()).await.unwrap();
    assert_eq!((again.is_redo, city().await.as_str()), (false, "Utica"));
    let history = shop.desk.history(kind, ann).await.unwrap();
    let flags: Vec<(bool, bool, bool)> = history
        .iter()
        .take(4)
        .map(|it| (it.is_undo, it.is_redo, it.is_undone))
        .collect();
    // Newest first: the undo of the redo, the redo, the undo, and a redo of the rounds before.
    assert_eq!(flags[0], (true, false, false));
    assert_eq!(flags[1], (false, true, true));
    assert_eq!(flags[2], (true, false, false));
}

#[tokio::test]
async fn work_after_an_undo_stays_when_it_is_redone() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let kind = EntityKind::Customer;
    shop.edit(kind, ann, json!({"city": "Troy", "state": "NY"}))
        .await
        .unwrap();
    shop.desk.undo().await.unwrap();
    shop.edit(kind, ann, json!({"city": "Utica"}))
        .await
        .unwrap();
    let redone = shop.desk.redo().await.unwrap();
    assert_eq!(
        (redone.fields, redone.kept),
        (vec!["state".into()], vec!["city".into()])
    );
    let customer = shop.get_customer(ann).await;
    assert_eq!(
        (customer.city.as_str(), customer.state.as_str()),
        ("Utica", "NY")
    );
    // What was done last is taken back next, and that was the redo.
    shop.desk.undo().await.unwrap();
    assert_eq!(shop.get_customer(ann).await.state, "");
    assert_eq!(shop.get_customer(ann).await.city, "Utica");
}

#[tokio::test]
async fn every_kind_of_step_is_redone() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop.vehicle(ann, json!({})).await;
    shop.service(focus, json!({})).await;
    shop.desk
        .transfer(focus, ben, StillHolds::NOTHING)
        .await
        .unwrap();
    shop.desk.delete(EntityKind::Vehicle, focus).await.unwrap();
    for _ in 0..6 {
        shop.desk.undo().await.unwrap();
    }
    assert!(!shop.is_there(EntityKind::Customer, ann).await);
    for _ in 0..5 {
        shop.desk.redo().await.unwrap();
    }
    assert_eq!(shop.get_vehicle(focus).await.customer_id, Some(ben));
    assert_eq!(
        shop.list::<ServiceRecord>("vehicle_id", focus).await.len(),
        1
    );
    assert_eq!(shop.list::<Ownership>("vehicle_id", focus).await.len(), 2);
    shop.desk.redo().await.unwrap();
    assert!(!shop.is_there(EntityKind::Vehicle, focus).await);
}

/// What was built on a step that stays.
#[track_caller]
fn built_on(result: Result<Undone, Failure>) -> (Vec<BuiltOn>, usize) {
    match result {
        Err(Failure::BuiltOn { records, more }) => (records, more),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_undo_names_what_people_mean() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop.vehicle(ann, json!({"current_mileage": 100})).await;
    shop.service(focus, json!({"mileage": 150})).await;
    let undone = shop.desk.undo().await.unwrap();
    assert_eq!(
        (undone.kind, undone.title.as_str()),
        (EntityKind::ServiceRecord, "Oil")
    );
    let undone = shop.desk.undo().await.unwrap();
    assert_eq!(
        (undone.kind, undone.title.as_str()),
        (EntityKind::Vehicle, "AB 1 Ford Focus")
    );
    let undone = shop.desk.undo().await.unwrap();
    assert_eq!(
        (undone.kind, undone.title.as_str()),
        (EntityKind::Customer, "Ann Ng")
    );
}
