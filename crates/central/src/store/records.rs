//! Reading records.

use std::collections::HashMap;

use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use servease_domain::{EntityKind, MERGED_INTO, Record, Value, Values};
use uuid::Uuid;

use super::versions::Versions;
use crate::db::{self, ColumnType, DbError, Link, Row, readable};

/// The columns that every entity table has after the described ones, in the order in which
/// they are selected.
pub const META: [&str; 8] = [
    "extra",
    "created_at",
    "updated_at",
    "deleted_at",
    "deleted_with",
    "duplicate_of",
    "seq",
    "field_versions",
];

/// A record with what the change sequence keeps about it.
#[derive(Debug, Clone)]
pub struct Stored {
    pub record: Record,
    /// The number of the last change.
    pub seq: i64,
    pub field_versions: Versions,
}

/// `SELECT` of whole records of a kind, without any condition.
pub fn select(kind: EntityKind) -> SelectStatement {
    let mut select = Query::select();
    select
        .column("id")
        .columns(kind.fields().iter().map(|field| field.name))
        .columns(META)
        .from(kind.table());
    select
}

/// Selects records that are not deleted.
pub fn select_live(kind: EntityKind) -> SelectStatement {
    let mut select = select(kind);
    select.and_where(Expr::col("deleted_at").is_null());
    select
}

/// Reads a row of [`select`].
pub fn decode(kind: EntityKind, row: &Row) -> Result<Stored, DbError> {
    let fields = kind.fields();
    let mut values = Values::new();
    for (index, field) in fields.iter().enumerate() {
        values.insert(
            field.name,
            row.value(index + 1, ColumnType::of(&field.kind))?,
        );
    }
    let meta = fields.len() + 1;
    let created_at = row.instant(meta + 1)?.unwrap_or_default();
    let id = row.id(0)?.unwrap_or_default();
    let object = |column: usize, name: &str| {
        let place = || format!("{}.{name} of {} {id}", kind.table(), kind.name());
        row.object(column, place)
    };
    let record = Record {
        kind,
        id,
        values,
        extra: readable(object(meta, "extra"))?,
        created_at,
        updated_at: row.instant(meta + 2)?.unwrap_or(created_at),
        deleted_at: row.instant(meta + 3)?,
        deleted_with: row.id(meta + 4)?,
        duplicate_of: row.id(meta + 5)?,
    };
    let versions = readable(object(meta + 7, "field_versions"))?;
    Ok(Stored {
        record,
        seq: row.integer(meta + 6)?.unwrap_or_default(),
        field_versions: Versions::from_json(kind, versions),
    })
}

/// All records that the statement (one of [`select`]) finds.
pub async fn fetch(
    link: &mut Link,
    kind: EntityKind,
    statement: &SelectStatement,
) -> Result<Vec<Stored>, DbError> {
    let rows = link.rows(statement).await?;
    rows.iter().map(|row| decode(kind, row)).collect()
}

/// The records that the statement finds, for those who need no versions.
pub async fn fetch_records(
    link: &mut Link,
    kind: EntityKind,
    statement: &SelectStatement,
) -> Result<Vec<Record>, DbError> {
    let stored = fetch(link, kind, statement).await?;
    Ok(stored.into_iter().map(|stored| stored.record).collect())
}

/// The live records of these ids, in their order.
pub async fn of_ids(
    link: &mut Link,
    kind: EntityKind,
    ids: &[Uuid],
) -> Result<Vec<Record>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = select_live(kind);
    statement.and_where(Expr::col("id").is_in(ids.iter().copied()));
    let found = fetch_records(link, kind, &statement).await?;
    let mut found: HashMap<Uuid, Record> = found
        .into_iter()
        .map(|record| (record.id, record))
        .collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// A live record.
pub async fn find(link: &mut Link, kind: EntityKind, id: Uuid) -> Result<Option<Stored>, DbError> {
    let mut statement = select_live(kind);
    statement.and_where(Expr::col("id").eq(id));
    let row = link.row(&statement).await?;
    row.map(|row| decode(kind, &row)).transpose()
}

/// Merges of merges that one id is followed through. Nobody merges that often; a ring, which no
/// merge makes, ends here too.
const ALIASES_MAX: usize = 64;

