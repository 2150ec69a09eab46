//! Two people decide the same conflict otherwise: the later decision stands, and whoever is
//! overruled is told with a new conflict, in which the other can still be chosen.
//!
//! To keep what is in use changes no field, so that the merge of fields cannot see it: here the
//! decisions themselves are compared.

use sea_query::{Expr, ExprTrait, Order, Query};
use serde_json::{Value as Json, json};
use servease_domain::{Conflict, EntityKind, Record, Value, Values, merge};
use servease_wire::sync::Mutation;
use uuid::Uuid;

use super::contents;
use super::references::settle_references;
use super::reviving::restore_root;
use crate::changes::Changeset;
use crate::db::DbError;
use crate::store::records::Stored;
use crate::sync::conflicts::{self, Side};
use crate::sync::seen::Seen;

const KEPT: &str = "kept";

/// What a conflict was decided to before this mutation, if its author did not know that.
pub fn overruled<'a>(stored: &'a Stored, before: &Values, after: &Values) -> Option<&'a str> {
    if stored.record.kind != EntityKind::Conflict {
        return None;
    }
    let there = stored.record.get("state").as_text();
    let saw = before.get("state").map(Value::as_text)?;
    let wanted = after.get("state").map(Value::as_text)?;
    let is_decision = |state: &str| matches!(state, KEPT | "taken" | "edited");
    (saw != there && there != wanted && is_decision(there) && is_decision(wanted)).then_some(there)
}

/// Makes the later decision stand, and tells of the overruled one. `there` is what had been
/// decided, `stored` the conflict as it was then.
pub async fn settle(
    work: &mut Changeset,
    seen: &mut Seen,
    stored: &Stored,
    there: &str,
    mutation: &Mutation,
) -> Result<bool, DbError> {
    let wanted = mutation.after.get("state").and_then(Json::as_str);
    let is_later_kept = wanted == Some(KEPT);
    // Where both wrote the field, the merge of what they wrote tells the one of the other.
    if is_later_kept == (there == KEPT) {
        return Ok(false);
    }
    let conflict: Conflict = stored.record.to();
    let target = EntityKind::from_name(&conflict.record_kind).zip(conflict.record_id.parse().ok());
    let Some((kind, id)) = target else {
        return Ok(false);
    };
    let Some(record) = seen.find(work, kind, id).await? else {
        return Ok(false);
    };
    // The change that decided it first.
    let seq = stored.field_versions.get("state");
    let told = match (&conflict.field[..], is_later_kept) {
        (conflicts::DUPLICATE | conflicts::POSSIBLE_DUPLICATE, _) => {
            tell_merge(&record, &conflict, is_later_kept)
        }
        (conflicts::DELETED, true) => {
            let was = record.record.is_deleted();
            stand(work, seen, &record, !was).await?;
            Some((conflicts::DELETED, json!(!was), json!(was)))
        }
        (conflicts::DELETED, false) => {
            // The deletion or restoration itself arrives beside the decision.
            let was = written_alive(work, &record, mutation).await?;
            Some((conflicts::DELETED, json!(!was), json!(was)))
        }
        (name, true) => {
            let step = step_of(work, seq).await?;
            put_back(work, seen, &record, name, (step, mutation)).await?
        }
        (name, false) => replaced(work, &record, name, &conflict, mutation).await?,
    };
    let Some((name, kept, lost)) = told.filter(|(_, kept, lost)| kept != lost) else {
        return Ok(false);
    };
    let name = name.to_owned();
    let kept = conflicts::arriving(mutation, kept);
    let lost = conflicts::standing(work, seq, lost).await?;
    // Of a merge that arrived first the sides stand the other way round.
    let (kept, lost) = match name == MERGED && is_later_kept {
        true => swap_authors(kept, lost),
        false => (kept, lost),
    };
    let id = conflicts::id_of(mutation.id, &name);
    let about = seen
        .find(work, kind, record.record.id)
        .await?
        .unwrap_or(record);
    conflicts::write(work, seen, id, &about, &name, kept, lost).await?;
    Ok(true)
}

/// The field that says into which record one was merged.
const MERGED: &str = "merged_into";

fn swap_authors(one: Side, other: Side) -> (Side, Side) {
    let (value, other_value) = (one.value.clone(), other.value.clone());
    (
        Side { value, ..other },
        Side {
            value: other_value,
            ..one
        },
    )
}

/// A merge stands against the decision to keep two records apart, whichever came first: what was
/// moved by it may have been built upon. The other is told, and can take it back.
fn tell_merge(
    record: &Stored,
    conflict: &Conflict,
    is_later_kept: bool,
) -> Option<(&'static str, Json, Json)> {
    let into = match record.record.get(MERGED) {
        Value::Null if is_later_kept => return None,
        // The merge itself arrives beside its decision.
        Value::Null => serde_json::from_str(&conflict.kept).ok()?,
        into => into.to_json(),
    };
    Some((MERGED, into, Json::Null))
}

