//! Many rows at once: lists read a window of them, demo data and whatever else fills an empty
//! database write thousands. One statement takes many rows, since at these numbers asking costs
//! more than doing.
//!
//! Edits of people do not come here; they go through [`crate::Step`].

use std::collections::{BTreeSet, HashMap};

use servease_domain::value::instant_text;
use servease_domain::{EntityKind, Record};
use sqlx::{AssertSqlSafe, Connection, Sqlite, SqliteConnection, Transaction};
use uuid::Uuid;

use crate::columns::{bind_column, bind_whole, derived_from, derived_names, read, statements_of};
use crate::log::Mutation;
use crate::rows::json_text;
use crate::sync::hex_ids;
use crate::{Result, StoreError};

/// Rows of one statement: at some 40 columns well below SQLite's 32,766 bound values.
const ROWS_PER_STATEMENT: usize = 200;

const MUTATION_COLUMNS: &str = "id, step, entity, record_id, action, author_id, author_name, at, \
                                seen, before, after, is_correction, undoes, deleted_with, \
                                origin, state";

/// The records with these ids, deleted or not.
pub async fn find(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Record>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "{} WHERE id IN (SELECT unhex(value) FROM json_each(?))",
        statements_of(kind).select
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(hex_ids(ids.iter().copied()))
        .fetch_all(conn)
        .await?;
    let mut found = HashMap::with_capacity(ids.len());
    for row in rows {
        let record = read(kind, &row)?;
        found.insert(record.id, record);
    }
    Ok(found)
}

/// Marks for so many bound values.
pub(crate) fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// Whether there is no record and never was one, beside those that every database has.
pub async fn is_empty(conn: &mut SqliteConnection) -> Result<bool> {
    let tables: Vec<String> = EntityKind::ALL
        .into_iter()
        .filter(|kind| kind.only_id().is_none())
        .map(EntityKind::table)
        .chain(["mutations"])
        .map(|table| format!("SELECT 1 FROM {table}"))
        .collect();
    // A UNION ALL stops at its first row.
    let sql = format!("SELECT NOT EXISTS ({})", tables.join(" UNION ALL "));
    Ok(sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(conn)
        .await?)
}

/// A transaction for rows that nobody listens to yet.
pub async fn begin(conn: &mut SqliteConnection) -> Result<Transaction<'_, Sqlite>> {
    Ok(conn.begin_with("BEGIN IMMEDIATE").await?)
}

/// Commits the transaction.
pub async fn commit(tx: Transaction<'_, Sqlite>) -> Result<()> {
    Ok(tx.commit().await?)
}

/// Writes records of one entity that are not there yet, in their order. Records of another
/// entity are left out. Errors: Taken, DanglingReference.
pub async fn insert(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    records: &[&Record],
) -> Result<()> {
    write(conn, kind, records, false).await
}

/// Writes records, also over those that are there.
pub(crate) async fn replace(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    records: &[&Record],
) -> Result<()> {
    write(conn, kind, records, true).await
}

async fn write(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    records: &[&Record],
    replaces: bool,
) -> Result<()> {
    let records: Vec<&&Record> = records
        .iter()
        .filter(|record| record.kind == kind)
        .collect();
    let Some((head, marks)) = statements_of(kind).insert.split_once(" VALUES ") else {
        return Err(StoreError::Damaged(format!("insert of {}", kind.table())));
    };
    let head = if replaces {
        head.replacen("INSERT", "REPLACE", 1)
    } else {
        head.to_owned()
    };
    for chunk in records.chunks(ROWS_PER_STATEMENT) {
        let mut query = sqlx::query(AssertSqlSafe(rows_sql(&head, marks, chunk.len())))
            .persistent(is_usual(chunk.len()));
        for record in chunk {
            query = bind_whole(query, record);
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// Writes the same columns of records that are there; fields of theirs, or what every record
/// has beside them. What is computed from a field is written with it.
pub(crate) async fn update(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    columns: &BTreeSet<&'static str>,
    records: &[&Record],
) -> Result<()> {
    if columns.is_empty() {
        return Ok(());
    }
    let mut names: Vec<&str> = columns.iter().copied().collect();
    names.extend(
        derived_names(kind)
            .iter()
            .filter(|name| derived_from(name).iter().any(|from| columns.contains(from))),
    );
    // SQLite and PostgreSQL call the columns of VALUES column1, column2 and so on.
    let assignments: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(index, name)| format!("\"{name}\" = new.column{}", index + 2))
        .collect();
    let head = format!(
        "UPDATE {} SET {} FROM (",
        kind.table(),
        assignments.join(", ")
    );
    let marks = format!("({})", marks(names.len() + 1));
    for chunk in records.chunks(ROWS_PER_STATEMENT) {
        let sql = format!(
            "{}) AS new WHERE id = new.column1",
            rows_sql(&head, &marks, chunk.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(is_usual(chunk.len()));
        for record in chunk {
            query = query.bind(record.id);
            for name in &names {
                query = bind_column(query, record, name);
            }
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// Statements of one row and of as many as possible come again; those of other numbers would
/// only push them out of the connection's memory.
fn is_usual(rows: usize) -> bool {
    rows == 1 || rows == ROWS_PER_STATEMENT
}

/// Adds mutations to the log, in their order. Their numbers are the next ones.
pub async fn append(conn: &mut SqliteConnection, mutations: &[Mutation]) -> Result<()> {
    let head = format!("INSERT INTO mutations ({MUTATION_COLUMNS})");
    let marks = format!("({})", marks(MUTATION_COLUMNS.split(',').count()));
    for chunk in mutations.chunks(ROWS_PER_STATEMENT) {
        let mut query = sqlx::query(AssertSqlSafe(rows_sql(&head, &marks, chunk.len())))
            .persistent(is_usual(chunk.len()));
        for mutation in chunk {
            query = query
                .bind(mutation.id)
                .bind(mutation.step)
                .bind(mutation.kind.name())
                .bind(mutation.record_id)
                .bind(mutation.action.word())
                .bind(mutation.author_id)
                .bind(mutation.author_name.as_str())
                .bind(instant_text(&mutation.at))
                .bind(mutation.seen)
                .bind(json_text(&mutation.before))
                .bind(json_text(&mutation.after))
                .bind(mutation.is_correction)
                .bind(mutation.undoes)
                .bind(mutation.deleted_with)
                .bind(mutation.origin.word())
                .bind(mutation.state.word());
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

fn rows_sql(head: &str, marks: &str, rows: usize) -> String {
    format!("{head} VALUES {}", vec![marks; rows].join(", "))
}
