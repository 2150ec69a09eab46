//! Counting a list and jumping to a far page without walking over its rows.
//!
//! Each list in its default order (`created_at`, `id`) is divided into stretches of a few
//! thousand rows, and `list_blocks` keeps how many live rows each holds. The count of the
//! list is the sum over some hundred stretches; the row at an offset is found by adding up
//! stretches and walking within one. The change sequence keeps the numbers in the same
//! transaction as the rows.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sea_query::{Expr, ExprTrait, Func, Order, Query};
use servease_domain::EntityKind;
use uuid::Uuid;

use crate::db::{DbError, Link, Row};

/// A stretch is split when it holds more. At 4,096 a walk within one takes about 0.1 ms, and
/// a million rows make some 500 stretches, whose sum takes as long.
const BLOCK_MAX: i64 = 4_096;

/// A place in the default order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

impl Place {
    /// Before every record: no instant that is read is older than the year 1.
    fn origin() -> Place {
        let first_day = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default();
        Place {
            at: first_day.and_time(NaiveTime::MIN).and_utc(),
            id: Uuid::nil(),
        }
    }
}

/// How many live records there are.
pub async fn count(link: &mut Link, kind: EntityKind) -> Result<u64, DbError> {
    let mut statement = Query::select();
    statement
        .expr(Func::cast_as(Func::sum(Expr::col("live")), "bigint"))
        .from("list_blocks")
        .and_where(Expr::col("entity").eq(kind.name()));
    let row = link.row(&statement).await?;
    let live = row.and_then(|row| row.integer(0).ok().flatten());
    Ok(u64::try_from(live.unwrap_or(0)).unwrap_or(0))
}

/// Where in the default order (newest first) the row at `offset` lies: the upper end of its
/// stretch (none for the newest) and how many rows of the stretch come before it.
pub async fn seek(
    link: &mut Link,
    kind: EntityKind,
    offset: u64,
) -> Result<(Option<Place>, u64), DbError> {
    if offset <= BLOCK_MAX as u64 {
        return Ok((None, offset));
    }
    let mut statement = Query::select();
    statement
        .columns(["start_at", "start_id", "live"])
        .from("list_blocks")
        .and_where(Expr::col("entity").eq(kind.name()))
        .order_by("start_at", Order::Desc)
        .order_by("start_id", Order::Desc);
    let mut end = None;
    let mut left = offset;
    for row in link.rows(&statement).await? {
        let live = u64::try_from(row.integer(2)?.unwrap_or(0)).unwrap_or(0);
        if left < live {
            break;
        }
        left -= live;
        end = row
            .instant(0)?
            .zip(row.id(1)?)
            .map(|(at, id)| Place { at, id });
    }
    Ok((end, left))
}

/// Notes that rows at these places became live (+1) or went away (-1). The rows are written.
pub async fn adjust(
    link: &mut Link,
    kind: EntityKind,
    places: &[(Place, i64)],
) -> Result<(), DbError> {
    let stretches = match places {
        [] => return Ok(()),
        [(place, _)] => block_of(link, kind, *place).await?.into_iter().collect(),
        _ => blocks(link, kind).await?,
    };
    let Some(first) = stretches.first() else {
        // The very first rows of the list: their stretch begins where time does.
        let live = places.iter().map(|(_, by)| by).sum();
        return insert(link, kind, Place::origin(), live).await;
    };
    let mut sums = BTreeMap::<Place, i64>::new();
    for (place, by) in places {
        let after = stretches.partition_point(|(start, _)| start <= place);
        let (start, _) = stretches.get(after.saturating_sub(1)).unwrap_or(first);
        *sums.entry(*start).or_default() += by;
    }
    for (start, live) in stretches {
        let Some(by) = sums.remove(&start).filter(|by| *by != 0) else {
            continue;
        };
        let mut update = Query::update();
        update
            .table("list_blocks")
            .value("live", Expr::col("live").add(by))
            .and_where(Expr::col("entity").eq(kind.name()))
            .and_where(Expr::col("start_at").eq(start.at))
            .and_where(Expr::col("start_id").eq(start.id));
        link.run(&update).await?;
        if live + by > BLOCK_MAX {
            split(link, kind, start, live + by).await?;
        }
    }
    Ok(())
}

/// Every stretch of a list, oldest first, with its number of rows.
async fn blocks(link: &mut Link, kind: EntityKind) -> Result<Vec<(Place, i64)>, DbError> {
    let mut statement = Query::select();
    statement
        .columns(["start_at", "start_id", "live"])
        .from("list_blocks")
        .and_where(Expr::col("entity").eq(kind.name()))
        .order_by("start_at", Order::Asc)
        .order_by("start_id", Order::Asc);
    let rows = link.rows(&statement).await?;
    rows.iter()
        .filter_map(|row| block(row).transpose())
        .collect()
}

