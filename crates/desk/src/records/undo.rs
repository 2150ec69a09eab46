//! Taking back what was done: any step, across restarts.

use servease_domain::{Code, EntityKind, Record, Value, Values};
use servease_store::sync::duplicates;
use servease_store::{Action as Did, Mutation, State, log, rows};
use uuid::Uuid;

use crate::failure::refuse;
use crate::garage::context::Work;
use crate::records::discards::find_last_discard;
use crate::records::rules::check_others;
use crate::records::views::{Action, Undone};
use crate::{Desk, Failure, Result};

/// Fields of a vehicle beside which the step made other records, readings and ownerships:
/// without the field, those must stay too.
const INSEPARABLE: &[&str] = &["current_mileage", "customer_id"];

impl Desk {
    /// Takes back what was done last on this desk and still stands: a step, or the giving up
    /// of an edit. A step of which nothing is left, since its records went with another, is
    /// passed over.
    ///
    /// Errors: NothingToUndo, and those of [`Desk::undo_step`].
    pub async fn undo(&self) -> Result<Undone> {
        let mut before = i64::MAX;
        loop {
            let (found, discard) = {
                let mut conn = self.store.read().await?;
                let found = log::find_undoable_before(&mut conn, before).await?;
                let number = found.map_or(0, |(_, number)| number);
                (found, find_last_discard(&mut conn, number).await?)
            };
            if let Some(id) = discard {
                return self.undo_discard(id).await;
            }
            let (step, number) = found.ok_or(Failure::NothingToUndo)?;
            match self.undo_step(step).await {
                Err(Failure::Superseded { fields }) if fields.is_empty() => before = number,
                other => return other,
            }
        }
    }

    /// Takes back one step. Fields that were changed again since keep their newer value; when
    /// there is nothing else to take back, that is an error. A reading or a transfer is taken
    /// back whole or not at all.
    ///
    /// Errors: NothingToUndo (no such step, or taken back already), Superseded, Invalid (a
    /// unique value has another holder now, or what the record belongs to is gone).
    pub async fn undo_step(&self, step: Uuid) -> Result<Undone> {
        let mut work = self.begin().await?;
        let mut mutations = log::list_step(work.conn(), step).await?;
        // What was given up holds nothing that could be taken back.
        mutations.retain(|mutation| mutation.state != State::Discarded);
        if mutations.is_empty() || log::is_undone(work.conn(), step).await? {
            return Err(Failure::NothingToUndo);
        }
        work.step = work.step.undoing(step);
        let mut kept = Vec::new();
        let mut fields = Vec::new();
        for mutation in mutations.iter().rev() {
            take_back(&mut work, mutation, &mutations, &mut kept, &mut fields).await?;
        }
        if kept
            .iter()
            .any(|field| INSEPARABLE.contains(&field.as_str()))
        {
            return Err(Failure::Superseded { fields: kept });
        }
        let main = most_telling(&mutations);
        let name = rows::find_any(work.conn(), main.kind, main.record_id)
            .await?
            .map(|record| record.title())
            .unwrap_or_default();
        let undone = Undone {
            step,
            action: Action::from(main.action),
            kind: main.kind,
            id: main.record_id,
            title: name,
            fields,
            is_of_discard: false,
        };
        match work.step.commit().await? {
            Some(_) => Ok(undone),
            None => Err(Failure::Superseded { fields: kept }),
        }
    }
}

/// Of a step's mutations, the one that people mean: what they made, deleted or edited, not
/// what followed from it.
fn most_telling(mutations: &[Mutation]) -> &Mutation {
    let rank = |mutation: &&Mutation| match mutation.kind {
        EntityKind::Customer if mutation.action == Did::Update && mutations.len() > 1 => 5,
        EntityKind::Preferences | EntityKind::Ownership if mutations.len() > 1 => 6,
        EntityKind::MileageReading => 4,
        EntityKind::Vehicle if mutation.action == Did::Update => 3,
        EntityKind::Vehicle if mutation.action == Did::Create => 1,
        _ => 0,
    };
    mutations.iter().min_by_key(rank).unwrap_or(&mutations[0])
}

