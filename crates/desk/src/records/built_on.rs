//! What was built on a step since: records that would lose what they stand on if it were taken
//! back.
//!
//! On a creation or a restoration stand the records that belong or refer to what it made, and
//! what another desk has changed of it. On a merge stands whatever came to the kept record since,
//! and on a transfer what came to the vehicle under its new owner. What the step itself made, and
//! what is gone, stands on nothing.

use std::collections::HashSet;

use servease_domain::{EntityKind, MERGED_INTO, Record};
use servease_store::{Action, Connection, Mutation, Origin, log, rows, steps};
use uuid::Uuid;

use super::views::BuiltOn;
use crate::{Failure, Result};

/// As many names as a message can hold; of the rest it says how many.
const NAMED_MAX: usize = 5;

/// Refuses by name when anything was built on a step. Errors: BuiltOn.
pub(crate) async fn refuse_if_built_on(conn: &mut Connection, step: &[Mutation]) -> Result<()> {
    let mut records = list(conn, step).await?;
    if records.is_empty() {
        return Ok(());
    }
    let more = records.len().saturating_sub(NAMED_MAX);
    records.truncate(NAMED_MAX);
    Err(Failure::BuiltOn { records, more })
}

/// The step in which a record was merged away, as that record and the one that was kept.
pub(crate) fn merge_of(step: &[Mutation]) -> Option<(EntityKind, Uuid, Uuid)> {
    step.iter()
        .filter(|mutation| mutation.action == Action::Update)
        .find_map(|mutation| {
            let into = mutation.after.get(MERGED_INTO)?.as_id()?;
            Some((mutation.kind, mutation.record_id, into))
        })
}

/// Everything that was built on a step, what people would miss most first.
async fn list(conn: &mut Connection, step: &[Mutation]) -> Result<Vec<BuiltOn>> {
    let mut survey = Survey::of(step);
    let merge = merge_of(step);
    for mutation in step {
        match mutation.action {
            Action::Create | Action::Restore => {
                let is_new = mutation.action == Action::Create;
                if let Some(record) = rows::find(conn, mutation.kind, mutation.record_id).await? {
                    survey.look_below(conn, record, is_new, true).await?;
                }
            }
            Action::Update if merge.is_some() => survey.look_at_moved(conn, mutation).await?,
            Action::Update if mutation.kind == EntityKind::Vehicle => {
                survey.look_at_transfer(conn, mutation).await?;
            }
            Action::Update | Action::Delete => {}
        }
    }
    if let Some((kind, _, kept)) = merge
        && let Some(record) = rows::find_any(conn, kind, kept).await?
    {
        if record.is_deleted() {
            survey.found.push((record.clone(), None));
        }
        survey.look_below(conn, record, false, false).await?;
    }
    survey.tell(conn).await
}

/// A look at what stands around the records of one step.
struct Survey {
    own: HashSet<(EntityKind, Uuid)>,
    /// The step's last number: what came after was made in its knowledge.
    last: i64,
    seen: HashSet<(EntityKind, Uuid)>,
    found: Vec<(Record, Option<String>)>,
}

impl Survey {
    fn of(step: &[Mutation]) -> Survey {
        Survey {
            own: step.iter().map(|it| (it.kind, it.record_id)).collect(),
            last: step.iter().map(|it| it.number).max().unwrap_or(0),
            seen: HashSet::new(),
            found: Vec::new(),
        }
    }

    /// Looks at what belongs or refers to a record, down to the last. `is_new`: the step made the
    /// record, so that everything outside the step came later. `goes`: taking the step back
    /// deletes the record and what belongs to it, so that changes of these are lost too.
    async fn look_below(
        &mut self,
        conn: &mut Connection,
        record: Record,
        is_new: bool,
        goes: bool,
    ) -> Result<()> {
        let mut open = vec![(record, is_new)];
        while let Some((record, is_new)) = open.pop() {
            if !self.seen.insert((record.kind, record.id)) {
                continue;
            }
            if goes && let Some(author) = self.changed_elsewhere(conn, &record).await? {
                self.find(record.clone(), Some(author));
            }
            for alias in rows::list_aliases(conn, record.kind, record.id).await? {
                if is_new || self.came_since(conn, &alias, MERGED_INTO).await? {
                    self.find(alias, None);
                }
            }
            for (kind, field) in record.kind.referrers() {
                for child in rows::list_by(conn, kind, field, record.id).await? {
                    let stands = is_new || self.came_since(conn, &child, field).await?;
                    if stands {
                        self.find(child.clone(), None);
                    }
                    if goes && record.kind.children().contains(&(kind, field)) {
                        open.push((child, stands));
                    }
                }
            }
        }
        Ok(())
    }