/// The record that an id stands for: itself, or the live one into which it was merged, however
/// often. What stands for nothing that lives is answered as it is.
pub async fn resolve(link: &mut Link, kind: EntityKind, id: Uuid) -> Result<Uuid, DbError> {
    // Preferences have the id of their customer, and go with them.
    let merged = match kind {
        EntityKind::Preferences => EntityKind::Customer,
        kind => kind,
    };
    if merged.field(MERGED_INTO).is_none() {
        return Ok(id);
    }
    let mut at = id;
    for _ in 0..ALIASES_MAX {
        let mut statement = Query::select();
        statement
            .column(MERGED_INTO)
            .from(merged.table())
            .and_where(Expr::col("id").eq(at))
            .and_where(Expr::col("deleted_at").is_not_null());
        match link.row(&statement).await? {
            Some(row) => match row.id(0)? {
                Some(next) => at = next,
                None => return Ok(id),
            },
            // It lives, or was never there.
            None => return Ok(at),
        }
    }
    Ok(id)
}

/// A record and those that were merged into it, however often.
pub async fn merged_into(
    link: &mut Link,
    kind: EntityKind,
    id: Uuid,
) -> Result<Vec<Uuid>, DbError> {
    let mut all = vec![id];
    let mut last = vec![id];
    for _ in 0..ALIASES_MAX {
        let mut statement = Query::select();
        statement
            .column("id")
            .from(kind.table())
            .and_where(Expr::col(MERGED_INTO).is_in(last))
            .and_where(Expr::col("deleted_at").is_not_null());
        let rows = link.rows(&statement).await?;
        let found: Result<Vec<Option<Uuid>>, DbError> = rows.iter().map(|row| row.id(0)).collect();
        last = found?.into_iter().flatten().collect();
        last.retain(|id| !all.contains(id));
        if last.is_empty() {
            break;
        }
        all.extend(&last);
    }
    Ok(all)
}

/// The live record that an id stands for: see [`resolve`].
pub async fn find_heir(
    link: &mut Link,
    kind: EntityKind,
    id: Uuid,
) -> Result<Option<Stored>, DbError> {
    if let Some(found) = find(link, kind, id).await? {
        return Ok(Some(found));
    }
    match resolve(link, kind, id).await? {
        heir if heir == id => Ok(None),
        heir => find(link, kind, heir).await,
    }
}

/// A record, deleted or not, kept from other writers until the transaction ends.
pub async fn find_any_for_update(
    link: &mut Link,
    kind: EntityKind,
    id: Uuid,
) -> Result<Option<Stored>, DbError> {
    let mut statement = select(kind);
    statement.and_where(Expr::col("id").eq(id)).lock_exclusive();
    let row = link.row(&statement).await?;
    row.map(|row| decode(kind, &row)).transpose()
}

/// Whether a live record is there; it cannot be deleted by others until the transaction ends.
pub async fn is_live(link: &mut Link, kind: EntityKind, id: Uuid) -> Result<bool, DbError> {
    let mut statement = Query::select();
    statement
        .column("id")
        .from(kind.table())
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("deleted_at").is_null())
        .lock_shared();
    Ok(link.row(&statement).await?.is_some())
}

/// Another live, unflagged record whose unique field has this value, case ignored.
pub async fn find_by_unique(
    link: &mut Link,
    kind: EntityKind,
    field: &'static str,
    value: &Value,
) -> Result<Option<Uuid>, DbError> {
    let mut statement = Query::select();
    let lower = sea_query::Func::lower(Expr::val(value.as_text()));
    statement
        .column("id")
        .from(kind.table())
        .and_where(sea_query::Func::lower(Expr::col(field)).eq(lower))
        .and_where(db::is_filled(field))
        .and_where(Expr::col("deleted_at").is_null())
        .and_where(Expr::col("duplicate_of").is_null());
    match link.row(&statement).await? {
        Some(row) => row.id(0),
        None => Ok(None),
    }
}

/// The live records that name `owner` in `field`, newest first, at most `limit`.
pub async fn list_of(
    link: &mut Link,
    kind: EntityKind,
    field: &'static str,
    owner: Uuid,
    limit: u64,
) -> Result<Vec<Stored>, DbError> {
    let mut statement = select_live(kind);
    statement
        .and_where(Expr::col(field).eq(owner))
        .order_by("created_at", Order::Desc)
        .order_by("id", Order::Desc)
        .limit(limit);
    fetch(link, kind, &statement).await
}
