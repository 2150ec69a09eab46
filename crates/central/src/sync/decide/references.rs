//! What a record refers to: it must be there, and what it belongs to must be alive.

use servease_domain::kind::Identity;
use servease_domain::{EntityKind, Kind, MERGED_INTO, Value, Values};
use servease_wire::sync::Mutation;

use super::aliases::follow;
use super::reviving::revive;
use crate::changes::Changeset;
use crate::db::DbError;
use crate::store::records::Stored;
use crate::sync::seen::Seen;

/// What a record refers to must be there, and what it belongs to must be alive: a deletion
/// that the author had not seen is taken back, and a record that was merged into another
/// passes on what refers to it, owned or not. None: something is not there at all. Some(true): passed on.
pub(super) async fn settle_references(
    work: &mut Changeset,
    seen: &mut Seen,
    kind: EntityKind,
    mutation: &Mutation,
    values: &mut Values,
) -> Result<Option<bool>, DbError> {
    // What a conflict or a trace names is looked up by nobody: it may be gone, and stays so.
    if kind == EntityKind::Conflict || kind.about().is_trace {
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
        if field.name == MERGED_INTO {
            let settled = settle_target(work, seen, kind, mutation, &target, values).await?;
            is_redirected |= settled;
            continue;
        }
        if !target.record.is_deleted() {
            continue;
        }
        let is_owner = to.children().contains(&(kind, field.name));
        match follow(work, seen, to, &target).await? {
            Some(heir) if kind.about().identity == Identity::Own => {
                values.insert(field.name, Value::Id(heir));
                is_redirected = true;
            }
            _ if is_owner => revive(work, seen, &target, mutation).await?,
            _ => {}
        }
    }
    Ok(Some(is_redirected))
}

/// Leads a merge to where its target leads by now. One that would end where it began, or that
/// comes second, is left out; a target that somebody deleted comes back. Answers whether it leads
/// elsewhere than its author wrote.
async fn settle_target(
    work: &mut Changeset,
    seen: &mut Seen,
    kind: EntityKind,
    mutation: &Mutation,
    target: &Stored,
    values: &mut Values,
) -> Result<bool, DbError> {
    let merged = seen.find(work, kind, mutation.record).await?;
    let is_second = merged.is_some_and(|it| {
        let into = it.record.get(MERGED_INTO).as_id();
        it.record.is_deleted() && into.is_some_and(|into| into != target.record.id)
    });
    let heir = match target.record.is_deleted() {
        false => Some(target.record.id),
        true => follow(work, seen, kind, target).await?,
    };
    match heir {
        Some(heir) if heir == mutation.record || is_second => {
            values.remove(MERGED_INTO);
            Ok(true)
        }
        Some(heir) => {
            values.insert(MERGED_INTO, Value::Id(heir));
            Ok(heir != target.record.id)
        }
        None => {
            revive(work, seen, target, mutation).await?;
            Ok(false)
        }
    }
}

/// Whether anything alive owns a record.
pub(super) async fn has_live_owner(
    work: &mut Changeset,
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
