//! What a transaction has changed and not written yet: rows, lines of the sequence, places in
//! lists. Written together, with a statement for each group of rows that are alike.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sea_query::Value as SqlValue;
use serde_json::Value as Json;
use servease_domain::{EntityKind, Record};
use uuid::Uuid;

use super::made::Made;
use crate::db::{Backend, ColumnType, DbError, Link};
use crate::store::blocks::{self, Place};
use crate::store::forms;
use crate::store::records::{META, Stored};

const LOG_COLUMNS: [&str; 18] = [
    "seq",
    "entity",
    "record_id",
    "customer_id",
    "kind",
    "author",
    "author_name",
    "account",
    "account_name",
    "at",
    "desk_id",
    "mutation_id",
    "stamp",
    "step",
    "undoes",
    "is_correction",
    "before",
    "after",
];

#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Stays when everything is written: what is new in the transaction stays new.
    pub made: Made,
    records: BTreeMap<(EntityKind, Uuid), Changed>,
    places: BTreeMap<EntityKind, Vec<(Place, i64)>>,
    lines: Vec<[SqlValue; LOG_COLUMNS.len()]>,
}

#[derive(Debug)]
struct Changed {
    stored: Arc<Stored>,
    is_new: bool,
    columns: BTreeSet<&'static str>,
}

impl Pending {
    pub fn insert(&mut self, stored: &Arc<Stored>) {
        self.made.insert(stored);
        let changed = Changed {
            stored: Arc::clone(stored),
            is_new: true,
            columns: BTreeSet::new(),
        };
        self.records
            .insert((stored.record.kind, stored.record.id), changed);
    }

    /// The record as it is now, and the columns that differ. Its number and time always do.
    pub fn update(&mut self, stored: &Arc<Stored>, columns: &[&'static str]) {
        self.made.update(stored, columns);
        let changed = self
            .records
            .entry((stored.record.kind, stored.record.id))
            .or_insert_with(|| Changed {
                stored: Arc::clone(stored),
                is_new: false,
                columns: BTreeSet::from(["seq", "updated_at"]),
            });
        changed.stored = Arc::clone(stored);
        changed.columns.extend(columns.iter().copied());
    }

    /// The record became live (+1) or went away (-1).
    pub fn place(&mut self, record: &Record, by: i64) {
        if record.kind.list_segment().is_some() {
            let place = Place {
                at: record.created_at,
                id: record.id,
            };
            self.places
                .entry(record.kind)
                .or_default()
                .push((place, by));
        }
    }

    /// A line of the sequence, in the order of its columns.
    pub fn log(&mut self, line: [SqlValue; LOG_COLUMNS.len()]) {
        self.lines.push(line);
    }

    /// Whether a change waits of a record of this kind that was there before.
    pub fn has_older(&self, kind: EntityKind) -> bool {
        let mut of_kind = self
            .records
            .range((kind, Uuid::nil())..=(kind, Uuid::max()));
        of_kind.any(|(_, changed)| !changed.is_new)
    }

    /// Writes everything.
    pub async fn write(&mut self, link: &mut Link) -> Result<(), DbError> {
        let records = std::mem::take(&mut self.records);
        for kind in EntityKind::ALL {
            let fresh: Vec<&Stored> = records
                .values()
                .filter(|changed| changed.is_new && changed.stored.record.kind == kind)
                .map(|changed| changed.stored.as_ref())
                .collect();
            insert(link, kind, &fresh).await?;
        }
        let mut alike = BTreeMap::<(EntityKind, &BTreeSet<&str>), Vec<&Stored>>::new();
        for changed in records.values().filter(|changed| !changed.is_new) {
            let key = (changed.stored.record.kind, &changed.columns);
            alike.entry(key).or_default().push(&changed.stored);
        }
        for ((kind, columns), stored) in alike {
            update(link, kind, columns, &stored).await?;
        }
        let lines = std::mem::take(&mut self.lines);
        let lines = lines.into_iter().map(Vec::from).collect();
        link.insert_rows("changes", &LOG_COLUMNS, lines).await?;
        for (kind, places) in std::mem::take(&mut self.places) {
            blocks::adjust(link, kind, &places).await?;
        }
        Ok(())
    }
}

async fn insert(link: &mut Link, kind: EntityKind, fresh: &[&Stored]) -> Result<(), DbError> {
    if fresh.is_empty() {
        return Ok(());
    }
    let columns: Vec<&str> = ["id"]
        .into_iter()
        .chain(kind.fields().iter().map(|field| field.name))
        .chain(META)
        .chain(forms::columns(kind).iter().copied())
        .collect();
    let backend = link.backend();
    let rows = fresh
        .iter()
        .map(|stored| {
            columns
                .iter()
                .map(|name| bind(backend, stored, name))
                .collect()
        })
        .collect();
    link.insert_rows(kind.table(), &columns, rows).await
}

async fn update(
    link: &mut Link,
    kind: EntityKind,
    columns: &BTreeSet<&str>,
    changed: &[&Stored],
) -> Result<(), DbError> {
    let columns: Vec<&str> = ["id"].into_iter().chain(columns.iter().copied()).collect();
    let backend = link.backend();
    let rows = changed
        .iter()
        .map(|stored| {
            columns
                .iter()
                .map(|name| bind(backend, stored, name))
                .collect()
        })
        .collect();
    link.update_rows(kind.table(), &columns, rows).await
}

/// What a column holds of a record.
fn bind(backend: Backend, stored: &Stored, column: &str) -> SqlValue {
    let record = &stored.record;
    match column {
        "id" => record.id.into(),
        "created_at" => record.created_at.into(),
        "extra" => (!record.extra.is_empty())
            .then(|| Json::Object(record.extra.clone()))
            .into(),
        "updated_at" => record.updated_at.into(),
        "deleted_at" => record.deleted_at.into(),
        "deleted_with" => record.deleted_with.into(),
        "duplicate_of" => record.duplicate_of.into(),
        "seq" => stored.seq.into(),
        "field_versions" => backend.json(&stored.field_versions),
        form if forms::columns(record.kind).contains(&form) => {
            forms::value(record, form).unwrap_or_default().into()
        }
        field => {
            let kind = record.kind.field(field).map(|field| &field.kind);
            let column = kind.map_or(ColumnType::Text, ColumnType::of);
            column.bind(record.get(field))
        }
    }
}
