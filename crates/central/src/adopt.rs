//! After an upgrade: fields that newer desks had sent to an older Central lie in `extra` beside
//! their records. The ones that this program knows move into their columns, as numbered
//! changes like any other.

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait as _};
use servease_domain::{EntityKind, record};

use crate::changes::{Author, Work};
use crate::db::{Db, DbError};
use crate::meta;
use crate::store::records;

/// Records of one transaction: others wait no longer than it takes.
const AT_ONCE: u64 = 500;

/// Does nothing, at the price of one look, where the program knows what the last one knew.
pub async fn adopt(db: &Db, now: DateTime<Utc>) -> Result<(), DbError> {
    let known = record::known_fields();
    if meta::description(db).await?.as_deref() == Some(known.as_str()) {
        return Ok(());
    }
    for kind in EntityKind::ALL {
        while adopt_some(db, kind, now).await? {}
    }
    meta::save_description(db, &known).await
}

/// Whether there may be more.
async fn adopt_some(db: &Db, kind: EntityKind, now: DateTime<Utc>) -> Result<bool, DbError> {
    let mut work = Work::begin(db, Author::default(), now).await?;
    let mut select = records::select(kind);
    select
        .and_where(Expr::col("extra").is_not_null())
        .lock_exclusive();
    let mut adopted = 0;
    for stored in records::fetch(work.link().await?, kind, &select).await? {
        let (values, unknown) = record::values_from_json(kind, &stored.record.extra);
        if values.is_empty() {
            continue;
        }
        let stored = work.update(&stored, &values).await?;
        let duplicate_of = stored.record.duplicate_of;
        work.update_kept(&stored, unknown, duplicate_of).await?;
        adopted += 1;
        if adopted == AT_ONCE {
            break;
        }
    }
    work.commit().await?;
    Ok(adopted == AT_ONCE)
}
