//! Records in and out of their tables, for every entity alike.

use servease_domain::record::values_to_json;
use servease_domain::value::instant_text;
use servease_domain::{Entity, EntityKind, MERGED_INTO, Record, Values, fold};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use crate::columns::{
    bind, bind_whole, derived_from, derived_names, derived_value, read, statements_of,
};
use crate::{Result, StoreError};

/// A live record, if it is there.
pub async fn find(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    id: Uuid,
) -> Result<Option<Record>> {
    Ok(find_any(conn, kind, id)
        .await?
        .filter(|record| !record.is_deleted()))
}

/// A record, deleted or not.
pub async fn find_any(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    id: Uuid,
) -> Result<Option<Record>> {
    let sql = format!("{} WHERE id = ?", statements_of(kind).select);
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id)
        .fetch_optional(conn)
        .await?;
    row.map(|row| read(kind, &row)).transpose()
}

/// Merges of merges that one id is followed through. Nobody merges that often; a ring, which no
/// merge makes, ends here too.
const ALIASES_MAX: usize = 64;

/// The record that an id stands for: itself, or the live one into which it was merged, however
/// often. What stands for nothing that lives is answered as it is.
///
/// Every use case that is given the id of a record goes through here or through [`find_heir`].
pub async fn resolve(conn: &mut SqliteConnection, kind: EntityKind, id: Uuid) -> Result<Uuid> {
    let heir = find_heir(conn, kind, id).await?;
    Ok(heir.map_or(id, |record| record.id))
}

/// The live record that an id stands for: see [`resolve`].
pub async fn find_heir(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    id: Uuid,
) -> Result<Option<Record>> {
    if kind == EntityKind::Preferences {
        // They have the id of their customer, and go with them.
        return match follow(conn, EntityKind::Customer, id).await? {
            Some(customer) => find(conn, kind, customer.id).await,
            None => Ok(None),
        };
    }
    follow(conn, kind, id).await
}

