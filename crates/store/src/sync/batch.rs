//! The records that a message is about: read together, changed in memory, written together. A
//! page of the feed costs a handful of statements so, however many records it names.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};
use servease_domain::{EntityKind, Record, Values, garage};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use super::hex_ids;
use crate::columns::has_foreign_key;
use crate::{Changed, Result, StoreError, bulk, consequences, search};

/// Preferences share the id of their customer: an id alone names no record.
type Key = (EntityKind, Uuid);

/// A record would refer to one that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dangling;

impl From<Dangling> for StoreError {
    fn from(_: Dangling) -> StoreError {
        StoreError::DanglingReference
    }
}

/// A record of the batch.
#[derive(Debug)]
struct Held {
    record: Record,
    is_new: bool,
    /// What was changed of a record that is in its table.
    columns: BTreeSet<&'static str>,
    /// When it was first changed, and when the search index last had a reason to follow.
    touched: Option<usize>,
    searched: Option<usize>,
}

/// Nothing is written before [`Batch::write`].
#[derive(Debug, Default)]
pub struct Batch {
    /// To be read: records, and whether records are there.
    wanted: BTreeMap<EntityKind, BTreeSet<Uuid>>,
    asked: BTreeMap<EntityKind, BTreeSet<Uuid>>,
    held: HashMap<Key, Held>,
    /// Records that were asked for and are not there.
    absent: HashSet<Key>,
    /// Records that are only referred to, and are there.
    referred: HashSet<Key>,
    /// Records to which others belonged before the batch.
    left: BTreeSet<Key>,
    changes: usize,
    /// The garage's days are others: something may follow for every vehicle.
    moves_days: bool,
}

impl Batch {
    /// A batch of one record.
    pub async fn of(conn: &mut SqliteConnection, kind: EntityKind, id: Uuid) -> Result<Batch> {
        let mut batch = Batch::default();
        batch.want(kind, id);
        batch.read(conn).await?;
        Ok(batch)
    }

    /// Asks for a record, deleted or not: [`Batch::read`] brings it.
    pub fn want(&mut self, kind: EntityKind, id: Uuid) {
        let key = (kind, id);
        if !self.held.contains_key(&key) && !self.absent.contains(&key) {
            self.wanted.entry(kind).or_default().insert(id);
        }
    }

    /// Asks for what whoever sets these values must know: whether the records to which they
    /// refer are there.
    pub fn want_references(&mut self, kind: EntityKind, values: &Values) {
        for key in references(kind, values) {
            if !self.is_there(key) && !self.absent.contains(&key) {
                self.asked.entry(key.0).or_default().insert(key.1);
            }
        }
    }

    /// Reads everything that was asked for since the last time.
    pub async fn read(&mut self, conn: &mut SqliteConnection) -> Result<()> {
        for (kind, ids) in std::mem::take(&mut self.wanted) {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let mut found = bulk::find(conn, kind, &ids).await?;
            for id in ids {
                match found.remove(&id) {
                    Some(record) => self.hold(record, false),
                    None => _ = self.absent.insert((kind, id)),
                }
            }
        }
        for (kind, mut ids) in std::mem::take(&mut self.asked) {
            ids.retain(|id| !self.is_there((kind, *id)));
            if ids.is_empty() {
                continue;
            }
            let sql = format!(
                "SELECT id FROM {} WHERE id IN (SELECT unhex(value) FROM json_each(?))",
                kind.table()
            );
            let found: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(hex_ids(ids))
                .fetch_all(&mut *conn)
                .await?;
            self.referred.extend(found.into_iter().map(|id| (kind, id)));
        }
        Ok(())
    }

    /// A record as it stands in the batch.
    pub fn get(&self, kind: EntityKind, id: Uuid) -> Option<&Record> {
        Some(&self.held.get(&(kind, id))?.record)
    }

    /// Adds a record that is not there; a tombstone too.
    pub fn insert(&mut self, record: Record) -> Result<(), Dangling> {
        self.check(record.kind, &record.values)?;
        let key = (record.kind, record.id);
        self.absent.remove(&key);
        self.hold(record, true);
        self.touch(key, true);
        Ok(())
    }

