//! The same things done at one desk that is alone, and by two desks that sync now and then, come
//! out the same: every field of customers, vehicles, services, readings and ownerships.
//!
//! Each desk works on its own customers and vehicles, so that nobody contradicts anybody. What
//! may differ, and why: ids (each desk makes its own; they are compared by what they name), and when
//! a record was last written (Central dates what it settles by the edit that was the cause).

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value as Json, json};
use servease_desk::{Clock, Desk};
use servease_domain::EntityKind;
use servease_domain::papers::StillHolds;
use servease_store::{Store, rows};
use servease_tests::simulation::{Arena, Few};
use uuid::Uuid;

use crate::{BACK, FRONT, block_on, object};

const SEQUENCES: u64 = 25;
const DEEDS: usize = 45;
/// Of the deeds, by their numbers.
const NEW_CUSTOMER: usize = 0;
const NEW_VEHICLE: usize = 2;

/// A record under its id at the two desks and at the one that is alone.
#[derive(Debug, Clone, Copy)]
struct Both {
    /// The desk that works on it.
    at: usize,
    id: Uuid,
    alone: Uuid,
}

struct Twice<'a> {
    random: StdRng,
    pair: Few<'a>,
    alone: Store,
    customers: Vec<Both>,
    vehicles: Vec<Both>,
    services: Vec<Both>,
    /// How many were made, merged ones included.
    made: usize,
}

