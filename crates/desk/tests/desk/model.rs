//! Random sequences of use cases: undoing everything returns to the beginning, and the
//! model's invariants hold after every step.

use std::collections::BTreeMap;

use chrono::Duration;
use proptest::prelude::*;
use serde_json::json;
use servease_desk::Failure;
use servease_domain::papers::StillHolds;
use servease_domain::{EntityKind, Ownership, Values};
use servease_store::{Action, Mutation, log, rows};
use uuid::Uuid;

use crate::shop::{Shop, object};

/// What somebody at the counter does. Numbers choose among the records there are.
#[derive(Debug, Clone)]
enum Act {
    AddCustomer {
        email: u8,
    },
    AddVehicle {
        owner: usize,
        mileage: i64,
        interval: bool,
        vin: u8,
    },
    AddNote {
        customer: usize,
    },
    EditCustomer {
        customer: usize,
        city: u8,
        email: u8,
    },
    EditVehicle {
        vehicle: usize,
        color: u8,
        mileage: Option<i64>,
        owner: Option<usize>,
    },
    EditPreferences {
        customer: usize,
        email_notifications: bool,
    },
    Read {
        vehicle: usize,
        value: i64,
        correction: bool,
        confirm: bool,
    },
    Serve {
        vehicle: usize,
        mileage: Option<i64>,
        days_ago: i64,
    },
    EditService {
        service: usize,
        days_ago: i64,
    },
    DeleteService {
        service: usize,
    },
    Transfer {
        vehicle: usize,
        to: usize,
    },
    DeleteVehicle {
        vehicle: usize,
    },
    DeleteCustomer {
        customer: usize,
    },
    Merge {
        keep: usize,
        other: usize,
    },
    Undo,
    Redo,
    /// A step from the middle, which may stand in the way of nothing later.
    UndoStep {
        step: usize,
    },
    Wait {
        days: i64,
    },
}

fn acts() -> impl Strategy<Value = Act> {
    let which = 0..100_usize;
    let mileage = 0..120_000_i64;
    prop_oneof![
        2 => (0..4_u8).prop_map(|email| Act::AddCustomer { email }),
        3 => (which.clone(), mileage.clone(), any::<bool>(), 0..3_u8).prop_map(
            |(owner, mileage, interval, vin)| Act::AddVehicle { owner, mileage, interval, vin }
        ),
        1 => which.clone().prop_map(|customer| Act::AddNote { customer }),
        2 => (which.clone(), 0..3_u8, 0..4_u8).prop_map(
            |(customer, city, email)| Act::EditCustomer { customer, city, email }
        ),
        2 => (
            which.clone(),
            0..3_u8,
            proptest::option::of(mileage.clone()),
            proptest::option::of(which.clone()),
        )
            .prop_map(|(vehicle, color, mileage, owner)| {
                Act::EditVehicle { vehicle, color, mileage, owner }
            }),
        1 => (which.clone(), any::<bool>()).prop_map(|(customer, email_notifications)| {
            Act::EditPreferences { customer, email_notifications }
        }),
        4 => (which.clone(), mileage.clone(), any::<bool>(), any::<bool>()).prop_map(
            |(vehicle, value, correction, confirm)| Act::Read { vehicle, value, correction, confirm }
        ),
        3 => (which.clone(), proptest::option::of(mileage), 0..400_i64).prop_map(
            |(vehicle, mileage, days_ago)| Act::Serve { vehicle, mileage, days_ago }
        ),
        1 => (which.clone(), 0..400_i64)
            .prop_map(|(service, days_ago)| Act::EditService { service, days_ago }),
        1 => which.clone().prop_map(|service| Act::DeleteService { service }),
        3 => (which.clone(), which.clone()).prop_map(|(vehicle, to)| Act::Transfer { vehicle, to }),
        1 => which.clone().prop_map(|vehicle| Act::DeleteVehicle { vehicle }),
        1 => which.clone().prop_map(|customer| Act::DeleteCustomer { customer }),
        2 => (which.clone(), which.clone()).prop_map(|(keep, other)| Act::Merge { keep, other }),
        2 => Just(Act::Undo),
        1 => Just(Act::Redo),
        1 => which.prop_map(|step| Act::UndoStep { step }),
        1 => (0..40_i64).prop_map(|days| Act::Wait { days }),
    ]
}

