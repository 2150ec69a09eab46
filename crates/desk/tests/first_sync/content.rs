//! What a database holds, to be compared.

use std::collections::BTreeMap;

use servease_desk::Desk;
use servease_domain::EntityKind;
use servease_domain::query::Query;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

/// Table → its rows, each as the text of all its columns.
pub type Content = BTreeMap<String, Vec<String>>;

/// Every record table, and the search index's entries.
pub async fn of(desk: &Desk) -> Content {
    let mut conn = desk.store().read().await.unwrap();
    let mut content = Content::new();
    let tables = EntityKind::ALL.into_iter().map(EntityKind::table);
    for table in tables.chain(["search_entries"]) {
        content.insert(table.to_owned(), rows(&mut conn, table).await);
    }
    content
}

/// What a desk holds without the order of the search entries, which tells when each was last written.
pub async fn unordered(desk: &Desk) -> Content {
    let mut content = of(desk).await;
    let entries = content.get_mut("search_entries").unwrap();
    for entry in entries.iter_mut() {
        let (_, rest) = entry.split_once('|').unwrap();
        *entry = rest.to_owned();
    }
    entries.sort();
    content
}

async fn rows(conn: &mut SqliteConnection, table: &str) -> Vec<String> {
    let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?)")
        .bind(table)
        .fetch_all(&mut *conn)
        .await
        .unwrap();
    let quoted: Vec<String> = columns
        .iter()
        .map(|name| format!("quote(\"{name}\")"))
        .collect();
    let sql = format!(
        "SELECT {} FROM {table} ORDER BY 1",
        quoted.join(" || '|' || ")
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(conn).await;
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

#[track_caller]
pub fn assert_same(one: &Content, other: &Content) {
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        other.keys().collect::<Vec<_>>()
    );
    for (table, rows) in one {
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            let alone = these.iter().filter(|row| !those.contains(row));
            alone.take(3).cloned().collect()
        };
        let (left, right) = (only(rows, &other[table]), only(&other[table], rows));
        assert!(
            rows == &other[table],
            "{table}: {left:#?} is not {right:#?}"
        );
    }
}

/// Sound, and found: by the numbers of the index and by asking.
pub async fn assert_sound(desk: &Desk) {
    let problems = desk.store().integrity_problems().await.unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let mut conn = desk.store().read().await.unwrap();
    let names: Vec<(String, String)> = sqlx::query_as(
        "SELECT first_name, last_name FROM customers WHERE deleted_at IS NULL LIMIT 20",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    drop(conn);
    for (first, last) in names {
        let name = format!("{first} {last}");
        // There may be nothing in it that a search could go by.
        if Query::parse(&name).is_none() {
            continue;
        }
        let found = desk.search(&name, 20).await.unwrap();
        assert!(!found.is_empty(), "{first} {last}");
    }
}

/// How many rows a table has.
pub async fn count(desk: &Desk, table: &str) -> i64 {
    let mut conn = desk.store().read().await.unwrap();
    sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
        .fetch_one(&mut *conn)
        .await
        .unwrap()
}
