//! Consequences of what was written, worked out anew: at the end of every step and of every
//! batch that syncing brought, in the same transaction.
//!
//! What follows is decided in [`servease_domain::consequences`]; here its facts are read and its
//! answers written. No mutation tells of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use servease_domain::calendar::Calendar;
use servease_domain::consequences::{self, Consequences, VehicleFacts};
use servease_domain::{EntityKind, Record};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use crate::columns::{read, statements_of};
use crate::sync::hex_ids;
use crate::{Changed, Result, bulk, garage};

/// Vehicles or customers whose facts are held in memory at once: at some 50 facts each a few
/// megabytes.
const AT_ONCE: usize = 500;

/// Brings in line whatever follows from these records. Answers the records that it changed.
pub async fn settle(conn: &mut SqliteConnection, changed: &[Changed]) -> Result<Vec<Changed>> {
    let (vehicles, customers) = concerned(conn, changed).await?;
    note_early(conn, EntityKind::Vehicle, &vehicles).await?;
    note_early(conn, EntityKind::Customer, &customers).await?;
    let mut settled = Vec::new();
    if !vehicles.is_empty() {
        let calendar = calendar(conn).await?;
        for ids in vehicles.chunks(AT_ONCE) {
            settled.extend(settle_vehicles(conn, ids, calendar).await?);
        }
    }
    for ids in customers.chunks(AT_ONCE) {
        settled.extend(settle_customers(conn, ids).await?);
    }
    Ok(settled)
}

/// What own edits settled while the rows of a snapshot were still coming in, page by page: the facts
/// in the rest of them were not there yet.
pub async fn take_early(conn: &mut SqliteConnection) -> Result<Vec<Changed>> {
    let early: Vec<(String, Uuid)> =
        sqlx::query_as("DELETE FROM settled_early RETURNING entity, id")
            .fetch_all(conn)
            .await?;
    let known = early.into_iter().filter_map(|(entity, id)| {
        let kind = EntityKind::from_name(&entity)?;
        Some(Changed { kind, id })
    });
    Ok(known.collect())
}

async fn note_early(conn: &mut SqliteConnection, kind: EntityKind, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT OR IGNORE INTO settled_early (entity, id) \
         SELECT ?, unhex(value) FROM json_each(?) WHERE EXISTS (SELECT 1 FROM snapshot_rows)",
    )
    .bind(kind.name())
    .bind(hex_ids(ids.iter().copied()))
    .execute(conn)
    .await?;
    Ok(())
}

/// The records for which something may follow from these: where another program wrote these, the
/// log tells of no more.
pub async fn list_concerned(
    conn: &mut SqliteConnection,
    changed: &[Changed],
) -> Result<Vec<Changed>> {
    let (vehicles, customers) = concerned(conn, changed).await?;
    let of = |kind| move |id| Changed { kind, id };
    let vehicles = vehicles.into_iter().map(of(EntityKind::Vehicle));
    let customers = customers.into_iter().map(of(EntityKind::Customer));
    Ok(vehicles.chain(customers).collect())
}

/// Consequences worked out anew for every vehicle and customer: after the garage has moved to
/// another time zone.
pub async fn settle_all(conn: &mut SqliteConnection) -> Result<Vec<Changed>> {
    let mut settled = Vec::new();
    for kind in [EntityKind::Vehicle, EntityKind::Customer] {
        let mut last = Uuid::nil();
        loop {
            let sql = format!(
                "SELECT id FROM {} WHERE id > ? ORDER BY id LIMIT {AT_ONCE}",
                kind.table()
            );
            let ids: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(last)
                .fetch_all(&mut *conn)
                .await?;
            let Some(newest) = ids.last() else { break };
            last = *newest;
            let changed: Vec<Changed> = ids.into_iter().map(|id| Changed { kind, id }).collect();
            settled.extend(settle(conn, &changed).await?);
        }
    }
    Ok(settled)
}

/// The garage's calendar, as its record is inside this transaction.
pub async fn calendar(conn: &mut SqliteConnection) -> Result<Calendar> {
    Ok(Calendar::of(garage::zone(conn).await?))
}

