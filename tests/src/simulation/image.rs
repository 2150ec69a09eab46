//! The content of a database, as it is copied and put back.

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Column, Connection, Row, SqliteConnection, TypeInfo, ValueRef};

/// Far below what one statement may bind, at some forty columns.
const ROWS_AT_ONCE: usize = 100;

/// The content of a database.
#[derive(Debug, Clone)]
pub struct Image(Vec<Table>);

#[derive(Debug, Clone)]
struct Table {
    insert: String,
    columns: usize,
    rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Clone)]
enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Image {
    pub async fn of(conn: &mut SqliteConnection) -> Image {
        let mut held = Vec::new();
        for name in tables(conn).await {
            let select = format!("SELECT * FROM \"{name}\"");
            let rows = sqlx::query(AssertSqlSafe(select))
                .fetch_all(&mut *conn)
                .await
                .expect("rows");
            let Some(first) = rows.first() else {
                continue;
            };
            let columns: Vec<String> = first
                .columns()
                .iter()
                .map(|column| format!("\"{}\"", column.name()))
                .collect();
            held.push(Table {
                insert: format!("INSERT INTO \"{name}\" ({})", columns.join(", ")),
                columns: columns.len(),
                rows: rows.iter().map(cells).collect(),
            });
        }
        Image(held)
    }

    /// Replaces what an emptied database holds. Indexes of text are made again by triggers, or
    /// by whoever owns the database.
    pub async fn put_into(&self, conn: &mut SqliteConnection) {
        let mut tx = conn.begin().await.expect("begin");
        for table in &self.0 {
            for rows in table.rows.chunks(ROWS_AT_ONCE) {
                let marks = vec!["?"; table.columns].join(", ");
                let marks = vec![format!("({marks})"); rows.len()].join(", ");
                let sql = format!("{} VALUES {marks}", table.insert);
                let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
                for cell in rows.iter().flatten() {
                    query = match cell {
                        Cell::Null => query.bind(None::<i64>),
                        Cell::Integer(number) => query.bind(*number),
                        Cell::Text(text) => query.bind(text.clone()),
                        Cell::Blob(bytes) => query.bind(bytes.clone()),
                    };
                }
                query.execute(&mut *tx).await.expect("rows");
            }
        }
        tx.commit().await.expect("commit");
    }
}

fn cells(row: &SqliteRow) -> Vec<Cell> {
    (0..row.columns().len())
        .map(|index| {
            let value = row.try_get_raw(index).expect("column");
            if value.is_null() {
                return Cell::Null;
            }
            match value.type_info().name() {
                "INTEGER" | "BOOLEAN" => Cell::Integer(row.get(index)),
                "BLOB" => Cell::Blob(row.get(index)),
                _ => Cell::Text(row.get(index)),
            }
        })
        .collect()
}

/// Every table that scenarios write, whatever the schema is today, those to which others refer
/// first; text indexes and what lies behind them left out.
pub async fn tables(conn: &mut SqliteConnection) -> Vec<String> {
    let (mut plain, indexes) = plain_and_indexes(conn).await;
    plain.retain(|name| !indexes.iter().any(|index| name.starts_with(index.as_str())));
    plain
}

/// Plain tables, and indexes of text.
pub async fn plain_and_indexes(conn: &mut SqliteConnection) -> (Vec<String>, Vec<String>) {
    let tables: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE type = 'table' \
         AND name <> '_sqlx_migrations' ORDER BY rowid",
    )
    .fetch_all(conn)
    .await
    .expect("tables");
    let (indexes, plain): (Vec<_>, Vec<_>) = tables
        .into_iter()
        .partition(|(_, sql)| sql.to_lowercase().contains("using fts5"));
    let names = |tables: Vec<(String, String)>| tables.into_iter().map(|(name, _)| name).collect();
    (names(plain), names(indexes))
}
