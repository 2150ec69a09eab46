//! The change sequence: the one place through which every write of a record goes.
//!
//! A [`Changeset`] is one transaction. Each record that it creates, updates, deletes or restores
//! gets the next number of the sequence, a line in `changes` with what was and what is, the
//! number at each field that changed, and its place in the lists. Numbers are taken from a
//! counter row that stays locked until the transaction ends: whoever reads the sequence sees
//! the numbers in their order, without gaps that fill later.
//!
//! Read what a decision needs before the first write: other writers wait from there on. What is
//! written waits in memory until somebody reads or the transaction ends, and goes in together:
//! a batch of a desk costs a handful of statements, not a handful for each of its changes.

mod consequences;
mod history;
mod made;
mod news;
mod pending;

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Map, Value as Json};
use servease_domain::record::values_to_json;
use servease_domain::{Action, EntityKind, Field, Record, Values, field, papers};
use servease_wire::sync::{DELETED_WITH, DUPLICATE_OF};
use uuid::Uuid;

pub use history::{count_of_records, of_seqs, seqs_of_records};
pub use news::{News, end_waiting, news};

use crate::db::{Db, DbError, Link};
use crate::store::forms;
use crate::store::records::{self, Stored};
use crate::store::search;
use crate::store::versions::Versions;
use crate::sync::hidden;
use consequences::Unsettled;
use pending::Pending;

/// Who changes something, and from where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Author {
    /// The user's id; none for the program itself.
    pub id: Option<String>,
    pub name: String,
    /// Set for changes that arrive by sync.
    pub desk_id: Option<String>,
    /// Given to the first change that is written under it; what follows from that one (what a
    /// deletion takes along) has no mutation of its own.
    pub mutation_id: Option<String>,
    /// What one action of a person changed together.
    pub step: Option<Uuid>,
    /// The step that is taken back.
    pub undoes: Option<Uuid>,
    /// An odometer is set right, lower or not.
    pub is_correction: bool,
}

/// One transaction of numbered changes. Dropped without [`Changeset::commit`], nothing happened.
#[derive(Debug)]
pub struct Changeset {
    link: Link,
    pub author: Author,
    /// The account under which a desk's changes came: id and name. Over HTTP it is the author.
    pub account: Option<(String, String)>,
    /// The employee record that stands for the account.
    pub employee: Option<Uuid>,
    /// When what is written happened: for a desk's edit, by its own clock.
    pub now: DateTime<Utc>,
    /// Central's own clock.
    pub began: DateTime<Utc>,
    first_seq: Option<i64>,
    last_seq: Option<i64>,
    last_stamp: Option<i64>,
    signed: Option<Line>,
    /// A change that no mutation names is among them.
    has_unsigned: bool,
    pending: Pending,
    unsettled: Unsettled,
}

/// The change that was written under a mutation's id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    pub seq: i64,
    pub before: Map<String, Json>,
    pub after: Map<String, Json>,
}

impl Changeset {
    pub async fn begin(db: &Db, author: Author, now: DateTime<Utc>) -> Result<Changeset, DbError> {
        Ok(Changeset {
            link: db.write().await?,
            author,
            account: None,
            employee: None,
            now,
            began: now,
            first_seq: None,
            last_seq: None,
            last_stamp: None,
            signed: None,
            has_unsigned: false,
            pending: Pending::default(),
            unsettled: Unsettled::default(),
        })
    }

    /// For reading inside the transaction, and for tables outside the sequence. What was
    /// changed until here is written first.
    pub async fn link(&mut self) -> Result<&mut Link, DbError> {
        self.pending.write(&mut self.link).await?;
        Ok(&mut self.link)
    }

    /// For reading records of a kind that others have made: those that are new in this transaction
    /// may be missing. Writing what waits before each such question would cost more than asking.
    pub async fn link_to_older(&mut self, kind: EntityKind) -> Result<&mut Link, DbError> {
        match self.pending.has_older(kind) {
            true => self.link().await,
            false => Ok(&mut self.link),
        }
    }

    /// A live record, kept from other writers until the transaction ends; an alias stands for
    /// its heir.
    pub async fn find(&mut self, kind: EntityKind, id: Uuid) -> Result<Option<Stored>, DbError> {
        if let Some(found) = self.find_itself(kind, id).await? {
            return Ok(Some(found));
        }
        match records::resolve(self.link().await?, kind, id).await? {
            heir if heir == id => Ok(None),
            heir => self.find_itself(kind, heir).await,
        }
    }

