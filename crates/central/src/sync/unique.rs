//! E-mail, VIN and the like: the second record that holds one is kept and flagged.

use sea_query::{Expr, ExprTrait, Query};
use serde_json::json;
use servease_domain::{EntityKind, Record, Values};
use servease_wire::sync::Mutation;
use uuid::Uuid;

use super::conflicts;
use super::seen::Seen;
use crate::changes::Work;
use crate::db::DbError;
use crate::store::records::{self, Stored};

pub fn touches(kind: EntityKind, changes: &Values) -> bool {
    kind.has_unique()
        && changes
            .keys()
            .any(|name| kind.field(name).is_some_and(|field| field.unique))
}

/// Another live, unflagged record that holds one of this record's unique values.
pub async fn holder(work: &mut Work, record: &Record) -> Result<Option<Uuid>, DbError> {
    for field in record.kind.fields().iter().filter(|field| field.unique) {
        let value = record.get(field.name);
        if value.is_blank() {
            continue;
        }
        let found =
            records::find_by_unique(work.link().await?, record.kind, field.name, value).await?;
        if let Some(found) = found.filter(|id| *id != record.id) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Brings flags in line after an edit of a record that nobody else repeats: its own, and those of
/// the records that repeated it.
pub async fn settle_edited(work: &mut Work, edited: &Stored) -> Result<(), DbError> {
    if edited.record.duplicate_of.is_some() {
        let holder = holder(work, &edited.record).await?;
        if holder != edited.record.duplicate_of {
            let extra = edited.record.extra.clone();
            work.update_kept(edited, extra, holder).await?;
        }
    }
    settle_followers(work, edited.record.kind, edited.record.id).await?;
    Ok(())
}

/// Brings the flags of records in line that repeated `id`, after it changed or went away.
pub async fn settle_followers(
    work: &mut Work,
    kind: EntityKind,
    id: Uuid,
) -> Result<bool, DbError> {
    let mut select = records::select_live(kind);
    select
        .and_where(Expr::col("duplicate_of").eq(id))
        .order_by("created_at", sea_query::Order::Asc)
        .order_by("id", sea_query::Order::Asc);
    settle(work, kind, &select).await
}

/// Settles the flags of those that repeated any record that is deleted now.
pub async fn settle_orphans(work: &mut Work) -> Result<bool, DbError> {
    let mut any = false;
    for kind in EntityKind::repeatable() {
        let mut dead = Query::select();
        dead.column("id")
            .from(kind.table())
            .and_where(Expr::col("deleted_at").is_not_null());
        let mut select = records::select_live(kind);
        select
            .and_where(Expr::col("duplicate_of").is_not_null())
            .and_where(Expr::col("duplicate_of").in_subquery(dead))
            .order_by("created_at", sea_query::Order::Asc)
            .order_by("id", sea_query::Order::Asc);
        any |= settle(work, kind, &select).await?;
    }
    Ok(any)
}

async fn settle(
    work: &mut Work,
    kind: EntityKind,
    select: &sea_query::SelectStatement,
) -> Result<bool, DbError> {
    let mut any = false;
    for follower in records::fetch(work.link().await?, kind, select).await? {
        let holder = holder(work, &follower.record).await?;
        if holder != follower.record.duplicate_of {
            let extra = follower.record.extra.clone();
            work.update_kept(&follower, extra, holder).await?;
            any = true;
        }
    }
    Ok(any)
}

/// Says that a record repeats another: the decision to merge them or to keep them apart is
/// made on this record.
pub async fn tell(
    work: &mut Work,
    seen: &mut Seen,
    stored: &Stored,
    mutation: &Mutation,
) -> Result<(), DbError> {
    let Some(holder) = stored.record.duplicate_of else {
        return Ok(());
    };
    let mut name = holder.as_bytes().to_vec();
    name.extend_from_slice(stored.record.id.as_bytes());
    let id = Uuid::new_v5(&stored.record.id, &name);
    let kept = conflicts::Side {
        value: json!(holder.to_string()),
        ..conflicts::Side::default()
    };
    let lost = conflicts::arriving(mutation, json!(stored.record.id.to_string()));
    conflicts::write(work, seen, id, stored, conflicts::DUPLICATE, kept, lost).await
}