/// The step of the change with this number.
async fn step_of(work: &mut Changeset, seq: Option<i64>) -> Result<Option<Uuid>, DbError> {
    let Some(seq) = seq else {
        return Ok(None);
    };
    let mut select = Query::select();
    select
        .column("step")
        .from("changes")
        .and_where(Expr::col("seq").eq(seq));
    match work.link().await?.row(&select).await? {
        Some(row) => row.id(0),
        None => Ok(None),
    }
}

/// From what to what a step changed the fields of which a conflict tells.
async fn written(
    work: &mut Changeset,
    record: &Record,
    name: &str,
    step: Uuid,
) -> Result<Option<(Values, Values)>, DbError> {
    let mut select = Query::select();
    select
        .columns(["before", "after"])
        .from("changes")
        .and_where(Expr::col("record_id").eq(record.id))
        .and_where(Expr::col("entity").eq(record.kind.name()))
        .and_where(Expr::col("step").eq(step))
        .and_where(Expr::col("kind").eq("update"))
        .order_by("seq", Order::Desc);
    for row in work.link().await?.rows(&select).await? {
        let (Some(Json::Object(before)), Some(Json::Object(after))) = (row.json(0)?, row.json(1)?)
        else {
            continue;
        };
        let named = |json| {
            let (mut values, _) = contents(record.kind, json);
            let is_named = |field: &str| record.kind.fields_named(name).any(|it| it.name == field);
            values.retain(|field, _| is_named(field));
            values
        };
        let (before, after) = (named(&before), named(&after));
        if !after.is_empty() {
            return Ok(Some((before, after)));
        }
    }
    Ok(None)
}

/// Puts back what was in use before the earlier decision took another value.
async fn put_back<'n>(
    work: &mut Changeset,
    seen: &mut Seen,
    record: &Stored,
    name: &'n str,
    (step, mutation): (Option<Uuid>, &Mutation),
) -> Result<Option<(&'n str, Json, Json)>, DbError> {
    let Some(step) = step else {
        return Ok(None);
    };
    let Some((mut before, after)) = written(work, &record.record, name, step).await? else {
        return Ok(None);
    };
    // Written again since: that stands, and its author is told of by a conflict of its own.
    if after
        .iter()
        .any(|(field, value)| record.record.get(field) != value)
    {
        return Ok(None);
    }
    // Whom it names may be gone since, as with any edit that arrives.
    let kind = record.record.kind;
    if settle_references(work, seen, kind, mutation, &mut before)
        .await?
        .is_none()
    {
        return Ok(None);
    }
    let told = (name, merge::told(name, &before), merge::told(name, &after));
    let back = work.update(record, &before).await?;
    seen.put(back);
    Ok(Some(told))
}

/// What the later decision takes the place of. What it writes arrives beside it, before or after.
async fn replaced<'n>(
    work: &mut Changeset,
    record: &Stored,
    name: &'n str,
    conflict: &Conflict,
    mutation: &Mutation,
) -> Result<Option<(&'n str, Json, Json)>, DbError> {
    if let Some((before, after)) = written(work, &record.record, name, mutation.step).await? {
        let told = |values: &Values| merge::told(name, values);
        return Ok(Some((name, told(&after), told(&before))));
    }
    let kind = record.record.kind;
    let taken: Json = serde_json::from_str(&conflict.lost).unwrap_or(Json::Null);
    let fields = kind.fields_named(name).filter(|field| match &taken {
        Json::Object(fields) => fields.contains_key(field.name),
        _ => field.name == name,
    });
    let there: Values = fields
        .map(|field| (field.name, record.record.get(field.name).clone()))
        .collect();
    Ok(Some((name, taken, merge::told(name, &there))))
}

/// Whether the record was deleted before the step of this mutation.
async fn written_alive(
    work: &mut Changeset,
    record: &Stored,
    mutation: &Mutation,
) -> Result<bool, DbError> {
    let mut select = Query::select();
    select
        .columns(["seq"])
        .from("changes")
        .and_where(Expr::col("record_id").eq(record.record.id))
        .and_where(Expr::col("step").eq(mutation.step))
        .and_where(Expr::col("kind").is_in(["delete", "restore"]))
        .limit(1);
    let is_written = work.link().await?.row(&select).await?.is_some();
    Ok(record.record.is_deleted() != is_written)
}

/// Deletes a record, or brings it back.
async fn stand(
    work: &mut Changeset,
    seen: &mut Seen,
    record: &Stored,
    is_deleted: bool,
) -> Result<(), DbError> {
    if is_deleted {
        work.delete(record).await?;
        crate::sync::unique::settle_orphans(work).await?;
    } else {
        restore_root(work, seen, record).await?;
    }
    seen.forget();
    Ok(())
}