    /// Sets fields of a record. Answers whether any of them held something else.
    pub fn set(
        &mut self,
        key: Key,
        wanted: &Values,
        at: Option<DateTime<Utc>>,
    ) -> Result<bool, Dangling> {
        let Some(held) = self.held.get(&key) else {
            return Ok(false);
        };
        let changed = held.record.difference(wanted);
        if changed.is_empty() {
            return Ok(false);
        }
        self.check(key.0, &changed)?;
        let held_before: Values = changed
            .keys()
            .map(|name| (*name, held.record.get(name).clone()))
            .collect();
        self.left.extend(references(key.0, &held_before));
        self.moves_days |= garage::moves_days(key.0, &changed);
        let is_found_by = search::is_touched(key.0, &changed);
        if let Some(held) = self.held.get_mut(&key) {
            held.columns.extend(changed.keys().copied());
            held.record.values.extend(changed);
            held.date(at);
        }
        self.touch(key, is_found_by);
        Ok(true)
    }

    /// Keeps fields that this program does not know, beside those that it kept before.
    pub fn keep_extra(&mut self, key: Key, extra: Map<String, Json>) -> bool {
        let Some(record) = self.get(key.0, key.1).filter(|_| !extra.is_empty()) else {
            return false;
        };
        let mut all = record.extra.clone();
        all.extend(extra);
        self.replace_extra(key, all);
        true
    }

    /// Keeps of the fields that this program does not know those that Central holds and no others,
    /// apart from those on which the desk knows more: `is_open` says that it does not.
    pub fn set_extra(
        &mut self,
        key: Key,
        extra: Map<String, Json>,
        is_open: impl Fn(&str) -> bool,
    ) {
        let Some(record) = self.get(key.0, key.1) else {
            return;
        };
        let own = record.extra.clone().into_iter();
        let own = own.filter(|(name, _)| !is_open(name));
        let held = extra.into_iter().filter(|(name, _)| is_open(name));
        let all: Map<String, Json> = own.chain(held).collect();
        if all != record.extra {
            self.replace_extra(key, all);
        }
    }

    /// Keeps these fields and no others that this program does not know.
    pub fn replace_extra(&mut self, key: Key, extra: Map<String, Json>) {
        if let Some(held) = self.held.get_mut(&key) {
            held.record.extra = extra;
            held.columns.insert("extra");
            self.touch(key, false);
        }
    }

    /// Makes a record alive or dead, with or without another one: since when and with which,
    /// for a tombstone. Answers whether it stood otherwise.
    pub fn set_alive(
        &mut self,
        key: Key,
        dead: Option<(DateTime<Utc>, Option<Uuid>)>,
        at: Option<DateTime<Utc>>,
    ) -> bool {
        let with = dead.and_then(|(_, with)| with);
        let Some(held) = self.held.get_mut(&key) else {
            return false;
        };
        let record = &mut held.record;
        if record.is_deleted() == dead.is_some() && record.deleted_with == with {
            return false;
        }
        record.deleted_at = dead.map(|(at, _)| record.deleted_at.unwrap_or(at));
        record.deleted_with = with;
        held.columns.extend(["deleted_at", "deleted_with"]);
        held.date(at);
        self.touch(key, true);
        true
    }

    /// Flags a record as repeating another one, or takes the flag away. Answers whether it was
    /// flagged otherwise.
    pub fn set_duplicate(&mut self, key: Key, of: Option<Uuid>) -> bool {
        let Some(held) = self
            .held
            .get_mut(&key)
            .filter(|held| held.record.duplicate_of != of)
        else {
            return false;
        };
        held.record.duplicate_of = of;
        held.columns.insert("duplicate_of");
        self.touch(key, false);
        true
    }

