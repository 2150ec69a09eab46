//! Restorations: those that somebody asked for, and those that follow from an edit of
//! something that another desk had deleted.

use std::sync::Arc;

use sea_query::{Expr, ExprTrait, Query};
use serde_json::json;
use servease_domain::{EntityKind, Kind, MERGED_INTO, Record, Value, Values, papers};
use servease_wire::sync::{Mutation, Obstacle, Outcome};
use uuid::Uuid;

use super::aliases::follow;
use super::{Decision, parked, sign};
use crate::changes::Changeset;
use crate::db::DbError;
use crate::store::records::{self, Stored};
use crate::sync::seen::Seen;
use crate::sync::{conflicts, unique};

/// Brings back a whole deletion because of an edit that was made without knowledge of it, and
/// says so.
pub(super) async fn revive(
    work: &mut Changeset,
    seen: &mut Seen,
    tombstone: &Stored,
    mutation: &Mutation,
) -> Result<(), DbError> {
    let root = match tombstone.record.deleted_with {
        Some(root) => find_root(work, seen, root).await?,
        None => None,
    };
    let root = root
        .filter(|root| root.record.is_deleted())
        .unwrap_or_else(|| Arc::new(tombstone.clone()));
    let deletion = conflicts::deletion(work, root.record.kind, root.record.id).await?;
    let lost = conflicts::standing(work, deletion.map(|(seq, _)| seq), json!(true)).await?;
    let kept = conflicts::arriving(mutation, json!(false));
    restore_root(work, seen, &root).await?;
    let id = conflicts::id_of(mutation.id, conflicts::DELETED);
    conflicts::write(work, seen, id, &root, conflicts::DELETED, kept, lost).await
}

