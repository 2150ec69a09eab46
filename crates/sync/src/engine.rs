//! Doing what the plan says.

mod particular;
mod upload;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use servease_store::ready::take_in;
use servease_store::sync::{feed, outbox, rewind, snapshot, state};
use servease_store::{Store, known_schema};
use servease_wire::sync::{
    BATCH_BYTES_MAX, BeginQuery, ChangesQuery, Checkpoint, CommonQuery, ENTRIES_MAX, FileState,
    MUTATIONS_MAX, PROTOCOL, ROWS_MAX, ReadyFile, RefusalCode, RowsQuery,
};
use tokio_util::sync::CancellationToken;

use crate::failure::SyncFailure;
use crate::first::{self, Came};
use crate::place::{PASSES_MAX, SnapshotPlace};
use crate::plan::{Begin, Known, Local, Op, plan};
use crate::progress::{OnProgress, Progress, Stage};
use crate::remote::{Remote, RemoteError};

/// How much goes over the line at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub mutations: usize,
    pub bytes: usize,
    pub entries: usize,
    pub rows: usize,
    /// From so many changes on a desk begins with the present state instead of the past.
    pub begin_from: i64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            mutations: MUTATIONS_MAX,
            // Half of what Central takes: the rest is for what JSON adds.
            bytes: BATCH_BYTES_MAX / 2,
            entries: ENTRIES_MAX,
            rows: ROWS_MAX,
            // Two pages of changes are here before a file would be unpacked.
            begin_from: 2_000,
        }
    }
}

/// What a run came to. The numbers are those of this run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub pushed: u64,
    pub pulled: u64,
    pub merged: u64,
    pub conflicts: u64,
    pub duplicates: u64,
    /// What waits now: not sent, or for another record.
    pub waiting: u64,
    pub rejected: u64,
    pub cursor: i64,
    /// Changes that this program could not take in; the status says how many there are.
    #[serde(default, skip_serializing)]
    pub set_aside: u64,
}

impl Report {
    /// Two runs as one: what the second one says of what waits counts.
    #[must_use]
    pub fn and(self, later: Report) -> Report {
        Report {
            pushed: self.pushed + later.pushed,
            pulled: self.pulled + later.pulled,
            merged: self.merged + later.merged,
            conflicts: self.conflicts + later.conflicts,
            duplicates: self.duplicates + later.duplicates,
            set_aside: self.set_aside + later.set_aside,
            ..later
        }
    }
}

/// Going back more often than this in one run means that the two sides cannot be brought
/// together by it.
const REWINDS_MAX: u32 = 3;

/// After so many damaged files the rows are taken.
const DAMAGED_MAX: u32 = 2;

struct Run<'a, R> {
    store: &'a Store,
    remote: &'a R,
    now: &'a (dyn Fn() -> DateTime<Utc> + Send + Sync),
    limits: Limits,
    known: Known,
    report: Report,
    /// Mutations that Central has said something about.
    answered: u64,
    rewinds: u32,
    offer: Option<ReadyFile>,
    damaged: u32,
}

/// Brings both sides to agree: everything that waits is sent, everything new is taken in.
/// Dropping the future is safe at any point; `cancel` ends it between two steps.
pub async fn sync<R: Remote>(
    store: &Store,
    remote: &R,
    now: &(dyn Fn() -> DateTime<Utc> + Send + Sync),
    limits: Limits,
    cancel: &CancellationToken,
    on_progress: OnProgress<'_>,
) -> (Report, Result<(), SyncFailure>) {
    let mut run = Run {
        store,
        remote,
        now,
        limits,
        known: Known {
            has_news: true,
            ..Known::default()
        },
        report: Report::default(),
        answered: 0,
        rewinds: 0,
        offer: None,
        damaged: 0,
    };
    let result = run.run(cancel, on_progress).await;
    if result.is_err() {
        // A run that ends well has just looked. Where even this fails, the failure stands.
        let _ = run.local().await;
    }
    (run.report, result)
}

