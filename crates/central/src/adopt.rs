//! After an upgrade: fields that newer desks had sent to an older Central lie in `extra` beside
//! their records. The ones that this program knows move into their columns, as numbered
//! changes like any other.

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait as _, Query};
use servease_domain::consequences::{self, MILEAGE};
use servease_domain::{EntityKind, Record, Value, record};

use crate::changes::{Author, Changeset};
use crate::db::{Db, DbError};
use crate::meta;
use crate::store::records;

/// Records of one transaction: others wait no longer than it takes.
const AT_ONCE: u64 = 500;

/// Does nothing, at the price of one look, where the program knows what the last one knew.
pub async fn adopt(db: &Db, now: DateTime<Utc>) -> Result<(), DbError> {
    let known = record::known_fields();
    if meta::description(db).await?.as_deref() == Some(known.as_str()) {
        return Ok(());
    }
    for kind in EntityKind::ALL {
        while adopt_some(db, kind, now).await? {}
    }
    while adopt_mileages(db, now).await? {}
    meta::save_description(db, &known).await
}

/// Whether there may be more.
async fn adopt_some(db: &Db, kind: EntityKind, now: DateTime<Utc>) -> Result<bool, DbError> {
    let mut work = Changeset::begin(db, Author::default(), now).await?;
    let mut select = records::select(kind);
    select
        .and_where(Expr::col("extra").is_not_null())
        .lock_exclusive();
    let mut adopted = 0;
    for stored in records::fetch(work.link().await?, kind, &select).await? {
        let (values, unknown) = record::values_from_json(kind, &stored.record.extra);
        if values.is_empty() {
            continue;
        }
        let stored = work.update(&stored, &values).await?;
        let duplicate_of = stored.record.duplicate_of;
        work.update_kept(&stored, unknown, duplicate_of).await?;
        adopted += 1;
        if adopted == AT_ONCE {
            break;
        }
    }
    work.commit().await?;
    Ok(adopted == AT_ONCE)
}

/// An older program kept mileages for which no reading stands: each becomes one, under its
/// vehicle's id, as on every desk. Whether there may be more.
async fn adopt_mileages(db: &Db, now: DateTime<Utc>) -> Result<bool, DbError> {
    let mut work = Changeset::begin(db, Author::default(), now).await?;
    let mut read = Query::select();
    read.column("vehicle_id")
        .from(EntityKind::MileageReading.table());
    let mut select = records::select_live(EntityKind::Vehicle);
    select
        .and_where(Expr::col(MILEAGE).gt(0))
        .and_where(Expr::col("id").not_in_subquery(read))
        .limit(AT_ONCE)
        .lock_exclusive();
    let vehicles = records::fetch_records(work.link().await?, EntityKind::Vehicle, &select).await?;
    let mut adopted = 0;
    for vehicle in &vehicles {
        let mileage = vehicle.get(MILEAGE).as_integer().unwrap_or(0);
        let at = vehicle.created_at;
        if let Some(mut first) = consequences::first_reading(vehicle, mileage, at) {
            first.insert("is_confirmed", Value::Flag(true));
            let reading = Record::new(EntityKind::MileageReading, vehicle.id, first, at);
            work.create(reading).await?;
            adopted += 1;
        }
    }
    work.commit().await?;
    Ok(adopted == AT_ONCE)
}
