//! A step: what one action of a person changes together. Rows, search index and mutations
//! are written in one transaction; nobody hears of it before it is committed.

use chrono::{DateTime, Utc};
use servease_domain::papers;
use servease_domain::{
    EntityKind, Kind, MERGED_INTO, Record, Value, Values, consequences as domain, garage,
};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use uuid::Uuid;

use crate::Action;
use crate::log::{self, Mutation, Origin, State};
use crate::sync::conflicts;
use crate::{Result, Store, consequences, rows, search};

/// Who changes something.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Author {
    pub id: Option<Uuid>,
    /// Kept with the change, since employees are renamed and leave.
    pub name: String,
}

/// When and by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    pub now: DateTime<Utc>,
    pub author: Author,
}

/// A record that a committed step changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Changed {
    pub kind: EntityKind,
    pub id: Uuid,
}

/// What a commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    pub changed: Vec<Changed>,
    /// Somebody did it with this program; otherwise it arrived from Central.
    pub is_own: bool,
}

/// An open transaction that logs what it writes. Dropped without [`Step::commit`], it leaves
/// nothing behind.
pub struct Step<'s> {
    store: &'s Store,
    tx: Transaction<'static, Sqlite>,
    id: Uuid,
    moment: Moment,
    undoes: Option<Uuid>,
    changed: Vec<Changed>,
    /// Records from which something may follow.
    unsettled: Vec<Changed>,
    /// The garage's days are others from here on: something may follow for every vehicle.
    moves_days: bool,
}

impl std::fmt::Debug for Step<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Step")
            .field("id", &self.id)
            .field("changed", &self.changed)
            .finish_non_exhaustive()
    }
}