async fn live(shop: &Shop, kind: EntityKind) -> Vec<Uuid> {
    let mut conn = shop.desk.store().read().await.unwrap();
    let records = rows::list_all(&mut conn, kind).await.unwrap();
    records.iter().map(|record| record.id).collect()
}

async fn pick(shop: &Shop, kind: EntityKind, number: usize) -> Option<Uuid> {
    let ids = live(shop, kind).await;
    (!ids.is_empty()).then(|| ids[number % ids.len()])
}

/// Does what somebody wants. A refusal is as good as a success; a fault is not.
async fn perform(shop: &Shop, act: &Act) {
    let outcome = attempt(shop, act).await;
    match outcome {
        Ok(())
        | Err(
            Failure::Invalid(_)
            | Failure::Confirm(_)
            | Failure::NothingToUndo
            | Failure::NothingToRedo
            | Failure::NothingLeft
            | Failure::NotUndone { .. }
            | Failure::BuiltOn { .. }
            | Failure::Superseded { .. },
        ) => {}
        Err(fault) => panic!("{act:?}: {fault:?}"),
    }
}

async fn attempt(shop: &Shop, act: &Act) -> Result<(), Failure> {
    use EntityKind::{Customer, Note, Preferences, ServiceRecord, Vehicle};
    let desk = &shop.desk;
    // With nobody to do it to, nothing is done.
    macro_rules! some {
        ($kind:ident, $number:expr) => {
            match pick(shop, $kind, *$number).await {
                Some(id) => id,
                None => return Ok(()),
            }
        };
    }
    let days_ago = |days: &i64| json!(shop.now() - Duration::days(*days));
    match act {
        Act::AddCustomer { email } => {
            let email = format!("c{email}@example.com");
            let fields = json!({"first_name": "C", "last_name": "N", "email": email});
            shop.create(Customer, fields).await?;
        }
        Act::AddVehicle {
            owner,
            mileage,
            interval,
            vin,
        } => {
            let owner = some!(Customer, owner);
            let vin = if *vin == 0 {
                String::new()
            } else {
                format!("WVWZZZ1JZ3W38675{vin}")
            };
            let mut fields = object(json!({
                "customer_id": owner, "make": "M", "model": "X", "license_plate": "P",
                "vin": vin, "current_mileage": mileage, "next_service_due_date": "2025-03-20",
            }));
            if *interval {
                fields.extend(object(json!({
                    "service_interval_months": 12, "service_interval_distance": 10_000,
                })));
            }
            desk.create(Vehicle, &fields, false).await?;
        }
        Act::AddNote { customer } => {
            let customer = some!(Customer, customer);
            let fields = json!({"customer_id": customer, "title": "T", "content": "C"});
            shop.create(Note, fields).await?;
        }
        Act::EditCustomer {
            customer,
            city,
            email,
        } => {
            let customer = some!(Customer, customer);
            let changes = json!({
                "city": format!("city {city}"), "email": format!("C{email}@example.com"),
            });
            shop.edit(Customer, customer, changes).await?;
        }
        Act::EditVehicle {
            vehicle,
            color,
            mileage,
            owner,
        } => {
            let vehicle = some!(Vehicle, vehicle);
            let mut changes = object(json!({"color": format!("color {color}")}));
            if let Some(mileage) = mileage {
                changes.insert("current_mileage".to_owned(), json!(mileage));
            }
            if let Some(owner) = owner {
                changes.insert("customer_id".to_owned(), json!(some!(Customer, owner)));
            }
            desk.edit(Vehicle, vehicle, &changes, true).await?;
        }
        Act::EditPreferences {
            customer,
            email_notifications,
        } => {
            let customer = some!(Customer, customer);
            let changes = json!({"email_notifications": email_notifications});
            shop.edit(Preferences, customer, changes).await?;
        }
        Act::Read {
            vehicle,
            value,
            correction,
            confirm,
        } => {
            let vehicle = some!(Vehicle, vehicle);
            let reason = correction.then(|| "wrong".to_owned());
            desk.update_mileage(vehicle, *value, reason, *confirm)
                .await?;
        }
        Act::Serve {
            vehicle,
            mileage,
            days_ago: days,
        } => {
            let vehicle = some!(Vehicle, vehicle);
            let fields = json!({
                "vehicle_id": vehicle, "service_type": "Oil", "mileage": mileage,
                "performed_at": days_ago(days),
            });
            desk.create(ServiceRecord, &object(fields), true).await?;
        }
        Act::EditService {
            service,
            days_ago: days,
        } => {
            let service = some!(ServiceRecord, service);
            shop.edit(
                ServiceRecord,
                service,
                json!({"performed_at": days_ago(days)}),
            )
            .await?;
        }
        Act::DeleteService { service } => {
            let service = some!(ServiceRecord, service);
            desk.delete(ServiceRecord, service).await?;
        }
        Act::Transfer { vehicle, to } => {
            let vehicle = some!(Vehicle, vehicle);
            desk.transfer(vehicle, some!(Customer, to), StillHolds::NOTHING)
                .await?;
        }
        Act::DeleteVehicle { vehicle } => {
            let vehicle = some!(Vehicle, vehicle);
            desk.delete(Vehicle, vehicle).await?;
        }
        Act::DeleteCustomer { customer } => {
            let customer = some!(Customer, customer);
            desk.delete(Customer, customer).await?;
        }
        Act::Merge { keep, other } => {
            let (keep, other) = (some!(Customer, keep), some!(Customer, other));
            desk.merge_duplicates(keep, other).await?;
        }
        Act::Undo => {
            desk.undo().await?;
        }
        Act::Redo => {
            desk.redo().await?;
        }
        Act::UndoStep { step } => {
            let steps: Vec<Uuid> = whole_log(shop)
                .await
                .iter()
                .map(|entry| entry.step)
                .collect();
            if !steps.is_empty() {
                desk.undo_step(steps[step % steps.len()]).await?;
            }
        }
        Act::Wait { days } => shop.pass_days(*days),
    }
    // Two steps are never of the same moment.
    shop.pass(Duration::seconds(1));
    Ok(())
}

