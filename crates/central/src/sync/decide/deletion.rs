//! Deletions: one that its author would not have made, had they known of an edit, does not
//! stand.

use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Map, json};
use servease_domain::kind::Identity;
use servease_domain::{Code, EntityKind, MERGED_INTO, papers};
use servease_wire::sync::{Mutation, Outcome};
use uuid::Uuid;

use super::merging::{bury, ends_a_merge};
use super::references::has_live_owner;
use super::reviving::is_news;
use super::{Decision, sign};
use crate::changes::Changeset;
use crate::db::DbError;
use crate::store::records::{self, Stored};
use crate::sync::seen::Seen;
use crate::sync::{conflicts, unique};

pub(super) async fn delete(
    work: &mut Changeset,
    seen: &mut Seen,
    kind: EntityKind,
    desk: Uuid,
    mutation: &Mutation,
) -> Result<Decision, DbError> {
    let Some(stored) = seen.find(work, kind, mutation.record).await? else {
        return Ok(Outcome::Applied.into());
    };
    let is_taken_back = mutation.replaced.iter().any(|it| it == conflicts::DELETED);
    if stored.record.is_deleted() {
        let is_root = mutation.deleted_with.is_none();
        let is_plain = is_root && !is_taken_back && !ends_a_merge(mutation, &stored);
        if is_plain && is_news(work, mutation, &stored).await? {
            // Somebody else has deleted it meanwhile. If that is taken back, this is not.
            sign(work, mutation);
            work.note_deletion(&stored).await?;
            work.author.mutation_id = None;
        }
        return Ok(Outcome::Applied.into());
    }
    if ends_a_merge(mutation, &stored)
        && let Some(outcome) = bury(work, seen, desk, mutation, &stored).await?
    {
        return Ok(outcome.into());
    }
    if kind.about().lasts {
        let code = Code::NeverDeleted.name();
        return Ok(Decision {
            errors: Map::from_iter([("id".to_owned(), json!([code]))]),
            ..Outcome::Rejected.into()
        });
    }
    // What has its owner's id lives and dies with it.
    let has_owners_id = kind.about().identity == Identity::Owners;
    let goes_along = mutation.deleted_with.is_some() || has_owners_id;
    if goes_along && has_live_owner(work, seen, &stored).await? {
        // It belongs to somebody else by now, or its owner's deletion did not stand.
        return Ok(Outcome::Merged.into());
    }
    if let Some(unseen) = unseen_edit(work, &stored, desk, mutation.seen).await? {
        if is_taken_back || kind.about().is_never_asked_about {
            // Its author has taken it back since: nobody wants it. Or nobody is asked.
            return Ok(Outcome::Merged.into());
        }
        let kept = conflicts::standing(work, Some(unseen), json!(false)).await?;
        let lost = conflicts::arriving(mutation, json!(true));
        let id = conflicts::id_of(mutation.id, conflicts::DELETED);
        conflicts::write(work, seen, id, &stored, conflicts::DELETED, kept, lost).await?;
        return Ok(Outcome::Conflict.into());
    }
    sign(work, mutation);
    work.delete(&stored).await?;
    work.author.mutation_id = None;
    unique::settle_orphans(work).await?;
    seen.forget();
    Ok(Outcome::Applied.into())
}

/// The newest change of a record, of what belongs to it, or of what was merged into it, that
/// another desk or a client made after what the author of a deletion had seen.
async fn unseen_edit(
    work: &mut Changeset,
    stored: &Stored,
    desk: Uuid,
    author_saw: i64,
) -> Result<Option<i64>, DbError> {
    // Whatever was never changed after that number needs no look at its changes.
    let mut suspects = Vec::new();
    let mut level = vec![stored.clone()];
    while let Some(next) = level.pop() {
        for (kind, field) in next.record.kind.children() {
            let mut children = records::select_live(*kind);
            children.and_where(Expr::col(*field).eq(next.record.id));
            let children = records::fetch(work.link().await?, *kind, &children).await?;
            let goes = |child: &Stored| papers::goes_along(&child.record, &next.record);
            level.extend(children.into_iter().filter(goes));
        }
        if next.seq > author_saw {
            suspects.push(next.record.id);
        }
    }
    if stored.record.kind.field(MERGED_INTO).is_some() {
        let mut aliases = records::select(stored.record.kind);
        aliases
            .and_where(Expr::col(MERGED_INTO).eq(stored.record.id))
            .and_where(Expr::col("seq").gt(author_saw));
        let aliases = records::fetch(work.link().await?, stored.record.kind, &aliases).await?;
        suspects.extend(aliases.iter().map(|alias| alias.record.id));
    }
    if suspects.is_empty() {
        return Ok(None);
    }
    let mut select = Query::select();
    select
        .expr(Expr::col("seq").max())
        .from("changes")
        .and_where(Expr::col("record_id").is_in(suspects))
        .and_where(Expr::col("seq").gt(author_saw))
        .and_where(Expr::col("kind").is_in(["create", "update", "restore"]))
        .and_where(
            Expr::col("desk_id")
                .is_null()
                .or(Expr::col("desk_id").ne(desk.to_string())),
        );
    match work.link().await?.row(&select).await? {
        Some(row) => row.integer(0),
        None => Ok(None),
    }
}