async fn take_back(
    work: &mut Work<'_>,
    mutation: &Mutation,
    step: &[Mutation],
    kept: &mut Vec<String>,
    fields: &mut Vec<String>,
) -> Result<()> {
    let Some(mut record) = rows::find_any(work.conn(), mutation.kind, mutation.record_id).await?
    else {
        return Ok(());
    };
    match mutation.action {
        Did::Create | Did::Restore => {
            if !record.is_deleted() && !goes_along(step, &record) {
                work.step.delete(&mut record).await?;
            }
        }
        // What went along comes back with the record at which the deletion began.
        Did::Delete => {
            if record.is_deleted() {
                let merged_into = merged_into(step, record.id);
                if merged_into.is_none() {
                    check_belonging(work, &record, &record.values, mutation.deleted_with).await?;
                }
                if mutation.deleted_with.is_none() {
                    work.step.restore(&mut record).await?;
                }
                if let Some(one) = merged_into {
                    flag_repeated(work, &record, one).await?;
                }
            }
        }
        Did::Update => {
            let mut back = Values::new();
            for (name, old) in &mutation.before {
                let now = record.get(name);
                if mutation.after.get(name) == Some(now) {
                    back.insert(name, old.clone());
                    if !fields.iter().any(|field| field == name) {
                        fields.push((*name).to_owned());
                    }
                } else if now != old {
                    kept.push((*name).to_owned());
                }
            }
            if !record.is_deleted() {
                let mut wanted = record.clone();
                wanted.values.extend(back.clone());
                check_belonging(work, &wanted, &back, None).await?;
            }
            // Undoing a reading lowers the odometer on purpose.
            let lowers = back
                .get("current_mileage")
                .and_then(Value::as_integer)
                .is_some();
            work.step.update(&mut record, &back, lowers).await?;
        }
    }
    Ok(())
}

/// Whether what a record belongs to began with the same step: it goes when that goes, as one
/// deletion that stands or falls as a whole.
fn goes_along(step: &[Mutation], record: &Record) -> bool {
    let owns = |owner: &&Mutation| {
        let children = owner.kind.children().iter();
        children
            .filter(|(kind, _)| *kind == record.kind)
            .any(|(_, field)| record.get(field).as_id() == Some(owner.record_id))
    };
    step.iter()
        .filter(|mutation| matches!(mutation.action, Did::Create | Did::Restore))
        .any(|mutation| owns(&mutation))
}

/// The record into which a step merged this one.
fn merged_into(step: &[Mutation], record: Uuid) -> Option<Uuid> {
    step.iter()
        .filter(|mutation| mutation.record_id == record)
        .find_map(|mutation| mutation.after.get("merged_into")?.as_id())
}

/// A merge that is taken back leaves two records of the same e-mail or VIN, as before: the one
/// that comes back repeats the other until somebody decides again.
async fn flag_repeated(work: &mut Work<'_>, record: &Record, one: Uuid) -> Result<()> {
    let problems = check_others(work.conn(), record, &record.values).await?;
    if problems.iter().any(|problem| problem.code == Code::Unique) {
        duplicates::flag(work.conn(), record.kind, record.id, one).await?;
    }
    Ok(())
}

/// What comes back must not take a value that has another holder by now, nor belong to
/// something that is gone. What comes back `with` another record belongs to that, and an
/// ownership is a fact of the past.
async fn check_belonging(
    work: &mut Work<'_>,
    record: &Record,
    values: &Values,
    with: Option<Uuid>,
) -> Result<()> {
    let belongs = with.is_none() && record.kind != EntityKind::Ownership;
    let is_required = |name: &str| record.kind.field(name).is_some_and(|field| field.required);
    let mut problems = check_others(work.conn(), record, values).await?;
    problems
        .retain(|problem| problem.code == Code::Unique || belongs && is_required(&problem.field));
    refuse(problems, Vec::new(), true)
}

impl From<Did> for Action {
    fn from(did: Did) -> Self {
        match did {
            Did::Create => Action::Create,
            Did::Update => Action::Update,
            Did::Delete => Action::Delete,
            Did::Restore => Action::Restore,
        }
    }
}