    /// The same without looking at what it was merged into.
    pub async fn find_itself(
        &mut self,
        kind: EntityKind,
        id: Uuid,
    ) -> Result<Option<Stored>, DbError> {
        let found = records::find_any_for_update(self.link().await?, kind, id).await?;
        Ok(found.filter(|stored| !stored.record.is_deleted()))
    }

    /// The number and the stamp of the last change that this transaction made.
    pub fn last_change(&self) -> Option<(i64, i64)> {
        self.last_seq.zip(self.last_stamp)
    }

    /// What was written under a mutation's id since this was asked last.
    pub fn take_signed(&mut self) -> Option<Line> {
        self.signed.take()
    }

    /// The number before the first change of this transaction, if a mutation names each of them.
    pub fn signed_after(&self) -> Option<i64> {
        let first = self.first_seq.filter(|_| !self.has_unsigned)?;
        Some(first - 1)
    }

    /// Writes a record that is not there yet, with the times and flags it carries.
    pub async fn create(&mut self, record: Record) -> Result<Arc<Stored>, DbError> {
        let seq = self.next_seq().await?;
        let stored = Arc::new(Stored {
            field_versions: Versions::of_new(record.kind, seq),
            record,
            seq,
        });
        self.pending.insert(&stored);
        self.log(
            &stored.record,
            seq,
            Action::Create,
            Map::new(),
            whole(&stored.record),
        );
        self.pending.place(&stored.record, 1);
        self.unsettled.note(&stored.record);
        if hidden::is_private(&stored.record) {
            hidden::note_turn(&mut self.link, self.employee, &stored.record).await?;
        }
        Ok(stored)
    }

    /// Sets fields of a record. What it holds already is left out; if nothing is left,
    /// nothing is written.
    pub async fn update(
        &mut self,
        stored: &Stored,
        wanted: &Values,
    ) -> Result<Arc<Stored>, DbError> {
        let changes = stored.record.difference(wanted);
        if changes.is_empty() {
            return Ok(Arc::new(stored.clone()));
        }
        let before: Values = changes
            .keys()
            .map(|name| (*name, stored.record.get(name).clone()))
            .collect();
        let mut changed = stored.clone();
        changed.record.values.extend(changes.clone());
        changed.record.updated_at = self.now;
        changed.seq = self.next_seq().await?;
        for name in changes.keys() {
            changed.field_versions.set(name, changed.seq);
        }
        let forms = forms::columns(stored.record.kind)
            .iter()
            .copied()
            .filter(|form| {
                forms::value(&changed.record, form) != forms::value(&stored.record, form)
            });
        let columns: Vec<&'static str> = changes
            .keys()
            .copied()
            .chain(["field_versions"])
            .chain(forms)
            .collect();
        let changed = Arc::new(changed);
        self.pending.update(&changed, &columns);
        self.log(
            &changed.record,
            changed.seq,
            Action::Update,
            values_to_json(&before),
            values_to_json(&changes),
        );
        self.unsettled.note_changes(&changed.record, &before);
        if hidden::is_private(&changed.record) != hidden::is_private(&stored.record) {
            hidden::note_turn(&mut self.link, self.employee, &changed.record).await?;
        }
        Ok(changed)
    }

    /// Writes what the product keeps beside the described fields: unknown fields of newer
    /// programs, the mark of a duplicate.
    pub async fn update_kept(
        &mut self,
        stored: &Stored,
        extra: Map<String, Json>,
        duplicate_of: Option<Uuid>,
    ) -> Result<Arc<Stored>, DbError> {
        let mut changed = stored.clone();
        changed.record.extra = extra;
        changed.record.duplicate_of = duplicate_of;
        changed.record.updated_at = self.now;
        changed.seq = self.next_seq().await?;
        let changed = Arc::new(changed);
        self.pending.update(&changed, &["extra", "duplicate_of"]);
        let (record, seq) = (&changed.record, changed.seq);
        let mut before = Map::new();
        let mut after: Map<String, Json> = record
            .extra
            .iter()
            .filter(|(name, json)| stored.record.extra.get(*name) != Some(json))
            .map(|(name, json)| (name.clone(), json.clone()))
            .collect();
        if record.duplicate_of != stored.record.duplicate_of {
            before.insert(DUPLICATE_OF.to_owned(), id_json(stored.record.duplicate_of));
            after.insert(DUPLICATE_OF.to_owned(), id_json(record.duplicate_of));
        }
        self.log(record, seq, Action::Update, before, after);
        Ok(changed)
    }