async fn follow(conn: &mut SqliteConnection, kind: EntityKind, id: Uuid) -> Result<Option<Record>> {
    let is_merged = kind.field(MERGED_INTO).is_some();
    let mut at = id;
    for _ in 0..ALIASES_MAX {
        match find_any(conn, kind, at).await? {
            Some(record) if !record.is_deleted() => return Ok(Some(record)),
            Some(record) if is_merged => match record.get(MERGED_INTO).as_id() {
                Some(next) => at = next,
                None => return Ok(None),
            },
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// Records that were merged into this one: their ids are aliases of it.
pub async fn list_aliases(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    id: Uuid,
) -> Result<Vec<Record>> {
    if kind.field(MERGED_INTO).is_none() {
        return Ok(Vec::new());
    }
    list_where(conn, kind, "merged_into = ? AND deleted_at IS NOT NULL", id).await
}

/// A live record as its struct; an alias stands for its heir. Errors: NotFound.
pub async fn get<E: Entity>(conn: &mut SqliteConnection, id: Uuid) -> Result<E> {
    find_heir(conn, E::KIND, id)
        .await?
        .map(|record| record.to())
        .ok_or(StoreError::NotFound { kind: E::KIND, id })
}

/// Live records whose reference field names `id`, in the order in which they were made.
pub async fn list_by(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    field: &'static str,
    id: Uuid,
) -> Result<Vec<Record>> {
    debug_assert!(kind.field(field).is_some());
    let sql = format!(
        "{} WHERE \"{field}\" = ? AND deleted_at IS NULL ORDER BY created_at, id",
        statements_of(kind).select
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(id)
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| read(kind, row)).collect()
}

/// All live records of an entity, in the order in which they were made. For the small ones:
/// employees.
pub async fn list_all(conn: &mut SqliteConnection, kind: EntityKind) -> Result<Vec<Record>> {
    let sql = format!(
        "{} WHERE deleted_at IS NULL ORDER BY created_at, id",
        statements_of(kind).select
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(conn).await?;
    rows.iter().map(|row| read(kind, row)).collect()
}

/// Records in the order of their ids, deleted or not, at most `limit` after one of them.
pub async fn list_after(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<Record>> {
    let sql = format!(
        "{} WHERE id > ? ORDER BY id LIMIT ?",
        statements_of(kind).select
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(after.unwrap_or_default())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| read(kind, row)).collect()
}

/// Records by a condition on the entity's own columns, which only this crate writes.
pub(crate) async fn list_where(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    condition: &'static str,
    id: Uuid,
) -> Result<Vec<Record>> {
    let sql = format!("{} WHERE {condition}", statements_of(kind).select);
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(id)
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| read(kind, row)).collect()
}

/// Writes a record that is not there yet. Errors: Taken, DanglingReference.
pub async fn insert(conn: &mut SqliteConnection, record: &Record) -> Result<()> {
    let query = sqlx::query(statements_of(record.kind).insert.as_str());
    bind_whole(query, record).execute(conn).await?;
    Ok(())
}

/// Whether a column that is computed follows from one of the changed fields.
pub(crate) fn is_touched(derived: &str, changed: &Values) -> bool {
    derived_from(derived)
        .iter()
        .any(|name| changed.contains_key(name))
}

/// Writes the changed fields of a record, which already holds them. Errors: Taken.
pub async fn update(conn: &mut SqliteConnection, record: &Record, changed: &Values) -> Result<()> {
    let derived: Vec<&str> = derived_names(record.kind)
        .iter()
        .copied()
        .filter(|name| is_touched(name, changed))
        .collect();
    let assignments: Vec<String> = changed
        .keys()
        .copied()
        .chain(derived.iter().copied())
        .map(|name| format!("\"{name}\" = ?"))
        .collect();
    let comma = if assignments.is_empty() { "" } else { ", " };
    let sql = format!(
        "UPDATE {} SET {}{comma}updated_at = ? WHERE id = ?",
        record.kind.table(),
        assignments.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in changed.values() {
        query = bind(query, value);
    }
    for name in derived {
        query = query.bind(derived_value(record, name));
    }
    query
        .bind(instant_text(&record.updated_at))
        .bind(record.id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes whether the record is deleted, and with what.
pub async fn set_deleted(conn: &mut SqliteConnection, record: &Record) -> Result<()> {
    let sql = format!(
        "UPDATE {} SET deleted_at = ?, deleted_with = ?, updated_at = ? WHERE id = ?",
        record.kind.table()
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(record.deleted_at.as_ref().map(instant_text))
        .bind(record.deleted_with)
        .bind(instant_text(&record.updated_at))
        .bind(record.id)
        .execute(conn)
        .await?;
    Ok(())
}

/// The live, unflagged record other than `except` that holds `value` in a unique field, case
/// ignored.
pub async fn find_holder(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    field: &'static str,
    value: &str,
    except: Option<Uuid>,
) -> Result<Option<Uuid>> {
    debug_assert!(kind.field(field).is_some_and(|field| field.unique));
    let sql = format!(
        "SELECT id FROM {} WHERE lower({field}) = lower(?1) AND {field} <> '' \
         AND deleted_at IS NULL AND duplicate_of IS NULL AND id IS NOT ?2",
        kind.table()
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(value)
        .bind(except)
        .fetch_optional(conn)
        .await?)
}

/// Live records whose `expression` over their columns equals `value`; none for blank.
pub async fn list_equal(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    expression: &'static str,
    value: &str,
    limit: usize,
) -> Result<Vec<Uuid>> {
    if value.is_empty() {
        return Ok(Vec::new());
    }
    // `<> ''` and `IS NULL` let the planner take the partial index of the expression.
    let column = expression
        .trim_start_matches("lower(")
        .trim_end_matches(')');
    let sql = format!(
        "SELECT id FROM {} WHERE {expression} = ? AND {column} <> '' AND deleted_at IS NULL LIMIT ?",
        kind.table()
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(value)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?)
}

/// Live customers of this name, compared by [`fold::key`]; none unless both are given.
pub async fn list_named(
    conn: &mut SqliteConnection,
    first: &str,
    last: &str,
    limit: usize,
) -> Result<Vec<Uuid>> {
    let (first, last) = (fold::key(first), fold::key(last));
    if first.is_empty() || last.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_scalar(
        "SELECT id FROM customers \
         WHERE last_name_key = ? AND first_name_key = ? AND deleted_at IS NULL LIMIT ?",
    )
    .bind(last)
    .bind(first)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?)
}

/// Whether Central has ever told of a record, or taken it in.
pub async fn is_known_to_central(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    id: Uuid,
) -> Result<bool> {
    let known = known_to_central(kind, "r.id");
    let sql = format!("SELECT {known} FROM {} AS r WHERE r.id = ?", kind.table());
    let found: Option<bool> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(found.unwrap_or(false))
}

/// The same as a condition on the record whose id `id` names: its beginning waits for nobody.
pub(crate) fn known_to_central(kind: EntityKind, id: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM mutations AS m WHERE m.state IN ('waiting', 'parked', 'rejected') \
         AND m.record_id = {id} AND m.entity = '{}' AND m.action = 'create')",
        kind.name()
    )
}

/// How many live records there are.
pub async fn count(conn: &mut SqliteConnection, kind: EntityKind) -> Result<i64> {
    let sql = format!(
        "SELECT count(*) FROM {} WHERE deleted_at IS NULL",
        kind.table()
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(conn)
        .await?)
}

/// The values as the log keeps them, as text.
pub(crate) fn json_text(values: &Values) -> String {
    serde_json::Value::Object(values_to_json(values)).to_string()
}
