//! The same things done at a lone desk and through Central's REST come out the same: every field
//! of vehicles, customers, readings and ownerships.
//!
//! What may differ, and why: ids of readings and ownerships (each side makes its own), the times
//! at which records were written (the two do it one after the other), and who wrote them.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::test_runner::{Config as Trials, TestRunner};
use serde_json::{Map, Value as Json, json};
use servease_desk::{Clock, Desk};
use servease_domain::EntityKind;
use servease_domain::calendar::DEFAULT_ZONE;
use servease_domain::papers::StillHolds;
use servease_store::{Store, rows};
use servease_tests::central::{Service, now};
use uuid::Uuid;

/// Something that somebody does; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Deed {
    Customer,
    Vehicle {
        owner: usize,
        mileage: i64,
        months: Option<i64>,
        is_promised: bool,
    },
    Interval {
        vehicle: usize,
        months: Option<i64>,
        distance: Option<i64>,
    },
    DueDate {
        vehicle: usize,
        in_days: Option<i64>,
    },
    DueMileage {
        vehicle: usize,
        mileage: Option<i64>,
    },
    Elsewhere {
        vehicle: usize,
        days_ago: i64,
    },
    Typed {
        vehicle: usize,
        above: i64,
    },
    Read {
        vehicle: usize,
        above: i64,
    },
    Correct {
        vehicle: usize,
        value: i64,
    },
    Serve {
        vehicle: usize,
        days_ago: i64,
        above: Option<i64>,
    },
    Reserve {
        service: usize,
        days_ago: i64,
        mileage: Option<i64>,
    },
    Unserve {
        service: usize,
    },
    Transfer {
        vehicle: usize,
        to: usize,
        registration: bool,
        insurance: bool,
    },
    Verify {
        customer: usize,
    },
    Deactivate {
        customer: usize,
    },
}

fn deed() -> impl Strategy<Value = Deed> {
    let which = 0..4_usize;
    let above = prop_oneof![4 => -50..2_000_i64, 1 => 40_000..120_000_i64];
    let days_ago = 0..900_i64;
    prop_oneof![
        2 => Just(Deed::Customer),
        3 => (which.clone(), 0..90_000_i64, prop::option::of(1..24_i64), any::<bool>()).prop_map(
            |(owner, mileage, months, is_promised)| Deed::Vehicle { owner, mileage, months, is_promised }
        ),
        2 => (which.clone(), prop::option::of(1..24_i64), prop::option::of(1_000..20_000_i64))
            .prop_map(|(vehicle, months, distance)| Deed::Interval { vehicle, months, distance }),
        2 => (which.clone(), prop::option::of(-30..300_i64))
            .prop_map(|(vehicle, in_days)| Deed::DueDate { vehicle, in_days }),
        1 => (which.clone(), prop::option::of(0..200_000_i64))
            .prop_map(|(vehicle, mileage)| Deed::DueMileage { vehicle, mileage }),
        1 => (which.clone(), days_ago.clone())
            .prop_map(|(vehicle, days_ago)| Deed::Elsewhere { vehicle, days_ago }),
        2 => (which.clone(), above.clone()).prop_map(|(vehicle, above)| Deed::Typed { vehicle, above }),
        3 => (which.clone(), above.clone()).prop_map(|(vehicle, above)| Deed::Read { vehicle, above }),
        2 => (which.clone(), 1..120_000_i64).prop_map(|(vehicle, value)| Deed::Correct { vehicle, value }),
        6 => (which.clone(), days_ago.clone(), prop::option::of(above))
            .prop_map(|(vehicle, days_ago, above)| Deed::Serve { vehicle, days_ago, above }),
        3 => (which.clone(), days_ago, prop::option::of(0..150_000_i64))
            .prop_map(|(service, days_ago, mileage)| Deed::Reserve { service, days_ago, mileage }),
        2 => which.clone().prop_map(|service| Deed::Unserve { service }),
        2 => (which.clone(), which.clone(), any::<bool>(), any::<bool>()).prop_map(
            |(vehicle, to, registration, insurance)| Deed::Transfer { vehicle, to, registration, insurance }
        ),
        1 => which.clone().prop_map(|customer| Deed::Verify { customer }),
        1 => which.prop_map(|customer| Deed::Deactivate { customer }),
    ]
}

