//! What people do at a desk, at random. Values come from small pools, so that edits meet.

use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Map, Value as Json};
use servease_desk::{Clock, Desk};
use servease_domain::papers::StillHolds;
use servease_domain::{EntityKind, Kind, Record, Value, Values};
use servease_store::sync::duplicates;
use servease_store::{Author, Moment, Step, Store, StoreError, rows};
use sqlx::Row;
use uuid::Uuid;

use super::Tally;

/// A line of a desk's log, as it was confirmed.
#[derive(Debug, Clone)]
pub struct Known {
    pub id: Uuid,
    pub kind: EntityKind,
    pub record: Uuid,
    pub action: String,
    pub before: Map<String, Json>,
    pub after: Map<String, Json>,
}

/// The lines after `number` that were made on this desk, and the newest number.
pub async fn read_log(store: &Store, number: i64) -> (Vec<Known>, i64) {
    let mut conn = store.read().await.expect("connection");
    let rows = sqlx::query(
        "SELECT number, id, entity, record_id, action, before, after \
         FROM mutations WHERE number > ? AND origin = 'here' ORDER BY number",
    )
    .bind(number)
    .fetch_all(&mut *conn)
    .await
    .expect("log");
    let mut newest = number;
    let mut known = Vec::new();
    for row in rows {
        newest = row.get(0);
        let Some(kind) = EntityKind::from_name(row.get(2)) else {
            continue;
        };
        let object = |text: &str| serde_json::from_str(text).expect("values");
        known.push(Known {
            id: row.get(1),
            kind,
            record: row.get(3),
            action: row.get(4),
            before: object(row.get(5)),
            after: object(row.get(6)),
        });
    }
    (known, newest)
}

const WORDS: &[&str] = &["Ada", "Grace", "Lin", "Ömer", "O'Neil", "", "山田", "x"];
const EMAILS: &[&str] = &["a@x.org", "B@x.org", "c@x.org", "d@x.org", "e@x.org"];
const ZONES: &[&str] = &["America/New_York", "Europe/Berlin", "Asia/Tokyo"];
const COUNTRIES: &[&str] = &["US", "DE", "JP"];
const VINS: &[&str] = &[
    "1M8GDM9AXKP042788",
    "WVWZZZ1JZXW000001",
    "5YJ3E1EA7KF000316",
];

/// Something that a person does.
pub async fn random_edit(
    store: &Store,
    now: DateTime<Utc>,
    author: &str,
    random: &mut StdRng,
    tally: &mut Tally,
) -> Result<(), StoreError> {
    let desk = Desk::over(store.clone(), Clock::fixed(now));
    let moment = Moment {
        now,
        author: Author {
            id: None,
            name: author.to_owned(),
        },
    };
    let roll = random.random_range(0..100_u32);
    let name = match roll {
        0..=13 => {
            let mut step = store.begin(moment).await?;
            new_customer(&mut step, random).await?;
            step.commit().await?;
            "new customer"
        }
        14..=24 => {
            let mut step = store.begin(moment).await?;
            new_vehicle(&mut step, random).await?;
            step.commit().await?;
            "new vehicle"
        }
        25..=34 => {
            let mut step = store.begin(moment).await?;
            new_child(&mut step, random).await?;
            step.commit().await?;
            "new note, paper or service"
        }
        35..=44 => {
            let mut step = store.begin(moment).await?;
            mileage(&mut step, random).await?;
            step.commit().await?;
            "mileage"
        }
        45..=74 => {
            let mut step = store.begin(moment).await?;
            change(&mut step, random).await?;
            step.commit().await?;
            "field"
        }
        75..=82 => {
            let mut step = store.begin(moment).await?;
            let kind = *[EntityKind::Customer, EntityKind::Vehicle, EntityKind::Note]
                .choose(random)
                .expect("kind");
            if let Some(mut record) = pick(&mut step, kind, random).await? {
                step.delete(&mut record).await?;
                step.commit().await?;
            }
            "delete"
        }
        83..=85 => {
            let _ = desk.undo().await;
            "undo"
        }
        86..=87 => {
            let _ = desk.redo().await;
            "redo"
        }
        88..=90 => {
            let (vehicle, customer) = {
                let mut step = store.begin(moment).await?;
                (
                    pick(&mut step, EntityKind::Vehicle, random).await?,
                    pick(&mut step, EntityKind::Customer, random).await?,
                )
            };
            if let (Some(vehicle), Some(customer)) = (vehicle, customer) {
                // Without another draw: the scenarios of known seeds stay what they were.
                let still = StillHolds {
                    registration: customer.id.as_u128() & 1 == 0,
                    insurance: customer.id.as_u128() & 2 == 0,
                };
                let _ = desk.transfer(vehicle.id, customer.id, still).await;
            }
            "transfer"
        }
        91..=93 => {
            let mut step = store.begin(moment).await?;
            resolve(&mut step, random).await?;
            step.commit().await?;
            "resolve conflict"
        }
        94..=96 => {
            merge_duplicates(store, &desk, random).await?;
            "merge duplicates"
        }
        97..=98 => {
            let mut step = store.begin(moment).await?;
            if let Some(mut record) = pick(&mut step, EntityKind::Note, random).await? {
                let poison = Value::Text("p".repeat(300));
                step.update(&mut record, &Values::from([("title", poison)]), false)
                    .await?;
                step.commit().await?;
            }
            "poison"
        }
        _ => {
            from_the_future(store, moment, random).await?;
            "unknown field"
        }
    };
    tally.count(name);
    Ok(())
}

