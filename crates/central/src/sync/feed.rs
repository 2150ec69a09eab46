//! The change sequence, read by desks.

use sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement};
use servease_domain::rights::Account;
use servease_wire::sync::{
    Author, Change, ChangesAnswer, ChangesQuery, Checkpoint, CommonAnswer, CommonQuery,
    ENTRIES_MAX, Entry, RefusalCode, WireAction,
};
use uuid::Uuid;

use super::pages::{Page, length};
use super::told::told;
use super::{NAMESPACE, SyncError, check_epoch, check_protocol, refuse};
use crate::changes::Line;
use crate::db::{Db, DbError, Link, Row};

/// More places than a desk names.
const KNOWN_MAX: usize = 256;

/// The changes after a cursor.
///
/// Errors: [`SyncError::Refused`] when the cursor is older than what is kept, or belongs to
/// another past than Central's.
pub async fn changes(
    db: &Db,
    epoch: &str,
    account: Account,
    query: &ChangesQuery,
) -> Result<ChangesAnswer, SyncError> {
    check_protocol(query.protocol)?;
    check_epoch(query.epoch.as_deref(), epoch)?;
    let mut link = db.read().await?;
    let known = query
        .known_seq
        .zip(query.known_stamp)
        .map(|(seq, stamp)| Checkpoint { seq, stamp });
    let ends = Ends::read(&mut link, known.map(|known| known.seq)).await?;
    ends.check(known)?;
    let seq = ends.seq;
    if query.after > seq {
        return Err(diverged());
    }
    if query.after == seq {
        return Ok(ChangesAnswer {
            epoch: epoch.to_owned(),
            entries: Vec::new(),
            unreadable: Vec::new(),
            cursor: query.after,
            stamp: ends.stamp,
            seq,
        });
    }
    if query.after + 1 < ends.oldest {
        return Err(refuse(
            RefusalCode::Expired,
            "This desk was away longer than changes are kept: it takes the present state.",
        ));
    }
    let desk = query.desk.to_string();
    let own = (!query.full).then_some(desk.as_str());
    let mut page = Page::new(query.limit.clamp(1, ENTRIES_MAX));
    let mut entries: Vec<Entry> = Vec::new();
    let (mut cursor, mut stamp) = (query.after, 0);
    'page: loop {
        let after = cursor;
        let at_once = page.next();
        let mut statement = select();
        statement
            .and_where(Expr::col("seq").gt(after))
            // A change that is being committed while this reads is for the next page.
            .and_where(Expr::col("seq").lte(seq))
            .order_by("seq", Order::Asc)
            .limit(at_once as u64);
        let rows = link.rows(&statement).await?;
        let read = rows.iter().map(|row| entry(row, own));
        let read = read.collect::<Result<Vec<Entry>, DbError>>()?;
        let told = told(&mut link, account, read).await?;
        for (row, entry) in rows.iter().zip(told) {
            cursor = row.integer(0)?.unwrap_or(cursor);
            stamp = row.integer(14)?.unwrap_or(0);
            let change = entry.as_ref().and_then(|entry| entry.change.as_ref());
            page.add(change.map_or(0, length_of));
            entries.extend(entry);
            if page.is_full() {
                break 'page;
            }
        }
        if rows.len() < at_once {
            break;
        }
    }
    Ok(ChangesAnswer {
        epoch: epoch.to_owned(),
        entries,
        unreadable: Vec::new(),
        cursor,
        stamp,
        seq,
    })
}

fn length_of(change: &Change) -> usize {
    length(&change.before) + length(&change.after)
}

fn diverged() -> SyncError {
    refuse(
        RefusalCode::Diverged,
        "This server's past is not the one that the desk knows.",
    )
}

/// The newest of the changes that the desk names which is here too.
pub async fn common(db: &Db, epoch: &str, query: &CommonQuery) -> Result<CommonAnswer, SyncError> {
    let mut link = db.read().await?;
    let mut base = 0;
    for known in query.known.iter().take(KNOWN_MAX) {
        if Ends::read(&mut link, Some(known.seq)).await?.known == Some(known.stamp) {
            base = known.seq;
            break;
        }
    }
    Ok(CommonAnswer {
        epoch: epoch.to_owned(),
        base,
    })
}

/// Where the sequence begins and ends, and what stands at a place that a desk knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// The number of the last change, 0 before the first, and its stamp.
    pub seq: i64,
    pub stamp: i64,
    /// The number of the oldest change that is kept; 1 while all are.
    pub oldest: i64,
    /// The stamp at the place that was asked for.
    pub known: Option<i64>,
}

impl Ends {
    /// One statement, since every request of a desk begins with it.
    pub async fn read(link: &mut Link, known: Option<i64>) -> Result<Ends, DbError> {
        let mut oldest = Query::select();
        oldest.expr(Expr::col("seq").min()).from("changes");
        let mut select = Query::select();
        select
            .column("value")
            .expr(stamp_at(Expr::col(("counters", "value"))))
            .expr(subquery(oldest))
            .expr(stamp_at(Expr::val(known)))
            .from("counters")
            .and_where(Expr::col("name").eq("changes"));
        let Some(row) = link.row(&select).await? else {
            return Ok(Ends {
                seq: 0,
                stamp: 0,
                oldest: 1,
                known: None,
            });
        };
        let seq = row.integer(0)?.unwrap_or(0);
        Ok(Ends {
            seq,
            stamp: row.integer(1)?.unwrap_or(0),
            // An empty log has nothing to miss, unless all of it was forgotten.
            oldest: row.integer(2)?.unwrap_or(seq + 1),
            known: row.integer(3)?,
        })
    }

