//! Ready files: databases in the desk's own schema for desks that begin. They are made when
//! one is asked for, once for all who ask, and kept until they are too far behind.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sea_query::{Expr, ExprTrait, Order};
use servease_domain::rights::Account;
use servease_domain::{EntityKind, Record};
use servease_platform::files;
use servease_store::StoreError;
use servease_store::ready::{Builder, Place};
use servease_wire::sync::{BeginAnswer, BeginQuery, Checkpoint, FileState, ReadyFile};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::feed::Ends;
use super::hidden::{Hidden, has_private};
use super::{SyncError, check_protocol, rows};
use crate::changes;
use crate::db::{Db, DbError, Link};
use crate::store::records;

/// A file is given out until so many changes have followed it: a desk reads them in about a
/// second, and a new file of a big company takes half a minute to make.
const BEHIND_MAX: i64 = 10_000;

/// Files kept: the newest, and the one before it for desks that are in the middle of it.
const KEPT: usize = 2;

/// How long an answer waits for a file that is being made: well below what a request may take.
const PATIENCE: Duration = Duration::from_secs(8);

/// What is not finished after so long is nobody's any more.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 3_600);

const ROWS_PER_PAGE: u64 = 1_000;

/// zstd's default: five times smaller at some 300 MB a second.
const LEVEL: i32 = 3;

