//! Records as they are now, page by page: the snapshot for desks that cannot use a ready
//! file.

use sea_query::{Expr, ExprTrait, Order, Query};
use servease_domain::EntityKind;
use servease_domain::rights::Account;
use servease_wire::sync::{ROWS_MAX, Row, RowsAnswer, RowsQuery};
use uuid::Uuid;

use super::feed::Ends;
use super::hidden::Hidden;
use super::pages::{Page, length};
use super::{SyncError, check_protocol};
use crate::changes;
use crate::db::{Db, DbError, Link};
use crate::garage::is_stated;
use crate::store::records;

/// The kinds of which some records show to some accounts only.
const NOT_FOR_ALL: [EntityKind; 2] = [EntityKind::Note, EntityKind::Conflict];

/// A page after the row that the query names. Tombstones are rows too: others refer to them.
pub async fn rows(
    db: &Db,
    epoch: &str,
    account: Account,
    query: &RowsQuery,
) -> Result<RowsAnswer, SyncError> {
    check_protocol(query.protocol)?;
    let mut link = db.read().await?;
    // Read before the rows: what changes while they are read is in the feed after this number.
    let ends = Ends::read(&mut link, None).await?;
    let mut whole = Page::new(query.limit.clamp(1, ROWS_MAX));
    let kinds = EntityKind::ALL;
    let mut at = match &query.entity {
        Some(name) => kinds
            .iter()
            .position(|kind| kind.name() == name)
            .unwrap_or(0),
        None => 0,
    };
    let mut after = query.after;
    let mut found: Vec<Row> = Vec::new();
    while at < kinds.len() && !whole.is_full() {
        let at_once = whole.next();
        let rows = match query.particular && !NOT_FOR_ALL.contains(&kinds[at]) {
            true => Vec::new(),
            false => page(&mut link, kinds[at], query.particular, after, at_once).await?,
        };
        let is_more = rows.len() == at_once;
        after = rows.last().map(|row| row.record);
        let named = rows.iter().map(|row| (kinds[at], row.record));
        let hidden = match account.is_admin && !query.particular {
            true => Hidden::default(),
            false => Hidden::among(&mut link, account, named).await?,
        };
        for row in rows {
            let is_wanted = match query.particular {
                true => hidden.is_particular(kinds[at], row.record),
                false => !hidden.has(kinds[at], row.record),
            };
            if !is_wanted {
                continue;
            }
            whole.add(length(&row.values));
            found.push(row);
        }
        if !is_more {
            at += 1;
            after = None;
        }
    }
    let total = match query.entity {
        None if !query.particular => count(&mut link).await?,
        _ => 0,
    };
    Ok(RowsAnswer {
        epoch: epoch.to_owned(),
        seq: ends.seq,
        stamp: ends.stamp,
        is_last: at >= kinds.len(),
        rows: found,
        total,
    })
}

async fn page(
    link: &mut Link,
    kind: EntityKind,
    is_particular: bool,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<Row>, DbError> {
    let mut select = records::select(kind);
    if is_particular {
        select.and_where(Expr::col("deleted_at").is_null());
        select.and_where(match kind {
            EntityKind::Note => Expr::col("is_private").eq(true),
            _ => Expr::col("record_kind").eq(EntityKind::Note.name()),
        });
    }
    if let Some(after) = after {
        select.and_where(Expr::col("id").gt(after));
    }
    select.order_by("id", Order::Asc).limit(limit as u64);
    let stored = records::fetch(link, kind, &select).await?;
    Ok(stored
        .into_iter()
        .map(|stored| {
            let mut values = changes::whole_row(&stored.record);
            if kind.only_id().is_some() {
                // Defaults of a record that everybody has are no statements; what was stated is
                // told also where it says that there is nothing.
                values.retain(|name, _| is_stated(&stored, name));
                for field in kind
                    .fields()
                    .iter()
                    .filter(|it| is_stated(&stored, it.name))
                {
                    let value = stored.record.get(field.name).to_json();
                    values.insert(field.name.to_owned(), value);
                }
            }
            let record = stored.record;
            Row {
                entity: kind.name().to_owned(),
                record: record.id,
                seq: stored.seq,
                values,
                created_at: record.created_at,
                updated_at: record.updated_at,
                deleted_at: record.deleted_at,
                deleted_with: record.deleted_with,
                duplicate_of: record.duplicate_of,
                is_unreadable: false,
            }
        })
        .collect())
}

pub(super) async fn count(link: &mut Link) -> Result<u64, DbError> {
    let mut total = 0;
    for kind in EntityKind::ALL {
        let mut select = Query::select();
        select.expr(Expr::col("id").count()).from(kind.table());
        if let Some(row) = link.row(&select).await? {
            total += u64::try_from(row.integer(0)?.unwrap_or(0)).unwrap_or(0);
        }
    }
    Ok(total)
}
