//! What is possible with the same content and nothing of the desk.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use servease_wire::sync::ReadyFile;

use super::Outcome;
use super::central::{Central, token};
use crate::save::grams;

#[derive(Debug)]
#[expect(dead_code, reason = "shown as what it is")]
pub struct ByFile {
    pub started: Instant,
    downloaded: Duration,
    unpacked: Duration,
    checked: Duration,
}

/// Downloads the ready file, unpacks it and lets SQLite check it.
pub async fn by_file(central: &Central, offer: &ReadyFile, scratch: &Path) -> Outcome<ByFile> {
    let packed = scratch.join("floor.zst");
    let unpacked = scratch.join("floor.db");
    let url = format!(
        "{}/api/v1/sync/snapshot/file/?sha256={}",
        central.running.url, offer.sha256
    );
    let client = servease_sync::http::client()?;
    let started = Instant::now();
    let response = client.get(url).bearer_auth(token()?).send().await?;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&packed)?);
    let mut chunks = response.error_for_status()?.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        out.write_all(&chunk?)?;
    }
    out.flush()?;
    let downloaded = started.elapsed();
    zstd::stream::copy_decode(File::open(&packed)?, File::create(&unpacked)?)?;
    let at = started.elapsed();
    let conn = Connection::open(&unpacked)?;
    let said: String = conn.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
    if said != "ok" {
        return Err(said.into());
    }
    let checked = started.elapsed() - at;
    drop(conn);
    let floor = ByFile {
        started,
        downloaded,
        unpacked: at - downloaded,
        checked,
    };
    Ok(floor)
}

const TABLES: [&str; 10] = [
    "employees",
    "customers",
    "preferences",
    "vehicles",
    "ownerships",
    "mileage_readings",
    "service_records",
    "documents",
    "notes",
    "conflicts",
];

/// Rows of one transaction.
const BATCH: usize = 10_000;

#[derive(Debug, Default)]
pub struct ByRows {
    rows: Duration,
    search: Duration,
    indexes: Duration,
}

impl ByRows {
    pub fn total(&self) -> Duration {
        self.rows + self.search + self.indexes
    }
}

/// Loads the rows of a desk's database into an empty one of the same schema through SQLite's
/// own interface, then the search entries, then makes the indexes. Reading and cutting words
/// up is not counted.
pub fn by_rows(source: &Path, target: &Path) -> Outcome<ByRows> {
    let _ = std::fs::remove_file(target);
    let from = Connection::open(source)?;
    let mut to = Connection::open(target)?;
    to.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536",
    )?;
    let mut indexes = Vec::new();
    let mut schema = from.prepare(
        "SELECT type, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' \
         AND name NOT GLOB 'search_grams_*' ORDER BY rowid",
    )?;
    let parts = schema.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for part in parts {
        let (what, sql): (String, String) = part?;
        if what == "index" {
            indexes.push(sql);
        } else {
            to.execute_batch(&sql)?;
        }
    }
    let mut load = ByRows::default();
    for table in TABLES {
        load.rows += copy(&from, &mut to, table)?;
    }
    let begun = Instant::now();
    to.execute_batch(
        "INSERT INTO search_grams (search_grams, rank) VALUES ('automerge', 0);
         INSERT INTO search_grams (search_grams, rank) VALUES ('crisismerge', 1000);
         INSERT INTO search_grams (search_grams, rank) VALUES ('hashsize', 4194304)",
    )?;
    load.search += begun.elapsed();
    load.search += copy(&from, &mut to, "search_entries")?;
    load.search += copy_grams(&from, &mut to)?;
    let begun = Instant::now();
    to.execute_batch("INSERT INTO search_grams (search_grams) VALUES ('optimize')")?;
    load.search += begun.elapsed();
    let begun = Instant::now();
    let tx = to.transaction()?;
    for sql in indexes {
        tx.execute_batch(&sql)?;
    }
    tx.commit()?;
    load.indexes += begun.elapsed();
    Ok(load)
}

fn copy(from: &Connection, to: &mut Connection, table: &str) -> Outcome<Duration> {
    let mut select = from.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = select.column_count();
    let insert = format!(
        "INSERT INTO {table} VALUES ({})",
        vec!["?"; columns].join(", ")
    );
    let mut rows = select.query([])?;
    let mut spent = Duration::ZERO;
    loop {
        let mut batch: Vec<Vec<Cell>> = Vec::with_capacity(BATCH);
        while batch.len() < BATCH
            && let Some(row) = rows.next()?
        {
            batch.push(
                (0..columns)
                    .map(|at| row.get(at))
                    .collect::<Result<_, _>>()?,
            );
        }
        if batch.is_empty() {
            return Ok(spent);
        }
        let begun = Instant::now();
        let tx = to.transaction()?;
        {
            let mut statement = tx.prepare_cached(&insert)?;
            for row in &batch {
                statement.execute(params_from_iter(row))?;
            }
        }
        tx.commit()?;
        spent += begun.elapsed();
    }
}

fn copy_grams(from: &Connection, to: &mut Connection) -> Outcome<Duration> {
    let mut select = from.prepare("SELECT number, text FROM search_entries ORDER BY number")?;
    let mut rows = select.query([])?;
    let mut spent = Duration::ZERO;
    loop {
        let mut batch: Vec<(i64, String)> = Vec::with_capacity(BATCH);
        while batch.len() < BATCH
            && let Some(row) = rows.next()?
        {
            let text: String = row.get(1)?;
            batch.push((row.get(0)?, grams(&text)));
        }
        if batch.is_empty() {
            return Ok(spent);
        }
        let begun = Instant::now();
        let tx = to.transaction()?;
        {
            let mut statement =
                tx.prepare_cached("INSERT INTO search_grams (rowid, grams) VALUES (?, ?)")?;
            for (number, grams) in &batch {
                statement.execute((number, grams))?;
            }
        }
        tx.commit()?;
        spent += begun.elapsed();
    }
}