    /// Errors: what the desk knows at the place that was asked for is not what is here.
    pub fn check(&self, known: Option<Checkpoint>) -> Result<(), SyncError> {
        match (known, self.known) {
            (None, _) => Ok(()),
            (Some(known), _) if known.seq > self.seq => Err(diverged()),
            (Some(known), Some(stamp)) if stamp == known.stamp => Ok(()),
            // No change at all has the number 0.
            (Some(known), None) if known.seq == 0 => Ok(()),
            _ => Err(diverged()),
        }
    }
}

fn subquery(select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(select.into()))
}

/// The stamp of the change with a number, forgotten or not.
fn stamp_at(seq: Expr) -> Expr {
    let tables = ["changes", "forgotten_changes"];
    let stamps = tables.map(|table| {
        let mut select = Query::select();
        select
            .column("stamp")
            .from(table)
            .and_where(Expr::col((table, "seq")).eq(seq.clone()));
        subquery(select)
    });
    Func::coalesce(stamps).into()
}

/// Forgets changes up to a number. Desks whose cursor is older take a snapshot.
pub async fn forget(db: &Db, up_to: i64) -> Result<u64, DbError> {
    let mut link = db.write().await?;
    let mut old = Query::select();
    old.columns(["seq", "stamp"])
        .from("changes")
        .and_where(Expr::col("seq").lte(up_to));
    let mut keep = Query::insert();
    keep.into_table("forgotten_changes")
        .columns(["seq", "stamp"]);
    keep.select_from(old)
        .map_err(|error| DbError::Other(sqlx::Error::Encode(error.to_string().into())))?;
    link.run(&keep).await?;
    let mut delete = Query::delete();
    delete
        .from_table("changes")
        .and_where(Expr::col("seq").lte(up_to));
    let forgotten = link.run(&delete).await?;
    link.commit().await?;
    Ok(forgotten)
}

const COLUMNS: [&str; 15] = [
    "seq",
    "mutation_id",
    "desk_id",
    "record_id",
    "entity",
    "kind",
    "author",
    "author_name",
    "at",
    "step",
    "undoes",
    "is_correction",
    "before",
    "after",
    "stamp",
];

fn select() -> SelectStatement {
    let mut select = Query::select();
    select.columns(COLUMNS).from("changes");
    select
}

fn id_of(row: &Row) -> Result<Uuid, DbError> {
    if let Some(id) = row.text(1)?.and_then(|text| text.parse().ok()) {
        return Ok(id);
    }
    let mut name = row.integer(0)?.unwrap_or(0).to_be_bytes().to_vec();
    // Preferences share the id of their customer: an id alone names no record.
    name.extend_from_slice(row.text(4)?.unwrap_or_default().as_bytes());
    name.extend_from_slice(row.id(3)?.unwrap_or_default().as_bytes());
    let at = row.instant(8)?.unwrap_or_default();
    name.extend_from_slice(&at.timestamp_micros().to_be_bytes());
    name.extend_from_slice(row.text(5)?.unwrap_or_default().as_bytes());
    Ok(Uuid::new_v5(&NAMESPACE, &name))
}

/// Changes of these records that have no mutation of their own, by the ids under which desks know
/// them, with their numbers: a desk that passes one on after a restore must not repeat it.
pub(super) async fn named_here(
    link: &mut Link,
    records: impl Iterator<Item = Uuid>,
) -> Result<Vec<(Uuid, Line)>, DbError> {
    let mut statement = select();
    statement
        .and_where(Expr::col("record_id").is_in(records))
        .and_where(Expr::col("mutation_id").is_null());
    let mut named = Vec::new();
    for row in link.rows(&statement).await? {
        let seq = row.integer(0)?.unwrap_or(0);
        let object = |column: usize, name: &str| {
            row.object(column, || format!("changes.{name} of change {seq}"))
        };
        let line = Line {
            seq,
            before: object(12, "before")?,
            after: object(13, "after")?,
        };
        named.push((id_of(&row)?, line));
    }
    Ok(named)
}

/// `own`: the desk whose own changes are only named.
fn entry(row: &Row, own: Option<&str>) -> Result<Entry, DbError> {
    let seq = row.integer(0)?.unwrap_or(0);
    let id = id_of(row)?;
    let is_own = own.is_some() && row.text(2)?.as_deref() == own && row.text(1)?.is_some();
    if is_own {
        return Ok(Entry {
            seq,
            id,
            change: None,
        });
    }
    let object = |column: usize, name: &str| {
        row.object(column, || format!("changes.{name} of change {seq}"))
    };
    let action = match row.text(5)?.as_deref() {
        Some("create") => WireAction::Create,
        Some("update") => WireAction::Update,
        Some("delete") => WireAction::Delete,
        Some("restore") => WireAction::Restore,
        _ => WireAction::Unknown,
    };
    let change = Change {
        step: row.id(9)?,
        entity: row.text(4)?.unwrap_or_default(),
        record: row.id(3)?.unwrap_or_default(),
        action,
        author: Author {
            id: row.text(6)?,
            name: row.text(7)?.unwrap_or_default(),
        },
        at: row.instant(8)?.unwrap_or_default(),
        before: object(12, "before")?,
        after: object(13, "after")?,
        is_correction: row.flag(11)?.unwrap_or(false),
        undoes: row.id(10)?,
    };
    Ok(Entry {
        seq,
        id,
        change: Some(change),
    })
}
