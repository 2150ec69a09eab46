//! One connection or transaction, and how statements run on it.

use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder, Value};
use sea_query_sqlx::{SqlxBinder, SqlxValues};
use servease_domain::value::instant_text;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use super::{Backend, DbError, Row};

/// A connection for reading, or a transaction.
#[derive(Debug)]
pub enum Link {
    Sqlite(PoolConnection<Sqlite>),
    SqliteWrite(Transaction<'static, Sqlite>),
    Postgres(PoolConnection<Postgres>),
    PostgresWrite(Transaction<'static, Postgres>),
}

/// SQLite takes 32,766 bound values in one statement and PostgreSQL 65,535; beyond some thousands
/// a longer statement saves nothing.
const PARAMETERS_MAX: usize = 8_000;

enum Connection<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Link {
    pub fn backend(&self) -> Backend {
        match self {
            Link::Sqlite(_) | Link::SqliteWrite(_) => Backend::Sqlite,
            Link::Postgres(_) | Link::PostgresWrite(_) => Backend::Postgres,
        }
    }

    /// Every row that the statement answers.
    pub async fn rows(
        &mut self,
        statement: &(impl SqlxBinder + Sync),
    ) -> Result<Vec<Row>, DbError> {
        let (sql, values) = self.build(statement);
        self.rows_of(sql, values).await
    }

    /// The first row, if there is one.
    pub async fn row(
        &mut self,
        statement: &(impl SqlxBinder + Sync),
    ) -> Result<Option<Row>, DbError> {
        let (sql, values) = self.build(statement);
        let query = AssertSqlSafe(sql);
        Ok(match self.connection() {
            Connection::Sqlite(connection) => sqlx::query_with(query, values)
                .fetch_optional(connection)
                .await?
                .map(Row::Sqlite),
            Connection::Postgres(connection) => sqlx::query_with(query, values)
                .fetch_optional(connection)
                .await?
                .map(Row::Postgres),
        })
    }

    /// Runs a statement that answers no rows. Answers how many rows it touched.
    pub async fn run(&mut self, statement: &(impl SqlxBinder + Sync)) -> Result<u64, DbError> {
        let (sql, values) = self.build(statement);
        self.run_sql(sql, values.0.0).await
    }

    /// Runs a statement that was written by hand, with `?` or `$n` as the backend has them.
    pub async fn run_sql(&mut self, sql: String, values: Vec<Value>) -> Result<u64, DbError> {
        self.run_any(sql, values, true).await
    }

    /// `is_usual`: the statement is worth keeping for the next time.
    async fn run_any(
        &mut self,
        sql: String,
        mut values: Vec<Value>,
        is_usual: bool,
    ) -> Result<u64, DbError> {
        if self.backend() == Backend::Sqlite {
            values.iter_mut().for_each(as_sqlite);
        }
        let values = SqlxValues(sea_query::Values(values));
        let query = AssertSqlSafe(sql);
        Ok(match self.connection() {
            Connection::Sqlite(connection) => sqlx::query_with(query, values)
                .persistent(is_usual)
                .execute(connection)
                .await?
                .rows_affected(),
            Connection::Postgres(connection) => sqlx::query_with(query, values)
                .persistent(is_usual)
                .execute(connection)
                .await?
                .rows_affected(),
        })
    }

    /// Writes rows that are not there yet, with one statement for many of them.
    pub async fn insert_rows(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        if rows.is_empty() {
            return Ok(());
        }
        let names = columns.join("\", \"");
        let head = format!("INSERT INTO \"{table}\" (\"{names}\") VALUES ");
        self.run_rows(&head, "", rows).await
    }

    /// Sets the same columns of many rows. The first column is the one that names them.
    pub async fn update_rows(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        let Some((key, set)) = columns.split_first().filter(|_| !rows.is_empty()) else {
            return Ok(());
        };
        // Both databases call the columns of VALUES column1, column2 and so on.
        let set: Vec<String> = set
            .iter()
            .enumerate()
            .map(|(index, name)| format!("\"{name}\" = new.column{}", index + 2))
            .collect();
        let head = format!("UPDATE \"{table}\" SET {} FROM (VALUES ", set.join(", "));
        let tail = format!(") AS new WHERE \"{table}\".\"{key}\" = new.column1");
        self.run_rows(&head, &tail, rows).await
    }

    async fn run_rows(
        &mut self,
        head: &str,
        tail: &str,
        mut rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        let width = rows.first().map_or(1, |row| row.len().max(1));
        let at_once = (PARAMETERS_MAX / width).max(1);
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(at_once));
            let chunk = std::mem::replace(&mut rows, rest);
            let marks = self.marks(chunk.len(), width);
            // A statement of one row comes again; others would only push it out of memory.
            let is_usual = chunk.len() == 1;
            let values = chunk.into_iter().flatten().collect();
            self.run_any(format!("{head}{marks}{tail}"), values, is_usual)
                .await?;
        }
        Ok(())
    }