#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error("the file could not be filled")]
    Store(#[from] StoreError),
    #[error("the folder of ready files failed")]
    Folder(#[from] io::Error),
    #[error("the work was ended")]
    Ended,
}

/// Rows taken so far, and of how many.
type Progress = (u64, u64);

#[derive(Debug)]
struct Job {
    progress: watch::Receiver<Progress>,
    task: JoinHandle<()>,
}

/// The files of one data folder, which other instances of the service may use too: what is
/// there is read from it each time.
#[derive(Debug)]
pub struct ReadyFiles {
    folder: PathBuf,
    epoch: String,
    job: Mutex<Option<Job>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ReadyFiles {
    /// Takes over what an earlier run of the service has left, and removes what is of no use:
    /// files of another past or schema, and what was not finished.
    pub fn open(folder: PathBuf, epoch: &str) -> ReadyFiles {
        let files = ReadyFiles {
            folder,
            epoch: epoch.to_owned(),
            job: Mutex::default(),
        };
        files.sweep();
        files
    }

    fn sweep(&self) {
        let kept = self.list();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let stem = path.file_stem().map(|stem| stem.to_string_lossy());
            let is_kept = stem.is_some_and(|stem| kept.iter().any(|file| file.sha256 == stem));
            // Another instance may be at it.
            let is_fresh = entry
                .metadata()
                .and_then(|found| found.modified())
                .is_ok_and(|at| at.elapsed().is_ok_and(|age| age < ABANDONED_AFTER));
            if !is_kept && !is_fresh {
                let _ = files::remove(&path);
            }
        }
    }

    /// Whole files of this past and schema, oldest first.
    fn list(&self) -> Vec<ReadyFile> {
        let mut kept: Vec<ReadyFile> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .filter_map(|path| serde_json::from_slice(&fs::read(path).ok()?).ok())
            .filter(|file: &ReadyFile| {
                let packed = self.folder.join(format!("{}.zst", file.sha256));
                file.epoch == self.epoch
                    && file.schema == servease_store::known_schema()
                    && fs::metadata(packed).is_ok_and(|found| found.len() == file.size_bytes)
            })
            .collect();
        kept.sort_by_key(|file| file.seq);
        kept
    }

    /// How a desk that asks should begin. Begins to make a file where one is wanted and none
    /// will do.
    pub async fn begin(
        self: &Arc<Self>,
        db: &Db,
        account: Account,
        query: &BeginQuery,
    ) -> Result<BeginAnswer, SyncError> {
        check_protocol(query.protocol)?;
        let seq = changes::last_seq(&mut db.read().await?).await?;
        let answer = |file| BeginAnswer {
            epoch: self.epoch.clone(),
            seq,
            file,
        };
        if query.schema != servease_store::known_schema() || seq < query.worth_from {
            return Ok(answer(FileState::None));
        }
        // One file is for everybody. Whoever may see more asks for that afterwards, or takes rows.
        if !query.takes_particular && has_private(&mut db.read().await?, account).await? {
            return Ok(answer(FileState::None));
        }
        if let Some(file) = self.find_fit(db, seq).await? {
            return Ok(answer(FileState::Ready(file)));
        }
        let progress = self.build(db);
        if tokio::time::timeout(PATIENCE, end_of(progress.clone()))
            .await
            .is_err()
        {
            let (rows, total) = *progress.borrow();
            return Ok(answer(FileState::Building { rows, total }));
        }
        let seq = changes::last_seq(&mut db.read().await?).await?;
        let file = self.find_fit(db, seq).await?;
        // Where it failed, and the log says why, the desk takes rows.
        Ok(answer(file.map_or(FileState::None, FileState::Ready)))
    }

    /// Where a kept file lies.
    pub fn path(&self, sha256: &str) -> Option<PathBuf> {
        let is_kept = self.list().iter().any(|file| file.sha256 == sha256);
        is_kept.then(|| self.folder.join(format!("{sha256}.zst")))
    }

    /// Ends the work on a file, and waits until it has.
    pub async fn stop(&self) {
        let job = held(&self.job).take();
        if let Some(job) = job {
            job.task.abort();
            let _ = job.task.await;
        }
    }

    /// The newest file that a desk can go on from by reading changes.
    async fn find_fit(&self, db: &Db, seq: i64) -> Result<Option<ReadyFile>, DbError> {
        let newest = self.list().pop();
        let Some(file) = newest.filter(|file| seq - file.seq <= BEHIND_MAX) else {
            return Ok(None);
        };
        let mut link = db.read().await?;
        let ends = Ends::read(&mut link, Some(file.seq)).await?;
        let is_reached = file.seq + 1 >= ends.oldest;
        Ok((is_reached && ends.known == Some(file.stamp)).then_some(file))
    }

    /// The work that is going on, or a new one.
    fn build(self: &Arc<Self>, db: &Db) -> watch::Receiver<Progress> {
        let mut job = held(&self.job);
        if let Some(job) = job.as_ref().filter(|job| !job.task.is_finished()) {
            return job.progress.clone();
        }
        let (tell, progress) = watch::channel((0, 0));
        let (files, db) = (self.clone(), db.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = files.make(&db, &tell).await {
                tracing::error!(error = &error as &dyn std::error::Error, "no ready file");
            }
        });
        *job = Some(Job {
            progress: progress.clone(),
            task,
        });
        progress
    }

    async fn make(&self, db: &Db, tell: &watch::Sender<Progress>) -> Result<(), BuildError> {
        fs::create_dir_all(&self.folder)?;
        let raw = self.folder.join(format!("building-{}.db", Uuid::now_v7()));
        let place_and_rows = fill(db, &self.epoch, &raw, tell).await;
        let (place, rows) = match place_and_rows {
            Ok(filled) => filled,
            Err(error) => {
                let _ = files::remove(&raw);
                return Err(error);
            }
        };
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || {
            let packed = pack(&folder, &raw, place, rows);
            let _ = files::remove(&raw);
            packed
        })
        .await
        .map_err(|_| BuildError::Ended)??;
        let kept = self.list();
        for file in kept.iter().rev().skip(KEPT) {
            remove(&self.folder, file);
        }
        Ok(())
    }
}

/// Waits until nobody tells of any progress any more.
async fn end_of(mut progress: watch::Receiver<Progress>) {
    while progress.changed().await.is_ok() {}
}

fn remove(folder: &Path, file: &ReadyFile) {
    // Whoever is reading it reads on: the name goes, not the content.
    for end in ["json", "zst"] {
        let _ = files::remove(&folder.join(format!("{}.{end}", file.sha256)));
    }
}

