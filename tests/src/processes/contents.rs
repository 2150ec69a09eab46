//! Everything that a database holds, read beside the programs, to be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value as Json;
use servease_domain::EntityKind;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, TypeInfo as _, ValueRef as _};
use uuid::Uuid;

/// The records of a desk or of Central, tombstones included.
#[derive(Debug, Clone, PartialEq)]
pub struct Contents(BTreeMap<(EntityKind, Uuid), BTreeMap<String, Json>>);

/// What is not a field: a record is compared in these as well.
const STANDING: [&str; 4] = ["deleted", "deleted_with", "duplicate_of", "extra"];

impl Contents {
    /// Reads a database, and has SQLite check it.
    pub fn of(database: &Path) -> Contents {
        super::desk::wait_for(async {
            let options = SqliteConnectOptions::new().filename(database);
            let mut conn = SqliteConnection::connect_with(&options)
                .await
                .expect("the database opens");
            let health: String = sqlx::query_scalar("PRAGMA integrity_check")
                .fetch_one(&mut conn)
                .await
                .expect("a check");
            assert_eq!(health, "ok", "{}", database.display());
            let contents = read(&mut conn).await;
            conn.close().await.expect("the database closes");
            contents
        })
    }

    /// How many records of an entity are alive.
    pub fn count(&self, kind: EntityKind) -> usize {
        let alive = |values: &BTreeMap<String, Json>| values["deleted"] == 0;
        self.0
            .iter()
            .filter(|((of, _), values)| *of == kind && alive(values))
            .count()
    }

    /// What a field of a record holds, in the form of the database.
    pub fn field(&self, kind: EntityKind, id: &str, name: &str) -> Option<&Json> {
        let id = id.parse().ok()?;
        self.0.get(&(kind, id))?.get(name)
    }
}

async fn read(conn: &mut SqliteConnection) -> Contents {
    let mut contents = BTreeMap::new();
    for kind in EntityKind::ALL {
        let fields: Vec<&str> = kind.fields().iter().map(|field| field.name).collect();
        let quoted: Vec<String> = fields.iter().map(|name| format!("\"{name}\"")).collect();
        let sql = format!(
            "SELECT id, deleted_at IS NOT NULL, deleted_with, duplicate_of, \
             coalesce(extra, '{{}}'), {} FROM {}",
            quoted.join(", "),
            kind.table()
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(&mut *conn)
            .await
            .expect("rows");
        for row in rows {
            let names = STANDING.iter().chain(&fields);
            let values = names
                .enumerate()
                .map(|(index, name)| ((*name).to_owned(), plain(&row, index + 1)))
                .collect();
            contents.insert((kind, row.get(0)), values);
        }
    }
    Contents(contents)
}

fn plain(row: &SqliteRow, index: usize) -> Json {
    let value = row.try_get_raw(index).expect("column");
    if value.is_null() {
        return Json::Null;
    }
    match value.type_info().name() {
        "INTEGER" | "BOOLEAN" => Json::from(row.get::<i64, _>(index)),
        "BLOB" => Json::String(row.get::<Uuid, _>(index).to_string()),
        _ => {
            let text: String = row.get(index);
            // What a program does not know it passes on: the order of names says nothing.
            serde_json::from_str(&text)
                .ok()
                .filter(Json::is_object)
                .unwrap_or(Json::String(text))
        }
    }
}

/// In what two sides differ, a line each. A tombstone of which only one side knows is none:
/// nobody misses what Central has forgotten.
pub fn differences(central: &Contents, desk: &Contents) -> Vec<String> {
    let keys: BTreeSet<_> = central.0.keys().chain(desk.0.keys()).collect();
    let mut lines = Vec::new();
    for key in keys {
        match (central.0.get(key), desk.0.get(key)) {
            (Some(there), Some(here)) => {
                for (name, value) in there {
                    if here.get(name) != Some(value) {
                        lines.push(format!(
                            "{} {} {name}: {value} at Central, {:?} here",
                            key.0.name(),
                            key.1,
                            here.get(name)
                        ));
                    }
                }
            }
            (None, Some(here)) if here["deleted"] == 1 => {}
            (there, _) => {
                let side = if there.is_some() {
                    "Central"
                } else {
                    "the desk"
                };
                lines.push(format!("{} {} is at {side} only", key.0.name(), key.1));
            }
        }
    }
    lines
}
