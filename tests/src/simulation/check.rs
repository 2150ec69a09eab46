//! What must hold when peace has come.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value as Json;
use servease_domain::consequences::{self as domain, Consequences, VehicleFacts};
use servease_domain::{EntityKind, Field, Kind, MERGED_INTO, Merge, Record, Value, merge};
use servease_store::{Store, consequences, rows};
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

use super::central_log::{Logged, read_ledger, read_log};
use super::machine::{CentralPc, Confirmed};
use super::world::World;

/// A record as far as sides must agree on it.
#[derive(Debug, Clone, PartialEq)]
struct Content {
    values: BTreeMap<&'static str, Json>,
    extra: Json,
    is_deleted: bool,
    deleted_with: Option<Uuid>,
    duplicate_of: Option<Uuid>,
}

type Contents = BTreeMap<(EntityKind, Uuid), Content>;

async fn read_all(conn: &mut sqlx::SqliteConnection) -> Contents {
    let mut contents = Contents::new();
    for kind in EntityKind::ALL {
        let fields = kind.fields();
        let names: Vec<String> = fields
            .iter()
            .map(|field| format!("\"{}\"", field.name))
            .collect();
        let sql = format!(
            "SELECT id, deleted_at IS NOT NULL, deleted_with, duplicate_of, \
             coalesce(extra, '{{}}'), {} FROM {}",
            names.join(", "),
            kind.table()
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(&mut *conn)
            .await
            .expect("rows");
        for row in rows {
            let mut values = BTreeMap::new();
            for (index, field) in fields.iter().enumerate() {
                // Nothing follows for what is gone: it is worked out when it comes back.
                if field.consequence && row.get::<bool, _>(1) {
                    continue;
                }
                values.insert(field.name, plain(&row, index + 5));
            }
            contents.insert(
                (kind, row.get(0)),
                Content {
                    values,
                    extra: serde_json::from_str(row.get(4)).expect("extra"),
                    is_deleted: row.get(1),
                    deleted_with: row.get(2),
                    duplicate_of: row.get(3),
                },
            );
        }
    }
    contents
}

fn plain(row: &sqlx::sqlite::SqliteRow, index: usize) -> Json {
    use sqlx::{TypeInfo, ValueRef};
    let value = row.try_get_raw(index).expect("column");
    if value.is_null() {
        return Json::Null;
    }
    match value.type_info().name() {
        "INTEGER" | "BOOLEAN" => Json::from(row.get::<i64, _>(index)),
        "BLOB" => Json::String(row.get::<Uuid, _>(index).to_string()),
        _ => Json::String(row.get::<String, _>(index)),
    }
}

pub(super) async fn all(world: &World<'_>) -> Result<(), String> {
    let central = read_all(&mut world.central.pool.acquire().await.expect("connection")).await;
    let log = read_log(&world.central).await;
    for (at, desk) in world.desks.iter().enumerate() {
        let contents = read_all(&mut desk.store.read().await.expect("connection")).await;
        equal(at, &central, &contents)?;
    }
    for (at, desk) in world.desks.iter().enumerate() {
        follows_from_facts(at, &desk.store).await?;
    }
    no_unflagged_duplicate(&central)?;
    nobody_is_orphaned(&central)?;
    once(&log)?;
    overruled_values_are_told(world, &log, &central)?;
    nothing_lost(world, &log, &central).await
}

/// Whether a desk holds what Central holds.
pub(super) async fn desk_equals(
    central: &CentralPc,
    at: usize,
    desk: &Store,
) -> Result<(), String> {
    let there = read_all(&mut central.pool.acquire().await.expect("connection")).await;
    let here = read_all(&mut desk.read().await.expect("connection")).await;
    equal(at, &there, &here)
}

fn equal(at: usize, central: &Contents, desk: &Contents) -> Result<(), String> {
    let keys: HashSet<_> = central.keys().chain(desk.keys()).collect();
    let mut keys: Vec<_> = keys.into_iter().collect();
    keys.sort();
    for key in keys {
        match (central.get(key), desk.get(key)) {
            (Some(there), Some(here)) if there == here => {}
            (Some(there), Some(here)) => {
                let fields: Vec<String> = there
                    .values
                    .iter()
                    .filter(|(name, value)| here.values.get(*name) != Some(value))
                    .map(|(name, value)| {
                        format!("{name}: {value} there, {:?} here", here.values.get(name))
                    })
                    .collect();
                return Err(format!(
                    "desk {at} differs from Central in {key:?}: {} deleted {}/{} with {:?}/{:?} \
                     repeats {:?}/{:?} extra {}/{}",
                    fields.join(", "),
                    there.is_deleted,
                    here.is_deleted,
                    there.deleted_with,
                    here.deleted_with,
                    there.duplicate_of,
                    here.duplicate_of,
                    there.extra,
                    here.extra,
                ));
            }
            // Nobody misses a tombstone that Central has forgotten or never heard of.
            (None, Some(here)) if here.is_deleted => {}
            (there, here) => {
                return Err(format!(
                    "desk {at} and Central differ in {key:?}: {there:?}, {here:?}"
                ));
            }
        }
    }
    Ok(())
}

fn no_unflagged_duplicate(contents: &Contents) -> Result<(), String> {
    let mut held: HashMap<(EntityKind, &str, String), Uuid> = HashMap::new();
    for ((kind, id), content) in contents {
        if content.is_deleted || content.duplicate_of.is_some() {
            continue;
        }
        for field in kind.fields().iter().filter(|field| field.unique) {
            let value = content.values[field.name].as_str().unwrap_or_default();
            if value.is_empty() {
                continue;
            }
            let key = (*kind, field.name, value.to_ascii_lowercase());
            if let Some(other) = held.insert(key, *id) {
                return Err(format!("{id} and {other} share {} unflagged", field.name));
            }
        }
    }
    Ok(())
}

fn nobody_is_orphaned(contents: &Contents) -> Result<(), String> {
    for ((kind, id), content) in contents {
        for (child, field) in kind.children() {
            // Which papers go with a car is decided when it goes: some stay with a former owner.
            let is_paper = (*kind, *child) == (EntityKind::Vehicle, EntityKind::Document);
            if !content.is_deleted || is_paper {
                continue;
            }
            for ((other, child_id), child_content) in contents {
                if other == child
                    && !child_content.is_deleted
                    && child_content.values[field].as_str() == Some(&id.to_string())
                {
                    return Err(format!("{child_id} is alive, its owner {id} is not"));
                }
            }
        }
    }
    Ok(())
}

/// Every mutation stands in the sequence at most once.
fn once(log: &[Logged]) -> Result<(), String> {
    let mut seen = HashMap::new();
    for line in log {
        if let Some(id) = line.mutation
            && let Some(before) = seen.insert(id, line.seq)
        {
            return Err(format!(
                "mutation {id} took effect twice: {before} and {}",
                line.seq
            ));
        }
    }
    Ok(())
}

/// Every vehicle and customer shows what follows from the facts, and nothing else. Central's rows
/// equal a desk's, so that this holds there too.
async fn follows_from_facts(at: usize, store: &Store) -> Result<(), String> {
    let mut conn = store.read().await.expect("connection");
    let calendar = consequences::calendar(&mut conn).await.expect("calendar");
    let mut live = HashMap::new();
    for kind in EntityKind::ALL {
        live.insert(kind, rows::list_all(&mut conn, kind).await.expect("rows"));
    }
    let of = |kind: EntityKind, field: &str, id: Uuid| -> Vec<Record> {
        let belongs = |record: &&Record| record.get(field).as_id() == Some(id);
        live[&kind].iter().filter(belongs).cloned().collect()
    };
    let mut follows = Consequences::new();
    for vehicle in &live[&EntityKind::Vehicle] {
        let facts = VehicleFacts {
            vehicle,
            readings: &of(EntityKind::MileageReading, "vehicle_id", vehicle.id),
            services: &of(EntityKind::ServiceRecord, "vehicle_id", vehicle.id),
            ownerships: &of(EntityKind::Ownership, "vehicle_id", vehicle.id),
        };
        follows.extend(domain::of_vehicle(&facts, calendar));
    }
    for customer in &live[&EntityKind::Customer] {
        let services = of(EntityKind::ServiceRecord, "customer_id", customer.id);
        let visit = domain::of_customer(customer, &services);
        follows.insert((EntityKind::Customer, customer.id), visit);
    }
    for record in live.values().flatten() {
        let Some(values) = follows.get(&(record.kind, record.id)) else {
            continue;
        };
        let differs = record.difference(values);
        if !differs.is_empty() {
            return Err(format!(
                "desk {at}: of {:?} {} should follow {differs:?}",
                record.kind, record.id
            ));
        }
    }
    Ok(())
}

/// Where an edit overruled a value that its author had not seen, a conflict says so; and an
/// edit changes nothing that its author did not touch.
fn overruled_values_are_told(
    world: &World<'_>,
    log: &[Logged],
    central: &Contents,
) -> Result<(), String> {
    for line in log {
        let Some(confirmed) = line.mutation.and_then(|id| world.edits.get(&id)) else {
            continue;
        };
        if line.kind != "update" || confirmed.edit.action != "update" {
            continue;
        }
        let edit = &confirmed.edit;
        for (name, there) in &line.before {
            // Said for its own sake: an amount stands in the history with its currency.
            if line.after.get(name) == Some(there) {
                continue;
            }
            // What belongs together with a changed field is wanted as its author saw it.
            let Some(wanted) = edit.after.get(name).or_else(|| edit.before.get(name)) else {
                return Err(format!(
                    "mutation {} changed {name}, which its author did not touch",
                    edit.id
                ));
            };
            let Some(field) = edit.kind.field(name) else {
                continue;
            };
            let saw = edit.before.get(name).unwrap_or(&Json::Null);
            let is_same = |one: &Json, other: &Json| same(&field.kind, one, other);
            if field.merge != Merge::LaterArrival
                || is_same(saw, there)
                || is_same(there, wanted)
                || saw_poison(saw)
            {
                continue;
            }
            // A record that was merged away stands for its heir, about which somebody is asked:
            // there the value that was in use stays. Whoever takes the merge back has that
            // question and the history before them.
            let written = world.forgotten.iter().chain(log);
            let heirs = [
                heir_of(central, edit.kind, edit.record),
                heir_at(written, line),
            ];
            let told = central.iter().any(|((kind, _), content)| {
                let is_of = |record, lost: &Json| {
                    is_about(content, record, field)
                        && side(content, "lost", name).as_ref() == Some(lost)
                };
                *kind == EntityKind::Conflict
                    && (is_of(edit.record, there)
                        || heirs
                            .iter()
                            .any(|heir| *heir != edit.record && is_of(*heir, wanted)))
            });
            if !told && !stood_below(world, confirmed, name, there) {
                return Err(format!(
                    "{name} of {} was {there}, its author saw {saw} and wrote {wanted}: nobody is told",
                    edit.record
                ));
            }
        }
    }
    Ok(())
}

/// The record that stands for one which was merged away; itself for any other.
fn heir_of(central: &Contents, kind: EntityKind, mut record: Uuid) -> Uuid {
    for _ in 0..central.len() {
        let into = central
            .get(&(kind, record))
            .and_then(|content| content.values.get(MERGED_INTO)?.as_str()?.parse().ok());
        match into {
            Some(into) => record = into,
            None => break,
        }
    }
    record
}

/// The record that stood for that of a line when Central wrote it: by all that had been written
/// till then, though Central may have forgotten it since.
fn heir_at<'a>(
    written: impl DoubleEndedIterator<Item = &'a Logged> + Clone,
    line: &Logged,
) -> Uuid {
    let mut record = line.record;
    let mut passed = HashSet::new();
    while passed.insert(record) {
        let merges = written.clone().rev().filter(|earlier| {
            earlier.seq < line.seq && earlier.entity == line.entity && earlier.record == record
        });
        let mut into = merges.filter_map(|earlier| earlier.after.get(MERGED_INTO));
        match into.next().and_then(|into| into.as_str()?.parse().ok()) {
            Some(into) => record = into,
            None => break,
        }
    }
    record
}