    /// Writes what was changed, brings the search index after it, and works out anew what follows
    /// from it. Answers the records, in the order in which they were first changed.
    pub async fn write(self, conn: &mut SqliteConnection) -> Result<Vec<Changed>> {
        let left = self.left.clone();
        let moves_days = self.moves_days;
        let mut changed = self.write_facts(conn).await?;
        let settled = if moves_days {
            consequences::settle_all(conn).await?
        } else {
            let mut unsettled = changed.clone();
            unsettled.extend(left.into_iter().map(|(kind, id)| Changed { kind, id }));
            consequences::settle(conn, &unsettled).await?
        };
        changed.extend(settled);
        Ok(changed)
    }

    /// The same without what follows: for whole rows, which bring that along.
    pub async fn write_facts(self, conn: &mut SqliteConnection) -> Result<Vec<Changed>> {
        for kind in EntityKind::ALL {
            let mut fresh: Vec<&Held> = self.changed_of(kind).filter(|held| held.is_new).collect();
            fresh.sort_by_key(|held| held.touched);
            let records: Vec<&Record> = fresh.iter().map(|held| &held.record).collect();
            bulk::insert(conn, kind, &records).await?;
            let mut alike = BTreeMap::<&BTreeSet<&'static str>, Vec<&Record>>::new();
            for held in self.changed_of(kind).filter(|held| !held.is_new) {
                alike.entry(&held.columns).or_default().push(&held.record);
            }
            for (columns, records) in alike {
                bulk::update(conn, kind, columns, &records).await?;
            }
        }
        self.follow(conn).await?;
        let mut changed: Vec<(Option<usize>, Changed)> = self
            .held
            .iter()
            .filter(|(_, held)| held.touched.is_some())
            .map(|((kind, id), held)| {
                let changed = Changed {
                    kind: *kind,
                    id: *id,
                };
                (held.touched, changed)
            })
            .collect();
        changed.sort_by_key(|(touched, _)| *touched);
        Ok(changed.into_iter().map(|(_, changed)| changed).collect())
    }

    /// Makes live records findable by what they hold now, and dead ones unfindable.
    async fn follow(&self, conn: &mut SqliteConnection) -> Result<()> {
        let mut searched: Vec<&Held> = self
            .held
            .values()
            .filter(|held| held.searched.is_some())
            .collect();
        searched.sort_by_key(|held| held.searched);
        let records: Vec<&Record> = searched.iter().map(|held| &held.record).collect();
        search::renew(conn, &records).await
    }

    fn changed_of(&self, kind: EntityKind) -> impl Iterator<Item = &Held> {
        self.held
            .values()
            .filter(move |held| held.record.kind == kind && held.touched.is_some())
    }

    fn hold(&mut self, record: Record, is_new: bool) {
        let held = Held {
            is_new,
            columns: BTreeSet::new(),
            touched: None,
            searched: None,
            record,
        };
        self.held.insert((held.record.kind, held.record.id), held);
    }

    fn touch(&mut self, key: Key, is_search_touched: bool) {
        self.changes += 1;
        if let Some(held) = self.held.get_mut(&key) {
            held.touched.get_or_insert(self.changes);
            if is_search_touched {
                held.searched = Some(self.changes);
            }
        }
    }

    fn is_there(&self, key: Key) -> bool {
        self.held.contains_key(&key) || self.referred.contains(&key)
    }

    fn check(&self, kind: EntityKind, values: &Values) -> Result<(), Dangling> {
        match references(kind, values).all(|key| self.is_there(key)) {
            true => Ok(()),
            false => Err(Dangling),
        }
    }
}

impl Held {
    fn date(&mut self, at: Option<DateTime<Utc>>) {
        if let Some(at) = at {
            self.record.updated_at = at;
            self.columns.insert("updated_at");
        }
    }
}

/// The records to which values refer, where the tables insist that they are there.
pub(super) fn references(kind: EntityKind, values: &Values) -> impl Iterator<Item = Key> {
    kind.fields().iter().filter_map(move |field| {
        let to = has_foreign_key(kind, field)?;
        Some((to, values.get(field.name)?.as_id()?))
    })
}
