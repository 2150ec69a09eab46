//! How the mutations of a step are taken back, one by one.

use servease_domain::{Code, EntityKind, Record, Value, Values};
use servease_store::sync::duplicates;
use servease_store::{Action, Mutation, rows};
use uuid::Uuid;

use crate::Result;
use crate::failure::refuse;
use crate::garage::context::Work;
use crate::records::rules::{check_others, to_heirs};

/// What came of it, by field.
#[derive(Debug, Default)]
pub(crate) struct TakenBack {
    /// Set back.
    pub fields: Vec<String>,
    /// Changed again since, and left as they are.
    pub kept: Vec<String>,
}

/// Takes back a step's mutations, the last first. Errors: Invalid.
pub(crate) async fn take_back(work: &mut Work<'_>, step: &[Mutation]) -> Result<TakenBack> {
    let mut taken = TakenBack::default();
    for mutation in step.iter().rev() {
        take_back_one(work, mutation, step, &mut taken).await?;
    }
    Ok(taken)
}

async fn take_back_one(
    work: &mut Work<'_>,
    mutation: &Mutation,
    step: &[Mutation],
    taken: &mut TakenBack,
) -> Result<()> {
    let Some(mut record) = rows::find_any(work.conn(), mutation.kind, mutation.record_id).await?
    else {
        return Ok(());
    };
    match mutation.action {
        // What is gone is not changed any more: its fields come back as they are with it.
        Action::Update if record.is_deleted() => {}
        // Their name stands on what they did since: they are taken out of use.
        Action::Create if mutation.kind.about().lasts => {
            let out = Values::from([("is_active", Value::Flag(false))]);
            work.step.update(&mut record, &out, false).await?;
        }
        Action::Create | Action::Restore => {
            if !record.is_deleted() && !goes_along(step, &record) {
                work.step.delete(&mut record).await?;
            }
        }
        // What went along comes back with the record at which the deletion began.
        Action::Delete => {
            if record.is_deleted() {
                let merged_into = merged_into(step, record.id);
                if merged_into.is_none() {
                    let root = record.id;
                    work.step.lead_to_heirs(&mut record, root).await?;
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
        Action::Update => {
            let mut back = Values::new();
            // What only belongs together with the changed fields was left as it was.
            let changed = mutation.before.iter();
            for (name, old) in changed.filter(|(name, _)| mutation.after.contains_key(*name)) {
                let now = record.get(name);
                if mutation.after.get(name) == Some(now) {
                    back.insert(name, old.clone());
                    add(&mut taken.fields, mutation.kind, name);
                } else if now != old {
                    add(&mut taken.kept, mutation.kind, name);
                }
            }
            to_heirs(work.conn(), record.kind, &mut back).await?;
            let mut wanted = record.clone();
            wanted.values.extend(back.clone());
            check_belonging(work, &wanted, &back, None).await?;
            work.step.update(&mut record, &back, false).await?;
        }
    }
    Ok(())
}

fn add(names: &mut Vec<String>, kind: EntityKind, name: &str) {
    let known = kind.known_name(name);
    if let Some(name) = known.filter(|name| !names.iter().any(|it| it == name)) {
        names.push(name.to_owned());
    }
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
        .filter(|mutation| matches!(mutation.action, Action::Create | Action::Restore))
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