/// Every record, as one transaction sees them; the indexes are made after it has ended.
async fn fill(
    db: &Db,
    epoch: &str,
    raw: &Path,
    tell: &watch::Sender<Progress>,
) -> Result<(Place, u64), BuildError> {
    let mut builder = Builder::open(raw).await?;
    let mut link = db.snapshot().await?;
    let ends = Ends::read(&mut link, None).await?;
    let place = Place {
        epoch: epoch.to_owned(),
        seq: ends.seq,
        stamp: ends.stamp,
        newest: Checkpoint {
            seq: ends.seq,
            stamp: ends.stamp,
        },
    };
    let total = rows::count(&mut link).await?;
    let mut done = 0;
    for kind in EntityKind::ALL {
        let (mut page, mut last) = read(&mut link, kind, None).await?;
        while last.is_some() {
            // While one page is written the next is read.
            let (next, added) = tokio::join!(read(&mut link, kind, last), builder.add(&page, ""));
            added?;
            done += page.len() as u64;
            tell.send_replace((done, total));
            (page, last) = next?;
        }
    }
    drop(link);
    let built = builder.finish(&place, &mut |_, _| {}).await?;
    Ok((place, built.rows))
}

/// The next records that everybody may see, and where they end.
async fn read(
    link: &mut Link,
    kind: EntityKind,
    after: Option<Uuid>,
) -> Result<(Vec<Record>, Option<Uuid>), DbError> {
    let mut select = records::select(kind);
    if let Some(after) = after {
        select.and_where(Expr::col("id").gt(after));
    }
    select.order_by("id", Order::Asc).limit(ROWS_PER_PAGE);
    let mut records = records::fetch_records(link, kind, &select).await?;
    let last = records.last().map(|record| record.id);
    let named = records.iter().map(|record| (kind, record.id));
    let hidden = Hidden::among(link, Account::ANYBODY, named).await?;
    records.retain(|record| !hidden.has(kind, record.id));
    Ok((records, last))
}

/// Compresses a finished database into the folder. What is known of it is written last: a
/// file without that is none.
fn pack(folder: &Path, raw: &Path, place: Place, rows: u64) -> Result<(), BuildError> {
    let packed = tempfile::NamedTempFile::new_in(folder)?;
    let mut source = File::open(raw)?;
    let unpacked_bytes = source.metadata()?.len();
    let (size_bytes, sha256) = compress(&mut source, packed.as_file())?;
    let file = ReadyFile {
        schema: servease_store::known_schema(),
        epoch: place.epoch,
        seq: place.seq,
        stamp: place.stamp,
        rows,
        size_bytes,
        sha256,
        unpacked_bytes,
    };
    packed.as_file().sync_all()?;
    files::keep(
        packed.into_temp_path(),
        &folder.join(format!("{}.zst", file.sha256)),
    )?;
    let mut known = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut known, &file).map_err(io::Error::from)?;
    known.as_file().sync_all()?;
    files::keep(
        known.into_temp_path(),
        &folder.join(format!("{}.json", file.sha256)),
    )?;
    Ok(())
}

/// Answers how many bytes came out, and their digest.
fn compress(source: &mut File, target: &File) -> io::Result<(u64, String)> {
    let mut encoder = zstd::Encoder::new(
        Hashed {
            out: BufWriter::with_capacity(1 << 20, target),
            digest: Sha256::new(),
            bytes: 0,
        },
        LEVEL,
    )?;
    let mut block = vec![0; 1 << 20];
    loop {
        let length = source.read(&mut block)?;
        if length == 0 {
            break;
        }
        encoder.write_all(&block[..length])?;
    }
    let mut hashed = encoder.finish()?;
    hashed.out.flush()?;
    let sha256 = hex::encode(hashed.digest.finalize());
    Ok((hashed.bytes, sha256))
}

/// Counts and digests what passes through.
struct Hashed<W> {
    out: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.out.write(bytes)?;
        self.digest.update(&bytes[..length]);
        self.bytes += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
