//! After an upgrade: what an older program had kept without understanding it finds its place.
//!
//! Two things wait for a newer program. Fields that it knows and the old one did not lie in
//! `extra` beside the record: they move into their columns. Changes and rows of Central that the
//! old one could not take in were set aside: changes go into the log, and the rows are compared
//! with Central's once more, since newer changes may have passed the old ones by.

use servease_domain::{EntityKind, record};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use uuid::Uuid;

use crate::sync::aside::Kept;
use crate::sync::batch::Batch;
use crate::sync::{aside, lines, state};
use crate::{Result, settings};

/// Which entities and fields the program knew that adopted last.
const DESCRIPTION: &str = "store.description";

/// Does nothing, at the price of one look, where the program knows what the last one knew.
pub(crate) async fn adopt(conn: &mut SqliteConnection) -> Result<()> {
    let known = record::known_fields();
    if settings::find(conn, DESCRIPTION).await?.as_deref() == Some(known.as_str()) {
        return Ok(());
    }
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    for kind in EntityKind::ALL {
        adopt_fields(&mut tx, kind).await?;
    }
    adopt_changes(&mut tx).await?;
    settings::set(&mut tx, DESCRIPTION, &known).await?;
    Ok(tx.commit().await?)
}

async fn adopt_fields(conn: &mut SqliteConnection, kind: EntityKind) -> Result<()> {
    let sql = format!("SELECT id FROM {} WHERE extra <> '{{}}'", kind.table());
    let ids: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(&mut *conn)
        .await?;
    let mut batch = Batch::default();
    for id in &ids {
        batch.want(kind, *id);
    }
    batch.read(conn).await?;
    let mut adopted = Vec::new();
    for id in ids {
        let Some(record) = batch.get(kind, id) else {
            continue;
        };
        let (values, unknown) = record::values_from_json(kind, &record.extra);
        if !values.is_empty() {
            adopted.push(((kind, id), values, unknown));
        }
    }
    for (_, values, _) in &adopted {
        batch.want_references(kind, values);
    }
    batch.read(conn).await?;
    for (key, values, unknown) in adopted {
        batch.set(key, &values, None)?;
        batch.replace_extra(key, unknown);
    }
    batch.write(conn).await?;
    Ok(())
}

async fn adopt_changes(conn: &mut SqliteConnection) -> Result<()> {
    let mut numbers = Vec::new();
    let mut entries = Vec::new();
    for (seq, kept) in aside::list(conn).await? {
        match kept {
            Kept::Change(entry) => entries.push(*entry),
            Kept::Row => {}
            // No reason not to open: it stays where it is, and `doctor` tells what is damaged.
            Kept::Unreadable | Kept::Damaged => continue,
        }
        numbers.push(seq);
    }
    if numbers.is_empty() {
        return Ok(());
    }
    lines::remember(conn, &entries).await?;
    aside::forget(conn, &numbers).await?;
    state::ask_for_snapshot(conn).await
}
