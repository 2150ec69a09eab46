//! What becomes of one mutation: merged into what is there, kept as a conflict, parked,
//! rejected. Writes through the change sequence, inside the transaction of its batch.

use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Map, Value as Json, json};
use servease_domain::field::Default as FieldDefault;
use servease_domain::{EntityKind, Kind, Record, Value, Values, merge, record};
use servease_wire::sync::{Action, DELETED_WITH, DUPLICATE_OF, Mutation, Outcome, Problem};
use uuid::Uuid;

use super::seen::Seen;
use super::{check, conflicts, unique};
use crate::changes::{Author, Work};
use crate::db::DbError;
use crate::store::records::{self, Stored};

/// What a mutation came to.
#[derive(Debug)]
pub struct Decision {
    pub outcome: Outcome,
    pub errors: Map<String, Json>,
    pub problem: Option<Problem>,
}

impl From<Outcome> for Decision {
    fn from(outcome: Outcome) -> Decision {
        Decision {
            outcome,
            errors: Map::new(),
            problem: None,
        }
    }
}

fn parked(problem: Problem) -> Decision {
    Decision {
        problem: Some(problem),
        ..Outcome::Parked.into()
    }
}

/// Decides one mutation and writes what follows.
pub async fn decide(
    work: &mut Work,
    seen: &mut Seen,
    desk: Uuid,
    mutation: &Mutation,
) -> Result<Decision, DbError> {
    let Some(kind) = EntityKind::from_name(&mutation.entity) else {
        return Ok(Decision {
            problem: Some(Problem::UnknownEntity),
            ..Outcome::Rejected.into()
        });
    };
    work.now = mutation.at;
    work.author = Author {
        id: mutation.author.id.clone(),
        name: mutation.author.name.clone(),
        desk_id: Some(desk.to_string()),
        mutation_id: None,
        step: Some(mutation.step),
        undoes: mutation.undoes,
        is_correction: mutation.is_correction,
    };
    match mutation.action {
        Action::Create => create(work, seen, kind, mutation).await,
        Action::Update => update(work, seen, kind, mutation).await,
        Action::Delete => delete(work, seen, kind, desk, mutation).await,
        Action::Restore => restore(work, seen, kind, mutation).await,
        Action::Unknown => Ok(Decision {
            problem: Some(Problem::UnknownEntity),
            ..Outcome::Rejected.into()
        }),
    }
}

fn sign(work: &mut Work, mutation: &Mutation) {
    work.author.mutation_id = Some(mutation.id.to_string());
}

/// The mutation's fields: those that are known, and those of a newer program. The two names
/// that are no fields are Central's own to set.
fn contents(kind: EntityKind, json: &Map<String, Json>) -> (Values, Map<String, Json>) {
    let (values, mut unknown) = record::values_from_json(kind, json);
    unknown.remove(DUPLICATE_OF);
    unknown.remove(DELETED_WITH);
    (values, unknown)
}

/// A new record holds what was said and the defaults for the rest; nothing from the clock.
fn new_record(kind: EntityKind, mutation: &Mutation, values: Values) -> Record {
    let mut record = Record::new(kind, mutation.record, Values::new(), mutation.at);
    for field in kind.fields() {
        if matches!(field.default, FieldDefault::Now) {
            record.values.insert(field.name, Value::Null);
        }
    }
    record.values.extend(values);
    record
}

async fn create(
    work: &mut Work,
    seen: &mut Seen,
    kind: EntityKind,
    mutation: &Mutation,
) -> Result<Decision, DbError> {
    let (mut values, unknown) = contents(kind, &mutation.after);
    let errors = check::problems(kind, &values, &unknown, true);
    if !errors.is_empty() {
        return Ok(Decision {
            errors,
            ..Outcome::Rejected.into()
        });
    }
    if seen.find(work, kind, mutation.record).await?.is_some() {
        // Somebody who knew the record has sent it already: what was written first is the
        // oldest of what is known, and overrules nothing.
        return Ok(Outcome::Merged.into());
    }
    let Some(is_redirected) = settle_references(work, seen, kind, mutation, &mut values).await?
    else {
        return Ok(parked(Problem::MissingReference));
    };
    let mut record = new_record(kind, mutation, values);
    record.extra = unknown;
    if unique::has_unique(kind) {
        record.duplicate_of = unique::holder(work, &record).await?;
    }
    sign(work, mutation);
    let stored = work.create(record).await?;
    seen.put(stored.clone());
    if stored.record.duplicate_of.is_some() {
        tell_duplicate(work, seen, &stored, mutation).await?;
        return Ok(Outcome::Duplicate.into());
    }
    Ok(if is_redirected {
        Outcome::Merged.into()
    } else {
        Outcome::Applied.into()
    })
}

