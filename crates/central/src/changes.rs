//! The change sequence: the one place through which every write of a record goes.
//!
//! A [`Work`] is one transaction. Each record that it creates, updates, deletes or restores
//! gets the next number of the sequence, a line in `changes` with what was and what is, the
//! number at each field that changed, and its place in the lists. Numbers are taken from a
//! counter row that stays locked until the transaction ends: whoever reads the sequence sees
//! the numbers in their order, without gaps that fill later.
//!
//! Read what a decision needs before the first write: other writers wait from there on.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Order, Query};
use serde_json::{Map, Value as Json};
use servease_domain::record::values_to_json;
use servease_domain::{EntityKind, Record, Values, field};
use servease_wire::sync::{DELETED_WITH, DUPLICATE_OF};
use tokio::sync::watch;
use uuid::Uuid;

use crate::db::{ColumnType, Db, DbError, Link};
use crate::store::blocks::{self, Place};
use crate::store::records::{self, Stored};
use crate::store::search;

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

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Create,
    Update,
    Delete,
    Restore,
}

impl ChangeKind {
    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::Create => "create",
            ChangeKind::Update => "update",
            ChangeKind::Delete => "delete",
            ChangeKind::Restore => "restore",
        }
    }
}

/// What this process tells those who wait for changes. It only wakes them: what is new they
/// read from their database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct News {
    pub commits: u64,
    /// Rises when a service stops: who listened before should wait no more.
    pub endings: u64,
}

static NEWS: LazyLock<watch::Sender<News>> = LazyLock::new(|| watch::channel(News::default()).0);

/// Hears of every commit from now on.
pub fn news() -> watch::Receiver<News> {
    NEWS.subscribe()
}

/// Ends the waiting of everybody who listens now.
pub fn end_waiting() {
    NEWS.send_modify(|news| news.endings += 1);
}

/// One transaction of numbered changes. Dropped without [`Work::commit`], nothing happened.
#[derive(Debug)]
pub struct Work {
    link: Link,
    pub author: Author,
    pub now: DateTime<Utc>,
    last_seq: Option<i64>,
}

impl Work {
    pub async fn begin(db: &Db, author: Author, now: DateTime<Utc>) -> Result<Work, DbError> {
        Ok(Work {
            link: db.write().await?,
            author,
            now,
            last_seq: None,
        })
    }

    /// For reading inside the transaction, and for tables outside the sequence.
    pub fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// A live record, kept from other writers until the transaction ends.
    pub async fn find(&mut self, kind: EntityKind, id: Uuid) -> Result<Option<Stored>, DbError> {
        let found = records::find_any_for_update(&mut self.link, kind, id).await?;
        Ok(found.filter(|stored| !stored.record.is_deleted()))
    }

    /// The number of the last change that this transaction made.
    pub fn last_seq(&self) -> Option<i64> {
        self.last_seq
    }

    /// Writes a record that is not there yet, with the times and flags it carries.
    pub async fn create(&mut self, record: Record) -> Result<Stored, DbError> {
        let seq = self.next_seq().await?;
        let stored = Stored {
            field_versions: record
                .values
                .keys()
                .map(|name| ((*name).to_owned(), Json::from(seq)))
                .collect(),
            record,
            seq,
        };
        self.insert(&stored).await?;
        self.log(
            &stored.record,
            seq,
            ChangeKind::Create,
            Map::new(),
            whole(&stored.record),
        )
        .await?;
        self.place(&stored.record, 1).await?;
        Ok(stored)
    }

    /// Sets fields of a record. What it holds already is left out; if nothing is left,
    /// nothing is written.
    pub async fn update(&mut self, stored: &Stored, wanted: &Values) -> Result<Stored, DbError> {
        let changes = stored.record.difference(wanted);
        if changes.is_empty() {
            return Ok(stored.clone());
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
            changed
                .field_versions
                .insert((*name).to_owned(), Json::from(changed.seq));
        }
        self.overwrite(&changed, changes.keys().copied()).await?;
        self.log(
            &changed.record,
            changed.seq,
            ChangeKind::Update,
            values_to_json(&before),
            values_to_json(&changes),
        )
        .await?;
        Ok(changed)
    }

    /// Writes what the product keeps beside the described fields: unknown fields of newer
    /// programs, the mark of a duplicate.
    pub async fn update_kept(
        &mut self,
        stored: &Stored,
        extra: Map<String, Json>,
        duplicate_of: Option<Uuid>,
    ) -> Result<Stored, DbError> {
        let mut changed = stored.clone();
        changed.record.extra = extra;
        changed.record.duplicate_of = duplicate_of;
        changed.record.updated_at = self.now;
        changed.seq = self.next_seq().await?;
        self.overwrite(&changed, []).await?;
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
        self.log(record, seq, ChangeKind::Update, before, after)
            .await?;
        Ok(changed)
    }