/// Every live record with its fields.
async fn state(shop: &Shop) -> BTreeMap<(EntityKind, Uuid), Values> {
    let mut conn = shop.desk.store().read().await.unwrap();
    let mut state = BTreeMap::new();
    let made = |kind: &EntityKind| kind.only_id().is_none();
    for kind in EntityKind::ALL.into_iter().filter(made) {
        for record in rows::list_all(&mut conn, kind).await.unwrap() {
            state.insert((kind, record.id), record.values);
        }
    }
    state
}

/// Every mutation, in order.
async fn whole_log(shop: &Shop) -> Vec<Mutation> {
    let mut conn = shop.desk.store().read().await.unwrap();
    let mut entries = BTreeMap::new();
    for (changed, _) in log::list_changed(&mut conn, 0).await.unwrap() {
        for entry in log::list_history(&mut conn, changed.kind, changed.id)
            .await
            .unwrap()
        {
            entries.insert(entry.number, entry);
        }
    }
    entries.into_values().collect()
}

#[derive(Debug, Clone, PartialEq)]
struct Replayed {
    values: Values,
    deleted: bool,
    deleted_with: Option<Uuid>,
}

type Replay = BTreeMap<(EntityKind, Uuid), Replayed>;

/// The records as the log alone has them.
fn replay(entries: &[Mutation]) -> Replay {
    let mut records = Replay::new();
    for entry in entries {
        let key = (entry.kind, entry.record_id);
        match entry.action {
            Action::Create => {
                let values = entry.after.clone();
                records.insert(
                    key,
                    Replayed {
                        values,
                        deleted: false,
                        deleted_with: None,
                    },
                );
            }
            Action::Update => {
                let record = records.get_mut(&key).unwrap();
                for (name, before) in &entry.before {
                    assert_eq!(&record.values[name], before, "{entry:?}");
                }
                record.values.extend(entry.after.clone());
            }
            Action::Delete => {
                let record = records.get_mut(&key).unwrap();
                assert!(!record.deleted, "deleted twice: {entry:?}");
                record.deleted = true;
                record.deleted_with = entry.deleted_with;
            }
            Action::Restore => {
                for (of, record) in &mut records {
                    if *of == key || record.deleted_with == Some(entry.record_id) {
                        record.deleted = false;
                        record.deleted_with = None;
                    }
                }
            }
        }
    }
    records
}

