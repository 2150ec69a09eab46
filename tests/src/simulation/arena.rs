//! The databases in which scenarios run, one after the other: opening and migrating them
//! would cost more than a scenario.

use chrono::{DateTime, TimeZone, Utc};
use servease_central::db::Db;
use servease_store::Store;
use sqlx::SqliteConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

use super::image::{Image, plain_and_indexes, tables};

/// Databases for one scenario at a time.
#[derive(Debug)]
pub struct Arena {
    pub(super) central: SqlitePool,
    pub(super) desks: Vec<Store>,
    central_blank: Blank,
    desk_blank: Blank,
}

/// How a database becomes what its schema makes of it.
#[derive(Debug)]
struct Blank {
    /// Statements that empty it. The connections keep their prepared statements.
    empty: String,
    /// The rows that the schema itself makes.
    rows: Image,
}

impl Blank {
    /// Of a database that nobody has used yet.
    async fn of(conn: &mut SqliteConnection) -> Blank {
        Blank {
            empty: emptying(conn).await,
            rows: Image::of(conn).await,
        }
    }
}

/// When every scenario begins, by a right clock.
pub fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 8, 0, 0)
        .single()
        .expect("a date")
}

/// More desks than scenarios start with: clones need room.
const SPARE_DESKS: usize = 2;

impl Arena {
    pub async fn new(desks: usize) -> Arena {
        let central = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(
                SqliteConnectOptions::new()
                    .in_memory(true)
                    .foreign_keys(true)
                    .statement_cache_capacity(500),
            )
            .await
            .expect("a database in memory");
        sqlx::migrate!("../migrations/central/sqlite")
            .run(&central)
            .await
            .expect("Central's schema");
        let mut stores = Vec::new();
        for _ in 0..desks + SPARE_DESKS {
            stores.push(
                Store::in_memory(0, start())
                    .await
                    .expect("a desk's database"),
            );
        }
        let central_blank = Blank::of(&mut central.acquire().await.expect("connection")).await;
        let desk_blank = Blank::of(&mut stores[0].write().await.expect("connection")).await;
        Arena {
            central,
            desks: stores,
            central_blank,
            desk_blank,
        }
    }

    pub(super) async fn reset_central(&self) {
        self.restore_central(&self.central_blank.rows).await;
    }

    pub(super) async fn reset_desk(&self, desk: usize) {
        let mut conn = self.desks[desk].write().await.expect("connection");
        empty(&mut conn, &self.desk_blank.empty).await;
        self.desk_blank.rows.put_into(&mut conn).await;
    }

    /// Puts a content in the place of the present one.
    pub(super) async fn restore_central(&self, image: &Image) {
        let mut conn = self.central.acquire().await.expect("connection");
        empty(&mut conn, &self.central_blank.empty).await;
        image.put_into(&mut conn).await;
    }

    pub(super) async fn restore_desk(&self, store: &Store, image: &Image) {
        let mut conn = store.write().await.expect("connection");
        empty(&mut conn, &self.desk_blank.empty).await;
        image.put_into(&mut conn).await;
        servease_store::search::index_all(&mut conn, |_, _| {})
            .await
            .expect("index");
    }

    pub(super) fn db(&self) -> Db {
        Db::Sqlite {
            writer: self.central.clone(),
            readers: self.central.clone(),
        }
    }
}

async fn empty(conn: &mut SqliteConnection, statements: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()))
        .execute(conn)
        .await
        .expect("an empty database");
}

/// Children first, so that nothing refers to what is gone: switching foreign keys off and on would
/// cost every prepared statement of the connection.
async fn emptying(conn: &mut SqliteConnection) -> String {
    let mut statements = String::from("BEGIN;");
    let tables = tables(conn).await;
    for name in tables.iter().rev() {
        statements.push_str(&format!("DELETE FROM \"{name}\";"));
    }
    for index in plain_and_indexes(conn).await.1 {
        statements.push_str(&format!(
            "INSERT INTO {index} ({index}) VALUES ('delete-all');"
        ));
    }
    statements.push_str("COMMIT;");
    statements
}