fn same(kind: &Kind, one: &Json, other: &Json) -> bool {
    let read = |json: &Json| Value::from_json(kind, json);
    match (read(one), read(other)) {
        (Some(one), Some(other)) => merge::is_same(kind, &one, &other),
        (one, other) => one == other,
    }
}

/// Whether a conflict record is about a field of a record, alone or with its group.
fn is_about(conflict: &Content, record: Uuid, field: &Field) -> bool {
    let name = conflict.values["field"].as_str();
    conflict.values["record_id"].as_str() == Some(&record.to_string())
        && (name == Some(field.name) || name == field.together)
}

/// What one side of a conflict says of a field.
fn side(conflict: &Content, side: &str, field: &str) -> Option<Json> {
    let told: Json = serde_json::from_str(conflict.values[side].as_str()?).ok()?;
    match told {
        Json::Object(fields) => fields.get(field).cloned(),
        plain => Some(plain),
    }
}

/// Whether two desks are one, or copies of one.
fn is_of_one(world: &World<'_>, one: usize, other: usize) -> bool {
    world.desks[one].original == world.desks[other].original
}

/// An edit is judged by what stood there before its author's own edits that nobody else has seen:
/// refused ones, and those that its author replaced before they were sent.
fn stood_below(world: &World<'_>, confirmed: &Confirmed, name: &str, there: &Json) -> bool {
    let edit = &confirmed.edit;
    let mut below = vec![edit.before.get(name).unwrap_or(&Json::Null)];
    let mut at = 0;
    while let Some(saw) = below.get(at).copied() {
        at += 1;
        for other in world.edits.values().filter(|other| {
            is_of_one(world, other.desk, confirmed.desk)
                && (other.edit.kind, other.edit.record) == (edit.kind, edit.record)
                && other.edit.after.get(name) == Some(saw)
        }) {
            if other.is_forgiven {
                return true;
            }
            let was = other.edit.before.get(name).unwrap_or(&Json::Null);
            if !below.contains(&was) {
                below.push(was);
            }
        }
    }
    below.contains(&there)
}

