//! Columns that follow from the fields of a record: what the search looks in, and by what names are
//! sorted. They are written with the record, never sent to anybody, and made again when the
//! program's rules for them have changed.

use sea_query::{Expr, ExprTrait as _, Order};
use servease_domain::{EntityKind, Record, fold, name_order};

use super::{records, search};
use crate::db::{Db, DbError};
use crate::meta;

/// Records of one transaction: others wait no longer than it takes.
const AT_ONCE: u64 = 500;

/// The columns of a kind.
pub fn columns(kind: EntityKind) -> &'static [&'static str] {
    match kind {
        EntityKind::Customer => &["search_text", "first_name_sort", "last_name_sort"],
        kind if search::is_searched(kind) => &["search_text"],
        _ => &[],
    }
}

/// What one of them holds; None for a column that is none of them.
pub fn value(record: &Record, column: &str) -> Option<String> {
    match column {
        "search_text" => search::text_of(record),
        "first_name_sort" => Some(name_order::first_name_sort(record)),
        "last_name_sort" => Some(name_order::last_name_sort(record)),
        _ => None,
    }
}

/// The column by which a list is put into the order of a field.
pub fn ordered_by(kind: EntityKind, field: &'static str) -> &'static str {
    match (kind, field) {
        (EntityKind::Customer, "first_name") => "first_name_sort",
        (EntityKind::Customer, "last_name") => "last_name_sort",
        _ => field,
    }
}

/// Whether a column is one by which names are sorted.
pub fn is_sort_key(column: &str) -> bool {
    matches!(column, "first_name_sort" | "last_name_sort")
}

/// Makes the columns of all records again where another program's rules made them. Does nothing, at
/// the price of one look, where they are this program's. A few minutes for a million customers.
pub async fn renew(db: &Db) -> Result<(), DbError> {
    let rules = format!("fold {}", fold::VERSION);
    if meta::forms(db).await?.as_deref() == Some(rules.as_str()) {
        return Ok(());
    }
    for kind in EntityKind::ALL {
        if !columns(kind).is_empty() {
            renew_kind(db, kind).await?;
        }
    }
    meta::save_forms(db, &rules).await
}

async fn renew_kind(db: &Db, kind: EntityKind) -> Result<(), DbError> {
    let all: Vec<&str> = ["id"]
        .into_iter()
        .chain(columns(kind).iter().copied())
        .collect();
    let mut after = None;
    loop {
        let mut link = db.write().await?;
        let mut select = records::select(kind);
        select
            .order_by("id", Order::Asc)
            .limit(AT_ONCE)
            .lock_exclusive();
        if let Some(after) = after {
            select.and_where(Expr::col("id").gt(after));
        }
        let found = records::fetch_records(&mut link, kind, &select).await?;
        let Some(last) = found.last() else {
            return Ok(());
        };
        after = Some(last.id);
        let rows = found
            .iter()
            .map(|record| {
                let forms = columns(kind).iter().map(|column| {
                    let form = value(record, column).unwrap_or_default();
                    sea_query::Value::from(form)
                });
                [record.id.into()].into_iter().chain(forms).collect()
            })
            .collect();
        link.update_rows(kind.table(), &all, rows).await?;
        link.commit().await?;
    }
}