    /// Turns a live record and everything that belongs to it into tombstones.
    pub async fn delete(&mut self, stored: &Stored) -> Result<(), DbError> {
        let root = stored.record.id;
        let mut waiting = vec![(stored.clone(), None)];
        while let Some((next, with)) = waiting.pop() {
            for (kind, field) in next.record.kind.children() {
                let mut children = records::select_live(*kind);
                children
                    .and_where(Expr::col(*field).eq(next.record.id))
                    .lock_exclusive();
                for child in records::fetch(&mut self.link, *kind, &children).await? {
                    waiting.push((child, Some(root)));
                }
            }
            self.bury(next, with).await?;
        }
        Ok(())
    }

    async fn bury(&mut self, stored: Stored, with: Option<Uuid>) -> Result<(), DbError> {
        let place = stored.record.clone();
        let mut dead = stored;
        dead.record.deleted_at = Some(self.now);
        dead.record.deleted_with = with;
        dead.record.updated_at = self.now;
        dead.seq = self.next_seq().await?;
        self.overwrite(&dead, []).await?;
        let before = whole(&dead.record);
        let mut after = Map::new();
        if with.is_some() {
            after.insert(DELETED_WITH.to_owned(), id_json(with));
        }
        self.log(&dead.record, dead.seq, ChangeKind::Delete, before, after)
            .await?;
        self.place(&place, -1).await
    }

    /// Brings a tombstone back, and with it everything that was deleted along with it.
    pub async fn restore(&mut self, stored: &Stored) -> Result<Stored, DbError> {
        let root = self.revive(stored.clone()).await?;
        // Parents first, so that no child is alive before what it belongs to.
        for kind in EntityKind::ALL {
            let mut along = records::select(kind);
            along
                .and_where(Expr::col("deleted_with").eq(stored.record.id))
                .lock_exclusive();
            for child in records::fetch(&mut self.link, kind, &along).await? {
                self.revive(child).await?;
            }
        }
        Ok(root)
    }

    async fn revive(&mut self, stored: Stored) -> Result<Stored, DbError> {
        let mut live = stored;
        live.record.deleted_at = None;
        live.record.deleted_with = None;
        live.record.updated_at = self.now;
        live.seq = self.next_seq().await?;
        self.overwrite(&live, []).await?;
        let after = whole(&live.record);
        self.log(
            &live.record,
            live.seq,
            ChangeKind::Restore,
            Map::new(),
            after,
        )
        .await?;
        self.place(&live.record, 1).await?;
        Ok(live)
    }