async fn find_root(
    work: &mut Changeset,
    seen: &mut Seen,
    id: Uuid,
) -> Result<Option<Arc<Stored>>, DbError> {
    for kind in EntityKind::roots() {
        if let Some(found) = seen.find(work, kind, id).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Restores a deletion from its root. Owners that are dead by another deletion come back
/// first, unless they were merged into others: it belongs to these then. Unique values that
/// somebody else holds by now are flagged.
pub(super) async fn restore_root(
    work: &mut Changeset,
    seen: &mut Seen,
    root: &Stored,
) -> Result<(), DbError> {
    // Only the restoration itself is signed.
    let signed = work.author.mutation_id.take();
    for field in root.record.kind.fields() {
        let Kind::Reference(to) = field.kind else {
            continue;
        };
        if !to.children().contains(&(root.record.kind, field.name)) {
            continue;
        }
        if let Some(owner) = root.record.get(field.name).as_id()
            && let Some(owner) = seen.find(work, to, owner).await?
            && owner.record.is_deleted()
            && papers::goes_along(&root.record, &owner.record)
        {
            let heir = follow(work, seen, to, &owner).await?;
            // How a customer wants to be reached is the customer's own.
            if heir.is_none() || root.record.kind == EntityKind::Preferences {
                Box::pin(restore_root(work, seen, &owner)).await?;
            }
        }
    }
    // An owner that came back may have brought this one along.
    let found = seen.find(work, root.record.kind, root.record.id).await?;
    let Some(root) = found.filter(|root| root.record.is_deleted()) else {
        return Ok(());
    };
    let mut rising = vec![root.clone()];
    for kind in EntityKind::ALL {
        let mut along = records::select(kind);
        along.and_where(Expr::col("deleted_with").eq(root.record.id));
        let risen = records::fetch(work.link().await?, kind, &along).await?;
        rising.extend(risen.into_iter().map(Arc::new));
    }
    for stored in rising {
        let stored = lead_to_heirs(work, seen, stored, root.record.id).await?;
        if !stored.record.kind.has_unique() {
            continue;
        }
        let holder = unique::holder(work, &stored.record).await?;
        // A flag stays until the end: what it points to may rise along.
        if holder.is_some() && holder != stored.record.duplicate_of {
            let extra = stored.record.extra.clone();
            work.update_kept(&stored, extra, holder).await?;
        }
    }
    seen.forget();
    let Some(mut now) = seen.find(work, root.record.kind, root.record.id).await? else {
        return Ok(());
    };
    work.author.mutation_id = signed;
    now = work.restore(&now).await?;
    seen.forget();
    if unique::settle_orphans(work).await?
        && let Some(settled) = seen.find(work, now.record.kind, now.record.id).await?
    {
        now = settled;
    }
    if !now.record.get(MERGED_INTO).is_blank() && work.author.undoes.is_none() {
        // It stands for itself again.
        let alone = Values::from([(MERGED_INTO, Value::Null)]);
        work.update(&now, &alone).await?;
        seen.forget();
    }
    Ok(())
}

/// What comes back belongs to those into whom others were merged meanwhile, but for what belongs to
/// the `root`, which comes back itself.
async fn lead_to_heirs(
    work: &mut Changeset,
    seen: &mut Seen,
    stored: Arc<Stored>,
    root: Uuid,
) -> Result<Arc<Stored>, DbError> {
    let mut moved = Values::new();
    for (field, to) in stored.record.kind.led_by_merges() {
        let Some(id) = stored.record.get(field).as_id().filter(|id| *id != root) else {
            continue;
        };
        if let Some(target) = seen.find(work, to, id).await?
            && target.record.is_deleted()
            && let Some(heir) = follow(work, seen, to, &target).await?
        {
            moved.insert(field, Value::Id(heir));
        }
    }
    match moved.is_empty() {
        true => Ok(stored),
        false => work.update(&stored, &moved).await,
    }
}

pub(super) async fn restore(
    work: &mut Changeset,
    seen: &mut Seen,
    kind: EntityKind,
    mutation: &Mutation,
) -> Result<Decision, DbError> {
    let Some(stored) = seen.find(work, kind, mutation.record).await? else {
        return Ok(parked(Obstacle::MissingRecord));
    };
    if !stored.record.is_deleted() {
        return Ok(Outcome::Applied.into());
    }
    let overruled = unseen_deletions(work, &stored, mutation).await?;
    sign(work, mutation);
    restore_root(work, seen, &stored).await?;
    work.author.mutation_id = None;
    let mut outcome = Outcome::Applied;
    for (record, seq) in overruled {
        let Some(about) = seen.find(work, record.kind, record.id).await? else {
            continue;
        };
        if about.record.is_deleted() {
            continue;
        }
        let kept = conflicts::arriving(mutation, json!(false));
        let lost = conflicts::standing(work, Some(seq), json!(true)).await?;
        let id = conflicts::id_of(
            mutation.id,
            &format!("{} {}", conflicts::DELETED, record.id),
        );
        conflicts::write(work, seen, id, &about, conflicts::DELETED, kept, lost).await?;
        outcome = Outcome::Conflict;
    }
    Ok(outcome.into())
}

/// Whether the author of a mutation did not know that the record was deleted.
pub(super) async fn is_news(
    work: &mut Changeset,
    mutation: &Mutation,
    stored: &Stored,
) -> Result<bool, DbError> {
    let deletion = conflicts::deletion(work, stored.record.kind, stored.record.id).await?;
    Ok(deletion.is_none_or(|(seq, desk)| seq > mutation.seen && desk != work.author.desk_id))
}

/// Deletions of a record, or of what comes back with it, that somebody else made and that the
/// author of a restoration had not seen, with the newest number of each.
async fn unseen_deletions(
    work: &mut Changeset,
    root: &Stored,
    mutation: &Mutation,
) -> Result<Vec<(Record, i64)>, DbError> {
    let mut rising = vec![root.record.clone()];
    for kind in EntityKind::ALL {
        let mut along = records::select(kind);
        along.and_where(Expr::col("deleted_with").eq(root.record.id));
        let found = records::fetch(work.link().await?, kind, &along).await?;
        rising.extend(found.into_iter().map(|stored| stored.record));
    }
    let desk = work.author.desk_id.clone();
    let mut overruled = Vec::new();
    for record in rising {
        let mut select = Query::select();
        select
            .expr(Expr::col("seq").max())
            .from("changes")
            .and_where(Expr::col("record_id").eq(record.id))
            .and_where(Expr::col("entity").eq(record.kind.name()))
            .and_where(Expr::col("kind").eq("delete"))
            .and_where(Expr::col("seq").gt(mutation.seen))
            .and_where(
                Expr::col("desk_id")
                    .is_null()
                    .or(Expr::col("desk_id").ne(desk.clone())),
            );
        if record.id != root.record.id {
            // What went along with another deletion is told by that.
            select.and_where(Expr::col("mutation_id").is_not_null());
        }
        let row = work.link().await?.row(&select).await?;
        if let Some(seq) = row.map(|row| row.integer(0)).transpose()?.flatten() {
            overruled.push((record, seq));
        }
    }
    Ok(overruled)
}