    /// Turns a live record and everything that belongs to it into tombstones.
    pub async fn delete(&mut self, stored: &Stored) -> Result<(), DbError> {
        let root = stored.record.id;
        let mut waiting = vec![(stored.clone(), None)];
        // Preferences have the id of their customer.
        let mut met = HashSet::from([(stored.record.kind, root)]);
        while let Some((next, with)) = waiting.pop() {
            for (kind, field) in next.record.kind.children() {
                let mut children = records::select_live(*kind);
                children
                    .and_where(Expr::col(*field).eq(next.record.id))
                    .lock_exclusive();
                for child in records::fetch(self.link().await?, *kind, &children).await? {
                    // A paper belongs to a customer and to their car: it goes once.
                    let goes = papers::goes_along(&child.record, &next.record);
                    if goes && met.insert((*kind, child.record.id)) {
                        waiting.push((child, Some(root)));
                    }
                }
            }
            self.bury(next, with).await?;
        }
        Ok(())
    }

    /// Notes that somebody deleted a record who did not know that it was deleted already.
    pub async fn note_deletion(&mut self, stored: &Stored) -> Result<(), DbError> {
        let seq = self.next_seq().await?;
        let mut after = Map::new();
        if stored.record.deleted_with.is_some() {
            after.insert(DELETED_WITH.to_owned(), id_json(stored.record.deleted_with));
        }
        let before = whole(&stored.record);
        self.log(&stored.record, seq, Action::Delete, before, after);
        Ok(())
    }

    async fn bury(&mut self, stored: Stored, with: Option<Uuid>) -> Result<(), DbError> {
        let place = stored.record.clone();
        let mut dead = stored;
        dead.record.deleted_at = Some(self.now);
        dead.record.deleted_with = with;
        dead.record.updated_at = self.now;
        dead.seq = self.next_seq().await?;
        let dead = Arc::new(dead);
        self.pending.update(&dead, standing(dead.record.kind));
        let before = whole(&dead.record);
        let mut after = Map::new();
        if with.is_some() {
            after.insert(DELETED_WITH.to_owned(), id_json(with));
        }
        self.log(&dead.record, dead.seq, Action::Delete, before, after);
        self.pending.place(&place, -1);
        self.unsettled.note(&place);
        Ok(())
    }

    /// Brings a tombstone back, and with it everything that was deleted along with it.
    pub async fn restore(&mut self, stored: &Stored) -> Result<Arc<Stored>, DbError> {
        let root = self.revive(stored.clone()).await?;
        // Parents first, so that no child is alive before what it belongs to.
        for kind in EntityKind::ALL {
            let mut along = records::select(kind);
            along
                .and_where(Expr::col("deleted_with").eq(stored.record.id))
                .lock_exclusive();
            for child in records::fetch(self.link().await?, kind, &along).await? {
                self.revive(child).await?;
            }
        }
        Ok(root)
    }

    async fn revive(&mut self, stored: Stored) -> Result<Arc<Stored>, DbError> {
        let mut live = stored;
        live.record.deleted_at = None;
        live.record.deleted_with = None;
        live.record.updated_at = self.now;
        live.seq = self.next_seq().await?;
        let live = Arc::new(live);
        self.pending.update(&live, standing(live.record.kind));
        let after = whole(&live.record);
        self.log(&live.record, live.seq, Action::Restore, Map::new(), after);
        self.pending.place(&live.record, 1);
        self.unsettled.note(&live.record);
        Ok(live)
    }

    /// A record as it is after [`Changeset::settle`], deleted or not.
    pub async fn reread(&mut self, stored: &Stored) -> Result<Stored, DbError> {
        let (kind, id) = (stored.record.kind, stored.record.id);
        let found = records::find_any_for_update(self.link().await?, kind, id).await?;
        Ok(found.unwrap_or_else(|| stored.clone()))
    }

    /// Makes everything last, with what follows from it.
    pub async fn commit(mut self) -> Result<Option<i64>, DbError> {
        self.settle().await?;
        self.pending.write(&mut self.link).await?;
        self.write_counter().await?;
        self.link.commit().await?;
        if self.last_seq.is_some() {
            news::tell();
        }
        Ok(self.last_seq)
    }