    /// Makes everything last.
    pub async fn commit(mut self) -> Result<Option<i64>, DbError> {
        self.write_counter().await?;
        self.link.commit().await?;
        if self.last_seq.is_some() {
            NEWS.send_modify(|news| news.commits += 1);
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
        self.last_seq = Some(seq);
        Ok(seq)
    }

    async fn write_counter(&mut self) -> Result<(), DbError> {
        let Some(last) = self.last_seq else {
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

    async fn insert(&mut self, stored: &Stored) -> Result<(), DbError> {
        let record = &stored.record;
        let mut columns = vec!["id"];
        let mut values = vec![Expr::val(record.id)];
        for field in record.kind.fields() {
            columns.push(field.name);
            let bound = ColumnType::of(&field.kind).bind(record.get(field.name));
            values.push(Expr::val(bound));
        }
        columns.push("created_at");
        values.push(Expr::val(record.created_at));
        for (name, value) in kept(stored) {
            columns.push(name);
            values.push(value);
        }
        let mut insert = Query::insert();
        insert
            .into_table(record.kind.table())
            .columns(columns)
            .values_panic(values);
        self.link.run(&insert).await?;
        Ok(())
    }

    async fn overwrite(
        &mut self,
        stored: &Stored,
        fields: impl IntoIterator<Item = &'static str>,
    ) -> Result<(), DbError> {
        let record = &stored.record;
        let mut update = Query::update();
        update.table(record.kind.table());
        for name in fields {
            if let Some(field) = record.kind.field(name) {
                let bound = ColumnType::of(&field.kind).bind(record.get(name));
                update.value(field.name, bound);
            }
        }
        for (name, value) in kept(stored) {
            update.value(name, value);
        }
        update.and_where(Expr::col("id").eq(record.id));
        self.link.run(&update).await?;
        Ok(())
    }

    async fn place(&mut self, record: &Record, by: i64) -> Result<(), DbError> {
        if !blocks::is_listed(record.kind) {
            return Ok(());
        }
        let place = Place {
            at: record.created_at,
            id: record.id,
        };
        blocks::adjust(&mut self.link, record.kind, place, by).await
    }

    async fn log(
        &mut self,
        record: &Record,
        seq: i64,
        kind: ChangeKind,
        before: Map<String, Json>,
        after: Map<String, Json>,
    ) -> Result<(), DbError> {
        let customer_id = match record.kind {
            EntityKind::Customer => Some(record.id),
            _ => record.get("customer_id").as_id(),
        };
        let mut insert = Query::insert();
        insert
            .into_table("changes")
            .columns([
                "seq",
                "entity",
                "record_id",
                "customer_id",
                "kind",
                "author",
                "author_name",
                "at",
                "desk_id",
                "mutation_id",
                "stamp",
                "step",
                "undoes",
                "is_correction",
                "before",
                "after",
            ])
            .values_panic([
                Expr::val(seq),
                Expr::val(record.kind.name()),
                Expr::val(record.id),
                Expr::val(customer_id),
                Expr::val(kind.name()),
                Expr::val(self.author.id.clone()),
                Expr::val(self.author.name.clone()),
                Expr::val(self.now),
                Expr::val(self.author.desk_id.clone()),
                Expr::val(self.author.mutation_id.take()),
                Expr::val(rand::random::<i64>()),
                Expr::val(self.author.step),
                Expr::val(self.author.undoes),
                Expr::val(self.author.is_correction),
                Expr::val(Json::Object(before)),
                Expr::val(Json::Object(after)),
            ]);
        self.link.run(&insert).await?;
        Ok(())
    }
}

/// The columns beside the described ones and `created_at`, with what they hold.
fn kept(stored: &Stored) -> Vec<(&'static str, Expr)> {
    let record = &stored.record;
    let extra = (!record.extra.is_empty()).then(|| Json::Object(record.extra.clone()));
    let mut columns = vec![
        ("extra", Expr::val(extra)),
        ("updated_at", Expr::val(record.updated_at)),
        ("deleted_at", Expr::val(record.deleted_at)),
        ("deleted_with", Expr::val(record.deleted_with)),
        ("duplicate_of", Expr::val(record.duplicate_of)),
        ("seq", Expr::val(stored.seq)),
        (
            "field_versions",
            Expr::val(Json::Object(stored.field_versions.clone())),
        ),
    ];
    if let Some(text) = search::text_of(record) {
        columns.push(("search_text", Expr::val(text)));
    }
    columns
}

/// A whole record: every field that does not hold its default, what newer programs wrote,
/// and whether it repeats another.
pub fn whole(record: &Record) -> Map<String, Json> {
    let values: Values = record
        .kind
        .fields()
        .iter()
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

/// The changes of some records, newest first.
pub async fn of_records(
    link: &mut Link,
    ids: &[Uuid],
    offset: u64,
    limit: u64,
) -> Result<Vec<servease_wire::history::Entry>, DbError> {
    let mut select = Query::select();
    select
        .columns([
            "seq",
            "entity",
            "record_id",
            "kind",
            "author",
            "author_name",
            "at",
            "before",
            "after",
        ])
        .from("changes")
        .and_where(Expr::col("record_id").is_in(ids.iter().copied()))
        .order_by("seq", Order::Desc)
        .offset(offset)
        .limit(limit);
    let mut entries = Vec::new();
    for row in link.rows(&select).await? {
        let Some(entity) = EntityKind::from_name(&row.text(1)?.unwrap_or_default()) else {
            // Written by a newer program.
            continue;
        };
        let object = |json: Option<Json>| match json {
            Some(Json::Object(map)) => map,
            _ => Map::new(),
        };
        entries.push(servease_wire::history::Entry {
            seq: row.integer(0)?.unwrap_or(0),
            entity,
            record_id: row.id(2)?.unwrap_or_default(),
            kind: row.text(3)?.unwrap_or_default(),
            author_id: row.text(4)?,
            author_name: row.text(5)?.unwrap_or_default(),
            at: row.instant(6)?.unwrap_or_default(),
            before: object(row.json(7)?),
            after: object(row.json(8)?),
        });
    }
    Ok(entries)
}

/// How many changes some records have.
pub async fn count_of_records(link: &mut Link, ids: &[Uuid]) -> Result<u64, DbError> {
    let mut select = Query::select();
    select
        .expr(Expr::col("seq").count())
        .from("changes")
        .and_where(Expr::col("record_id").is_in(ids.iter().copied()));
    match link.row(&select).await? {
        Some(row) => Ok(u64::try_from(row.integer(0)?.unwrap_or(0)).unwrap_or(0)),
        None => Ok(0),
    }
}
