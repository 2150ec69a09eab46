//! The machines: a disk that can be copied and put back, a clock that may be years off.

use chrono::{DateTime, TimeDelta, Utc};
use servease_central::db::Db;
use servease_store::Store;
use sqlx::sqlite::SqliteRow;
use sqlx::{
    AssertSqlSafe, Column, Connection, Row, SqliteConnection, SqlitePool, TypeInfo, ValueRef,
};
use uuid::Uuid;

use super::edits::Known;
use super::papers::{Cabinet, CentralFiles, Disk, FilesImage};

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
        let mut tables = Vec::new();
        for name in super::arena::tables(conn).await {
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
            tables.push(Table {
                insert: format!("INSERT INTO \"{name}\" ({})", columns.join(", ")),
                columns: columns.len(),
                rows: rows.iter().map(cells).collect(),
            });
        }
        Image(tables)
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

/// How much a disk takes.
#[derive(Debug, Clone, Copy)]
pub enum Pages {
    /// What is on it, and nothing more.
    AsMany,
    Any,
}

/// Fills a disk, or makes room on it again.
pub async fn limit_pages(conn: &mut SqliteConnection, pages: Pages) {
    let limit: i64 = match pages {
        Pages::AsMany => sqlx::query_scalar("PRAGMA page_count")
            .fetch_one(&mut *conn)
            .await
            .expect("pages"),
        Pages::Any => 1_000_000,
    };
    let pragma = format!("PRAGMA max_page_count = {limit}");
    sqlx::query(AssertSqlSafe(pragma))
        .execute(conn)
        .await
        .expect("limit");
}

/// One PC at a front desk.
#[derive(Debug)]
pub struct DeskPc {
    pub store: Store,
    /// How far its clock is off.
    pub offset: TimeDelta,
    pub backup: Option<DeskBackup>,
    /// The newest line of its log that the scenario has noted.
    pub noted: i64,
    /// The desk of which this one, or the one that it was cloned from, is a copy; else itself: what
    /// was typed before the copy was made is in the logs of both.
    pub original: usize,
    /// What is on its disk beside the database.
    pub files: Cabinet,
}

#[derive(Debug, Clone)]
pub struct DeskBackup {
    pub image: Image,
    /// How many edits were known when it was made.
    pub noted: i64,
    pub files: Disk,
}

impl DeskPc {
    pub fn now(&self, world: DateTime<Utc>) -> DateTime<Utc> {
        world + self.offset
    }
}

/// Central's machine.
#[derive(Debug)]
pub struct CentralPc {
    pub pool: SqlitePool,
    pub db: Db,
    pub epoch: String,
    pub backup: Option<CentralBackup>,
    /// The files of documents, where the scenario has any.
    pub files: Option<CentralFiles>,
}

#[derive(Debug, Clone)]
pub struct CentralBackup {
    pub image: Image,
    pub epoch: String,
    pub files: FilesImage,
}

/// What a person did, as the desk confirmed it.
#[derive(Debug, Clone)]
pub struct Confirmed {
    pub desk: usize,
    pub edit: Known,
    /// The desk's disk died before the edit could have been sent.
    pub is_forgiven: bool,
}

pub type Edits = std::collections::BTreeMap<Uuid, Confirmed>;