/// The garage twice.
struct Twice {
    desk: Desk,
    service: Service,
    begun: DateTime<Utc>,
    customers: Vec<Uuid>,
    vehicles: Vec<Uuid>,
    services: Vec<Uuid>,
    deeds: u32,
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn path(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Customer => "customers",
        EntityKind::Vehicle => "vehicles",
        _ => "service-records",
    }
}

impl Twice {
    async fn new() -> Twice {
        let service = Service::with(|config, _| config.time_zone = Some(DEFAULT_ZONE)).await;
        let store = Store::open(&service.folder.path().join("desk.db"), now())
            .await
            .unwrap();
        Twice {
            desk: Desk::over(store, Clock::system()),
            service,
            begun: now(),
            customers: Vec::new(),
            vehicles: Vec::new(),
            services: Vec::new(),
            deeds: 0,
        }
    }

    async fn create(&mut self, kind: EntityKind, fields: Json) -> Option<Uuid> {
        let made = self.desk.create(kind, &object(fields.clone()), true).await;
        let mut body = fields;
        body["confirm"] = json!(true);
        if let Ok(saved) = &made {
            body["id"] = json!(saved.id);
        }
        let answer = self.service.post(&format!("{}/", path(kind)), body).await;
        assert_eq!(made.is_ok(), answer.status == 201, "{made:?} {answer:?}");
        made.ok().map(|saved| saved.id)
    }

    async fn edit(&mut self, kind: EntityKind, id: Uuid, fields: Json) {
        let edited = self
            .desk
            .edit(kind, id, &object(fields.clone()), true)
            .await;
        let mut body = fields;
        body["confirm"] = json!(true);
        let answer = self
            .service
            .patch(&format!("{}/{id}/", path(kind)), body)
            .await;
        assert_eq!(
            edited.is_ok(),
            answer.status == 200,
            "{edited:?} {answer:?}"
        );
    }

    async fn shown(&self, vehicle: Uuid) -> i64 {
        let mut conn = self.desk.store().read().await.unwrap();
        let record = rows::find(&mut conn, EntityKind::Vehicle, vehicle)
            .await
            .unwrap();
        record.unwrap().get("current_mileage").as_integer().unwrap()
    }

    fn moment(&self, days_ago: i64) -> Json {
        json!(self.begun - TimeDelta::days(days_ago) - TimeDelta::hours(3))
    }