/// An edit on top of one that Central refused starts from what stood there before.
fn saw_poison(saw: &Json) -> bool {
    saw.as_str().is_some_and(|text| text.len() >= 300)
}

/// Whether the author of an edit wrote the field again, on top of it. What somebody replaced before
/// anything of it was sent need not be anywhere: the edits count by what they came to. Where it had
/// been sent already, the history has it.
fn is_replaced(world: &World<'_>, confirmed: &Confirmed, name: &str) -> bool {
    let edit = &confirmed.edit;
    let said = world.network.replaced.lock().expect("replaced");
    if said.contains(&(edit.id, name.to_owned())) {
        return true;
    }
    let wanted = edit.after.get(name);
    world.edits.values().any(|other| {
        is_of_one(world, other.desk, confirmed.desk)
            && other.edit.id != edit.id
            && (other.edit.kind, other.edit.record) == (edit.kind, edit.record)
            && other.edit.after.contains_key(name)
            && other.edit.before.get(name) == wanted
    })
}

/// Every confirmed edit is in the state, in the history or in a conflict.
async fn nothing_lost(world: &World<'_>, log: &[Logged], central: &Contents) -> Result<(), String> {
    let ledger = read_ledger(&world.central).await;
    let mut history: HashMap<(&str, Uuid), Vec<&Logged>> = HashMap::new();
    for line in log.iter().chain(&world.forgotten) {
        history
            .entry((line.entity.as_str(), line.record))
            .or_default()
            .push(line);
    }
    let given_up = given_up(world).await;
    for confirmed in world.edits.values().filter(|edit| !edit.is_forgiven) {
        let edit = &confirmed.edit;
        // Refused, and replaced by a later edit of the same desk.
        if given_up.contains(&edit.id) {
            continue;
        }
        let key = (edit.kind, edit.record);
        let Some(content) = central.get(&key) else {
            if edit.action == "delete" {
                continue;
            }
            return Err(format!(
                "{} {:?} of desk {} is nowhere: {:?}",
                edit.action, key, confirmed.desk, edit
            ));
        };
        if world.network.sabotage.is_none()
            && !ledger.contains(&edit.id)
            && !world.without_effect.contains(&edit.id)
        {
            return Err(format!(
                "mutation {} of desk {} never arrived",
                edit.id, confirmed.desk
            ));
        }
        let lines = history
            .get(&(edit.kind.name(), edit.record))
            .map_or(&[][..], Vec::as_slice);
        if edit.action == "create" && !lines.iter().any(|line| line.kind == "create") {
            return Err(format!("{key:?} has no beginning"));
        }
        if edit.action != "update" {
            continue;
        }
        for (name, wanted) in &edit.after {
            let Some(field) = edit.kind.field(name) else {
                let is_kept = content.extra.get(name) == Some(wanted)
                    || lines
                        .iter()
                        .any(|line| line.after.get(name) == Some(wanted));
                if !is_kept {
                    return Err(format!("{name} = {wanted} of {key:?} is lost"));
                }
                continue;
            };
            if field.merge != Merge::LaterArrival {
                continue;
            }
            let wanted_value = Value::from_json(&field.kind, wanted);
            let in_state = stored(&content.values[field.name], &wanted_value);
            let in_history = lines.iter().any(|line| {
                [&line.after, &line.before].into_iter().any(|map| {
                    map.get(name)
                        .is_some_and(|json| Value::from_json(&field.kind, json) == wanted_value)
                })
            }) || wanted_value.as_ref().is_some_and(|value| {
                value.is_blank() || *value == field.default_value(super::arena::start())
            });
            let in_conflict = || {
                central.iter().any(|((kind, _), conflict)| {
                    *kind == EntityKind::Conflict
                        && is_about(conflict, edit.record, field)
                        && ["kept", "lost"]
                            .into_iter()
                            .any(|at| side(conflict, at, name).as_ref() == Some(wanted))
                })
            };
            // A child of a merged-away owner was passed on to the heir.
            let is_owner = matches!(field.kind, Kind::Reference(_));
            let is_kept = in_state || in_history || in_conflict();
            if !is_kept && !is_owner && !is_replaced(world, confirmed, name) {
                return Err(format!(
                    "{name} = {wanted} of {key:?}, confirmed by desk {}, is lost",
                    confirmed.desk
                ));
            }
        }
    }
    Ok(())
}

async fn given_up(world: &World<'_>) -> HashSet<Uuid> {
    let mut ids = HashSet::new();
    for desk in &world.desks {
        let mut conn = desk.store.read().await.expect("connection");
        let here: Vec<Uuid> =
            sqlx::query_scalar("SELECT id FROM mutations WHERE state = 'discarded'")
                .fetch_all(&mut *conn)
                .await
                .expect("given up");
        ids.extend(here);
    }
    ids
}

fn stored(column: &Json, wanted: &Option<Value>) -> bool {
    match wanted {
        Some(Value::Flag(flag)) => column.as_i64() == Some(i64::from(*flag)),
        Some(value) => *column == value.to_json(),
        None => false,
    }
}
