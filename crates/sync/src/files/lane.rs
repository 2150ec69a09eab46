//! Doing what the plan says: files go out part by part.

use std::collections::HashMap;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde::{Deserialize, Serialize};
use servease_store::files::Unsent;
use servease_store::sync::{outbox, state};
use servease_store::{Store, StoreError, files};
use servease_wire::sync::PROTOCOL;
use servease_wire::sync::files::{FileName, FileStanding, FilesQuery, PART_BYTES_MAX};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::plan::{Known, Local, Op, Pace, plan};
use super::{FileRemote, Shelf, ShelfError};
use crate::SyncFailure;
use crate::remote::RemoteError;

/// How long what Central has said that it keeps is believed. A Central that was put back without
/// saying so is found out when records are asked for, unless only files were lost.
const BELIEVED_FOR: TimeDelta = TimeDelta::days(1);

/// A file that is damaged on its way this often is not sent, or asked for, again in this run.
pub(super) const DAMAGED_MAX: u32 = 2;

/// How long a part should take: long enough that the line is used, short enough that it comes
/// through within the time that Central waits for it, and that little is sent again.
const QUICK: Duration = Duration::from_secs(2);
const SLOW: Duration = Duration::from_secs(8);

/// A part that takes less leaves the line idle while either side works on it.
const AT_ONCE: Duration = Duration::from_millis(100);

/// How the line is used: how long parts are, the first one of a run and the bounds between which they
/// grow and shrink with the line, and how many files go out at once when the longest come through at
/// once. On any other line one does, so that little is sent again after a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartSizes {
    pub first: usize,
    pub least: usize,
    pub most: usize,
    pub files: usize,
}

impl Default for PartSizes {
    fn default() -> PartSizes {
        PartSizes {
            first: 256 << 10,
            least: 32 << 10,
            most: PART_BYTES_MAX,
            files: 4,
        }
    }
}

impl PartSizes {
    /// The next size, after a part of this size took so long; None where it did not come through.
    fn after(&self, size: usize, took: Option<Duration>) -> usize {
        let next = match took {
            Some(took) if took < QUICK => size.saturating_mul(2),
            Some(took) if took < SLOW => size,
            _ => size / 2,
        };
        next.clamp(self.least, self.most)
    }

    /// How many files go out at once, after a part of this size took so long.
    fn files_after(&self, size: usize, took: Duration) -> usize {
        match size >= self.most && took < AT_ONCE {
            true => self.files,
            false => 1,
        }
    }
}

/// What a run came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesReport {
    /// Files that Central keeps since.
    pub sent: u64,
    pub sent_bytes: u64,
    pub refused: u64,
}

impl FilesReport {
    /// Two runs as one.
    #[must_use]
    pub fn and(self, later: FilesReport) -> FilesReport {
        FilesReport {
            sent: self.sent + later.sent,
            sent_bytes: self.sent_bytes + later.sent_bytes,
            refused: self.refused + later.refused,
        }
    }
}

/// Why a run ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nothing more can be sent now.
    Through,
    /// Records wait: they go first.
    GaveWay,
    /// Central is too old to take files from a desk.
    TooOld,
}

/// Where a run is, for whoever shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilesProgress {
    /// The file that is on its way.
    pub sha256: String,
    pub done: u64,
    pub total: u64,
    /// What is to be sent in all, in bytes, this file's rest included.
    pub left: u64,
    /// What this run has sent of all that, in bytes.
    pub sent: u64,
}

/// A part that is read, and waits to be sent.
struct Ahead {
    at: u64,
    part: Bytes,
}

/// What became of a part that went out.
enum Went {
    /// It is not on this PC, whatever was written down.
    Nowhere,
    Out {
        bytes: u64,
        took: Duration,
        answer: Result<FileStanding, RemoteError>,
        /// The one after it, which was read meanwhile.
        ahead: Option<Ahead>,
    },
}

pub(super) type OnProgress<'a> = &'a (dyn Fn(FilesProgress) + Send + Sync);

struct Run<'a, R, S> {
    store: &'a Store,
    remote: &'a R,
    shelf: &'a S,
    now: DateTime<Utc>,
    pace: Pace,
    sizes: PartSizes,
    /// Of the next part.
    size: usize,
    /// How many files go out at once.
    files: usize,
    /// What was read while the part before it was on its way, by file.
    ahead: HashMap<String, Ahead>,
    known: Known,
    local: Local,
    report: FilesReport,
    /// How often a file was damaged on its way.
    damaged: HashMap<String, u32>,
    is_too_old: bool,
}

