//! Records of the same e-mail or VIN that two desks made while apart: merged, or kept apart.

use servease_domain::{Code, EntityKind, Problem, Record, Value, Values};
use servease_store::sync::{conflicts, duplicates};
use servease_store::{rows, steps};
use uuid::Uuid;

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
                    views.push(view(&one, &other));
                }
            }
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
        merging::merge(&mut work, &mut kept, &mut gone).await?;
        work.save(kept.id).await
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

fn view(one: &Record, other: &Record) -> DuplicateView {
    let fields = one.kind.fields();
    let same = |field: &&servease_domain::Field| {
        let text = one.get(field.name).as_text();
        !text.is_empty() && text.eq_ignore_ascii_case(other.get(field.name).as_text())
    };
    DuplicateView {
        kind: one.kind,
        id: one.id,
        title: one.title(),
        duplicate_id: other.id,
        duplicate_title: other.title(),
        fields: fields
            .iter()
            .filter(|field| field.unique)
            .filter(same)
            .map(|field| field.name.to_owned())
            .collect(),
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