impl<'s> Step<'s> {
    pub(crate) fn new(
        store: &'s Store,
        tx: Transaction<'static, Sqlite>,
        moment: Moment,
    ) -> Step<'s> {
        let id = store.new_id(moment.now);
        Step {
            store,
            tx,
            id,
            moment,
            undoes: None,
            changed: Vec::new(),
            unsettled: Vec::new(),
            moves_days: false,
        }
    }

    /// Marks the step as taking back another one.
    pub fn undoing(mut self, step: Uuid) -> Step<'s> {
        self.undo_with(step);
        self
    }

    /// Marks the step as taking back another one beside what else it does.
    pub fn undo_with(&mut self, step: Uuid) {
        self.undoes = Some(step);
    }

    pub fn id(&self) -> Uuid {
        self.id
    }

    pub fn moment(&self) -> &Moment {
        &self.moment
    }

    /// A fresh id for a record of this step.
    pub fn new_id(&self) -> Uuid {
        self.store.new_id(self.moment.now)
    }

    /// The connection, for the reads that belong to the decision.
    pub fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }

    /// Writes a new record. Errors: Taken, DanglingReference.
    pub async fn create(&mut self, record: &Record) -> Result<()> {
        rows::insert(&mut self.tx, record).await?;
        self.note(record, Action::Create, Values::new(), record.facts(), false)
            .await
    }

    /// Sets fields of a live record. Fields that already hold the value are passed over; no
    /// change leaves no trace. Errors: Taken.
    pub async fn update(
        &mut self,
        record: &mut Record,
        wanted: &Values,
        is_correction: bool,
    ) -> Result<()> {
        let mut after = record.difference(wanted);
        if after.is_empty() {
            return Ok(());
        }
        domain::take_back_judgements(record, &mut after);
        debug_assert!(
            after
                .keys()
                .all(|name| record.kind.facts().any(|field| field.name == *name)),
            "consequences are written by nobody but `consequences`: {after:?}"
        );
        let seen = after.keys().filter_map(|name| record.kind.field(name));
        let before: Values = seen
            .flat_map(|field| record.kind.seen_with(field))
            .map(|field| (field.name, record.get(field.name).clone()))
            .collect();
        // What a record leaves is changed by that, as what it goes to is.
        self.unsettled
            .extend(before.iter().filter_map(|(name, value)| {
                let Kind::Reference(kind) = record.kind.field(name)?.kind else {
                    return None;
                };
                let id = value.as_id()?;
                Some(Changed { kind, id })
            }));
        self.moves_days |= garage::moves_days(record.kind, &after);
        record.values.extend(after.clone());
        record.updated_at = self.moment.now;
        rows::update(&mut self.tx, record, &after).await?;
        let written: Vec<&'static str> = after.keys().copied().collect();
        self.note(record, Action::Update, before, after, is_correction)
            .await?;
        self.end_conflicts(record, &written).await
    }

    /// Whoever writes a field again knows what its conflict tells, and has decided it. A conflict
    /// that the step itself is about is left to whoever makes the step.
    async fn end_conflicts(&mut self, record: &Record, written: &[&'static str]) -> Result<()> {
        if record.kind == EntityKind::Conflict {
            return Ok(());
        }
        for id in conflicts::list_about(&mut self.tx, record.kind, record.id, written).await? {
            let of_step = Changed {
                kind: EntityKind::Conflict,
                id,
            };
            if self.changed.contains(&of_step) {
                continue;
            }
            let Some(mut conflict) = rows::find(&mut self.tx, EntityKind::Conflict, id).await?
            else {
                continue;
            };
            let after = Values::from([("state", Value::Text(conflicts::EDITED.to_owned()))]);
            let before = Values::from([("state", conflict.get("state").clone())]);
            conflict.values.extend(after.clone());
            conflict.updated_at = self.moment.now;
            rows::update(&mut self.tx, &conflict, &after).await?;
            self.note(&conflict, Action::Update, before, after, false)
                .await?;
        }
        Ok(())
    }

    /// Leaves a tombstone, on the record and on what belongs to it.
    pub async fn delete(&mut self, record: &mut Record) -> Result<()> {
        self.bury(record, None).await?;
        self.bury_members(record, record.id).await?;
        self.end_conflicts(record, &[conflicts::DELETED]).await
    }

    /// Brings back a deleted record and what was deleted with it. Errors: Taken, when another
    /// record has taken its e-mail or VIN since.
    pub async fn restore(&mut self, record: &mut Record) -> Result<()> {
        let root = record.id;
        self.lead_to_heirs(record, root).await?;
        self.raise(record).await?;
        for kind in EntityKind::ALL {
            let taken_along =
                rows::list_where(&mut self.tx, kind, "deleted_with = ?", record.id).await?;
            for mut child in taken_along {
                self.lead_to_heirs(&mut child, root).await?;
                self.raise(&mut child).await?;
            }
        }
        self.note(record, Action::Restore, Values::new(), Values::new(), false)
            .await?;
        self.end_conflicts(record, &[conflicts::DELETED]).await
    }

    /// What comes back belongs to those into whom others were merged meanwhile, but for what
    /// belongs to the `root`, which comes back itself.
    pub async fn lead_to_heirs(&mut self, record: &mut Record, root: Uuid) -> Result<()> {
        let mut moved = Values::new();
        for (field, to) in record.kind.led_by_merges() {
            let Some(id) = record.get(field).as_id().filter(|id| *id != root) else {
                continue;
            };
            moved.insert(field, Value::Id(rows::resolve(&mut self.tx, to, id).await?));
        }
        let changed = record.difference(&moved);
        self.update(record, &changed, false).await
    }

    /// Commits the step. Its id, or None when nothing changed. Whoever listens to the store
    /// hears of it after the commit.
    pub async fn commit(self) -> Result<Option<Uuid>> {
        if self.changed.is_empty() {
            return Ok(None);
        }
        self.commit_all().await
    }

    /// The same where plain rows were written through [`Step::conn`] too: they last whether or
    /// not a record has changed.
    pub async fn commit_all(mut self) -> Result<Option<Uuid>> {
        let id = (!self.changed.is_empty()).then_some(self.id);
        let settled = match self.moves_days {
            true => consequences::settle_all(&mut self.tx).await?,
            false => consequences::settle(&mut self.tx, &self.unsettled).await?,
        };
        self.changed.extend(settled);
        self.store.commit_own(self.tx, self.changed).await?;
        Ok(id)
    }

    async fn bury(&mut self, record: &mut Record, with: Option<Uuid>) -> Result<()> {
        record.deleted_at = Some(self.moment.now);
        record.deleted_with = with;
        record.updated_at = self.moment.now;
        rows::set_deleted(&mut self.tx, record).await?;
        search::remove(&mut self.tx, record.kind, record.id).await?;
        // The deletion that ends a merge says so: it means no record that goes, but one id less.
        let into = record.get(MERGED_INTO);
        let after = match with {
            None if !into.is_blank() => Values::from([(MERGED_INTO, into.clone())]),
            _ => Values::new(),
        };
        self.note(record, Action::Delete, Values::new(), after, false)
            .await
    }

    /// Buries what belongs to a record, and what belongs to that, with the root of the deletion.
    async fn bury_members(&mut self, owner: &Record, root: Uuid) -> Result<()> {
        let mut owners = vec![owner.clone()];
        while let Some(owner) = owners.pop() {
            for (kind, field) in owner.kind.children() {
                for mut member in rows::list_by(&mut self.tx, *kind, field, owner.id).await? {
                    if papers::goes_along(&member, &owner) {
                        self.bury(&mut member, Some(root)).await?;
                        owners.push(member);
                    }
                }
            }
        }
        Ok(())
    }

    async fn raise(&mut self, record: &mut Record) -> Result<()> {
        record.deleted_at = None;
        record.deleted_with = None;
        record.updated_at = self.moment.now;
        rows::set_deleted(&mut self.tx, record).await?;
        search::index(&mut self.tx, record).await?;
        self.note_changed(record, true);
        Ok(())
    }

    /// Of a record that changed, whether something may follow from it.
    fn note_changed(&mut self, record: &Record, is_fact: bool) {
        let changed = Changed {
            kind: record.kind,
            id: record.id,
        };
        self.changed.push(changed);
        if is_fact {
            self.unsettled.push(changed);
        }
    }

    async fn note(
        &mut self,
        record: &Record,
        action: Action,
        before: Values,
        after: Values,
        is_correction: bool,
    ) -> Result<()> {
        if matches!(action, Action::Create | Action::Update)
            && (action == Action::Create || search::is_touched(record.kind, &after))
        {
            search::index(&mut self.tx, record).await?;
        }
        let mutation = Mutation {
            number: 0,
            id: self.new_id(),
            step: self.id,
            kind: record.kind,
            record_id: record.id,
            action,
            author_id: self.moment.author.id,
            author_name: self.moment.author.name.clone(),
            at: self.moment.now,
            seen: 0,
            before,
            after,
            is_correction,
            undoes: self.undoes,
            deleted_with: record.deleted_with.filter(|_| action == Action::Delete),
            origin: Origin::Here,
            state: State::Waiting,
        };
        log::append(&mut self.tx, &mutation).await?;
        let is_fact = match action {
            Action::Update => domain::is_touched(record.kind, mutation.after.keys().copied()),
            // Nothing follows from a customer who has just been made, unless something was said.
            Action::Create if record.kind == EntityKind::Customer => {
                !record.get("stated_last_service_date").is_blank()
            }
            Action::Create | Action::Delete | Action::Restore => true,
        };
        self.note_changed(record, is_fact);
        Ok(())
    }
}