/// Sends every file that Central is to have and has not got. What has come there is not sent again,
/// whoever ended in between. Dropping the future is safe at any point.
pub async fn send<R: FileRemote, S: Shelf>(
    store: &Store,
    (remote, shelf): (&R, &S),
    now: DateTime<Utc>,
    (pace, sizes): (Pace, PartSizes),
    cancel: &CancellationToken,
    on_progress: OnProgress<'_>,
) -> (FilesReport, Result<End, SyncFailure>) {
    let mut run = Run {
        store,
        remote,
        shelf,
        now,
        pace,
        sizes,
        size: sizes.first.clamp(sizes.least, sizes.most),
        files: 1,
        ahead: HashMap::new(),
        known: Known::default(),
        local: Local::default(),
        report: FilesReport::default(),
        damaged: HashMap::new(),
        is_too_old: false,
    };
    let result = run.run(cancel, on_progress).await;
    (run.report, result)
}

impl<R: FileRemote, S: Shelf> Run<'_, R, S> {
    async fn run(
        &mut self,
        cancel: &CancellationToken,
        on_progress: OnProgress<'_>,
    ) -> Result<End, SyncFailure> {
        self.look().await?;
        self.load().await?;
        let (remote, shelf, sizes) = (self.remote, self.shelf, self.sizes);
        let mut under_way = FuturesUnordered::new();
        let mut arrived = Vec::new();
        loop {
            if cancel.is_cancelled() {
                return Err(SyncFailure::Cancelled);
            }
            let count = count_waiting(self.store);
            self.local.has_waiting = beside(&mut under_way, &mut arrived, count).await? > 0;
            let op = plan(&self.local, &self.known);
            match op {
                Op::Send { file, at } if self.local.under_way.len() < self.files => {
                    self.show(&file, at, on_progress);
                    self.local.under_way.push(file.sha256.clone());
                    let ahead = self.ahead.remove(&file.sha256);
                    let ahead = ahead.filter(|it| it.at == at && it.part.len() <= self.size);
                    under_way.push(send_part(
                        (remote, shelf),
                        (file, at),
                        ahead,
                        (self.size, sizes),
                    ));
                    continue;
                }
                // Whatever else is to be done waits for what is on its way.
                _ if !self.local.under_way.is_empty() => {}
                Op::Ask(files) => {
                    tokio::select! {
                        asked = self.ask(files) => asked?,
                        () = cancel.cancelled() => return Err(SyncFailure::Cancelled),
                    }
                    if self.is_too_old {
                        return Ok(End::TooOld);
                    }
                    continue;
                }
                Op::GiveWay => return Ok(End::GaveWay),
                Op::Send { .. } | Op::Rest => return Ok(End::Through),
            }
            let went = match arrived.pop() {
                Some(went) => Some(went),
                None => tokio::select! {
                    went = under_way.next() => went,
                    () = cancel.cancelled() => return Err(SyncFailure::Cancelled),
                },
            };
            if let Some(((file, at), went)) = went {
                self.local.under_way.retain(|it| *it != file.sha256);
                let went = went.map_err(failed)?;
                let noted = self.take_note((&file, at), went, on_progress);
                beside(&mut under_way, &mut arrived, noted).await?;
            }
        }
    }

    /// Finds out which files are here of documents that came, or whose folder was put back.
    async fn look(&self) -> Result<(), SyncFailure> {
        let unlooked = files::unlooked(&mut *self.store.read().await?).await?;
        if unlooked.is_empty() {
            return Ok(());
        }
        let mut found = Vec::with_capacity(unlooked.len());
        for sha256 in unlooked {
            let is_here = self.shelf.has(&sha256).await.map_err(failed)?;
            found.push((sha256, is_here));
        }
        let mut tx = self.store.begin_plain().await?;
        for (sha256, is_here) in found {
            files::note_found(&mut tx, &sha256, is_here).await?;
        }
        Ok(self.store.commit(tx, Vec::new()).await?)
    }

    async fn load(&mut self) -> Result<(), SyncFailure> {
        let mut conn = self.store.read().await?;
        let has_synced = state::load(&mut conn).await?.epoch.is_some();
        self.local = Local {
            pace: self.pace,
            ..Local::default()
        };
        if has_synced {
            self.local.unsent = files::unsent(&mut conn).await?;
            let believed = self.now - BELIEVED_FOR..=self.now;
            let limit = servease_wire::sync::files::FILES_MAX;
            self.local.doubted = files::unasked_within(&mut conn, believed, limit).await?;
        }
        Ok(())
    }

    fn show(&self, file: &FileName, at: u64, on_progress: OnProgress<'_>) {
        let unsent = self.local.unsent.iter();
        let others = unsent.filter(|it| it.sha256 != file.sha256);
        let rest = |it: &Unsent| it.size_bytes.saturating_sub(self.known.so_far(it));
        let of_others: u64 = others.map(rest).sum();
        on_progress(FilesProgress {
            sha256: file.sha256.clone(),
            done: at,
            total: file.size_bytes,
            left: of_others + file.size_bytes.saturating_sub(at),
            sent: self.report.sent_bytes,
        });
    }

    async fn ask(&mut self, asked: Vec<FileName>) -> Result<(), SyncFailure> {
        let query = FilesQuery {
            protocol: PROTOCOL,
            files: asked,
        };
        let Some(answer) = self.remote.standings(&query).await? else {
            self.is_too_old = true;
            return Ok(());
        };
        if answer.files.len() != query.files.len() {
            return Err(SyncFailure::Stuck("not every file was answered"));
        }
        let mut tx = self.store.begin_plain().await?;
        for (file, standing) in query.files.iter().zip(&answer.files) {
            self.note(&mut tx, file, standing).await?;
        }
        self.store.commit(tx, Vec::new()).await?;
        let mut doubted = self.local.doubted.iter();
        let has_doubted = doubted.any(|it| query.files.iter().any(|file| file.sha256 == it.sha256));
        for (file, standing) in query.files.into_iter().zip(answer.files) {
            self.settle(&file, standing);
        }
        if has_doubted {
            // What it has lost is to be sent again.
            self.load().await?;
        }
        Ok(())
    }

    /// Writes down what Central has said of a file.
    async fn note(
        &self,
        conn: &mut servease_store::Connection,
        file: &FileName,
        standing: &FileStanding,
    ) -> Result<(), StoreError> {
        match standing {
            FileStanding::Kept => files::note_central(conn, &file.sha256, true, self.now).await,
            FileStanding::Refused { why, detail } => {
                files::note_refused(conn, &file.sha256, why, detail).await
            }
            FileStanding::Arriving { .. } => {
                files::note_central(conn, &file.sha256, false, self.now).await
            }
            FileStanding::Unnamed | FileStanding::Unknown => Ok(()),
        }
    }

    /// Remembers it for this run.
    fn settle(&mut self, file: &FileName, standing: FileStanding) {
        let is_over = !matches!(standing, FileStanding::Arriving { .. });
        if is_over {
            // What is kept or gone is so under every size that documents name.
            let is_whole = !matches!(standing, FileStanding::Unnamed);
            self.local.unsent.retain(|it| {
                it.sha256 != file.sha256 || !is_whole && it.size_bytes != file.size_bytes
            });
        }
        self.known.learn(file, standing);
    }

    /// Draws the conclusions from what became of a part that began there.
    async fn take_note(
        &mut self,
        (file, at): (&FileName, u64),
        went: Went,
        on_progress: OnProgress<'_>,
    ) -> Result<(), SyncFailure> {
        let Went::Out {
            bytes,
            took,
            answer,
            ahead,
        } = went
        else {
            return self.lose(file).await;
        };
        let standing = match answer {
            Ok(standing) => standing,
            Err(error) if error.is_transient() && self.size > self.sizes.least => {
                // On a slow line a shorter part comes through. How far the file is now is asked.
                tracing::info!(size = self.size, %error, "a part did not come through");
                (self.size, self.files) = (self.sizes.after(self.size, None), 1);
                self.known.forget(file);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.files = self.sizes.files_after(self.size, took);
        self.size = self.sizes.after(self.size, Some(took));
        self.report.sent_bytes += bytes;
        if let Some(ahead) = ahead {
            self.ahead.insert(file.sha256.clone(), ahead);
        }
        match &standing {
            FileStanding::Arriving { so_far } if *so_far <= at => {
                // It came damaged, or somebody else of this account began anew.
                let times = self.damaged.entry(file.sha256.clone()).or_default();
                *times += 1;
                if *times > DAMAGED_MAX {
                    self.settle(file, FileStanding::Unknown);
                    return Ok(());
                }
            }
            FileStanding::Kept => {
                self.report.sent += 1;
                self.show(file, file.size_bytes, on_progress);
            }
            FileStanding::Refused { .. } => self.report.refused += 1,
            _ => {}
        }
        if !matches!(standing, FileStanding::Arriving { .. }) {
            let mut tx = self.store.begin_plain().await?;
            self.note(&mut tx, file, &standing).await?;
            self.store.commit(tx, Vec::new()).await?;
        }
        self.settle(file, standing);
        Ok(())
    }

    /// The file is not on this PC, whatever was written down.
    async fn lose(&mut self, file: &FileName) -> Result<(), SyncFailure> {
        let mut tx = self.store.begin_plain().await?;
        files::note_found(&mut tx, &file.sha256, false).await?;
        self.store.commit(tx, Vec::new()).await?;
        self.settle(file, FileStanding::Unknown);
        Ok(())
    }
}

/// Waits for something while parts go on their way: one that nobody polls keeps what it was given, a
/// connection or a lock, from whoever waits for it. What has come through meanwhile is in `arrived`.
async fn beside<F: Future, T>(
    under_way: &mut FuturesUnordered<F>,
    arrived: &mut Vec<F::Output>,
    wanted: impl Future<Output = T>,
) -> T {
    let mut wanted = pin!(wanted);
    loop {
        tokio::select! {
            biased;
            done = &mut wanted => return done,
            Some(went) = under_way.next() => arrived.push(went),
        }
    }
}

async fn count_waiting(store: &Store) -> Result<i64, StoreError> {
    let mut conn = store.read().await?;
    Ok(outbox::count(&mut conn).await?.waiting)
}

/// Sends the part of a file that begins there, and reads the one after it meanwhile.
async fn send_part<R: FileRemote, S: Shelf>(
    (remote, shelf): (&R, &S),
    (file, at): (FileName, u64),
    ahead: Option<Ahead>,
    (size, sizes): (usize, PartSizes),
) -> ((FileName, u64), Result<Went, ShelfError>) {
    let part = match ahead {
        Some(ahead) => Ok(Some(ahead.part)),
        None => read(shelf, &file, at, size).await,
    };
    let part = match part {
        Ok(Some(part)) => part,
        Ok(None) | Err(ShelfError::Missing) => return ((file, at), Ok(Went::Nowhere)),
        Err(error) => return ((file, at), Err(error)),
    };
    let bytes = part.len() as u64;
    let began = Instant::now();
    let put = async {
        let answer = remote.put(&file, at, part).await;
        (answer, began.elapsed())
    };
    let quick = sizes.after(size, Some(Duration::ZERO));
    let next = read_ahead(shelf, &file, at + bytes, quick);
    let ((answer, took), ahead) = tokio::join!(put, next);
    let went = Went::Out {
        bytes,
        took,
        answer,
        ahead,
    };
    ((file, at), Ok(went))
}

/// The part of a file that begins there and has at most so many bytes. None: the file is shorter
/// than was said.
async fn read<S: Shelf>(
    shelf: &S,
    file: &FileName,
    at: u64,
    most: usize,
) -> Result<Option<Bytes>, ShelfError> {
    let left = file.size_bytes.saturating_sub(at);
    let length = usize::try_from(left).map_or(most, |left| left.min(most));
    let part = shelf.read(&file.sha256, at, length).await?;
    Ok((part.len() == length).then(|| Bytes::from(part)))
}

/// The part that is likely to be next. What cannot be read is found out when it is its turn.
async fn read_ahead<S: Shelf>(shelf: &S, file: &FileName, at: u64, most: usize) -> Option<Ahead> {
    if at >= file.size_bytes {
        return None;
    }
    let part = read(shelf, file, at, most).await.ok()??;
    Some(Ahead { at, part })
}

pub(super) fn failed(error: ShelfError) -> SyncFailure {
    match error {
        ShelfError::Failed(error) if error.kind() == std::io::ErrorKind::StorageFull => {
            StoreError::DiskFull.into()
        }
        ShelfError::Busy => StoreError::Busy.into(),
        other => SyncFailure::Shelf(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_on_a_quick_line_and_shrink_on_a_slow_one() {
        let sizes = PartSizes::default();
        let mut size = sizes.first;
        for _ in 0..9 {
            size = sizes.after(size, Some(Duration::from_millis(30)));
        }
        assert_eq!(size, PART_BYTES_MAX);
        assert_eq!(sizes.after(size, Some(Duration::from_secs(5))), size);
        for _ in 0..9 {
            size = sizes.after(size, Some(Duration::from_secs(20)));
        }
        assert_eq!(size, sizes.least);
        assert_eq!(sizes.after(sizes.first, None), sizes.first / 2);
    }

    #[test]
    fn others_go_beside_a_file_only_where_the_longest_parts_come_through_at_once() {
        let sizes = PartSizes::default();
        let files = |size, ms| sizes.files_after(size, Duration::from_millis(ms));
        assert_eq!(files(PART_BYTES_MAX, 5), 4);
        assert_eq!(files(PART_BYTES_MAX, 500), 1);
        assert_eq!(files(sizes.first, 5), 1);
    }
}