    async fn doing(&mut self, deed: Deed) {
        self.deeds += 1;
        let pick = |ids: &[Uuid], number: usize| ids.get(number % ids.len().max(1)).copied();
        let day = |days: i64| (self.begun + TimeDelta::days(days)).date_naive();
        match deed {
            Deed::Customer => {
                let email = format!("c{}@example.com", self.deeds);
                let fields = json!({"first_name": "Ada", "last_name": "Lovelace", "email": email});
                let made = self.create(EntityKind::Customer, fields).await;
                self.customers.extend(made);
            }
            Deed::Vehicle {
                owner,
                mileage,
                months,
                is_promised,
            } => {
                let Some(owner) = pick(&self.customers, owner) else {
                    return;
                };
                let mut fields = json!({"customer_id": owner, "make": "VW", "model": "Golf",
                    "license_plate": format!("B-{}", self.deeds), "current_mileage": mileage,
                    "service_interval_months": months});
                if is_promised {
                    fields["next_service_due_date"] = json!(day(20));
                    fields["purchase_date"] = json!(day(-400));
                    fields["registration_expiry_date"] = json!(day(90));
                    fields["insurance_company"] = json!("Acme");
                    fields["insurance_expiry_date"] = json!(day(60));
                }
                let made = self.create(EntityKind::Vehicle, fields).await;
                self.vehicles.extend(made);
            }
            Deed::Interval {
                vehicle,
                months,
                distance,
            } => {
                let Some(id) = pick(&self.vehicles, vehicle) else {
                    return;
                };
                let fields = json!({"service_interval_months": months,
                    "service_interval_distance": distance});
                self.edit(EntityKind::Vehicle, id, fields).await;
            }
            Deed::DueDate { vehicle, in_days } => {
                let Some(id) = pick(&self.vehicles, vehicle) else {
                    return;
                };
                let fields = json!({"next_service_due_date": in_days.map(day)});
                self.edit(EntityKind::Vehicle, id, fields).await;
            }
            Deed::DueMileage { vehicle, mileage } => {
                let Some(id) = pick(&self.vehicles, vehicle) else {
                    return;
                };
                self.edit(
                    EntityKind::Vehicle,
                    id,
                    json!({"next_service_due_mileage": mileage}),
                )
                .await;
            }
            Deed::Elsewhere { vehicle, days_ago } => {
                let Some(id) = pick(&self.vehicles, vehicle) else {
                    return;
                };
                let fields = json!({"last_service_date": self.moment(days_ago)});
                self.edit(EntityKind::Vehicle, id, fields).await;
            }
            Deed::Typed { vehicle, above } => {
                let Some(id) = pick(&self.vehicles, vehicle) else {
                    return;
                };
                let value = self.shown(id).await + above;
                if value >= 0 {
                    self.edit(EntityKind::Vehicle, id, json!({"current_mileage": value}))
                        .await;
                }
            }
            Deed::Read { vehicle, above } => {
                let Some(id) = pick(&self.vehicles, vehicle) else {
                    return;
                };
                let value = self.shown(id).await + above;
                if value > 0 {
                    let read = self.desk.update_mileage(id, value, None, true).await;
                    let body = json!({"mileage": value, "confirm": true});
                    let path = format!("vehicles/{id}/update-mileage/");
                    let answer = self.service.post(&path, body).await;
                    assert_eq!(read.is_ok(), answer.status == 200, "{read:?} {answer:?}");
                }
            }
            Deed::Correct { vehicle, value } => {
                let Some(id) = pick(&self.vehicles, vehicle) else {
                    return;
                };
                let reason = Some("replaced".to_owned());
                let read = self.desk.update_mileage(id, value, reason, true).await;
                let body = json!({"vehicle_id": id, "value": value, "is_correction": true,
                    "reason": "replaced", "confirm": true});
                let answer = self.service.post("mileage-readings/", body).await;
                assert_eq!(read.is_ok(), answer.status == 201, "{read:?} {answer:?}");
            }
            Deed::Serve {
                vehicle,
                days_ago,
                above,
            } => {
                let Some(id) = pick(&self.vehicles, vehicle) else {
                    return;
                };
                let shown = self.shown(id).await;
                let mileage = above.map(|above| (shown + above).max(0));
                let fields = json!({"vehicle_id": id, "service_type": "oil", "mileage": mileage,
                    "performed_at": self.moment(days_ago), "cost": "10.00", "currency": "USD"});
                let made = self.create(EntityKind::ServiceRecord, fields).await;
                self.services.extend(made);
            }
            Deed::Reserve {
                service,
                days_ago,
                mileage,
            } => {
                let Some(id) = pick(&self.services, service) else {
                    return;
                };
                let fields = json!({"performed_at": self.moment(days_ago), "mileage": mileage});
                self.edit(EntityKind::ServiceRecord, id, fields).await;
            }
            Deed::Unserve { service } => {
                let Some(id) = pick(&self.services, service) else {
                    return;
                };
                self.services.retain(|other| *other != id);
                self.desk
                    .delete(EntityKind::ServiceRecord, id)
                    .await
                    .unwrap();
                self.service
                    .delete(&format!("service-records/{id}/"))
                    .await
                    .expect(204);
            }
            Deed::Transfer {
                vehicle,
                to,
                registration,
                insurance,
            } => {
                let (Some(id), Some(to)) =
                    (pick(&self.vehicles, vehicle), pick(&self.customers, to))
                else {
                    return;
                };
                let still = StillHolds {
                    registration,
                    insurance,
                };
                self.desk.transfer(id, to, still).await.unwrap();
                let body = json!({"customer_id": to, "keep_registration": registration,
                    "keep_insurance": insurance});
                self.service
                    .patch(&format!("vehicles/{id}/"), body)
                    .await
                    .expect(200);
            }
            Deed::Verify { customer } => {
                let Some(id) = pick(&self.customers, customer) else {
                    return;
                };
                let fields = object(json!({"is_verified": true}));
                self.desk
                    .edit(EntityKind::Customer, id, &fields, true)
                    .await
                    .unwrap();
                let path = format!("customers/{id}/verify/");
                self.service.post(&path, json!({})).await.expect(200);
            }
            Deed::Deactivate { customer } => {
                let Some(id) = pick(&self.customers, customer) else {
                    return;
                };
                let fields = object(json!({"is_active": false}));
                self.desk
                    .edit(EntityKind::Customer, id, &fields, true)
                    .await
                    .unwrap();
                let path = format!("customers/{id}/deactivate/");
                self.service.post(&path, json!({})).await.expect(200);
            }
        }
    }

