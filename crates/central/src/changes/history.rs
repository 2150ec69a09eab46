//! The sequence as the history of records.

use sea_query::{Expr, ExprTrait, Order, Query};
use servease_domain::EntityKind;
use uuid::Uuid;

use crate::db::{DbError, Link};

/// The numbers of the changes of some records, newest first.
pub async fn seqs_of_records(
    link: &mut Link,
    ids: &[Uuid],
    offset: u64,
    limit: u64,
) -> Result<Vec<i64>, DbError> {
    let mut select = Query::select();
    select
        .column("seq")
        .from("changes")
        .and_where(Expr::col("record_id").is_in(ids.iter().copied()))
        .order_by("seq", Order::Desc)
        .offset(offset)
        .limit(limit);
    let mut seqs = Vec::new();
    for row in link.rows(&select).await? {
        seqs.extend(row.integer(0)?);
    }
    Ok(seqs)
}

/// Changes by their numbers, newest first.
pub async fn of_seqs(
    link: &mut Link,
    seqs: &[i64],
) -> Result<Vec<servease_wire::history::Entry>, DbError> {
    let mut select = Query::select();
    select
        .columns([
            "seq",
            "entity",
            "record_id",
            "kind",
            "author",
            "author_name",
            "at",
            "before",
            "after",
            "account",
            "account_name",
        ])
        .from("changes")
        .and_where(Expr::col("seq").is_in(seqs.iter().copied()))
        .order_by("seq", Order::Desc);
    let mut entries = Vec::new();
    for row in link.rows(&select).await? {
        let Some(entity) = EntityKind::from_name(&row.text(1)?.unwrap_or_default()) else {
            // Written by a newer program.
            continue;
        };
        let seq = row.integer(0)?.unwrap_or(0);
        let object = |column: usize, name: &str| {
            row.object(column, || format!("changes.{name} of change {seq}"))
        };
        entries.push(servease_wire::history::Entry {
            seq,
            entity,
            record_id: row.id(2)?.unwrap_or_default(),
            kind: row.text(3)?.unwrap_or_default(),
            author_id: row.text(4)?,
            author_name: row.text(5)?.unwrap_or_default(),
            at: row.instant(6)?.unwrap_or_default(),
            before: object(7, "before")?,
            after: object(8, "after")?,
            account_id: row.text(9)?,
            account_name: row.text(10)?,
        });
    }
    Ok(entries)
}

/// How many changes some records have.
pub async fn count_of_records(link: &mut Link, ids: &[Uuid]) -> Result<u64, DbError> {
    let mut select = Query::select();
    select
        .expr(Expr::col("seq").count())
        .from("changes")
        .and_where(Expr::col("record_id").is_in(ids.iter().copied()));
    match link.row(&select).await? {
        Some(row) => Ok(u64::try_from(row.integer(0)?.unwrap_or(0)).unwrap_or(0)),
        None => Ok(0),
    }
}
