//! Records that two desks made while apart and that are the same, by e-mail or VIN, or may be, by
//! phone and name or plate: merged, or kept apart.

use servease_domain::{Code, Conflict, EntityKind, Problem, Record, Value, Values};
use servease_store::sync::{conflicts, duplicates};
use servease_store::{Connection, rows, steps};
use uuid::Uuid;

use crate::garage::context::Work;
use crate::records::views::{Saved, Undone};
use crate::sync::merging;
use crate::sync::views::{Difference, DuplicateView};
use crate::{Desk, Failure, Result};

impl Desk {
    /// Pairs that nobody has decided, oldest first.
    pub async fn duplicates(&self) -> Result<Vec<DuplicateView>> {
        let mut conn = self.store.read().await?;
        let mut views = Vec::new();
        for kind in EntityKind::repeatable() {
            for other in duplicates::list(&mut conn, kind).await? {
                let Some(of) = other.duplicate_of else {
                    continue;
                };
                let Some(one) = rows::find(&mut conn, kind, of).await? else {
                    continue;
                };
                let is_apart = conflicts::find_duplicate(&mut conn, other.id)
                    .await?
                    .is_some_and(|conflict| conflict.get("state").as_text() == "kept");
                if !is_apart {
                    views.push(view(&one, &other, shared(&one, &other)));
                }
            }
        }
        for conflict in conflicts::list_possible_duplicates(&mut conn).await? {
            views.extend(possible(&mut conn, &conflict.to()).await?);
        }
        Ok(views)
    }

    /// Merges one record into another: what refers to it moves over, what only it knows is added
    /// to the kept one, its history stays, and its id lives on as an alias. A value that the kept
    /// one can not hold beside its own stays as a conflict, and the answer warns of it.
    ///
    /// Errors: NotFound; Invalid when the two are the same or of different kinds.
    pub async fn merge_duplicates(&self, keep: Uuid, other: Uuid) -> Result<Saved> {
        let mut work = self.begin().await?;
        let kept = merge(&mut work, keep, other).await?;
        work.save(kept).await
    }

    /// Says that a flagged record is somebody else after all. Errors: NotFound.
    pub async fn keep_apart(&self, duplicate: Uuid) -> Result<Saved> {
        let mut work = self.begin().await?;
        let mut conflict = conflicts::find_duplicate(work.conn(), duplicate)
            .await?
            .ok_or(Failure::not_found(EntityKind::Conflict, duplicate))?;
        let decided = Values::from([("state", Value::Text("kept".to_owned()))]);
        work.step.update(&mut conflict, &decided, false).await?;
        work.save(duplicate).await
    }

    /// Takes a merge back: the record that was merged away lives again, with what had moved.
    /// Errors: NotFound when the id was not merged away; BuiltOn when records came to the kept
    /// one since; Superseded.
    pub async fn unmerge(&self, id: Uuid) -> Result<Undone> {
        let step = self.merge_step(id).await?;
        self.undo_step(step).await
    }

    /// As [`Desk::unmerge`], for somebody who knows what came to the kept record since: that
    /// stays where it is.
    pub async fn unmerge_knowingly(&self, id: Uuid) -> Result<Undone> {
        let step = self.merge_step(id).await?;
        self.take_back(step, true).await
    }

    async fn merge_step(&self, id: Uuid) -> Result<Uuid> {
        let mut conn = self.store.read().await?;
        let step = steps::find_merge(&mut conn, id).await?;
        step.ok_or(Failure::not_found(EntityKind::Customer, id))
    }

    /// The record that an id stands for: itself, or the one that it was merged into.
    pub async fn follow_alias(&self, kind: EntityKind, id: Uuid) -> Result<Uuid> {
        let mut conn = self.store.read().await?;
        Ok(rows::resolve(&mut conn, kind, id).await?)
    }
}

/// As [`Desk::merge_duplicates`], within a step. Answers the one that is kept.
pub(crate) async fn merge(work: &mut Work<'_>, keep: Uuid, other: Uuid) -> Result<Uuid> {
    let mut found = None;
    for kind in EntityKind::repeatable() {
        if let Some(record) = rows::find_heir(work.conn(), kind, keep).await? {
            found = Some(record);
            break;
        }
    }
    let mut kept = found.ok_or(Failure::not_found(EntityKind::Customer, keep))?;
    let gone = rows::find_heir(work.conn(), kept.kind, other).await?;
    let mut gone = gone.ok_or(Failure::not_found(kept.kind, other))?;
    if kept.id == gone.id {
        let same = Problem::new("id", Code::Unique).with("found", other);
        return Err(Failure::Invalid(vec![same]));
    }
    merging::merge(work, &mut kept, &mut gone).await?;
    Ok(kept.id)
}

/// A pair that may be the same walk-in, entered on two desks; none when one of them is gone.
async fn possible(conn: &mut Connection, conflict: &Conflict) -> Result<Option<DuplicateView>> {
    let of: Option<Uuid> = serde_json::from_str(&conflict.kept).ok();
    let other: Option<Uuid> = conflict.record_id.parse().ok();
    let (Some(kind), Some(of), Some(other)) =
        (EntityKind::from_name(&conflict.record_kind), of, other)
    else {
        return Ok(None);
    };
    let (Some(one), Some(other)) = (
        rows::find(conn, kind, of).await?,
        rows::find(conn, kind, other).await?,
    ) else {
        return Ok(None);
    };
    let alike: &[&str] = match kind {
        EntityKind::Vehicle => &["license_plate"],
        _ => &["phone", "first_name", "last_name"],
    };
    let alike = alike.iter().map(|name| (*name).to_owned()).collect();
    Ok(Some(view(&one, &other, alike)))
}

/// The unique values that two records share.
fn shared(one: &Record, other: &Record) -> Vec<String> {
    let same = |field: &&servease_domain::Field| {
        let text = one.get(field.name).as_text();
        !text.is_empty() && text.eq_ignore_ascii_case(other.get(field.name).as_text())
    };
    let fields = one.kind.fields().iter();
    let shared = fields.filter(|field| field.unique).filter(same);
    shared.map(|field| field.name.to_owned()).collect()
}

fn view(one: &Record, other: &Record, shared: Vec<String>) -> DuplicateView {
    let fields = one.kind.fields();
    DuplicateView {
        kind: one.kind,
        id: one.id,
        title: one.title(),
        duplicate_id: other.id,
        duplicate_title: other.title(),
        fields: shared,
        differences: fields
            .iter()
            .filter(|field| !field.internal)
            .filter(|field| one.get(field.name) != other.get(field.name))
            .map(|field| Difference {
                field: field.name.to_owned(),
                one: one.get(field.name).to_json(),
                other: other.get(field.name).to_json(),
            })
            .collect(),
    }
}
