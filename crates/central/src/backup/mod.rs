//! Backup and restore: one file with every table and every document, independent of the
//! database engine. It is a tar archive compressed with zstd (`archive`): `manifest.json`, then
//! `tables/<name>.jsonl`, then `files/<sha256>`.
//!
//! A backup sees one state of the database although the service goes on; files are named by
//! their content and never change, so those that this state refers to can be read after it.
//! A restore begins a new epoch: desks then push again what the backup had lost.

mod archive;
mod rows;
mod tables;

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;

use sea_query::Query;
use serde_json::Value as Json;
use servease_domain::EntityKind;
use tempfile::NamedTempFile;

use crate::config::DataArgs;
use crate::db::{self, DbError, Link};
use crate::files::{Files, FilesFailure, OpenError};
pub use archive::Found;
use archive::{Content, OfDocument, Spool, Sum};
use servease_platform::private;

use crate::running;
use crate::store::blocks;
use crate::{garage, meta};
use tables::Table;

/// What was written or read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    pub rows: u64,
    pub files: u64,
    /// Rows and files that could not be read: they are named in the log, and the rest is there.
    pub left_out: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error("the backup file or the data folder failed")]
    File(#[from] io::Error),
    #[error(transparent)]
    Place(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] FilesFailure),
    #[error("the document file {0} is missing or damaged")]
    MissingFile(String),
    #[error("this is no backup of ServEase Central, or one of a newer program")]
    Format,
    #[error("the backup is damaged: {0} is not as it was written")]
    Damaged(String),
    #[error("the service runs on this data folder: stop it first")]
    Running,
    #[error("line {line} of table {table} cannot be read")]
    Row { table: String, line: u64 },
    #[error("there is data already; --replace replaces it")]
    NotEmpty,
}

/// Writes a backup. The file appears when it is complete.
pub async fn write(data: &DataArgs, file: &Path) -> Result<Summary, BackupError> {
    let db = db::open(&data.target(), 1).await?;
    let store = data.files().await?;
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut link = db.snapshot().await?;
    let mut summary = Summary::default();
    let mut spooled = Vec::new();
    for table in tables::all() {
        let (spool, sum, spooled_rows) = spool(&mut link, &table, folder).await?;
        summary.rows += spooled_rows.rows;
        summary.left_out += spooled_rows.left_out;
        spooled.push((table.name, spool, sum));
    }
    let hashes = file_hashes(&mut link).await?;
    drop(link);
    db.close().await;
    let (files, missing) = whole_files(&store, hashes).await?;
    summary.files = files.len() as u64;
    summary.left_out += missing;
    let (folder, target) = (folder.to_owned(), file.to_owned());
    let content = Content {
        tables: spooled,
        files,
    };
    tokio::task::spawn_blocking(move || archive::write(&folder, &target, content))
        .await
        .map_err(io::Error::other)??;
    Ok(summary)
}

/// The files that are there and are what their names say, and how many are not: a document without
/// its file is no reason to be without a backup.
async fn whole_files(
    store: &Files,
    hashes: Vec<String>,
) -> Result<(Vec<OfDocument>, u64), BackupError> {
    let (mut whole, mut missing) = (Vec::new(), 0);
    for sha256 in hashes {
        let read = match store.find(&sha256).await? {
            None => None,
            Some(held) => {
                let read = move || archive::digest(&held).map(|digest| (held, digest));
                let read = tokio::task::spawn_blocking(read).await;
                Some(read.map_err(io::Error::other)??)
            }
        };
        match read {
            Some((held, digest)) if digest == sha256 => whole.push((held, sha256)),
            _ => {
                tracing::warn!(%sha256, "the file of a document is missing or damaged: left out");
                missing += 1;
            }
        }
    }
    Ok((whole, missing))
}

/// One table, a row a line.
async fn spool(
    link: &mut Link,
    table: &Table,
    folder: &Path,
) -> Result<(NamedTempFile, Sum, Summary), BackupError> {
    let mut out = Spool::new_in(folder)?;
    let mut summary = Summary::default();
    let mut after = None;
    loop {
        let batch = rows::read(link, table, after.as_ref()).await?;
        let Some(last) = batch.last else {
            break;
        };
        after = Some(last);
        summary.left_out += batch.left_out;
        for row in &batch.rows {
            serde_json::to_writer(&mut out, row).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
            summary.rows += 1;
        }
    }
    let (file, sum) = out.finish()?;
    Ok((file, sum, summary))
}

