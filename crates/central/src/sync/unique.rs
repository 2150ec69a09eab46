//! E-mail, VIN and the like: the second record that holds one is kept and flagged.

use std::collections::HashSet;

use sea_query::{Expr, ExprTrait, Func, Query};
use serde_json::{Value as Json, json};
use servease_domain::{EntityKind, Record, Values};
use servease_wire::sync::{Mutation, WireAction};
use uuid::Uuid;

use super::conflicts;
use super::seen::Seen;
use crate::changes::Changeset;
use crate::db::{self, DbError};
use crate::store::records::{self, Stored};

pub fn touches(kind: EntityKind, changes: &Values) -> bool {
    kind.has_unique()
        && changes
            .keys()
            .any(|name| kind.field(name).is_some_and(|field| field.unique))
}

/// Another live, unflagged record that holds one of this record's unique values.
pub async fn holder(work: &mut Changeset, record: &Record) -> Result<Option<Uuid>, DbError> {
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
pub async fn settle_edited(work: &mut Changeset, edited: &Stored) -> Result<(), DbError> {
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

/// The [`holder`] of a record that is not written yet, which holds its values from now on. What
/// [`look_ahead`] has found free is not asked again.
pub async fn holder_of_new(
    work: &mut Changeset,
    seen: &mut Seen,
    record: &Record,
) -> Result<Option<Uuid>, DbError> {
    let mut is_free = true;
    for field in record.kind.fields().iter().filter(|field| field.unique) {
        let value = record.get(field.name);
        if !value.is_blank() {
            is_free &= seen.is_free(record.kind, field.name, value.as_text());
            seen.note_held(record.kind, field.name, value.as_text());
        }
    }
    match is_free {
        true => Ok(None),
        false => holder(work, record).await,
    }
}

/// Finds out which unique values of a batch's new records nobody holds, with one statement for
/// each field: asking for each record alone writes everything before it alone, too.
pub async fn look_ahead(
    work: &mut Changeset,
    seen: &mut Seen,
    mutations: &[Mutation],
) -> Result<(), DbError> {
    for kind in EntityKind::ALL.into_iter().filter(|kind| kind.has_unique()) {
        for field in kind.fields().iter().filter(|field| field.unique) {
            let wanted: Vec<&str> = mutations
                .iter()
                .filter(|new| new.action == WireAction::Create && new.entity == kind.name())
                .filter_map(|new| new.after.get(field.name).and_then(Json::as_str))
                // PostgreSQL knows no NUL; such a value is refused later.
                .filter(|value| !value.is_empty() && !value.contains('\0'))
                .collect();
            if wanted.len() < 2 {
                continue;
            }
            let lower = |value: &&str| Func::lower(Expr::val(*value));
            let mut select = Query::select();
            select
                .column(field.name)
                .from(kind.table())
                .and_where(Func::lower(Expr::col(field.name)).is_in(wanted.iter().map(lower)))
                .and_where(db::is_filled(field.name))
                .and_where(Expr::col("deleted_at").is_null())
                .and_where(Expr::col("duplicate_of").is_null());
            let mut held = HashSet::new();
            for row in work.link().await?.rows(&select).await? {
                held.insert(row.text(0)?.unwrap_or_default().to_lowercase());
            }
            for value in wanted {
                if !held.contains(&value.to_lowercase()) {
                    seen.note_free(kind, field.name, value);
                }
            }
        }
    }
    Ok(())
}

/// Brings the flags of records in line that repeated `id`, after it changed or went away.
pub async fn settle_followers(
    work: &mut Changeset,
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
pub async fn settle_orphans(work: &mut Changeset) -> Result<bool, DbError> {
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
    work: &mut Changeset,
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
    work: &mut Changeset,
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