async fn pick(
    step: &mut Step<'_>,
    kind: EntityKind,
    random: &mut StdRng,
) -> Result<Option<Record>, StoreError> {
    let sql = format!(
        "SELECT id FROM {} WHERE deleted_at IS NULL ORDER BY id",
        kind.table()
    );
    let ids: Vec<Uuid> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_all(step.conn())
        .await?;
    match ids.choose(random) {
        Some(id) => rows::find(step.conn(), kind, *id).await,
        None => Ok(None),
    }
}

fn text(pool: &[&str], random: &mut StdRng) -> Value {
    Value::Text((*pool.choose(random).expect("pool")).to_owned())
}

/// A unique value that nobody holds as far as this desk knows, or none.
async fn free(
    step: &mut Step<'_>,
    kind: EntityKind,
    field: &'static str,
    pool: &[&str],
    except: Option<Uuid>,
    random: &mut StdRng,
) -> Result<Value, StoreError> {
    let value = *pool.choose(random).expect("pool");
    let holder = rows::find_holder(step.conn(), kind, field, value, except).await?;
    Ok(Value::Text(match holder {
        Some(_) => String::new(),
        None => value.to_owned(),
    }))
}

async fn new_customer(step: &mut Step<'_>, random: &mut StdRng) -> Result<(), StoreError> {
    let email = free(step, EntityKind::Customer, "email", EMAILS, None, random).await?;
    let values = Values::from([
        ("first_name", Value::Text("Ada".to_owned())),
        ("last_name", Value::Text("Lovelace".to_owned())),
        ("phone", Value::Text("+15550123456".to_owned())),
        ("email", email),
    ]);
    let now = step.moment().now;
    let record = Record::new(EntityKind::Customer, step.new_id(), values, now);
    step.create(&record).await?;
    let own = Values::from([("customer_id", Value::Id(record.id))]);
    let preferences = Record::new(EntityKind::Preferences, record.id, own, now);
    step.create(&preferences).await
}

async fn new_vehicle(step: &mut Step<'_>, random: &mut StdRng) -> Result<(), StoreError> {
    let Some(owner) = pick(step, EntityKind::Customer, random).await? else {
        return new_customer(step, random).await;
    };
    let vin = free(step, EntityKind::Vehicle, "vin", VINS, None, random).await?;
    let now = step.moment().now;
    let values = Values::from([
        ("customer_id", Value::Id(owner.id)),
        ("make", Value::Text("VW".to_owned())),
        ("model", Value::Text("Golf".to_owned())),
        ("license_plate", Value::Text("B-XY 1".to_owned())),
        ("vin", vin),
    ]);
    let record = Record::new(EntityKind::Vehicle, step.new_id(), values, now);
    step.create(&record).await?;
    let values = Values::from([
        ("vehicle_id", Value::Id(record.id)),
        ("customer_id", Value::Id(owner.id)),
        ("from", Value::Instant(now)),
    ]);
    let ownership = Record::new(EntityKind::Ownership, step.new_id(), values, now);
    step.create(&ownership).await
}