    /// What a merge moved and somebody has moved on since.
    async fn look_at_moved(&mut self, conn: &mut Connection, mutation: &Mutation) -> Result<()> {
        let Some(record) = rows::find(conn, mutation.kind, mutation.record_id).await? else {
            return Ok(());
        };
        let is_elsewhere = mutation.after.iter().any(|(name, to)| {
            let now = record.get(name);
            let is_reference = to.as_id().is_some() && now.as_id().is_some();
            is_reference && now != to && mutation.before.get(name) != Some(now)
        });
        if is_elsewhere {
            let author = self.changed_elsewhere(conn, &record).await?;
            self.found.push((record, author));
        }
        Ok(())
    }

    /// A vehicle that changed hands: what was written down for its new owner since.
    async fn look_at_transfer(&mut self, conn: &mut Connection, mutation: &Mutation) -> Result<()> {
        let Some(owner) = mutation.after.get("customer_id").and_then(|to| to.as_id()) else {
            return Ok(());
        };
        for (kind, field) in EntityKind::Vehicle.referrers() {
            if kind.field("customer_id").is_none() {
                continue;
            }
            for record in rows::list_by(conn, kind, field, mutation.record_id).await? {
                if record.get("customer_id").as_id() == Some(owner)
                    && self.came_since(conn, &record, "customer_id").await?
                {
                    self.find(record, None);
                }
            }
        }
        Ok(())
    }

    /// Whether a record was made or moved here after the step. What an undo or a redo brought
    /// here had been here before.
    async fn came_since(
        &self,
        conn: &mut Connection,
        record: &Record,
        field: &str,
    ) -> Result<bool> {
        let since = log::list_since(conn, record.kind, record.id, self.last).await?;
        Ok(since
            .iter()
            .filter(|mutation| mutation.undoes.is_none())
            .any(|mutation| match mutation.action {
                Action::Create => true,
                Action::Update => mutation.after.get(field) == Some(record.get(field)),
                Action::Delete | Action::Restore => false,
            }))
    }

    /// Who changed a record on another desk after the step, where that stands.
    async fn changed_elsewhere(
        &self,
        conn: &mut Connection,
        record: &Record,
    ) -> Result<Option<String>> {
        for mutation in log::list_since(conn, record.kind, record.id, self.last).await? {
            if mutation.origin == Origin::Central
                && mutation.action == Action::Update
                && mutation
                    .after
                    .iter()
                    .any(|(name, value)| record.get(name) == value)
                && mutation.undoes.is_none()
                && !steps::is_undone(conn, mutation.step).await?
            {
                return Ok(Some(mutation.author_name));
            }
        }
        Ok(None)
    }

    /// Notes a record that is not of the step, once. The readings and ownerships of a vehicle
    /// that was found go without saying.
    fn find(&mut self, record: Record, author: Option<String>) {
        let is_said = self.found.iter().any(|(found, _)| {
            (found.kind, found.id) == (record.kind, record.id)
                || record.get("vehicle_id").as_id() == Some(found.id)
                    && matches!(
                        record.kind,
                        EntityKind::Ownership | EntityKind::MileageReading
                    )
        });
        if !is_said && (author.is_some() || !self.own.contains(&(record.kind, record.id))) {
            self.found.push((record, author));
        }
    }

    async fn tell(mut self, conn: &mut Connection) -> Result<Vec<BuiltOn>> {
        self.found
            .sort_by_key(|(record, _)| (weight(record.kind), record.created_at, record.id));
        let mut told = Vec::with_capacity(self.found.len());
        for (record, author) in self.found {
            let author = match author {
                Some(author) => author,
                None => steps::author_of(conn, record.kind, record.id)
                    .await?
                    .unwrap_or_default(),
            };
            told.push(BuiltOn {
                kind: record.kind,
                id: record.id,
                title: record.title(),
                author,
            });
        }
        Ok(told)
    }
}

/// What people would miss most comes first.
fn weight(kind: EntityKind) -> u8 {
    match kind {
        EntityKind::Customer => 0,
        EntityKind::Vehicle => 1,
        EntityKind::ServiceRecord => 2,
        EntityKind::Document => 3,
        EntityKind::Note => 4,
        _ => 5,
    }
}