/// The vehicles and customers for which something may follow.
async fn concerned(
    conn: &mut SqliteConnection,
    changed: &[Changed],
) -> Result<(Vec<Uuid>, Vec<Uuid>)> {
    let mut vehicles = BTreeSet::new();
    let mut customers = BTreeSet::new();
    let mut facts = BTreeMap::<EntityKind, Vec<Uuid>>::new();
    for it in changed {
        match it.kind {
            EntityKind::Vehicle => _ = vehicles.insert(it.id),
            EntityKind::Customer => _ = customers.insert(it.id),
            kind if consequences::is_fact_of_vehicle(kind) => {
                facts.entry(kind).or_default().push(it.id);
            }
            _ => {}
        }
    }
    for (kind, ids) in facts {
        let customer = match kind {
            EntityKind::ServiceRecord => "customer_id",
            _ => "NULL",
        };
        let sql = format!(
            "SELECT vehicle_id, {customer} FROM {} \
             WHERE id IN (SELECT unhex(value) FROM json_each(?))",
            kind.table()
        );
        let rows: Vec<(Uuid, Option<Uuid>)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(hex_ids(ids))
            .fetch_all(&mut *conn)
            .await?;
        for (vehicle, customer) in rows {
            vehicles.insert(vehicle);
            customers.extend(customer);
        }
    }
    Ok((
        vehicles.into_iter().collect(),
        customers.into_iter().collect(),
    ))
}

async fn settle_vehicles(
    conn: &mut SqliteConnection,
    ids: &[Uuid],
    calendar: Calendar,
) -> Result<Vec<Changed>> {
    let vehicles = bulk::find(conn, EntityKind::Vehicle, ids).await?;
    let mut readings = members(conn, EntityKind::MileageReading, "vehicle_id", ids).await?;
    let mut services = members(conn, EntityKind::ServiceRecord, "vehicle_id", ids).await?;
    let mut ownerships = members(conn, EntityKind::Ownership, "vehicle_id", ids).await?;
    let mut follows = Consequences::new();
    let mut records = HashMap::new();
    for (id, vehicle) in vehicles {
        let facts = (
            readings.remove(&id).unwrap_or_default(),
            services.remove(&id).unwrap_or_default(),
            ownerships.remove(&id).unwrap_or_default(),
        );
        let facts_of = VehicleFacts {
            vehicle: &vehicle,
            readings: &facts.0,
            services: &facts.1,
            ownerships: &facts.2,
        };
        follows.extend(consequences::of_vehicle(&facts_of, calendar));
        let all = [facts.0, facts.1, facts.2].into_iter().flatten();
        records.extend(
            all.chain([vehicle])
                .map(|record| ((record.kind, record.id), record)),
        );
    }
    write(conn, records, follows).await
}

async fn settle_customers(conn: &mut SqliteConnection, ids: &[Uuid]) -> Result<Vec<Changed>> {
    let customers = bulk::find(conn, EntityKind::Customer, ids).await?;
    let mut services = members(conn, EntityKind::ServiceRecord, "customer_id", ids).await?;
    let mut follows = Consequences::new();
    let mut records = HashMap::new();
    for (id, customer) in customers {
        let visits = services.remove(&id).unwrap_or_default();
        let key = (EntityKind::Customer, id);
        follows.insert(key, consequences::of_customer(&customer, &visits));
        records.insert(key, customer);
    }
    write(conn, records, follows).await
}

/// The live records of a kind, by the record that they name in `field`.
async fn members(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    field: &'static str,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Record>>> {
    let sql = format!(
        "{} WHERE \"{field}\" IN (SELECT unhex(value) FROM json_each(?)) AND deleted_at IS NULL",
        statements_of(kind).select
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(hex_ids(ids.iter().copied()))
        .fetch_all(conn)
        .await?;
    let mut found = HashMap::<Uuid, Vec<Record>>::new();
    for row in rows {
        let record = read(kind, &row)?;
        if let Some(owner) = record.get(field).as_id() {
            found.entry(owner).or_default().push(record);
        }
    }
    Ok(found)
}

/// Writes what differs from what the rows hold.
async fn write(
    conn: &mut SqliteConnection,
    mut records: HashMap<(EntityKind, Uuid), Record>,
    follows: Consequences,
) -> Result<Vec<Changed>> {
    let mut alike = BTreeMap::<(EntityKind, BTreeSet<&'static str>), Vec<Record>>::new();
    let mut changed = Vec::new();
    for ((kind, id), values) in follows {
        let Some(mut record) = records.remove(&(kind, id)) else {
            continue;
        };
        let differs = record.difference(&values);
        if differs.is_empty() {
            continue;
        }
        let columns = differs.keys().copied().collect();
        record.values.extend(differs);
        alike.entry((kind, columns)).or_default().push(record);
        changed.push(Changed { kind, id });
    }
    for ((kind, columns), records) in alike {
        let records: Vec<&Record> = records.iter().collect();
        bulk::update(conn, kind, &columns, &records).await?;
    }
    Ok(changed)
}
