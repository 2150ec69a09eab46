//! Making, editing and deleting records. What is special about an entity stands in the
//! module of its noun; this one asks it.

mod built_on;
pub(crate) mod discards;
mod drafts;
mod history;
pub(crate) mod input;
mod reads;
pub(crate) mod rules;
pub(crate) mod step_lines;
mod taking_back;
pub(crate) mod titles;
pub(crate) mod undo;
pub mod views;

use serde_json::{Map, Value as Json};
use servease_domain::papers::StillHolds;
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values, consequences};
use servease_store::rows;
use uuid::Uuid;

use crate::garage::context::Work;
use crate::records::input::{Input, Reader};
use crate::records::views::{Review, Saved};
use crate::vehicles::readings;
use crate::vehicles::transfer;
use crate::{Desk, Failure, Result};

impl Desk {
    /// Makes a record. A customer may bring `preferences`.
    ///
    /// Errors: Invalid with every problem at once; Confirm when something is doubtful and
    /// `confirm` is false.
    pub async fn create(
        &self,
        kind: EntityKind,
        fields: &Map<String, Json>,
        confirm: bool,
    ) -> Result<Saved> {
        if !kind.is_created_by_people() {
            return Err(Failure::Invalid(vec![Problem::new("id", Code::Fixed)]));
        }
        let mut work = self.begin().await?;
        let id = work.step.new_id();
        let input = Reader::of(&mut work).read_new(kind, id, fields).await?;
        input.refuse(confirm)?;
        write_new(&mut work, input).await?;
        work.save(id).await
    }

    /// Changes fields of a record. A vehicle's mileage and owner change as by
    /// [`Desk::update_mileage`] and [`Desk::transfer`].
    ///
    /// Errors: NotFound, Invalid, Confirm.
    pub async fn edit(
        &self,
        kind: EntityKind,
        id: Uuid,
        changes: &Map<String, Json>,
        confirm: bool,
    ) -> Result<Saved> {
        let mut work = self.begin().await?;
        let record = rows::find_heir(work.conn(), kind, id)
            .await?
            .ok_or(Failure::not_found(kind, id))?;
        let id = record.id;
        let input = Reader::of(&mut work).read_edit(&record, changes).await?;
        input.refuse(confirm)?;
        write_edit(&mut work, record, input).await?;
        work.save(id).await
    }

    /// Deletes a record and what belongs to it; undo brings all of it back.
    ///
    /// Errors: NotFound. MergedAway for an alias: whoever has the id of one record means to delete
    /// no other. Ownerships, and readings that are believed,
    /// are only ever added: Invalid.
    pub async fn delete(&self, kind: EntityKind, id: Uuid) -> Result<Saved> {
        if !kind.is_deleted_by_people() && kind != EntityKind::MileageReading {
            let code = match kind.about().lasts {
                true => Code::NeverDeleted,
                false => Code::Fixed,
            };
            return Err(Failure::Invalid(vec![Problem::new("id", code)]));
        }
        let mut work = self.begin().await?;
        let heir = rows::find_heir(work.conn(), kind, id).await?;
        let mut record = heir.ok_or(Failure::not_found(kind, id))?;
        if record.id != id {
            return Err(Failure::MergedAway {
                kind,
                id,
                into: record.id,
                title: record.title(),
            });
        }
        let is_doubtful = ["is_improbable", "is_from_future"]
            .iter()
            .any(|flag| record.get(flag).as_flag());
        if kind == EntityKind::MileageReading && !is_doubtful {
            return Err(Failure::Invalid(vec![Problem::new("id", Code::Fixed)]));
        }
        work.step.delete(&mut record).await?;
        work.save(id).await
    }

    /// What is wrong and what is doubtful in a form, without saving it. With an `id`, the
    /// fields are an edit of that record.
    ///
    /// Errors: NotFound.
    pub async fn review(
        &self,
        kind: EntityKind,
        id: Option<Uuid>,
        fields: &Map<String, Json>,
    ) -> Result<Review> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let existing = match id {
            Some(id) => Some(
                rows::find_heir(&mut conn, kind, id)
                    .await?
                    .ok_or(Failure::not_found(kind, id))?,
            ),
            None => None,
        };
        let mut reader = Reader::new(&mut conn, &garage, None);
        let input = match &existing {
            Some(record) => reader.read_edit(record, fields).await?,
            None => reader.read_new(kind, Uuid::nil(), fields).await?,
        };
        Ok(Review {
            problems: input.problems,
            doubts: input.doubts,
            warnings: input.warnings,
        })
    }
}

/// Writes a new record that has no problems, with what goes with it.
pub(crate) async fn write_new(work: &mut Work<'_>, input: Input) -> Result<()> {
    work.warnings.extend(input.warnings);
    let record = input.record;
    work.step.create(&record).await?;
    match record.kind {
        EntityKind::Customer => {
            let mut values = Values::from([
                ("customer_id", Value::Id(record.id)),
                (
                    "timezone",
                    Value::Text(work.garage.settings.timezone.clone()),
                ),
                (
                    "currency",
                    Value::Text(work.garage.settings.currency.clone()),
                ),
            ]);
            values.extend(input.preferences);
            let own = Record::new(EntityKind::Preferences, record.id, values, work.garage.now);
            work.step.create(&own).await?;
        }
        EntityKind::Vehicle => {
            transfer::write_first_owner(work, &record).await?;
            let now = work.garage.now;
            let mileage = input.mileage.unwrap_or(0);
            if let Some(first) = consequences::first_reading(&record, mileage, now) {
                let id = work.step.new_id();
                let first = Record::new(EntityKind::MileageReading, id, first, now);
                work.step.create(&first).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Writes an edit that has no problems, with what goes with it. A vehicle's mileage becomes a
/// reading, its owner changes as by a transfer.
pub(crate) async fn write_edit(
    work: &mut Work<'_>,
    mut record: Record,
    input: Input,
) -> Result<()> {
    work.warnings.extend(input.warnings);
    if let Some(mileage) = input.mileage {
        let mut new = readings::reading_of(record.id, mileage, work.garage.now);
        new.id = work.step.new_id();
        new.values
            .insert("is_confirmed", Value::Flag(!input.doubts.is_empty()));
        work.step.create(&new).await?;
    }
    let mut changed = input.changed;
    if record.kind == EntityKind::Vehicle
        && let Some(Value::Id(owner)) = changed.remove("customer_id")
    {
        // An edit changes what it names and nothing else.
        transfer::write(work, &mut record, owner, StillHolds::EVERYTHING).await?;
    }
    work.step.update(&mut record, &changed, false).await?;
    if !input.preferences.is_empty()
        && let Some(mut own) = rows::find(work.conn(), EntityKind::Preferences, record.id).await?
    {
        work.step
            .update(&mut own, &input.preferences, false)
            .await?;
    }
    Ok(())
}
