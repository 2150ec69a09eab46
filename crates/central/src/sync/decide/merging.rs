//! Merges: what belonged to a record that was merged away, and what others did to it without
//! knowing of the merge, goes to the record that stands for it.
//!
//! Two desks that merge while apart end in one live record. Of opposite merges the one that came
//! first stands, and the other has nothing left to do; merges that follow one another lead to
//! where the last one leads. Nobody is asked for that.

use sea_query::{Expr, ExprTrait, Order, Query};
use serde_json::{Map, Value as Json};
use servease_domain::field::Merge;
use servease_domain::{EntityKind, Kind, MERGED_INTO, Record, Value, Values, merge};
use servease_wire::sync::{Mutation, Outcome};
use uuid::Uuid;

use super::aliases::follow;
use super::{contents, sign};
use crate::changes::Changeset;
use crate::db::DbError;
use crate::store::records::{self, Stored};
use crate::sync::conflicts::{self, Side};
use crate::sync::seen::Seen;
use crate::sync::unique;

/// Whether an edit says nothing but what the record was merged into: its author wanted it gone,
/// as whoever deleted it did.
pub(super) fn is_merging_away(after: &Values) -> bool {
    after.len() == 1 && after.get(MERGED_INTO).is_some_and(|into| !into.is_blank())
}

/// Whether a deletion ends a merge: it says so, or its record was merged into another and lives,
/// which it does between the two alone. What another desk passes on says it in this way only.
pub(super) fn ends_a_merge(mutation: &Mutation, stored: &Stored) -> bool {
    let (after, _) = contents(stored.record.kind, &mutation.after);
    is_merging_away(&after) || !stored.record.get(MERGED_INTO).is_blank()
}

/// Buries a record that was merged away, after everything that refers to it has moved to its
/// heir, and tells the heir what others have changed of it meanwhile. None: it was merged into
/// nothing that lives, so that this is a deletion like any other.
pub(super) async fn bury(
    work: &mut Changeset,
    seen: &mut Seen,
    desk: Uuid,
    mutation: &Mutation,
    gone: &Stored,
) -> Result<Option<Outcome>, DbError> {
    let kind = gone.record.kind;
    if gone.record.get(MERGED_INTO).is_blank() {
        // The opposite merge came first.
        return Ok(Some(Outcome::Merged));
    }
    let Some(heir) = follow(work, seen, kind, gone).await? else {
        return Ok(None);
    };
    if heir == gone.record.id {
        // Both were under way at once, and the opposite one has ended first.
        let alone = Values::from([(MERGED_INTO, Value::Null)]);
        seen.put(work.update(gone, &alone).await?);
        return Ok(Some(Outcome::Merged));
    }
    let mut has_moved = false;
    for (member, field) in kind.referrers() {
        let mut members = records::select_live(member);
        members
            .and_where(Expr::col(field).eq(gone.record.id))
            .order_by("id", Order::Asc)
            .lock_exclusive();
        for stored in records::fetch(work.link().await?, member, &members).await? {
            let moved = Values::from([(field, Value::Id(heir))]);
            work.update(&stored, &moved).await?;
            has_moved = true;
        }
    }
    sign(work, mutation);
    work.delete(gone).await?;
    work.author.mutation_id = None;
    unique::settle_orphans(work).await?;
    seen.forget();
    for edit in unseen_edits(work, gone, desk, mutation.seen).await? {
        has_moved |= pass_on(work, seen, mutation.id, heir, &edit).await?;
    }
    Ok(Some(match has_moved {
        true => Outcome::Merged,
        false => Outcome::Applied,
    }))
}

/// The live record that stands for a record which is gone, or for its customer where it shares
/// the customer's id.
pub(super) async fn heir_of(
    work: &mut Changeset,
    seen: &mut Seen,
    gone: &Stored,
) -> Result<Option<Uuid>, DbError> {
    let kind = gone.record.kind;
    if kind.field(MERGED_INTO).is_some() {
        return follow(work, seen, kind, gone).await;
    }
    if kind != EntityKind::Preferences {
        return Ok(None);
    }
    match seen
        .find(work, EntityKind::Customer, gone.record.id)
        .await?
    {
        Some(customer) if customer.record.is_deleted() => {
            follow(work, seen, EntityKind::Customer, &customer).await
        }
        _ => Ok(None),
    }
}

/// An edit of a record that was merged away.
pub(super) struct Edit {
    pub kind: EntityKind,
    pub before: Values,
    pub after: Values,
    pub by: Side,
}

impl Edit {
    pub(super) fn of(
        mutation: &Mutation,
        kind: EntityKind,
        before: &Values,
        after: &Values,
    ) -> Edit {
        Edit {
            kind,
            before: before.clone(),
            after: after.clone(),
            by: conflicts::arriving(mutation, Json::Null),
        }
    }
}