fn block(row: &Row) -> Result<Option<(Place, i64)>, DbError> {
    let start = row.instant(0)?.zip(row.id(1)?);
    let live = row.integer(2)?.unwrap_or(0);
    Ok(start.map(|(at, id)| (Place { at, id }, live)))
}

async fn block_of(
    link: &mut Link,
    kind: EntityKind,
    place: Place,
) -> Result<Option<(Place, i64)>, DbError> {
    let mut statement = Query::select();
    statement
        .columns(["start_at", "start_id", "live"])
        .from("list_blocks")
        .and_where(Expr::col("entity").eq(kind.name()))
        .and_where(
            Expr::tuple([Expr::col("start_at"), Expr::col("start_id")])
                .lte(Expr::tuple([Expr::val(place.at), Expr::val(place.id)])),
        )
        .order_by("start_at", Order::Desc)
        .order_by("start_id", Order::Desc)
        .limit(1);
    match link.row(&statement).await? {
        Some(row) => block(&row),
        None => Ok(None),
    }
}

async fn insert(link: &mut Link, kind: EntityKind, start: Place, live: i64) -> Result<(), DbError> {
    let mut statement = Query::insert();
    statement
        .into_table("list_blocks")
        .columns(["entity", "start_at", "start_id", "live"])
        .values_panic([
            Expr::val(kind.name()),
            Expr::val(start.at),
            Expr::val(start.id),
            Expr::val(live),
        ]);
    link.run(&statement).await?;
    Ok(())
}

/// Rows mostly arrive at the newest end, so the new stretch takes a quarter only: the older
/// three quarters then stay as full as they are.
async fn split(link: &mut Link, kind: EntityKind, start: Place, live: i64) -> Result<(), DbError> {
    let kept = live * 3 / 4;
    let mut median = Query::select();
    median
        .columns(["created_at", "id"])
        .from(kind.table())
        .and_where(Expr::col("deleted_at").is_null())
        .and_where(
            Expr::tuple([Expr::col("created_at"), Expr::col("id")])
                .gte(Expr::tuple([Expr::val(start.at), Expr::val(start.id)])),
        )
        .order_by("created_at", Order::Asc)
        .order_by("id", Order::Asc)
        .limit(1)
        .offset(kept as u64);
    let Some(row) = link.row(&median).await? else {
        return Ok(());
    };
    let Some((at, id)) = row.instant(0)?.zip(row.id(1)?) else {
        return Ok(());
    };
    insert(link, kind, Place { at, id }, live - kept).await?;
    let mut update = Query::update();
    update
        .table("list_blocks")
        .value("live", kept)
        .and_where(Expr::col("entity").eq(kind.name()))
        .and_where(Expr::col("start_at").eq(start.at))
        .and_where(Expr::col("start_id").eq(start.id));
    link.run(&update).await?;
    Ok(())
}

/// Builds the stretches of every list anew from the rows: after a restore or a bulk load
/// that did not go through the change sequence.
pub async fn rebuild(link: &mut Link) -> Result<(), DbError> {
    let mut delete = Query::delete();
    delete.from_table("list_blocks");
    link.run(&delete).await?;
    for kind in EntityKind::listed() {
        rebuild_one(link, kind).await?;
    }
    Ok(())
}

async fn rebuild_one(link: &mut Link, kind: EntityKind) -> Result<(), DbError> {
    let size = BLOCK_MAX * 3 / 4;
    let mut start = Place::origin();
    loop {
        let from_start = || {
            Expr::tuple([Expr::col("created_at"), Expr::col("id")])
                .gte(Expr::tuple([Expr::val(start.at), Expr::val(start.id)]))
        };
        let mut next = Query::select();
        next.columns(["created_at", "id"])
            .from(kind.table())
            .and_where(Expr::col("deleted_at").is_null())
            .and_where(from_start())
            .order_by("created_at", Order::Asc)
            .order_by("id", Order::Asc)
            .limit(1)
            .offset(size as u64);
        let place = match link.row(&next).await? {
            Some(row) => row.instant(0)?.zip(row.id(1)?),
            None => None,
        };
        let Some((at, id)) = place else {
            let mut rest = Query::select();
            rest.expr(Expr::col("id").count())
                .from(kind.table())
                .and_where(Expr::col("deleted_at").is_null())
                .and_where(from_start());
            let live = match link.row(&rest).await? {
                Some(row) => row.integer(0)?.unwrap_or(0),
                None => 0,
            };
            return insert(link, kind, start, live).await;
        };
        insert(link, kind, start, size).await?;
        start = Place { at, id };
    }
}
