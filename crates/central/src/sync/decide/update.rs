//! Edits of fields, merged into what is there.

use sea_query::{Expr, ExprTrait, Query};
use serde_json::Value as Json;
use servease_domain::{EntityKind, merge};
use servease_wire::sync::{Mutation, Outcome, Problem};

use super::merging::{Edit, heir_of, is_merging_away, pass_on};
use super::references::settle_references;
use super::reviving::{is_news, revive};
use super::{Decision, contents, note_future, parked, sign};
use crate::changes::Work;
use crate::db::DbError;
use crate::sync::seen::Seen;
use crate::sync::{check, conflicts, unique};

pub(super) async fn update(
    work: &mut Work,
    seen: &mut Seen,
    kind: EntityKind,
    mutation: &Mutation,
) -> Result<Decision, DbError> {
    let Some(mut stored) = seen.find(work, kind, mutation.record).await? else {
        return Ok(parked(Problem::MissingRecord));
    };
    let (mut after, unknown) = contents(kind, &mutation.after);
    let errors = check::problems(kind, &after, &unknown, false);
    if !errors.is_empty() {
        return Ok(Decision {
            errors,
            ..Outcome::Rejected.into()
        });
    }
    note_future(work, kind, &mut after);
    let (before, _) = contents(kind, &mutation.before);
    let merges_away = is_merging_away(&after);
    let Some(is_redirected) = settle_references(work, seen, kind, mutation, &mut after).await?
    else {
        return Ok(parked(Problem::MissingReference));
    };
    let mut outcome = if is_redirected {
        Outcome::Merged
    } else {
        Outcome::Applied
    };
    if let Some(now) = seen.find(work, kind, mutation.record).await? {
        stored = now;
    }
    if stored.record.is_deleted() && !merges_away && is_news(work, mutation, &stored).await? {
        match heir_of(work, seen, &stored).await? {
            // It stands for another record by now, which takes the edit in its place.
            Some(heir) => {
                let edit = Edit::of(mutation, kind, &before, &after);
                pass_on(work, seen, mutation.id, heir, &edit).await?;
                outcome = Outcome::Merged;
            }
            None => {
                revive(work, seen, &stored, mutation).await?;
                outcome = Outcome::Conflict;
            }
        }
        if let Some(now) = seen.find(work, kind, mutation.record).await? {
            stored = now;
        }
    }
    let merged = merge::merge(kind, &stored.record.values, &before, &after);
    if merged.concurrent && outcome == Outcome::Applied {
        outcome = Outcome::Merged;
    }
    let was = stored.clone();
    let touches_unique = unique::touches(kind, &merged.changes);
    if touches_unique && !stored.record.is_deleted() {
        let mut wanted = stored.record.clone();
        wanted.values.extend(merged.changes.clone());
        let holder = unique::holder(work, &wanted).await?;
        // The flag goes up before the value that needs it, and down after.
        if holder.is_some() && holder != stored.record.duplicate_of {
            let extra = stored.record.extra.clone();
            stored = work.update_kept(&stored, extra, holder).await?;
        }
        if holder.is_some() && outcome != Outcome::Conflict {
            outcome = Outcome::Duplicate;
        }
    }
    sign(work, mutation);
    stored = work.update(&stored, &merged.changes).await?;
    work.author.mutation_id = None;
    let is_new_extra = unknown
        .iter()
        .any(|(name, json)| stored.record.extra.get(name) != Some(json));
    if is_new_extra {
        let mut extra = stored.record.extra.clone();
        extra.extend(unknown);
        if merged.changes.is_empty() {
            sign(work, mutation);
        }
        let duplicate_of = stored.record.duplicate_of;
        stored = work.update_kept(&stored, extra, duplicate_of).await?;
        work.author.mutation_id = None;
    }
    if touches_unique {
        if stored.record.duplicate_of.is_some()
            && unique::holder(work, &stored.record).await?.is_none()
        {
            let extra = stored.record.extra.clone();
            stored = work.update_kept(&stored, extra, None).await?;
        }
        if outcome == Outcome::Duplicate {
            unique::tell(work, seen, &stored, mutation).await?;
        }
    }
    seen.put(stored.clone());
    if touches_unique && unique::settle_followers(work, kind, stored.record.id).await? {
        seen.forget();
    }
    for conflict in merged.conflicts {
        let seq = was
            .field_versions
            .get(conflict.field)
            .and_then(Json::as_i64);
        let kept = conflicts::arriving(mutation, conflict.kept.to_json());
        let lost = conflicts::standing(work, seq, conflict.lost.to_json()).await?;
        let id = conflicts::id_of(mutation.id, conflict.field);
        conflicts::write(work, seen, id, &stored, conflict.field, kept, lost).await?;
        outcome = Outcome::Conflict;
    }
    Ok(outcome.into())
}

/// Central was restored, and another desk passed on what had come of this mutation before its
/// author's desk sent it: that desk knows what the author had seen, so that it can be told
/// now whom the edit overruled.
pub async fn tell_late(
    work: &mut Work,
    seen: &mut Seen,
    mutation: &Mutation,
) -> Result<(), DbError> {
    let Some(kind) = EntityKind::from_name(&mutation.entity) else {
        return Ok(());
    };
    let Some(stored) = seen.find(work, kind, mutation.record).await? else {
        return Ok(());
    };
    let mut select = Query::select();
    select
        .columns(["before"])
        .from("changes")
        .and_where(Expr::col("record_id").eq(mutation.record))
        .and_where(Expr::col("mutation_id").eq(mutation.id.to_string()));
    let Some(Json::Object(was)) = (match work.link().await?.row(&select).await? {
        Some(row) => row.json(0)?,
        None => None,
    }) else {
        return Ok(());
    };
    work.now = mutation.at;
    let (was, _) = contents(kind, &was);
    let (before, _) = contents(kind, &mutation.before);
    let (after, _) = contents(kind, &mutation.after);
    for (name, there) in was {
        let (Some(saw), Some(wanted), Some(field)) =
            (before.get(name), after.get(name), kind.field(name))
        else {
            continue;
        };
        if field.merge == servease_domain::Merge::LaterArrival && *saw != there && *wanted != there
        {
            let kept = conflicts::arriving(mutation, wanted.to_json());
            let lost = conflicts::standing(work, None, there.to_json()).await?;
            let id = conflicts::id_of(mutation.id, name);
            conflicts::write(work, seen, id, &stored, name, kept, lost).await?;
        }
    }
    Ok(())
}