/// Offers an edit to the heir of its record. What the heir does not know, or knows as the edit's
/// author did, is set, what belongs together as one; a no to being contacted counts in any case;
/// anything else stays as it is in use there, and the edit's value beside it as a conflict. Whom
/// the edit names may be gone since: then it names who stands for that record, and where nobody
/// does it says nothing of it. Answers whether anything came of it. `cause` names the mutation
/// with which it came.
pub(super) async fn pass_on(
    work: &mut Changeset,
    seen: &mut Seen,
    cause: Uuid,
    heir: Uuid,
    edit: &Edit,
) -> Result<bool, DbError> {
    let Some(mut stored) = seen.find(work, edit.kind, heir).await? else {
        return Ok(false);
    };
    let mut wanted = Values::new();
    let mut beside = Vec::new();
    let after = references_alive(work, seen, edit).await?;
    for unit in merge::units(edit.kind, &edit.before, &after) {
        let fields = unit.fields.iter();
        let fields = fields.filter(|field| !field.system && !field.fixed);
        let mut values = Values::new();
        let mut now = Values::new();
        let mut is_same = true;
        let mut is_taken = false;
        for field in fields.copied() {
            let held = stored.record.get(field.name);
            let seen = edit.before.get(field.name);
            let value = after.get(field.name).or(seen).unwrap_or(held);
            is_same &= merge::is_free(&stored.record, field) || seen == Some(held);
            is_taken |= field.unique
                && value != held
                && is_held(work, &stored.record, field.name, value).await?;
            values.insert(field.name, value.clone());
            now.insert(field.name, held.clone());
        }
        let is_flag = unit.fields.iter().any(|field| field.kind == Kind::Flag);
        let is_later = unit
            .fields
            .iter()
            .any(|field| field.merge == Merge::LaterArrival);
        if values == now {
            continue;
        }
        if edit.kind == EntityKind::Preferences {
            let is_protective = is_flag && values.values().all(|value| !value.as_flag());
            if is_protective || is_same && !is_flag {
                wanted.extend(stored.record.difference(&values));
            }
        } else if is_same && !is_taken {
            wanted.extend(stored.record.difference(&values));
        } else if is_later {
            beside.push((unit.name, now, values));
        }
    }
    let has_any = !wanted.is_empty() || !beside.is_empty();
    if !wanted.is_empty() {
        stored = work.update(&stored, &wanted).await?;
        seen.put(stored.clone());
    }
    for (name, now, values) in beside {
        let versions = now
            .keys()
            .filter_map(|field| stored.field_versions.get(field));
        let seq = versions.max();
        let kept = conflicts::standing(work, seq, merge::told(name, &now)).await?;
        let lost = Side {
            value: merge::told(name, &values),
            ..edit.by.clone()
        };
        let id = conflicts::id_of(cause, name);
        conflicts::write(work, seen, id, &stored, name, kept, lost).await?;
    }
    Ok(has_any)
}

/// What an edit wants, with its references led to what lives.
async fn references_alive(
    work: &mut Changeset,
    seen: &mut Seen,
    edit: &Edit,
) -> Result<Values, DbError> {
    let mut after = edit.after.clone();
    for field in edit.kind.fields() {
        let Kind::Reference(to) = field.kind else {
            continue;
        };
        let Some(id) = after.get(field.name).and_then(Value::as_id) else {
            continue;
        };
        let alive = match seen.find(work, to, id).await? {
            Some(target) if target.record.is_deleted() => follow(work, seen, to, &target).await?,
            Some(_) => Some(id),
            None => None,
        };
        match alive {
            Some(alive) => after.insert(field.name, Value::Id(alive)),
            None => after.remove(field.name),
        };
    }
    Ok(after)
}

async fn is_held(
    work: &mut Changeset,
    heir: &Record,
    field: &'static str,
    value: &Value,
) -> Result<bool, DbError> {
    let mut with = heir.clone();
    with.values.insert(field, value.clone());
    Ok(unique::holder(work, &with).await?.is_some())
}

/// What others have changed of a record, and of what shares its id, after what the author of the
/// merge had seen.
async fn unseen_edits(
    work: &mut Changeset,
    gone: &Stored,
    desk: Uuid,
    author_saw: i64,
) -> Result<Vec<Edit>, DbError> {
    let mut select = Query::select();
    select
        .columns(["entity", "before", "after", "author_name", "at"])
        .from("changes")
        .and_where(Expr::col("record_id").eq(gone.record.id))
        .and_where(Expr::col("seq").gt(author_saw))
        .and_where(Expr::col("kind").eq("update"))
        .and_where(
            Expr::col("desk_id")
                .is_null()
                .or(Expr::col("desk_id").ne(desk.to_string())),
        )
        .order_by("seq", Order::Asc);
    let mut edits = Vec::new();
    for row in work.link().await?.rows(&select).await? {
        let entity = row.text(0)?.unwrap_or_default();
        let Some(kind) = EntityKind::from_name(&entity) else {
            continue;
        };
        let object = |json: Option<Json>| match json {
            Some(Json::Object(object)) => object,
            _ => Map::new(),
        };
        edits.push(Edit {
            kind,
            before: contents(kind, &object(row.json(1)?)).0,
            after: contents(kind, &object(row.json(2)?)).0,
            by: Side {
                value: Json::Null,
                by: row.text(3)?.unwrap_or_default(),
                at: row.instant(4)?,
            },
        });
    }
    Ok(edits)
}