/// The files that documents refer to, deleted ones too: they may come back.
async fn file_hashes(link: &mut Link) -> Result<Vec<String>, DbError> {
    let mut select = Query::select();
    select
        .distinct()
        .column("sha256")
        .from(EntityKind::Document.table())
        .and_where(db::is_filled("sha256"))
        .order_by("sha256", sea_query::Order::Asc);
    let rows = link.rows(&select).await?;
    rows.iter()
        .map(|row| Ok(row.text(0)?.unwrap_or_default()))
        .collect()
}

/// Reads a whole backup and checks all of it; nothing is written.
pub async fn verify(file: &Path) -> Result<Found, BackupError> {
    let source = file.to_owned();
    tokio::task::spawn_blocking(move || archive::read(&source, None))
        .await
        .map_err(io::Error::other)?
}

/// Reads a backup into the database. Nothing changes unless everything could be read and is as it
/// was written.
pub async fn read(data: &DataArgs, file: &Path, replace: bool) -> Result<Summary, BackupError> {
    private::make_folder(&data.data_dir)?;
    // Held until the end: no service begins on a half restored database.
    let _held = running::hold_alone(&data.data_dir)?.ok_or(BackupError::Running)?;
    // Beside the data: it is as secret, and /tmp may be small.
    let unpacked = tempfile::tempdir_in(&data.data_dir)?;
    let (source, folder) = (file.to_owned(), unpacked.path().to_owned());
    let found = tokio::task::spawn_blocking(move || archive::read(&source, Some(&folder)))
        .await
        .map_err(io::Error::other)??;
    if !found.has_checksums {
        tracing::warn!("an older program wrote this backup, without checksums of its tables");
    }
    let db = db::open(&data.target(), 1).await?;
    let store = data.files_to_write().await?;
    let mut summary = Summary {
        rows: 0,
        left_out: 0,
        files: keep_files(&store, &unpacked.path().join("files")).await?,
    };
    let mut link = db.write().await?;
    link.lift_time_limit().await?;
    if !replace && !rows::are_all_empty(&mut link).await? {
        return Err(BackupError::NotEmpty);
    }
    rows::clear(&mut link).await?;
    for table in tables::all() {
        let path = unpacked.path().join(archive::path_of_table(table.name));
        // An older program's backup has none.
        if table.name == EntityKind::Garage.table() && !path.exists() {
            continue;
        }
        summary.rows += load(&mut link, &table, &path).await?;
    }
    garage::ensure(&mut link).await?;
    blocks::rebuild(&mut link).await?;
    meta::renew_epoch(&mut link).await?;
    link.commit().await?;
    db.close().await;
    Ok(summary)
}

/// Takes the files in by their content: one that was damaged has another hash by now.
async fn keep_files(store: &Files, folder: &Path) -> Result<u64, BackupError> {
    if !folder.is_dir() {
        return Ok(0);
    }
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let mut incoming = store.begin().await?;
        let mut source = File::open(&path)?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let length = source.read(&mut buffer)?;
            if length == 0 {
                break;
            }
            incoming.write(&buffer[..length]).await?;
        }
        if incoming.digest() != name {
            return Err(BackupError::MissingFile(name));
        }
        store.keep(incoming).await?;
        count += 1;
    }
    Ok(count)
}

async fn load(link: &mut Link, table: &Table, path: &Path) -> Result<u64, BackupError> {
    let mut line = 0;
    let bad = |line| BackupError::Row {
        table: table.name.to_owned(),
        line,
    };
    for text in BufReader::new(File::open(path)?).lines() {
        line += 1;
        let row: Json = serde_json::from_str(&text?).map_err(|_| bad(line))?;
        let values = rows::decode(table, &row).ok_or_else(|| bad(line))?;
        rows::insert(link, table, values).await?;
    }
    Ok(line)
}
