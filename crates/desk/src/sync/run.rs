//! Syncing as a use case: one run, and how the desk stands.

use chrono::{DateTime, TimeDelta, Utc};
use servease_domain::value::instant_text;
use servease_store::settings;
use servease_store::sync::{aside, conflicts, outbox, state};
use servease_sync::files::{End, FilesProgress, FilesReport};
use servease_sync::{Limits, Progress, Report, sync};
use tokio_util::sync::CancellationToken;

use crate::sync::pace::Pace;
use crate::sync::views::{SyncProgress, SyncState, SyncStatus};
use crate::{Desk, Failure, FailureCode, FailureView, Result};

const LAST_SUCCESS: &str = "sync.last_success";

/// When the last run succeeded is shown in minutes: writing it down more often would only
/// wear the disk.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Whoever writes records without a pause does not keep files waiting for ever in one run.
const TURNS_MAX: usize = 20;

/// What a running task knows beyond the database.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Activity {
    pub is_working: bool,
    /// Somebody stopped the last run.
    pub is_paused: bool,
    pub progress: Option<Progress>,
    pub pace: Option<Pace>,
    pub trouble: Option<FailureView>,
    pub last_success: Option<DateTime<Utc>>,
    /// The file that is on its way.
    pub file: Option<FilesProgress>,
}

impl Desk {
    /// One run: everything that waits is sent, everything new is taken in. The report says
    /// what was done until a failure, too.
    ///
    /// Errors: NotSignedIn; Remote; SyncStuck; Cancelled; those of the store.
    pub async fn sync_once(
        &self,
        cancel: &CancellationToken,
        on_progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> (Report, Result<()>) {
        let remote = match self.remote().await {
            Ok(remote) => remote,
            Err(failure) => return (Report::default(), Err(failure)),
        };
        let clock = self.clock.clone();
        let now = move || clock.now();
        let limits = Limits::default();
        let (report, result) = sync(&self.store, &remote, &now, limits, cancel, on_progress).await;
        let result = match result {
            Ok(()) => self.note_success().await,
            Err(failure) => Err(Failure::from(failure)),
        };
        (report, result)
    }

    /// Records and files: what waits is sent, what is new is taken in, until both are through. Records
    /// that are written meanwhile go before the files that are left.
    ///
    /// Errors: those of [`Desk::sync_once`] and [`Desk::send_files`].
    pub async fn sync_all(
        &self,
        cancel: &CancellationToken,
        on_progress: &(dyn Fn(Progress) + Send + Sync),
        on_file: &(dyn Fn(FilesProgress) + Send + Sync),
    ) -> (Report, FilesReport, Result<()>) {
        let (mut report, mut files) = (Report::default(), FilesReport::default());
        for _ in 0..TURNS_MAX {
            let (now, result) = self.sync_once(cancel, on_progress).await;
            report = report.and(now);
            if result.is_err() {
                return (report, files, result);
            }
            let (now, result) = self.send_files(cancel, on_file).await;
            files = files.and(now);
            match result {
                Ok(End::GaveWay) => {}
                Ok(End::Through | End::TooOld) => break,
                Err(failure) => return (report, files, Err(failure)),
            }
        }
        (report, files, Ok(()))
    }

    async fn note_success(&self) -> Result<()> {
        let now = self.clock.now();
        let last = self.last_success().await?;
        // A clock that was set back must not hide successes for years.
        if last.is_some_and(|last| (now - last).abs() < NOTED_EVERY) {
            return Ok(());
        }
        let mut tx = self.store.begin_plain().await?;
        settings::set(&mut tx, LAST_SUCCESS, &instant_text(&now)).await?;
        Ok(self.store.commit(tx, Vec::new()).await?)
    }

    async fn last_success(&self) -> Result<Option<DateTime<Utc>>> {
        let mut conn = self.store.read().await?;
        Ok(settings::find(&mut conn, LAST_SUCCESS)
            .await?
            .and_then(|text| DateTime::parse_from_rfc3339(&text).ok())
            .map(|at| at.to_utc()))
    }

    /// How the desk stands with Central. `activity` is what a running task says, or the
    /// default where none runs.
    pub async fn sync_status(&self, activity: &Activity) -> Result<SyncStatus> {
        let account = self.account().await?;
        let last_success = match activity.last_success {
            Some(at) => Some(at),
            None => self.last_success().await?,
        };
        let duplicates = i64::try_from(self.duplicates().await?.len()).unwrap_or(i64::MAX);
        let files = self.files_status().await?;
        let file = match &activity.file {
            Some(now) => Some(self.on_its_way(now).await?),
            None => None,
        };
        let mut conn = self.store.read().await?;
        let counts = outbox::count(&mut conn).await?;
        let open_conflicts = conflicts::count_open(&mut conn).await?;
        let cursor = state::load(&mut conn).await?.cursor;
        let set_aside = aside::count(&mut conn).await?;
        let needs_sign_in = account
            .as_ref()
            .is_some_and(|account| !account.is_signed_in);
        // Said before somebody signed in: the next run says how it stands now.
        let trouble = activity
            .trouble
            .clone()
            .filter(|trouble| needs_sign_in || trouble.code != FailureCode::NotSignedIn);
        let code = trouble.as_ref().map(|trouble| trouble.code);
        let state = if account.is_none() {
            SyncState::Alone
        } else if activity.is_working && activity.progress.is_some() {
            SyncState::Working
        } else if activity.is_paused {
            SyncState::Paused
        } else if needs_sign_in
            || files.refused > 0
            || counts.rejected > 0
            || open_conflicts > 0
            || duplicates > 0
        {
            SyncState::NeedsAttention
        } else {
            match code {
                None if counts.steps == 0 && last_success.is_some() => SyncState::Synced,
                None => SyncState::Offline,
                Some(FailureCode::Unreachable | FailureCode::ServerBusy) => SyncState::Offline,
                Some(_) => SyncState::NeedsAttention,
            }
        };
        Ok(SyncStatus {
            state,
            account,
            waiting: counts.steps,
            rejected: counts.rejected,
            open_conflicts,
            duplicates,
            cursor,
            set_aside,
            last_success,
            trouble,
            progress: activity.progress.map(SyncProgress::from),
            remaining_s: activity
                .progress
                .zip(activity.pace)
                .and_then(|(progress, pace)| pace.remaining_s(progress, self.clock.now())),
            files,
            file,
        })
    }
}
