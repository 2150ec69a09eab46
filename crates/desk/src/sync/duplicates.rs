//! Records of the same e-mail or VIN that two desks made while apart: merged, or kept apart.

use servease_domain::kind::Identity;
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values};
use servease_store::sync::{conflicts, duplicates};
use servease_store::{log, rows};
use uuid::Uuid;

use crate::records::views::{Saved, Undone};
use crate::sync::views::{Difference, DuplicateView};
use crate::vehicles::transfer;
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

    /// Merges one record into another: what belongs to it moves over, blanks of the kept one
    /// are filled from it, its history stays, and its id lives on as an alias.
    ///
    /// Errors: NotFound; Invalid when the two are the same or of different kinds.
    pub async fn merge_duplicates(&self, keep: Uuid, other: Uuid) -> Result<Saved> {
        let mut work = self.begin().await?;
        let mut found = None;
        for kind in EntityKind::repeatable() {
            if let Some(record) = rows::find(work.conn(), kind, keep).await? {
                found = Some((kind, record));
                break;
            }
        }
        let (kind, mut kept) = found.ok_or(Failure::not_found(EntityKind::Customer, keep))?;
        let mut gone = rows::find(work.conn(), kind, other)
            .await?
            .ok_or(Failure::not_found(kind, other))?;
        if keep == other {
            let same = Problem::new("id", Code::Unique).with("found", other);
            return Err(Failure::Invalid(vec![same]));
        }
        for (child, field) in kind.children() {
            if child.about().identity == Identity::Owners {
                continue;
            }
            for mut record in rows::list_by(work.conn(), *child, field, other).await? {
                if *child == EntityKind::Vehicle {
                    transfer::write(&mut work, &mut record, keep).await?;
                } else {
                    let owner = Values::from([(*field, Value::Id(keep))]);
                    work.step.update(&mut record, &owner, false).await?;
                }
            }
        }
        let blanks = fills(&kept, &gone);
        work.step.update(&mut kept, &blanks, false).await?;
        if let Some(mut conflict) = conflicts::find_duplicate(work.conn(), other).await? {
            let decided = Values::from([("state", Value::Text("taken".to_owned()))]);
            work.step.update(&mut conflict, &decided, false).await?;
        }
        let alias = Values::from([("merged_into", Value::Id(keep))]);
        work.step.update(&mut gone, &alias, false).await?;
        work.step.delete(&mut gone).await?;
        work.save(keep).await
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
    /// Errors: NotFound when the id was not merged away; Superseded.
    pub async fn unmerge(&self, id: Uuid) -> Result<Undone> {
        let step = {
            let mut conn = self.store.read().await?;
            log::find_merge_step(&mut conn, id).await?
        };
        let step = step.ok_or(Failure::not_found(EntityKind::Customer, id))?;
        self.undo_step(step).await
    }

    /// The record that an id stands for: itself, or the one that it was merged into.
    pub async fn follow_alias(&self, kind: EntityKind, id: Uuid) -> Result<Uuid> {
        let mut conn = self.store.read().await?;
        Ok(duplicates::follow(&mut conn, kind, id).await?.unwrap_or(id))
    }
}

/// What the kept record does not know and the other does. Odometers and flags are not
/// filled: their blank means something.
fn fills(kept: &Record, gone: &Record) -> Values {
    kept.kind
        .fields()
        .iter()
        .filter(|field| !field.system && !field.fixed && !field.unique)
        .filter(|field| kept.get(field.name).is_blank() && !gone.get(field.name).is_blank())
        .map(|field| (field.name, gone.get(field.name).clone()))
        .collect()
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
            .filter(|field| one.get(field.name) != other.get(field.name))
            .map(|field| Difference {
                field: field.name.to_owned(),
                one: one.get(field.name).to_json(),
                other: other.get(field.name).to_json(),
            })
            .collect(),
    }
}