/// What is always true.
async fn check(shop: &Shop) {
    let entries = whole_log(shop).await;
    let replayed = replay(&entries);
    {
        let mut conn = shop.desk.store().read().await.unwrap();
        for ((kind, id), expected) in &replayed {
            let row = rows::find_any(&mut conn, *kind, *id)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(row.facts(), expected.values, "{kind:?} {id}");
            assert_eq!(row.is_deleted(), expected.deleted, "{kind:?} {id}");
            assert_eq!(row.deleted_with, expected.deleted_with, "{kind:?} {id}");
        }
    }
    let state = state(shop).await;
    assert_eq!(
        state.len(),
        replayed.values().filter(|record| !record.deleted).count()
    );
    for ((kind, id), values) in &state {
        if *kind != EntityKind::Vehicle {
            continue;
        }
        let open: Vec<Ownership> = shop
            .list::<Ownership>("vehicle_id", *id)
            .await
            .into_iter()
            .filter(|ownership| ownership.until.is_none())
            .collect();
        assert_eq!(open.len(), 1, "open ownerships of {id}: {open:?}");
        assert_eq!(open[0].customer_id, values["customer_id"].as_id());
        let owner = values["customer_id"].as_id().unwrap();
        assert!(
            state.contains_key(&(EntityKind::Customer, owner)),
            "the owner of {id} is gone"
        );
    }
}

fn block_on(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future);
}

fn cases(number: u32) -> ProptestConfig {
    ProptestConfig {
        cases: number,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn the_invariants_hold_after_every_step(
        acts in proptest::collection::vec(acts(), 1..30),
    ) {
        block_on(async {
            let shop = Shop::new().await;
            for act in &acts {
                perform(&shop, act).await;
                check(&shop).await;
            }
        });
    }

    #[test]
    fn undoing_everything_returns_to_the_beginning_and_redoing_to_the_end(
        before in proptest::collection::vec(acts(), 0..8),
        acts in proptest::collection::vec(acts(), 1..25),
    ) {
        block_on(async {
            let shop = Shop::new().await;
            for act in &before {
                perform(&shop, act).await;
            }
            let mut states = vec![state(&shop).await];
            for act in &acts {
                // Taking back from the middle changes what there is to return to.
                if matches!(act, Act::Undo | Act::Redo | Act::UndoStep { .. }) {
                    continue;
                }
                let last = whole_log(&shop).await.len();
                perform(&shop, act).await;
                if whole_log(&shop).await.len() > last {
                    states.push(state(&shop).await);
                }
            }
            let mut undone = vec![states.pop().unwrap()];
            while let Some(earlier) = states.pop() {
                shop.pass(Duration::seconds(1));
                shop.desk.undo().await.unwrap();
                assert_eq!(state(&shop).await, earlier);
                undone.push(earlier);
            }
            check(&shop).await;
            undone.pop();
            while let Some(later) = undone.pop() {
                shop.pass(Duration::seconds(1));
                shop.desk.redo().await.unwrap();
                assert_eq!(state(&shop).await, later);
            }
            check(&shop).await;
        });
    }
}

/// One whole day at the counter, and back again.
#[tokio::test]
async fn a_day_is_taken_back_step_by_step() {
    let shop = Shop::new().await;
    let acts = [
        Act::AddCustomer { email: 1 },
        Act::AddCustomer { email: 2 },
        Act::AddVehicle {
            owner: 0,
            mileage: 1_000,
            interval: true,
            vin: 1,
        },
        Act::Serve {
            vehicle: 0,
            mileage: Some(2_000),
            days_ago: 0,
        },
        Act::Transfer { vehicle: 0, to: 1 },
        Act::Read {
            vehicle: 0,
            value: 500,
            correction: true,
            confirm: true,
        },
        Act::DeleteCustomer { customer: 1 },
    ];
    for act in &acts {
        perform(&shop, act).await;
        check(&shop).await;
    }
    for _ in &acts {
        shop.desk.undo().await.unwrap();
        check(&shop).await;
    }
    assert!(state(&shop).await.is_empty());
    assert!(matches!(
        shop.desk.undo().await,
        Err(Failure::NothingToUndo)
    ));
}
