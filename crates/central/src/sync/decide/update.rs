//! Edits of fields, merged into what is there.

use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Map, Value as Json};
use servease_domain::{EntityKind, Record, Values, merge, rules};
use servease_wire::sync::{Mutation, Obstacle, Outcome};

use super::decisions;
use super::merging::{Edit, heir_of, is_merging_away, pass_on};
use super::references::settle_references;
use super::reviving::{is_news, revive};
use super::{Decision, contents, newcomer, note_future, parked, sign};
use crate::changes::Changeset;
use crate::db::DbError;
use crate::store::records::Stored;
use crate::sync::seen::Seen;
use crate::sync::{check, conflicts, likeness, unique};

pub(super) async fn update(
    work: &mut Changeset,
    seen: &mut Seen,
    kind: EntityKind,
    mutation: &Mutation,
) -> Result<Decision, DbError> {
    let Some(mut stored) = seen.find(work, kind, mutation.record).await? else {
        return Ok(parked(Obstacle::MissingRecord));
    };
    let (mut after, unknown) = contents(kind, &mutation.after);
    let mut errors = check::problems(kind, &after, &unknown, false);
    let mut all_unknown = stored.record.extra.clone();
    all_unknown.extend(unknown.clone());
    errors.extend(check::too_much(&all_unknown));
    if !errors.is_empty() {
        return Ok(Decision {
            errors,
            ..Outcome::Rejected.into()
        });
    }
    note_future(work, kind, &mut after);
    let (mut before, _) = contents(kind, &mutation.before);
    // What its author saw and left is not written where it could not have been written.
    let mut left = before.clone();
    left.retain(|name, _| !after.contains_key(name));
    for name in check::problems(kind, &left, &Map::new(), false).keys() {
        before.remove(name.as_str());
    }
    let merges_away = is_merging_away(&after);
    let Some(is_redirected) = settle_references(work, seen, kind, mutation, &mut after).await?
    else {
        return Ok(parked(Obstacle::MissingReference));
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
    let is_replaced = |name: &str| mutation.replaced.iter().any(|it| it == name);
    let there = &stored.record.values;
    let mut merged = merge::merge(kind, there, &before, &after, &is_replaced);
    let refused = newcomer::give_way(mutation, &stored, &mut merged);
    if merged.concurrent && outcome == Outcome::Applied {
        outcome = Outcome::Merged;
    }
    let was = stored.clone();
    let touches_unique = unique::touches(kind, &merged.changes);
    if touches_unique {
        seen.forget_free();
    }
    if likeness::touches(kind, &merged.changes) {
        seen.forget_unshared();
    }
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
    for conflict in &refused {
        let versions = conflict
            .fields
            .iter()
            .filter_map(|name| was.field_versions.get(name));
        let seq = versions.max();
        let (kept, lost) = conflict.told();
        let kept = conflicts::standing(work, seq, kept).await?;
        let lost = conflicts::arriving(mutation, lost);
        let id = conflicts::id_of(mutation.id, conflict.name);
        conflicts::write(work, seen, id, &stored, conflict.name, kept, lost).await?;
        outcome = Outcome::Conflict;
    }
    if let Some(there) = decisions::overruled(&was, &before, &after) {
        // Signed already: what follows from the decision is no part of it.
        if decisions::settle(work, seen, &was, there, mutation).await? {
            outcome = Outcome::Conflict;
        }
    }
    for conflict in &merged.conflicts {
        let versions = conflict
            .fields
            .iter()
            .filter_map(|name| was.field_versions.get(name));
        let seq = versions.max();
        let (kept, lost) = conflict.told();
        let kept = conflicts::arriving(mutation, kept);
        let lost = conflicts::standing(work, seq, lost).await?;
        let id = conflicts::id_of(mutation.id, conflict.name);
        conflicts::write(work, seen, id, &stored, conflict.name, kept, lost).await?;
        outcome = Outcome::Conflict;
    }
    for name in last_one_cleared(&was, &stored, &merged.changes) {
        let seq = was.field_versions.get(name);
        let kept = conflicts::arriving(mutation, stored.record.get(name).to_json());
        let lost = was.record.get(name).to_json();
        let lost = conflicts::standing(work, seq, lost).await?;
        let id = conflicts::id_of(mutation.id, name);
        conflicts::write(work, seen, id, &stored, name, kept, lost).await?;
        outcome = Outcome::Conflict;
    }
    Ok(outcome.into())
}

/// Fields that an edit cleared though no other was left of which one must hold something: each of
/// two people left the one that the other cleared. Both edits stand, and somebody is told.
fn last_one_cleared(was: &Stored, now: &Stored, changes: &Values) -> Vec<&'static str> {
    let names = |record: &Record| {
        let of_kind = rules::ONE_OF
            .iter()
            .filter(|(kind, ..)| *kind == record.kind);
        let empty =
            of_kind.filter(|(_, names, _)| names.iter().all(|name| record.get(name).is_blank()));
        empty.flat_map(|(_, names, _)| *names).collect::<Vec<_>>()
    };
    let before = names(&was.record);
    names(&now.record)
        .into_iter()
        .filter(|name| !before.contains(name) && changes.contains_key(name))
        .collect()
}

/// Central was restored, and another desk passed on what had come of this mutation before its
/// author's desk sent it: that desk knows what the author had seen, so that it can be told
/// now whom the edit overruled.
pub async fn tell_late(
    work: &mut Changeset,
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
    // What the line does not name had been as the author saw it.
    let mut there = before.clone();
    there.extend(was);
    for conflict in merge::merge(kind, &there, &before, &after, &|_| false).conflicts {
        let (kept, lost) = conflict.told();
        let kept = conflicts::arriving(mutation, kept);
        let lost = conflicts::standing(work, None, lost).await?;
        let id = conflicts::id_of(mutation.id, conflict.name);
        conflicts::write(work, seen, id, &stored, conflict.name, kept, lost).await?;
    }
    Ok(())
}