async fn new_child(step: &mut Step<'_>, random: &mut StdRng) -> Result<(), StoreError> {
    let now = step.moment().now;
    let id = step.new_id();
    let record = match random.random_range(0..4) {
        0 | 1 => {
            let Some(owner) = pick(step, EntityKind::Customer, random).await? else {
                return Ok(());
            };
            let values = Values::from([
                ("customer_id", Value::Id(owner.id)),
                ("title", Value::Text("Note".to_owned())),
                ("content", Value::Text("Text".to_owned())),
            ]);
            Record::new(EntityKind::Note, id, values, now)
        }
        2 => {
            let Some(owner) = pick(step, EntityKind::Customer, random).await? else {
                return Ok(());
            };
            let mut values = Values::from([
                ("customer_id", Value::Id(owner.id)),
                ("title", Value::Text("Paper".to_owned())),
            ]);
            // Of their car, where they have one. Nothing is drawn: known seeds stay what they are.
            let cars = rows::list_by(step.conn(), EntityKind::Vehicle, "customer_id", owner.id);
            if let Some(car) = cars.await?.first() {
                let types = ["insurance", "warranty", "license"];
                let document_type = types[id.as_bytes()[15] as usize % types.len()];
                values.extend([
                    ("vehicle_id", Value::Id(car.id)),
                    ("document_type", Value::Text(document_type.to_owned())),
                ]);
            }
            Record::new(EntityKind::Document, id, values, now)
        }
        _ => {
            let Some(vehicle) = pick(step, EntityKind::Vehicle, random).await? else {
                return Ok(());
            };
            let employee = Record::new(
                EntityKind::Employee,
                step.new_id(),
                Values::from([("name", Value::Text("Mia".to_owned()))]),
                now,
            );
            step.create(&employee).await?;
            let values = Values::from([
                ("vehicle_id", Value::Id(vehicle.id)),
                ("customer_id", vehicle.get("customer_id").clone()),
                ("service_type", Value::Text("oil".to_owned())),
                (
                    "performed_at",
                    Value::Instant(now - TimeDelta::days(random.random_range(0..3))),
                ),
                ("mileage", service_mileage(&vehicle, random)),
                ("employee_id", Value::Id(employee.id)),
                ("cost", Value::Integer(12_345)),
            ]);
            Record::new(EntityKind::ServiceRecord, id, values, now)
        }
    };
    step.create(&record).await
}

fn service_mileage(vehicle: &Record, random: &mut StdRng) -> Value {
    let shown = vehicle.get("current_mileage").as_integer().unwrap_or(0);
    match random.random_range(0..4) {
        0 => Value::Null,
        1 => Value::Integer(shown.saturating_sub(100)),
        _ => Value::Integer(shown + random.random_range(0..500)),
    }
}

/// A reading, now and then entered late, improbable or a correction.
async fn mileage(step: &mut Step<'_>, random: &mut StdRng) -> Result<(), StoreError> {
    let Some(vehicle) = pick(step, EntityKind::Vehicle, random).await? else {
        return Ok(());
    };
    let shown = vehicle.get("current_mileage").as_integer().unwrap_or(0);
    let is_correction = random.random_range(0..6) == 0;
    let value = match random.random_range(0..8) {
        _ if is_correction => random.random_range(0..2_000),
        0 => shown + 90_000,
        _ => shown + random.random_range(0..500),
    };
    let now = step.moment().now;
    let is_late = random.random_range(0..5) == 0;
    let read_at = if is_late {
        now - TimeDelta::days(30)
    } else {
        now
    };
    let values = Values::from([
        ("vehicle_id", Value::Id(vehicle.id)),
        ("value", Value::Integer(value)),
        ("read_at", Value::Instant(read_at)),
        ("is_correction", Value::Flag(is_correction)),
        ("is_confirmed", Value::Flag(random.random())),
        ("reason", Value::Text("typed wrong".to_owned())),
    ]);
    let reading = Record::new(EntityKind::MileageReading, step.new_id(), values, now);
    step.create(&reading).await
}

/// Sets one to three fields of any record.
async fn change(step: &mut Step<'_>, random: &mut StdRng) -> Result<(), StoreError> {
    let kinds = [
        EntityKind::Customer,
        EntityKind::Customer,
        EntityKind::Vehicle,
        EntityKind::Vehicle,
        EntityKind::Preferences,
        EntityKind::Note,
        EntityKind::ServiceRecord,
        EntityKind::Document,
        EntityKind::Garage,
    ];
    let kind = *kinds.choose(random).expect("kind");
    let Some(mut record) = pick(step, kind, random).await? else {
        return Ok(());
    };
    let mut wanted = Values::new();
    for _ in 0..random.random_range(1..=3) {
        let field = kind.fields().choose(random).expect("fields");
        if field.system || field.fixed || field.consequence {
            continue;
        }
        let value = match field.kind {
            Kind::Email if field.unique => {
                free(step, kind, field.name, EMAILS, Some(record.id), random).await?
            }
            Kind::Vin => free(step, kind, field.name, VINS, Some(record.id), random).await?,
            Kind::TimeZone if kind == EntityKind::Garage => text(ZONES, random),
            Kind::Country => text(COUNTRIES, random),
            Kind::ForeignKey | Kind::Phone | Kind::TimeZone | Kind::Currency => continue,
            Kind::Reference(_) => continue,
            Kind::Choice { of, .. } => text(of, random),
            Kind::Flag => Value::Flag(random.random()),
            Kind::Integer { .. } | Kind::Money => Value::Integer(random.random_range(1900..1904)),
            Kind::Date => chrono::NaiveDate::from_ymd_opt(2026, 5, random.random_range(1..4))
                .map_or(Value::Null, Value::Date),
            Kind::TimeOfDay => chrono::NaiveTime::from_hms_opt(9, random.random_range(0..3), 0)
                .map_or(Value::Null, Value::Time),
            Kind::Instant => Value::Instant(step.moment().now),
            _ if field.required => Value::Text(format!("r{}", random.random_range(0..3))),
            _ => {
                let max = field.kind.max_length().unwrap_or(10);
                let Value::Text(word) = text(WORDS, random) else {
                    continue;
                };
                Value::Text(word.chars().take(max).collect())
            }
        };
        wanted.insert(field.name, value);
    }
    step.update(&mut record, &wanted, false).await
}