impl<'a> Twice<'a> {
    async fn new(arena: &'a Arena, seed: u64) -> Twice<'a> {
        let pair = arena.pair().await;
        let alone = pair.lone_desk().await;
        Twice {
            random: StdRng::seed_from_u64(seed),
            pair,
            alone,
            customers: Vec::new(),
            vehicles: Vec::new(),
            services: Vec::new(),
            made: 0,
        }
    }

    /// One of the two, and the desk that is alone, in the same minute.
    fn desks(&mut self, at: usize) -> [Desk; 2] {
        let one = self.pair.desk(at);
        let clock = Clock::fixed(self.pair.now());
        [one, Desk::over(self.alone.clone(), clock)]
    }

    /// None where both refuse it.
    async fn create(
        &mut self,
        at: usize,
        kind: EntityKind,
        fields: impl Fn(usize) -> Json,
    ) -> Option<Both> {
        let [desk, alone] = self.desks(at);
        let made = desk.create(kind, &object(fields(0)), true).await;
        let made_alone = alone.create(kind, &object(fields(1)), true).await;
        assert_eq!(made.is_ok(), made_alone.is_ok(), "{made:?} {made_alone:?}");
        Some(Both {
            at,
            id: made.ok()?.id,
            alone: made_alone.ok()?.id,
        })
    }

    async fn edit(&mut self, kind: EntityKind, of: Both, fields: Json) {
        let [desk, alone] = self.desks(of.at);
        let fields = object(fields);
        let done = desk.edit(kind, of.id, &fields, true).await;
        let done_alone = alone.edit(kind, of.alone, &fields, true).await;
        assert_eq!(done.is_ok(), done_alone.is_ok(), "{done:?} {done_alone:?}");
    }

    fn one_of(&mut self, some: &[Both]) -> Option<Both> {
        (!some.is_empty()).then(|| some[self.random.random_range(0..some.len())])
    }

    fn vehicle(&mut self) -> Option<Both> {
        let all = self.vehicles.clone();
        self.one_of(&all)
    }

    fn service(&mut self) -> Option<Both> {
        let all = self.services.clone();
        self.one_of(&all)
    }

    fn customer(&mut self) -> Option<Both> {
        let all = self.customers.clone();
        self.one_of(&all)
    }

    /// What the odometer of a vehicle shows at the desk that works on it.
    async fn shown(&self, vehicle: Both) -> i64 {
        let store = self.pair.store(vehicle.at);
        let mut conn = store.read().await.expect("a connection");
        let found = rows::find(&mut conn, EntityKind::Vehicle, vehicle.id).await;
        let record = found.expect("a read").expect("the vehicle");
        record
            .get("current_mileage")
            .as_integer()
            .unwrap_or_default()
    }

    /// Whatever the other desk has made is known here too.
    async fn meet(&mut self, at: usize, other: Both) {
        if other.at != at {
            self.pair.settle().await;
        }
    }

    async fn deed(&mut self) {
        let which = self.random.random_range(0..26);
        self.deed_of(which).await;
    }

    async fn deed_of(&mut self, which: usize) {
        let days_ago = TimeDelta::days(self.random.random_range(0..900));
        let moment = json!(self.pair.now() - days_ago);
        let above = match self.random.random_range(0..6) {
            0 => self.random.random_range(40_000..120_000),
            _ => self.random.random_range(-50..2_000),
        };
        match which {
            NEW_CUSTOMER..=1 => {
                let at = self.random.random_range(0..2);
                self.made += 1;
                let number = self.made;
                let email = format!("c{number}@example.com");
                let fields = json!({"first_name": "Ada", "last_name": format!("L{number}"),
                    "email": email});
                let made = self.create(at, EntityKind::Customer, |_| fields.clone());
                let made = made.await;
                self.customers.extend(made);
            }
            NEW_VEHICLE..=4 => {
                let at = self.random.random_range(0..2);
                let Some(owner) = self.customer() else { return };
                self.meet(at, owner).await;
                let months = self.random.random_range(0..24);
                let mileage = self.random.random_range(0..90_000);
                self.made += 1;
                let plate = format!("B-{}", self.made);
                let fields = |which: usize| {
                    let owner = [owner.id, owner.alone][which];
                    json!({"customer_id": owner, "make": "VW",
                        "model": "Golf", "license_plate": plate, "current_mileage": mileage,
                        "service_interval_months": (months > 0).then_some(months)})
                };
                let made = self.create(at, EntityKind::Vehicle, fields).await;
                self.vehicles.extend(made);
            }
            5..=6 => {
                let Some(vehicle) = self.vehicle() else {
                    return;
                };
                let months = self.random.random_range(1..24);
                let fields = json!({"service_interval_months": months,
                    "service_interval_distance": self.random.random_range(1_000..20_000)});
                self.edit(EntityKind::Vehicle, vehicle, fields).await;
            }
            7..=8 => {
                let Some(vehicle) = self.vehicle() else {
                    return;
                };
                let due = self.pair.now() + TimeDelta::days(self.random.random_range(-30..300));
                let fields = json!({"next_service_due_date": due.date_naive()});
                self.edit(EntityKind::Vehicle, vehicle, fields).await;
            }
            9 => {
                let Some(vehicle) = self.vehicle() else {
                    return;
                };
                self.edit(
                    EntityKind::Vehicle,
                    vehicle,
                    json!({"last_service_date": moment}),
                )
                .await;
            }
            10..=12 => {
                let Some(vehicle) = self.vehicle() else {
                    return;
                };
                let value = self.shown(vehicle).await + above;
                if value > 0 {
                    let reason = (self.random.random_range(0..4) == 0).then(|| "new".to_owned());
                    let [desk, alone] = self.desks(vehicle.at);
                    let read = desk.update_mileage(vehicle.id, value, reason.clone(), true);
                    let read = read.await;
                    let read_alone = alone.update_mileage(vehicle.alone, value, reason, true);
                    let read_alone = read_alone.await;
                    assert_eq!(read.is_ok(), read_alone.is_ok(), "{read:?} {read_alone:?}");
                }
            }
            13..=17 => {
                let Some(vehicle) = self.vehicle() else {
                    return;
                };
                let mileage = (self.shown(vehicle).await + above).max(0);
                let has_mileage = self.random.random_range(0..3) > 0;
                let fields = |which: usize| {
                    let vehicle = [vehicle.id, vehicle.alone][which];
                    json!({"vehicle_id": vehicle, "cost": "10.00",
                        "service_type": "oil", "performed_at": moment, "currency": "USD",
                        "mileage": has_mileage.then_some(mileage)})
                };
                let made = self
                    .create(vehicle.at, EntityKind::ServiceRecord, fields)
                    .await;
                self.services.extend(made);
            }
            18..=19 => {
                let Some(service) = self.service() else {
                    return;
                };
                let mileage = self.random.random_range(0..150_000);
                let fields = json!({"performed_at": moment, "mileage": mileage});
                self.edit(EntityKind::ServiceRecord, service, fields).await;
            }
            20 => {
                let Some(service) = self.service() else {
                    return;
                };
                self.services.retain(|other| other.id != service.id);
                let [desk, alone] = self.desks(service.at);
                for (desk, id) in [(desk, service.id), (alone, service.alone)] {
                    let gone = desk.delete(EntityKind::ServiceRecord, id).await;
                    gone.expect("a deletion");
                }
            }
            21..=22 => {
                let (Some(vehicle), Some(to)) = (self.vehicle(), self.customer()) else {
                    return;
                };
                self.meet(vehicle.at, to).await;
                let [desk, alone] = self.desks(vehicle.at);
                let moved = desk.transfer(vehicle.id, to.id, StillHolds::NOTHING).await;
                moved.expect("a transfer");
                let moved = alone
                    .transfer(vehicle.alone, to.alone, StillHolds::NOTHING)
                    .await;
                moved.expect("a transfer");
            }
            23 => {
                let Some(customer) = self.customer() else {
                    return;
                };
                let is_active = self.random.random_range(0..2) == 0;
                let fields = json!({"is_verified": true, "is_active": is_active});
                self.edit(EntityKind::Customer, customer, fields).await;
            }
            24 => {
                let (Some(kept), Some(gone)) = (self.customer(), self.customer()) else {
                    return;
                };
                if self.merge(kept, gone).await {
                    self.customers.retain(|other| other.id != gone.id);
                }
            }
            _ => {
                let (Some(kept), Some(gone)) = (self.vehicle(), self.vehicle()) else {
                    return;
                };
                // What was recorded of a car is put right where the car is worked on.
                if kept.at == gone.at && self.merge(kept, gone).await {
                    self.vehicles.retain(|other| other.id != gone.id);
                }
            }
        }
    }

    /// Merges one record into another when both desks know all about both.
    async fn merge(&mut self, kept: Both, gone: Both) -> bool {
        if kept.id == gone.id {
            return false;
        }
        self.pair.settle().await;
        let [desk, alone] = self.desks(kept.at);
        let merged = desk.merge_duplicates(kept.id, gone.id).await;
        merged.expect("a merge");
        let merged = alone.merge_duplicates(kept.alone, gone.alone).await;
        merged.expect("a merge");
        self.pair.settle().await;
        true
    }

    /// Everything that a store holds, with a name for each id that both know.
    async fn told(
        &self,
        store: &Store,
        id_of: impl Fn(&Both) -> Uuid,
    ) -> BTreeMap<&'static str, Vec<String>> {
        let mut names = Vec::new();
        for (kind, all) in [
            ("customer", &self.customers),
            ("vehicle", &self.vehicles),
            ("service", &self.services),
        ] {
            let of_kind = all.iter().enumerate();
            names.extend(of_kind.map(|(at, it)| (id_of(it).to_string(), format!("{kind} {at}"))));
        }
        let mut conn = store.read().await.expect("a connection");
        let mut told = BTreeMap::new();
        for kind in [
            EntityKind::Customer,
            EntityKind::Preferences,
            EntityKind::Vehicle,
            EntityKind::ServiceRecord,
            EntityKind::MileageReading,
            EntityKind::Ownership,
        ] {
            let records = rows::list_all(&mut conn, kind).await.expect("records");
            let mut lines: Vec<String> = records
                .iter()
                .map(|record| {
                    let mut told = servease_wire::record::full(record);
                    let fields = told.as_object_mut().expect("an object");
                    fields.remove("updated_at");
                    if matches!(kind, EntityKind::MileageReading | EntityKind::Ownership) {
                        fields.remove("id");
                    }
                    let mut line = told.to_string();
                    for (id, name) in &names {
                        line = line.replace(id, name);
                    }
                    line
                })
                .collect();
            lines.sort();
            told.insert(kind.name(), lines);
        }
        told
    }

    async fn compare(&mut self, seed: u64) {
        self.pair.settle().await;
        let alone = self.told(&self.alone, |it| it.alone).await;
        for at in [FRONT, BACK] {
            let together = self.told(&self.pair.store(at), |it| it.id).await;
            for (kind, lines) in &together {
                assert_eq!(lines, &alone[kind], "seed {seed}, desk {at}, {kind}");
            }
        }
    }
}

#[test]
fn two_desks_that_sync_come_to_what_one_desk_comes_to() {
    block_on(async {
        let arena = Arena::new(3).await;
        for seed in 0..SEQUENCES {
            let mut garage = Twice::new(&arena, seed).await;
            garage.deed_of(NEW_CUSTOMER).await;
            garage.deed_of(NEW_VEHICLE).await;
            for _ in 0..DEEDS {
                garage.deed().await;
                if garage.random.random_range(0..12) == 0 {
                    let at = garage.random.random_range(0..2);
                    garage.pair.sync(at).await;
                }
            }
            garage.compare(seed).await;
        }
    });
}