impl<R: Remote> Run<'_, R> {
    async fn run(
        &mut self,
        cancel: &CancellationToken,
        on_progress: OnProgress<'_>,
    ) -> Result<(), SyncFailure> {
        let mut is_first_look = true;
        loop {
            if cancel.is_cancelled() {
                return Err(SyncFailure::Cancelled);
            }
            let (local, state) = self.local().await?;
            if std::mem::take(&mut is_first_look) && state.cursor > 0 {
                self.store
                    .path()
                    .inspect(|path| first::remove_leftovers(path));
            }
            let Some(op) = plan(&local, &self.known).first().copied() else {
                return Ok(());
            };
            let done = tokio::select! {
                done = self.step(op, &local, state, on_progress) => done,
                () = cancel.cancelled() => return Err(SyncFailure::Cancelled),
            };
            match done {
                Err(SyncFailure::Remote(RemoteError::Refused { code, .. }))
                    if matches!(
                        code,
                        RefusalCode::EpochChanged | RefusalCode::Diverged | RefusalCode::Expired
                    ) =>
                {
                    self.known.refusal = Some(code);
                }
                other => other?,
            }
        }
    }

    /// Where the desk stands; the report says so too.
    async fn local(&mut self) -> Result<(Local, state::SyncState), SyncFailure> {
        let mut conn = self.store.read().await?;
        let (state, counts) = state::load_and_count(&mut conn).await?;
        self.report.waiting = u64::try_from(counts.waiting + counts.parked).unwrap_or(0);
        self.report.rejected = u64::try_from(counts.rejected).unwrap_or(0);
        self.report.cursor = state.cursor;
        let can_begin = self.store.path().is_some()
            && state.cursor == 0
            && take_in::can_begin(&mut conn).await?;
        let local = Local {
            can_begin,
            is_enrolled: state.desk.is_some(),
            cursor: state.cursor,
            waiting: counts.waiting,
            parked: counts.parked,
            is_taking_snapshot: state.snapshot.is_some(),
            wants_particular: state.particular.is_some(),
        };
        Ok((local, state))
    }

    async fn step(
        &mut self,
        op: Op,
        local: &Local,
        state: state::SyncState,
        on_progress: OnProgress<'_>,
    ) -> Result<(), SyncFailure> {
        match op {
            Op::Enroll => self.enroll().await,
            Op::Rewind => self.rewind().await,
            Op::AskHow => self.ask_how(&state, on_progress).await,
            Op::TakeFile => self.take_file(on_progress).await,
            Op::TakeSnapshot if local.can_begin => self.take_rows(on_progress).await,
            Op::TakeSnapshot => self.take_snapshot(state, on_progress).await,
            Op::TakeParticular => self.take_particular(&state).await,
            Op::Push => self.push(state, local.waiting, on_progress).await,
            Op::Pull => {
                let left = self.known.seq.unwrap_or(local.cursor) - local.cursor;
                on_progress(Progress::Pulling {
                    left: u64::try_from(left).unwrap_or(0),
                });
                self.pull(state, false).await
            }
            Op::Wake => self.wake().await,
            Op::GiveUp(code) => Err(RemoteError::Refused {
                code,
                detail: String::new(),
            }
            .into()),
        }
    }

    async fn enroll(&self) -> Result<(), SyncFailure> {
        let mut tx = self.store.begin_plain().await?;
        // Another program of the same data folder may have been quicker.
        if state::load(&mut tx).await?.desk.is_none() {
            let desk = self.store.new_id((self.now)());
            state::save_desk(&mut tx, desk).await?;
        }
        Ok(self.store.commit(tx, Vec::new()).await?)
    }

    async fn wake(&mut self) -> Result<(), SyncFailure> {
        let mut tx = self.store.begin_plain().await?;
        outbox::wake(&mut tx).await?;
        self.store.commit(tx, Vec::new()).await?;
        self.known.has_news = false;
        Ok(())
    }

    async fn pull(&mut self, state: state::SyncState, full: bool) -> Result<(), SyncFailure> {
        let mut state = state;
        let mut full = full;
        for _ in 0..2 {
            let query = ChangesQuery {
                protocol: PROTOCOL,
                desk: state.desk.unwrap_or_default(),
                epoch: state.epoch.clone(),
                after: state.cursor,
                known_seq: state.known.map(|place| place.seq),
                known_stamp: state.known.map(|place| place.stamp),
                limit: self.limits.entries,
                full,
            };
            let page = self.remote.changes(&query).await?;
            let is_empty = page.entries.is_empty() && page.unreadable.is_empty();
            if is_empty && page.cursor <= state.cursor && page.seq > state.cursor {
                return Err(SyncFailure::Stuck("the feed stands still"));
            }
            if is_empty
                && page.cursor == state.cursor
                && state.epoch.as_deref() == Some(&page.epoch)
            {
                // Nothing to write down: the most frequent of all answers.
                self.known.seq = Some(page.seq);
                return Ok(());
            }
            let mut tx = self.store.begin_plain().await?;
            // Another program may have pulled since the question was asked.
            if state::load(&mut tx).await?.cursor != state.cursor {
                return Ok(());
            }
            match feed::apply(&mut tx, state.cursor, &page, state.epoch.as_deref()).await? {
                feed::Taken::Applied {
                    changed,
                    pulled,
                    set_aside,
                } => {
                    self.store.commit(tx, changed).await?;
                    self.report.pulled += pulled;
                    self.report.set_aside += set_aside;
                    self.known.has_news |= pulled > 0;
                    self.known.seq = Some(page.seq);
                    return Ok(());
                }
                feed::Taken::NeedsFull { is_stranger } => {
                    if is_stranger {
                        let desk = self.store.new_id((self.now)());
                        state::save_desk(&mut tx, desk).await?;
                        self.store.commit(tx, Vec::new()).await?;
                        state.desk = Some(desk);
                    }
                    full = true;
                }
            }
        }
        Err(SyncFailure::Stuck("own changes are not shown in full"))
    }

    async fn rewind(&mut self) -> Result<(), SyncFailure> {
        self.rewinds += 1;
        if self.rewinds > REWINDS_MAX {
            return Err(SyncFailure::Stuck("the two pasts cannot be joined"));
        }
        let known = {
            let mut conn = self.store.read().await?;
            rewind::list_known(&mut conn).await?
        };
        let answer = self.remote.common(&CommonQuery { known }).await?;
        let mut tx = self.store.begin_plain().await?;
        rewind::rewind(&mut tx, &answer.epoch, answer.base).await?;
        // A snapshot of the other past is worth nothing. Where the rows know more of that past
        // than the log, they are compared with Central's one by one; a snapshot that was not
        // finished has left rows too.
        let state = state::load(&mut tx).await?;
        let unfinished = stored_place(&state).map_or(0, |place| place.newest().seq);
        let knows_more = state.snapshot_seq.max(unfinished) > answer.base;
        let place = SnapshotPlace {
            is_after_rewind: true,
            ..SnapshotPlace::default()
        };
        let text = serde_json::to_string(&place).unwrap_or_default();
        state::save_snapshot(&mut tx, if knows_more { &text } else { "" }).await?;
        self.store.commit(tx, Vec::new()).await?;
        self.known.refusal = None;
        self.known.seq = None;
        self.known.begin = None;
        Ok(())
    }

    async fn ask_how(
        &mut self,
        state: &state::SyncState,
        on_progress: OnProgress<'_>,
    ) -> Result<(), SyncFailure> {
        let query = BeginQuery {
            protocol: PROTOCOL,
            schema: known_schema(),
            worth_from: self.limits.begin_from,
            takes_particular: true,
        };
        let Some(answer) = self.remote.begin(&query).await? else {
            self.known.begin = Some(Begin::Changes);
            return Ok(());
        };
        if state
            .epoch
            .as_ref()
            .is_some_and(|known| *known != answer.epoch)
        {
            self.known.refusal = Some(RefusalCode::EpochChanged);
            return Ok(());
        }
        self.known.begin = match answer.file {
            FileState::Building { rows, total } => {
                // Central has waited before it answered: asked again at once it waits again.
                on_progress(Progress::File {
                    stage: Stage::Making,
                    done: rows,
                    total,
                });
                None
            }
            _ if answer.seq < self.limits.begin_from => Some(Begin::Changes),
            FileState::Ready(offer)
                if self.damaged < DAMAGED_MAX && offer.schema == known_schema() =>
            {
                self.offer = Some(offer);
                Some(Begin::File)
            }
            FileState::Ready(_) | FileState::None | FileState::Unknown => Some(Begin::Rows),
        };
        if self.known.begin == Some(Begin::Changes) && answer.seq > state.cursor {
            self.known.seq = Some(answer.seq);
        }
        Ok(())
    }

    async fn take_file(&mut self, on_progress: OnProgress<'_>) -> Result<(), SyncFailure> {
        let (Some(offer), Some(path)) = (self.offer.take(), self.store.path()) else {
            self.known.begin = None;
            return Ok(());
        };
        let folder = first::Folder::open(path).await?;
        let came = first::take_file(self.store, self.remote, folder, &offer, on_progress).await?;
        self.settle_first(came);
        Ok(())
    }

    async fn take_rows(&mut self, on_progress: OnProgress<'_>) -> Result<(), SyncFailure> {
        let Some(path) = self.store.path() else {
            return Err(SyncFailure::Stuck("no file"));
        };
        let folder = first::Folder::open(path).await?;
        let limit = self.limits.rows;
        let came = first::take_rows(self.store, self.remote, folder, limit, on_progress).await?;
        self.settle_first(came);
        Ok(())
    }

    fn settle_first(&mut self, came: Came) {
        match came {
            Came::Done => {
                self.known.refusal = None;
                self.known.has_news = true;
            }
            Came::Damaged => self.damaged += 1,
            Came::NotNow | Came::Gone => {}
        }
        // Whatever came of it: what to do next is asked anew.
        self.known.begin = None;
    }

    async fn take_snapshot(
        &mut self,
        state: state::SyncState,
        on_progress: OnProgress<'_>,
    ) -> Result<(), SyncFailure> {
        let stored = stored_place(&state);
        let query = RowsQuery {
            protocol: PROTOCOL,
            entity: stored.as_ref().and_then(|place| place.entity.clone()),
            after: stored.as_ref().and_then(|place| place.after),
            limit: self.limits.rows,
            particular: false,
        };
        let page = self.remote.rows(&query).await?;
        let is_of_this_epoch = state
            .epoch
            .as_ref()
            .is_none_or(|known| *known == page.epoch);
        let is_of_this_past = match &stored {
            Some(place) if is_of_this_epoch => place.precedes(&page, self.remote).await?,
            _ => is_of_this_epoch,
        };
        if !is_of_this_past {
            // Central was restored meanwhile. What it has lost is found out first; then the
            // rows are read anew.
            self.known.refusal = Some(RefusalCode::Diverged);
            return Ok(());
        }
        let mut tx = self.store.begin_plain().await?;
        let is_after_rewind = stored.as_ref().is_some_and(|place| place.is_after_rewind);
        let mut place = match stored {
            Some(place) if place.has_begun() => place,
            _ => {
                snapshot::begin(&mut tx).await?;
                SnapshotPlace {
                    is_after_rewind,
                    ..SnapshotPlace::of(&page)
                }
            }
        };
        let taken = snapshot::apply(&mut tx, &page.rows, page.seq).await?;
        let mut changed = taken.changed;
        place.note(&page);
        place.too_early += taken.too_early;
        place.rows += page.rows.len() as u64;
        if let Some(row) = page.rows.last() {
            place.entity = Some(row.entity.clone());
            place.after = Some(row.record);
        }
        if page.is_last && place.too_early > 0 {
            // What was made while the pages were read is complete when they are read again.
            place.passes += 1;
            if place.passes > PASSES_MAX {
                return Err(SyncFailure::Stuck("rows refer to others that do not come"));
            }
            place = SnapshotPlace {
                entity: None,
                after: None,
                too_early: 0,
                rows: 0,
                ..place
            };
            let text = serde_json::to_string(&place).unwrap_or_default();
            state::save_snapshot(&mut tx, &text).await?;
        } else if page.is_last {
            let missing = if place.is_after_rewind {
                snapshot::Missing::PassOn
            } else {
                snapshot::Missing::Delete
            };
            changed.extend(snapshot::finish(&mut tx, missing).await?);
            let newest = place.newest();
            state::save_snapshot_seq(&mut tx, newest.seq).await?;
            state::save_cursor(&mut tx, &place.epoch, place.seq).await?;
            let reached = Checkpoint {
                seq: place.seq,
                stamp: place.stamp,
            };
            state::save_place(&mut tx, reached).await?;
            state::save_place(&mut tx, newest).await?;
            state::save_snapshot(&mut tx, "").await?;
            // All that shows to this account is among the rows.
            state::save_particular(&mut tx, "").await?;
        } else if page.rows.is_empty() {
            return Err(SyncFailure::Stuck("the snapshot stands still"));
        } else {
            let text = serde_json::to_string(&place).unwrap_or_default();
            state::save_snapshot(&mut tx, &text).await?;
        }
        self.store.commit(tx, changed).await?;
        self.known.refusal = None;
        self.known.has_news = true;
        on_progress(Progress::Snapshot {
            rows: place.rows,
            total: place.total,
        });
        Ok(())
    }
}

/// Where a snapshot that is being taken row by row has come to.
fn stored_place(state: &state::SyncState) -> Option<SnapshotPlace> {
    serde_json::from_str(state.snapshot.as_deref()?).ok()
}
