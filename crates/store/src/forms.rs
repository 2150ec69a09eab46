//! Forms that the store derives from records: what the search looks in, keys by which names and
//! plates are compared and sorted.
//!
//! They are made by this program's rules and never travel between desks. When the rules have
//! changed, everything is made again: on a desk of a million customers within a few minutes, once.

use servease_domain::{EntityKind, fold};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::columns::{bind_column, derived_names};
use crate::{Result, rows, search, settings};

/// By whose rules the forms in this database were made.
pub(crate) const FORMS: &str = "store.forms";

/// Records of one read; memory is all that bounds it.
const RECORDS_PER_READ: usize = 1_000;

/// This program's rules.
pub(crate) fn rules() -> String {
    format!("fold {}", fold::VERSION)
}

/// Makes the forms again where other rules made them. Does nothing, at the price of one look, where
/// they are this program's.
pub(crate) async fn renew(conn: &mut SqliteConnection) -> Result<()> {
    let rules = rules();
    if settings::find(conn, FORMS).await?.as_deref() == Some(rules.as_str()) {
        return Ok(());
    }
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    remake(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Makes the forms of all records, within the caller's transaction.
pub(crate) async fn remake(conn: &mut SqliteConnection) -> Result<()> {
    for kind in EntityKind::ALL {
        remake_columns(conn, kind).await?;
    }
    search::index_all(conn, |_, _| ()).await?;
    settings::set(conn, FORMS, &rules()).await
}

async fn remake_columns(conn: &mut SqliteConnection, kind: EntityKind) -> Result<()> {
    let names = derived_names(kind);
    if names.is_empty() {
        return Ok(());
    }
    let assignments: Vec<String> = names.iter().map(|name| format!("\"{name}\" = ?")).collect();
    let sql = format!(
        "UPDATE {} SET {} WHERE id = ?",
        kind.table(),
        assignments.join(", ")
    );
    let mut after = None;
    loop {
        let records = rows::list_after(conn, kind, after, RECORDS_PER_READ).await?;
        let Some(last) = records.last() else {
            return Ok(());
        };
        after = Some(last.id);
        for record in &records {
            let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
            for name in names {
                query = bind_column(query, record, name);
            }
            query.bind(record.id).execute(&mut *conn).await?;
        }
    }
}