/// What a record refers to must be there, and what it belongs to must be alive: a deletion
/// that the author had not seen is taken back, and a record that was merged into another
/// passes its children on. None: something is not there at all. Some(true): passed on.
async fn settle_references(
    work: &mut Work,
    seen: &mut Seen,
    kind: EntityKind,
    mutation: &Mutation,
    values: &mut Values,
) -> Result<Option<bool>, DbError> {
    if kind == EntityKind::Conflict {
        return Ok(Some(false));
    }
    let mut is_redirected = false;
    for field in kind.fields() {
        let Kind::Reference(to) = field.kind else {
            continue;
        };
        let Some(id) = values.get(field.name).and_then(Value::as_id) else {
            continue;
        };
        let Some(target) = seen.find(work, to, id).await? else {
            return Ok(None);
        };
        let is_owner = to.children().contains(&(kind, field.name));
        if !is_owner || !target.record.is_deleted() {
            continue;
        }
        match follow(work, seen, to, &target).await? {
            Some(heir) if kind != EntityKind::Preferences => {
                values.insert(field.name, Value::Id(heir));
                is_redirected = true;
            }
            _ => revive(work, seen, &target, mutation).await?,
        }
    }
    Ok(Some(is_redirected))
}

/// The live record into which a tombstone was merged.
async fn follow(
    work: &mut Work,
    seen: &mut Seen,
    kind: EntityKind,
    tombstone: &Stored,
) -> Result<Option<Uuid>, DbError> {
    let mut at = tombstone.clone();
    for _ in 0..8 {
        let Some(next) = at.record.get("merged_into").as_id() else {
            return Ok(None);
        };
        match seen.find(work, kind, next).await? {
            Some(next) if next.record.is_deleted() => at = next,
            Some(next) => return Ok(Some(next.record.id)),
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// Brings back a whole deletion because of an edit that was made without knowledge of it, and
/// says so.
async fn revive(
    work: &mut Work,
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
        .unwrap_or_else(|| tombstone.clone());
    let deletion = conflicts::deletion(work, root.record.kind, root.record.id).await?;
    let lost = conflicts::standing(work, deletion.map(|(seq, _)| seq), json!(true)).await?;
    let kept = conflicts::arriving(mutation, json!(false));
    restore_root(work, seen, &root).await?;
    let id = conflicts::id_of(mutation.id, conflicts::DELETED);
    conflicts::write(work, seen, id, &root, conflicts::DELETED, kept, lost).await
}

async fn find_root(work: &mut Work, seen: &mut Seen, id: Uuid) -> Result<Option<Stored>, DbError> {
    for kind in [EntityKind::Customer, EntityKind::Vehicle] {
        if let Some(found) = seen.find(work, kind, id).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Restores a deletion from its root. Owners that are dead by another deletion come back
/// first; unique values that somebody else holds by now are flagged.
async fn restore_root(work: &mut Work, seen: &mut Seen, root: &Stored) -> Result<(), DbError> {
    // A signed restoration must be the first change that is written.
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
        {
            Box::pin(restore_root(work, seen, &owner)).await?;
        }
    }
    let mut rising = vec![root.clone()];
    for kind in unique::KINDS {
        let mut along = records::select(kind);
        along.and_where(Expr::col("deleted_with").eq(root.record.id));
        rising.extend(records::fetch(work.link().await?, kind, &along).await?);
    }
    let mut holder_of_root = None;
    for stored in rising {
        if !unique::has_unique(stored.record.kind) {
            continue;
        }
        let holder = unique::holder(work, &stored.record).await?;
        // A flag stays until the end: what it points to may rise along.
        if holder.is_some() && holder != stored.record.duplicate_of {
            let extra = stored.record.extra.clone();
            let kept = work.update_kept(&stored, extra, holder).await?;
            if stored.record.id == root.record.id {
                holder_of_root = Some(kept);
            }
        }
    }
    seen.forget();
    // An owner that came back has brought this one along already.
    let now = match holder_of_root {
        Some(kept) => Some(kept),
        None => seen.find(work, root.record.kind, root.record.id).await?,
    };
    let Some(mut now) = now.filter(|now| now.record.is_deleted()) else {
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
    if !now.record.get("merged_into").is_blank() && work.author.undoes.is_none() {
        // It stands for itself again.
        let alone = Values::from([("merged_into", Value::Null)]);
        work.update(&now, &alone).await?;
        seen.forget();
    }
    Ok(())
}

async fn update(
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
    let (before, _) = contents(kind, &mutation.before);
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
    if stored.record.is_deleted()
        && !is_merging_away(&after)
        && is_news(work, mutation, &stored).await?
    {
        revive(work, seen, &stored, mutation).await?;
        if let Some(now) = seen.find(work, kind, mutation.record).await? {
            stored = now;
        }
        outcome = Outcome::Conflict;
    }
    let merged = merge::merge(
        kind,
        &stored.record.values,
        &before,
        &after,
        mutation.is_correction,
    );
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
            tell_duplicate(work, seen, &stored, mutation).await?;
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

/// Whether an edit says nothing but what the record was merged into: its author wanted it gone,
/// as whoever deleted it did.
fn is_merging_away(after: &Values) -> bool {
    after.len() == 1
        && after
            .get("merged_into")
            .is_some_and(|into| !into.is_blank())
}

/// Whether the author of a mutation did not know that the record was deleted.
async fn is_news(work: &mut Work, mutation: &Mutation, stored: &Stored) -> Result<bool, DbError> {
    let deletion = conflicts::deletion(work, stored.record.kind, stored.record.id).await?;
    Ok(deletion.is_none_or(|(seq, desk)| seq > mutation.seen && desk != work.author.desk_id))
}

async fn delete(
    work: &mut Work,
    seen: &mut Seen,
    kind: EntityKind,
    desk: Uuid,
    mutation: &Mutation,
) -> Result<Decision, DbError> {
    let Some(stored) = seen.find(work, kind, mutation.record).await? else {
        return Ok(Outcome::Applied.into());
    };
    if stored.record.is_deleted() {
        return Ok(Outcome::Applied.into());
    }
    // Preferences live and die with their customer.
    let goes_along = mutation.deleted_with.is_some() || kind == EntityKind::Preferences;
    if goes_along && has_live_owner(work, seen, &stored).await? {
        // It belongs to somebody else by now, or its owner's deletion did not stand.
        return Ok(Outcome::Merged.into());
    }
    if let Some(unseen) = unseen_edit(work, &stored, desk, mutation.seen).await? {
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

async fn has_live_owner(
    work: &mut Work,
    seen: &mut Seen,
    stored: &Stored,
) -> Result<bool, DbError> {
    let kind = stored.record.kind;
    for field in kind.fields() {
        let Kind::Reference(to) = field.kind else {
            continue;
        };
        if !to.children().contains(&(kind, field.name)) {
            continue;
        }
        if let Some(owner) = stored.record.get(field.name).as_id()
            && let Some(owner) = seen.find(work, to, owner).await?
            && !owner.record.is_deleted()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The newest change of a record, or of what belongs to it, that another desk or a client
/// made after what the author of a deletion had seen.
async fn unseen_edit(
    work: &mut Work,
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
            level.extend(records::fetch(work.link().await?, *kind, &children).await?);
        }
        if next.seq > author_saw {
            suspects.push(next.record.id);
        }
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

async fn restore(
    work: &mut Work,
    seen: &mut Seen,
    kind: EntityKind,
    mutation: &Mutation,
) -> Result<Decision, DbError> {
    let Some(stored) = seen.find(work, kind, mutation.record).await? else {
        return Ok(parked(Problem::MissingRecord));
    };
    if !stored.record.is_deleted() {
        return Ok(Outcome::Applied.into());
    }
    sign(work, mutation);
    restore_root(work, seen, &stored).await?;
    work.author.mutation_id = None;
    Ok(Outcome::Applied.into())
}

/// Says that a record repeats another: the decision to merge them or to keep them apart is
/// made on this record.
async fn tell_duplicate(
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