    /// `(?, ?), (?, ?)`, in the words of the database.
    fn marks(&self, rows: usize, width: usize) -> String {
        let is_postgres = self.backend() == Backend::Postgres;
        let mut text = String::with_capacity(rows * width * 6);
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..width {
                if column > 0 {
                    text.push_str(", ");
                }
                if is_postgres {
                    text.push('$');
                    text.push_str(&(row * width + column + 1).to_string());
                } else {
                    text.push('?');
                }
            }
            text.push(')');
        }
        text
    }

    /// Lets the statements of this transaction take their time: for a restore, not for
    /// requests.
    pub async fn lift_time_limit(&mut self) -> Result<(), DbError> {
        if self.backend() == Backend::Postgres {
            let lifted = "SET LOCAL statement_timeout = 0".to_owned();
            self.run_sql(lifted, Vec::new()).await?;
        }
        Ok(())
    }

    async fn rows_of(&mut self, sql: String, values: SqlxValues) -> Result<Vec<Row>, DbError> {
        let query = AssertSqlSafe(sql);
        Ok(match self.connection() {
            Connection::Sqlite(connection) => sqlx::query_with(query, values)
                .fetch_all(connection)
                .await?
                .into_iter()
                .map(Row::Sqlite)
                .collect(),
            Connection::Postgres(connection) => sqlx::query_with(query, values)
                .fetch_all(connection)
                .await?
                .into_iter()
                .map(Row::Postgres)
                .collect(),
        })
    }

    /// Makes what the transaction wrote last. A connection that is no transaction has
    /// nothing to make last.
    pub async fn commit(self) -> Result<(), DbError> {
        match self {
            Link::SqliteWrite(transaction) => transaction.commit().await?,
            Link::PostgresWrite(transaction) => transaction.commit().await?,
            Link::Sqlite(_) | Link::Postgres(_) => {}
        }
        Ok(())
    }

    fn build(&self, statement: &impl SqlxBinder) -> (String, SqlxValues) {
        match self.backend() {
            Backend::Postgres => statement.build_sqlx(PostgresQueryBuilder),
            Backend::Sqlite => {
                let (sql, mut values) = statement.build_sqlx(SqliteQueryBuilder);
                for value in &mut values.0.0 {
                    as_sqlite(value);
                }
                (sql, values)
            }
        }
    }

    fn connection(&mut self) -> Connection<'_> {
        match self {
            Link::Sqlite(connection) => Connection::Sqlite(connection),
            Link::SqliteWrite(transaction) => Connection::Sqlite(transaction),
            Link::Postgres(connection) => Connection::Postgres(connection),
            Link::PostgresWrite(transaction) => Connection::Postgres(transaction),
        }
    }
}

/// SQLite has no types for times and JSON: they are text, times in the one form whose order
/// is time order.
fn as_sqlite(value: &mut Value) {
    let text = match value {
        Value::ChronoDateTimeUtc(at) => at.as_ref().map(instant_text),
        Value::ChronoDate(date) => date.map(|date| date.to_string()),
        Value::ChronoTime(time) => time.map(|time| time.format("%H:%M:%S").to_string()),
        Value::Json(json) => json.as_ref().map(std::string::ToString::to_string),
        _ => return,
    };
    *value = Value::String(text);
}
