//! Checks that need other records: uniqueness and references. They run in the transaction of
//! the write; the unique indexes stand behind them.

use servease_domain::{Code, EntityKind, Kind, MERGED_INTO, Problem, Record, Value, Values};
use servease_store::{Connection, rows};

use super::titles::title_of;
use crate::Result;

/// Every problem of `record`'s fields, as far as `looked_at` names them, with other records.
pub(crate) async fn check_others(
    conn: &mut Connection,
    record: &Record,
    looked_at: &Values,
) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    if record.kind == EntityKind::Document && looked_at.contains_key("vehicle_id") {
        problems.extend(check_owner_of_vehicle(conn, record).await?);
    }
    for field in record.kind.fields() {
        let Some(value) = looked_at.get(field.name).filter(|value| !value.is_blank()) else {
            continue;
        };
        match (field.kind, value) {
            (Kind::Reference(to), Value::Id(id)) if rows::find(conn, to, *id).await?.is_none() => {
                problems.push(Problem::new(field.name, Code::NotFound).with("found", id));
            }
            (_, Value::Text(text)) if field.unique => {
                let holder =
                    rows::find_holder(conn, record.kind, field.name, text, Some(record.id)).await?;
                if let Some(holder) = holder {
                    problems.push(
                        Problem::new(field.name, Code::Unique)
                            .with("found", text)
                            .with("holder", holder)
                            .with("title", title_of(conn, record.kind, holder).await?),
                    );
                }
            }
            _ => {}
        }
    }
    Ok(problems)
}

/// A paper is given to a car of its own customer.
async fn check_owner_of_vehicle(
    conn: &mut Connection,
    document: &Record,
) -> Result<Option<Problem>> {
    let Some(id) = document.get("vehicle_id").as_id() else {
        return Ok(None);
    };
    let vehicle = rows::find(conn, EntityKind::Vehicle, id).await?;
    let owner = vehicle.and_then(|vehicle| vehicle.get("customer_id").as_id());
    let is_anothers = owner.is_some() && owner != document.get("customer_id").as_id();
    Ok(is_anothers.then(|| Problem::new("vehicle_id", Code::NotFound).with("found", id)))
}

/// References to records that were merged away lead to those that stand for them.
pub(crate) async fn to_heirs(
    conn: &mut Connection,
    kind: EntityKind,
    values: &mut Values,
) -> Result<()> {
    for (name, value) in values.iter_mut() {
        if *name == MERGED_INTO {
            continue;
        }
        if let (Some(Kind::Reference(to)), Value::Id(id)) =
            (kind.field(name).map(|field| field.kind), &*value)
        {
            *value = Value::Id(rows::resolve(conn, to, *id).await?);
        }
    }
    Ok(())
}