    /// What the desk holds, in the form of the API.
    async fn at_the_desk(&self, kind: EntityKind) -> Vec<Json> {
        let mut conn = self.desk.store().read().await.unwrap();
        let records = rows::list_all(&mut conn, kind).await.unwrap();
        records.iter().map(servease_wire::record::full).collect()
    }

    async fn at_central(&self, kind: EntityKind) -> Vec<Json> {
        let path = format!(
            "{}/?page_size=1000&ordering=created_at",
            kind.table().replace('_', "-")
        );
        let page = self.service.get(&path).await.expect(200);
        let mut records = Vec::new();
        for record in page["results"].as_array().unwrap() {
            records.push(match kind {
                EntityKind::Customer => {
                    let id = record["id"].as_str().unwrap();
                    self.service
                        .get(&format!("customers/{id}/"))
                        .await
                        .expect(200)
                }
                _ => record.clone(),
            });
        }
        records
    }

    async fn compare(&self) {
        for kind in [
            EntityKind::Customer,
            EntityKind::Vehicle,
            EntityKind::ServiceRecord,
        ] {
            let own: &[&str] = match kind {
                EntityKind::Customer => &["customer_since"],
                EntityKind::ServiceRecord => &["employee_id", "employee"],
                _ => &[],
            };
            let desk = by_id(self.at_the_desk(kind).await, kind, own);
            let central = by_id(self.at_central(kind).await, kind, own);
            assert_eq!(desk, central);
        }
        let readings = |records: Vec<Json>| told(records, "read_at", &["read_at"]);
        assert_eq!(
            readings(self.at_the_desk(EntityKind::MileageReading).await),
            readings(self.at_central(EntityKind::MileageReading).await)
        );
        assert_eq!(
            owners(self.at_the_desk(EntityKind::Ownership).await),
            owners(self.at_central(EntityKind::Ownership).await)
        );
    }
}

/// The described fields of records, by id.
fn by_id(
    records: Vec<Json>,
    kind: EntityKind,
    own: &[&str],
) -> BTreeMap<String, Map<String, Json>> {
    let is_compared = |name: &str| {
        kind.field(name)
            .is_some_and(|field| !field.internal && !field.system)
            && !own.contains(&name)
    };
    records
        .into_iter()
        .map(|record| {
            let id = record["id"].as_str().unwrap().to_owned();
            let mut fields = object(record);
            fields.retain(|name, _| is_compared(name));
            (id, fields)
        })
        .collect()
}

/// What records of each vehicle say, in an order of time, without the times themselves.
fn told(mut records: Vec<Json>, order: &str, times: &[&str]) -> BTreeMap<String, Vec<Json>> {
    records.sort_by_key(|record| record[order].as_str().map(str::to_owned));
    let mut told = BTreeMap::<String, Vec<Json>>::new();
    for record in records {
        let vehicle = record["vehicle_id"].as_str().unwrap().to_owned();
        let mut fields = object(record);
        for name in ["id", "created_at", "updated_at"].iter().chain(times) {
            fields.remove(*name);
        }
        told.entry(vehicle).or_default().push(Json::Object(fields));
    }
    told
}

/// Who owned each vehicle one after the other, and whether that has ended.
fn owners(mut records: Vec<Json>) -> BTreeMap<String, Vec<Json>> {
    for record in &mut records {
        record["has_ended"] = json!(!record["until"].is_null());
    }
    told(records, "from", &["from", "until"])
}

#[test]
fn lone_desk_and_rest_come_to_the_same() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    // Each trial has a service and a database of its own: some 50 ms.
    let trials = Trials {
        cases: 24,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Trials::default()
    };
    let sequences = prop::collection::vec(deed(), 10..40);
    TestRunner::new(trials)
        .run(&sequences, |deeds| {
            runtime.block_on(async {
                let mut garage = Twice::new().await;
                for deed in [Deed::Customer, Deed::Customer].into_iter().chain(deeds) {
                    garage.doing(deed).await;
                }
                garage.compare().await;
                garage.desk.close().await;
                garage.service.stop().await;
            });
            Ok(())
        })
        .unwrap();
}