    /// The first number of a transaction locks the counter's row; the others are counted here
    /// and written at the end.
    async fn next_seq(&mut self) -> Result<i64, DbError> {
        if let Some(last) = self.last_seq {
            self.last_seq = Some(last + 1);
            return Ok(last + 1);
        }
        let mut update = Query::update();
        update
            .table("counters")
            .value("value", Expr::col("value").add(1))
            .and_where(Expr::col("name").eq("changes"))
            .returning_col("value");
        let row = self.link.row(&update).await?;
        let seq = match row {
            Some(row) => row.integer(0)?,
            None => None,
        };
        let seq = seq.ok_or(DbError::Other(sqlx::Error::RowNotFound))?;
        self.first_seq = Some(seq);
        self.last_seq = Some(seq);
        Ok(seq)
    }

    async fn write_counter(&mut self) -> Result<(), DbError> {
        // The first number stands in the counter already.
        let Some(last) = self.last_seq.filter(|last| Some(*last) != self.first_seq) else {
            return Ok(());
        };
        let mut update = Query::update();
        update
            .table("counters")
            .value("value", last)
            .and_where(Expr::col("name").eq("changes"));
        self.link.run(&update).await?;
        Ok(())
    }

    fn log(
        &mut self,
        record: &Record,
        seq: i64,
        kind: Action,
        before: Map<String, Json>,
        after: Map<String, Json>,
    ) {
        let customer_id = record.customer();
        let stamp = rand::random::<i64>();
        self.last_stamp = Some(stamp);
        let backend = self.link.backend();
        let (written_before, written_after) = (backend.json(&before), backend.json(&after));
        if self.author.mutation_id.is_some() {
            self.signed = Some(Line { seq, before, after });
        }
        let author = &mut self.author;
        let own = || Some((author.id.clone()?, author.name.clone()));
        let (account, account_name) = self.account.clone().or_else(own).unzip();
        let mutation_id = author.mutation_id.take();
        self.has_unsigned |= mutation_id.is_none();
        self.pending.log([
            seq.into(),
            record.kind.name().into(),
            record.id.into(),
            customer_id.into(),
            kind.word().into(),
            author.id.clone().into(),
            author.name.clone().into(),
            account.into(),
            account_name.into(),
            self.now.into(),
            author.desk_id.clone().into(),
            mutation_id.into(),
            stamp.into(),
            author.step.into(),
            author.undoes.into(),
            author.is_correction.into(),
            written_before,
            written_after,
        ]);
    }
}

/// What a record's death or return changes.
fn standing(kind: EntityKind) -> &'static [&'static str] {
    match search::is_searched(kind) {
        true => &["deleted_at", "deleted_with", "search_text"],
        false => &["deleted_at", "deleted_with"],
    }
}

/// A whole record as people stated it: every field that does not hold its default, what newer programs wrote,
/// and whether it repeats another.
pub fn whole(record: &Record) -> Map<String, Json> {
    stated(record, record.kind.facts())
}

/// The same with what follows from it: for rows, which tell how a record is, not what was done.
pub fn whole_row(record: &Record) -> Map<String, Json> {
    stated(record, record.kind.fields().iter())
}

fn stated<'a>(record: &Record, fields: impl Iterator<Item = &'a Field>) -> Map<String, Json> {
    let values: Values = fields
        .map(|field| (field, record.get(field.name)))
        .filter(|(field, value)| !(value.is_blank() && field.default == field::Default::Blank))
        .map(|(field, value)| (field.name, value.clone()))
        .collect();
    let mut json = values_to_json(&values);
    json.extend(record.extra.clone());
    if record.duplicate_of.is_some() {
        json.insert(DUPLICATE_OF.to_owned(), id_json(record.duplicate_of));
    }
    json
}

fn id_json(id: Option<Uuid>) -> Json {
    id.map_or(Json::Null, |id| Json::String(id.to_string()))
}

/// The number of the last change; 0 before the first.
pub async fn last_seq(link: &mut Link) -> Result<i64, DbError> {
    let mut select = Query::select();
    select
        .column("value")
        .from("counters")
        .and_where(Expr::col("name").eq("changes"));
    match link.row(&select).await? {
        Some(row) => Ok(row.integer(0)?.unwrap_or(0)),
        None => Ok(0),
    }
}