async fn resolve(step: &mut Step<'_>, random: &mut StdRng) -> Result<(), StoreError> {
    let ids: Vec<Uuid> =
        sqlx::query_scalar("SELECT id FROM conflicts WHERE state = 'open' ORDER BY id")
            .fetch_all(step.conn())
            .await?;
    let Some(id) = ids.choose(random) else {
        return Ok(());
    };
    let Some(mut conflict) = rows::find(step.conn(), EntityKind::Conflict, *id).await? else {
        return Ok(());
    };
    let takes = random.random::<bool>();
    let state = Value::Text(if takes { "taken" } else { "kept" }.to_owned());
    step.update(&mut conflict, &Values::from([("state", state)]), false)
        .await?;
    if takes {
        let kind = EntityKind::from_name(conflict.get("record_kind").as_text());
        let record: Option<Uuid> = conflict.get("record_id").as_text().parse().ok();
        if let (Some(kind), Some(record)) = (kind, record)
            && let Some(mut record) = rows::find(step.conn(), kind, record).await?
            && let Ok(lost) = serde_json::from_str::<Json>(conflict.get("lost").as_text())
        {
            let name = conflict.get("field").as_text();
            let fields = kind
                .fields_named(name)
                .filter(|field| !field.unique && !field.system);
            let wanted: Values = fields
                .filter_map(|field| {
                    let json = if field.name == name {
                        &lost
                    } else {
                        lost.get(field.name)?
                    };
                    Some((field.name, Value::from_json(&field.kind, json)?))
                })
                .collect();
            step.update(&mut record, &wanted, false).await?;
        }
    }
    Ok(())
}

/// Merges the first pair of duplicates, one way or the other.
async fn merge_duplicates(
    store: &Store,
    desk: &Desk,
    random: &mut StdRng,
) -> Result<(), StoreError> {
    let pair = {
        let mut conn = store.read().await?;
        let mut pair = None;
        for kind in EntityKind::repeatable() {
            let flagged = duplicates::list(&mut conn, kind).await?;
            pair = pair.or(flagged
                .first()
                .and_then(|other| Some((other.duplicate_of?, other.id))));
        }
        pair
    };
    if let Some((one, other)) = pair {
        let (keep, gone) = match random.random::<bool>() {
            true => (one, other),
            false => (other, one),
        };
        let _ = desk.merge_duplicates(keep, gone).await;
    }
    Ok(())
}

/// A newer program wrote a field that this one does not know.
async fn from_the_future(
    store: &Store,
    moment: Moment,
    random: &mut StdRng,
) -> Result<(), StoreError> {
    let mut step = store.begin(moment).await?;
    let Some(mut record) = pick(&mut step, EntityKind::Customer, random).await? else {
        return Ok(());
    };
    let city = Value::Text(format!("City {}", random.random_range(0..1_000_000)));
    step.update(&mut record, &Values::from([("city", city)]), false)
        .await?;
    let number = random.random_range(0..3);
    sqlx::query(
        "UPDATE mutations SET after = json_set(after, '$.favourite_colour', ?) \
         WHERE number = (SELECT max(number) FROM mutations WHERE entity = 'customer')",
    )
    .bind(format!("blue {number}"))
    .execute(step.conn())
    .await?;
    sqlx::query(
        "UPDATE customers SET extra = json_set(extra, '$.favourite_colour', ?) WHERE id = ?",
    )
    .bind(format!("blue {number}"))
    .bind(record.id)
    .execute(step.conn())
    .await?;
    step.commit().await?;
    Ok(())
}
