//! Saving, beside the same rows written raw: the same SQL through SQLite's own interface, in one
//! transaction each, with the same pragmas, on a copy of the same database. The two take turns,
//! so that what else the machine does falls on both.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, json};
use servease_desk::Desk;
use servease_domain::EntityKind;
use uuid::Uuid;

use crate::figures::{Samples, Table};

const SAVES: usize = 400;

pub async fn measure(
    desk: Desk,
    folder: &Path,
    scratch: &Path,
    table: &mut Table,
) -> Result<(), Box<dyn Error>> {
    let database = folder.join("servease.db");
    let copy = scratch.join("raw.db");
    {
        let conn = open(&database)?;
        conn.execute("VACUUM INTO ?", [copy.to_string_lossy()])?;
    }
    let reader = open(&database)?;
    let mut raw = open(&copy)?;

    let mut created = Samples::default();
    let mut edited = Samples::default();
    let mut raw_created = Samples::default();
    let mut raw_edited = Samples::default();
    for number in 0..SAVES {
        let fields = Map::from_iter([
            ("first_name".to_owned(), json!("Bench")),
            ("last_name".to_owned(), json!(format!("Mark{number}"))),
            ("phone".to_owned(), json!(format!("614555{number:04}"))),
            (
                "email".to_owned(),
                json!(format!("bench{number}@mark.example")),
            ),
            ("city".to_owned(), json!("Columbus")),
        ]);
        let started = Instant::now();
        let saved = desk.create(EntityKind::Customer, &fields, true).await?;
        created.add(started);
        let written = Written::of(&reader, saved.id, saved.step)?;
        raw_created.add(written.write(&mut raw)?);

        let change = Map::from_iter([("phone".to_owned(), json!(format!("614556{number:04}")))]);
        let started = Instant::now();
        let saved = desk
            .edit(EntityKind::Customer, saved.id, &change, true)
            .await?;
        edited.add(started);
        let written = Written::of(&reader, saved.id, saved.step)?;
        raw_edited.add(written.write_edit(&mut raw)?);
    }
    table.beside_floor(
        "save a new customer (2 rows, 2 mutations, index)",
        &created,
        &raw_created,
    );
    table.beside_floor(
        "save an edited phone (1 row, 1 mutation, index)",
        &edited,
        &raw_edited,
    );
    desk.close().await;
    Ok(())
}

/// The pragmas of the desk.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open(path)?;
    conn.set_prepared_statement_cache_capacity(100);
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
    )?;
    Ok(conn)
}

/// What the desk wrote, read back.
struct Written {
    id: Uuid,
    rows: Vec<(&'static str, Row)>,
    text: String,
    grams: String,
}

type Row = Vec<(String, Cell)>;

impl Written {
    fn of(reader: &Connection, id: Uuid, step: Option<Uuid>) -> rusqlite::Result<Written> {
        let mut rows = Vec::new();
        for (table, condition, id) in [
            ("customers", "id = ?", Some(id)),
            ("preferences", "id = ?", Some(id)),
            ("mutations", "step = ?", step),
        ] {
            let mut statement =
                reader.prepare_cached(&format!("SELECT * FROM {table} WHERE {condition}"))?;
            let columns: Vec<String> = statement
                .column_names()
                .into_iter()
                .map(str::to_owned)
                .collect();
            let found = statement.query_map([id.map(|id| id.into_bytes())], |row| {
                columns
                    .iter()
                    .enumerate()
                    // The number is the next one in each database.
                    .filter(|(_, name)| *name != "number")
                    .map(|(at, name)| Ok((name.clone(), row.get::<_, Cell>(at)?)))
                    .collect::<rusqlite::Result<Row>>()
            })?;
            for row in found {
                rows.push((table, row?));
            }
        }
        let text: String = reader.query_row(
            "SELECT text FROM search_entries WHERE record_id = ?",
            [id.into_bytes()],
            |row| row.get(0),
        )?;
        Ok(Written {
            id,
            rows,
            grams: grams(&text),
            text,
        })
    }

    /// When it was begun.
    fn write(&self, raw: &mut Connection) -> rusqlite::Result<Instant> {
        let started = Instant::now();
        let tx = raw.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for (table, row) in &self.rows {
            insert(&tx, table, row)?;
        }
        self.index(&tx)?;
        tx.commit()?;
        Ok(started)
    }

    fn write_edit(&self, raw: &mut Connection) -> rusqlite::Result<Instant> {
        let started = Instant::now();
        let tx = raw.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for (table, row) in &self.rows {
            match *table {
                "customers" => {
                    let cell = |wanted: &str| {
                        row.iter()
                            .find(|(name, _)| name == wanted)
                            .map_or(Cell::Null, |(_, cell)| cell.clone())
                    };
                    tx.prepare_cached(
                        "UPDATE customers SET phone = ?, updated_at = ? WHERE id = ?",
                    )?
                    .execute([
                        cell("phone"),
                        cell("updated_at"),
                        cell("id"),
                    ])?;
                }
                "mutations" => insert(&tx, table, row)?,
                _ => {}
            }
        }
        self.index(&tx)?;
        tx.commit()?;
        Ok(started)
    }

    fn index(&self, conn: &Connection) -> rusqlite::Result<()> {
        let id = self.id.into_bytes();
        conn.prepare_cached(
            "DELETE FROM search_grams \
             WHERE rowid = (SELECT number FROM search_entries WHERE record_id = ?)",
        )?
        .execute([id])?;
        conn.prepare_cached(
            "INSERT INTO search_entries (number, kind, record_id, text) \
             VALUES ((SELECT max(number) + 1 FROM search_entries), 'customer', ?, ?) \
             ON CONFLICT (record_id) DO UPDATE SET number = excluded.number, text = excluded.text",
        )?
        .execute((id, &self.text))?;
        conn.prepare_cached(
            "INSERT INTO search_grams (rowid, grams) \
             VALUES ((SELECT max(number) FROM search_entries), ?)",
        )?
        .execute([&self.grams])?;
        Ok(())
    }
}

fn insert(conn: &Connection, table: &str, row: &Row) -> rusqlite::Result<()> {
    let columns: Vec<String> = row.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let sql = format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        columns.join(", "),
        vec!["?"; row.len()].join(", ")
    );
    conn.prepare_cached(&sql)?
        .execute(params_from_iter(row.iter().map(|(_, cell)| cell)))?;
    Ok(())
}

/// As many grams as the desk writes for such a text, of ASCII words.
pub(crate) fn grams(text: &str) -> String {
    let mut grams: Vec<String> = Vec::new();
    for word in text.split('.').filter(|word| !word.is_empty()) {
        grams.push(format!(".{word}."));
        let unclosed = format!(".{word}");
        for start in 0..unclosed.len() {
            grams.push(unclosed[start..unclosed.len().min(start + 3)].to_owned());
        }
    }
    grams.sort_unstable();
    grams.dedup();
    grams.join(" ")
}
