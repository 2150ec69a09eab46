//! Files on their way: to Central, from it when somebody opens a document, and how each stands.

mod shelf;

use servease_domain::{EntityKind, Record};
use servease_store::{documents, files, rows, settings};
use servease_sync::SyncFailure;
use servease_sync::files::{
    End, FileRemote, FilesProgress, FilesReport, Pace, PartSizes, fetch, send,
};
use servease_wire::sync::files::FileName;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::shelf::Vaulted;
use super::vault::blocking;
use super::views::{FileOnItsWay, FileStanding, FileState, FilesPace, FilesStatus};
use crate::{Desk, Failure, Result};

/// What was brought only to be looked at takes no more room than this.
const FETCHED_MAX_BYTES: u64 = 2 << 30;

/// Of this PC, since lines differ between them.
const PACE: &str = "files.pace";

impl Desk {
    /// One run: every file that Central is to have and has not got is sent, unless somebody has
    /// paused that. The report says what was done until a failure, too.
    ///
    /// Errors: NotSignedIn; Remote; SyncStuck; Cancelled; those of the store.
    pub async fn send_files(
        &self,
        cancel: &CancellationToken,
        on_progress: &(dyn Fn(FilesProgress) + Send + Sync),
    ) -> (FilesReport, Result<End>) {
        match self.remote().await {
            Ok(remote) => self.send_files_to(&remote, cancel, on_progress).await,
            Err(failure) => (FilesReport::default(), Err(failure)),
        }
    }

    /// The same over a line that is there already.
    pub async fn send_files_to(
        &self,
        remote: &impl FileRemote,
        cancel: &CancellationToken,
        on_progress: &(dyn Fn(FilesProgress) + Send + Sync),
    ) -> (FilesReport, Result<End>) {
        match self.shelf_and_pace().await {
            Ok(Some((shelf, pace))) => {
                let how = (pace, PartSizes::default());
                let (line, now) = ((remote, &shelf), self.clock.now());
                let run = send(&self.store, line, now, how, cancel, on_progress);
                let (report, result) = run.await;
                (report, result.map_err(Failure::from))
            }
            // Without a folder there are no files.
            Ok(None) => (FilesReport::default(), Ok(End::Through)),
            Err(failure) => (FilesReport::default(), Err(failure)),
        }
    }

    /// The files of this PC, where there is anything to be done with them.
    async fn shelf_and_pace(&self) -> Result<Option<(Vaulted, Pace)>> {
        if self.store.path().is_none() {
            return Ok(None);
        }
        {
            let mut conn = self.store.read().await?;
            // Whoever has no papers asks no keyring.
            if documents::live_files(&mut conn).await?.is_empty() {
                return Ok(None);
            }
        }
        let shelf = match self.has_files() {
            true => match self.vault().await {
                Ok(vault) => Vaulted(Some(vault)),
                // `doctor` tells of it; what is not readable here is not sent, and records go on.
                Err(failure @ (Failure::FileKeyLost | Failure::FileKeySilent)) => {
                    tracing::warn!(error = %failure, "files wait for their key");
                    return Ok(None);
                }
                Err(failure) => return Err(failure),
            },
            false => Vaulted(None),
        };
        Ok(Some((shelf, self.pace().await?)))
    }

    pub(crate) async fn pace(&self) -> Result<Pace> {
        let stored = settings::find(&mut *self.store.read().await?, PACE).await?;
        // A word of a newer program is no reason to send nothing.
        Ok(stored
            .and_then(|word| word.parse().ok())
            .unwrap_or(Pace::Idle))
    }

    /// When files are sent from this PC.
    pub async fn set_files_pace(&self, pace: FilesPace) -> Result<()> {
        let word: &str = Pace::from(pace).into();
        let mut tx = self.store.begin_plain().await?;
        settings::set(&mut tx, PACE, word).await?;
        Ok(self.store.commit(tx, Vec::new()).await?)
    }

    /// How the files of this desk stand with Central.
    pub async fn files_status(&self) -> Result<FilesStatus> {
        let pace = self.pace().await?;
        let counts = files::count(&mut *self.store.read().await?).await?;
        Ok(FilesStatus {
            waiting: counts.waiting,
            waiting_bytes: counts.waiting_bytes,
            refused: counts.refused,
            pace: pace.into(),
        })
    }

    /// The file that a run is sending, as screens tell it.
    pub(crate) async fn on_its_way(&self, now: &FilesProgress) -> Result<FileOnItsWay> {
        let mut conn = self.store.read().await?;
        let document = documents::find_with_content(&mut conn, &now.sha256, None).await?;
        let title = document.map(|it| it.title()).unwrap_or_default();
        Ok(FileOnItsWay {
            title,
            done: now.done,
            total: now.total,
            sent: now.sent,
            all: now.sent.saturating_add(now.left),
        })
    }

    /// Brings the file of a document here, where it is not yet.
    ///
    /// Errors: NotFound; FileNotHere when it is not at Central either, or nobody is signed in; Remote;
    /// those of the vault.
    pub async fn fetch_document(&self, id: Uuid) -> Result<()> {
        self.fetch_document_with(id, &CancellationToken::new(), &|_| {})
            .await
    }

    /// Brings the file of a document here, and tells how far it is.
    ///
    /// Errors: those of [`Desk::fetch_document`]; Cancelled.
    pub async fn fetch_document_with(
        &self,
        id: Uuid,
        cancel: &CancellationToken,
        on_progress: &(dyn Fn(FilesProgress) + Send + Sync),
    ) -> Result<()> {
        let document = self.record(EntityKind::Document, id).await?;
        if self.has_file(&document).await? {
            return Ok(());
        }
        let remote = match self.remote().await {
            Err(Failure::NotSignedIn) => return Err(Failure::FileNotHere(document.id)),
            remote => remote?,
        };
        self.fetch_from(&remote, &document, cancel, on_progress)
            .await
    }

    async fn has_file(&self, document: &Record) -> Result<bool> {
        if !self.has_files() {
            return Ok(false);
        }
        let sha256 = document.get("sha256").as_text().to_owned();
        let vault = self.vault().await?;
        blocking(move || Ok(vault.find(&sha256).is_ok())).await
    }

    /// The same over a line that is there already.
    pub async fn fetch_from(
        &self,
        remote: &impl FileRemote,
        document: &Record,
        cancel: &CancellationToken,
        on_progress: &(dyn Fn(FilesProgress) + Send + Sync),
    ) -> Result<()> {
        let sha256 = document.get("sha256").as_text();
        let size = document.get("file_size").as_integer();
        let size_bytes = size.and_then(|size| u64::try_from(size).ok());
        let Some(size_bytes) = size_bytes.filter(|_| servease_files::is_hash(sha256)) else {
            return Err(Failure::FileNotHere(document.id));
        };
        let shelf = Vaulted(Some(self.vault().await?));
        let file = FileName {
            sha256: sha256.to_owned(),
            size_bytes,
        };
        match fetch((remote, &shelf), &file, cancel, on_progress).await {
            Ok(true) => {}
            Ok(false) => return Err(Failure::FileNotHere(document.id)),
            Err(SyncFailure::Stuck(_)) => return Err(Failure::FileDamaged(document.id)),
            Err(failure) => return Err(failure.into()),
        }
        let mut tx = self.store.begin_plain().await?;
        files::note_fetched(&mut tx, sha256, self.clock.now()).await?;
        self.store.commit(tx, Vec::new()).await?;
        self.make_room(FETCHED_MAX_BYTES).await
    }

    /// Removes what was brought to be looked at beyond a budget in bytes, what was not looked at for
    /// longest first. Central has all of it; what was taken in here stays.
    pub async fn make_room(&self, budget: u64) -> Result<()> {
        let vault = self.vault().await?;
        let store = self.store.clone();
        let runtime = tokio::runtime::Handle::current();
        blocking(move || {
            vault.evict(|| {
                runtime.block_on(async {
                    let surplus = files::surplus(&mut *store.read().await?, budget).await?;
                    if surplus.is_empty() {
                        return Ok(surplus);
                    }
                    let mut tx = store.begin_plain().await?;
                    // Written down first: a file that is there all the same is found again.
                    for sha256 in &surplus {
                        files::note_found(&mut tx, sha256, false).await?;
                    }
                    store.commit(tx, Vec::new()).await?;
                    Ok::<_, Failure>(surplus)
                })
            })
        })
        .await?;
        Ok(())
    }

    /// Remembers that somebody has looked at a file, where that decides how long it stays.
    pub(super) async fn note_looked_at(&self, sha256: &str) -> Result<()> {
        let known = files::find(&mut *self.store.read().await?, sha256).await?;
        if known.is_none_or(|known| !known.is_fetched) {
            return Ok(());
        }
        let mut tx = self.store.begin_plain().await?;
        files::note_used(&mut tx, sha256, self.clock.now()).await?;
        Ok(self.store.commit(tx, Vec::new()).await?)
    }

    /// How the files of some documents stand, in their order.
    pub async fn file_standings(&self, documents: &[Record]) -> Result<Vec<FileStanding>> {
        let has_server = self.account().await?.is_some();
        let mut conn = self.store.read().await?;
        let mut standings = Vec::with_capacity(documents.len());
        for document in documents {
            let sha256 = document.get("sha256").as_text();
            let known = files::find(&mut conn, sha256).await?.unwrap_or_default();
            let is_refused = known.is_here && !known.refusal.is_empty();
            let file_state = if is_refused {
                FileState::Refused
            } else if known.is_here && !known.is_at_central && has_server {
                FileState::OnItsWay
            } else if known.is_here {
                FileState::Here
            } else if known.is_at_central
                || rows::is_known_to_central(&mut conn, EntityKind::Document, document.id).await?
            {
                FileState::AtCentral
            } else {
                FileState::Missing
            };
            standings.push(FileStanding {
                file_state,
                file_refusal: is_refused.then_some(known.refusal),
            });
        }
        Ok(standings)
    }

    /// Documents whose file Central does not take and that nobody has given up, with the reason's
    /// word; of documents with one content the oldest.
    pub(crate) async fn refused_files(&self) -> Result<Vec<(Record, String)>> {
        let mut conn = self.store.read().await?;
        let mut found = Vec::new();
        for sha256 in files::refused(&mut conn).await? {
            let known = files::find(&mut conn, &sha256).await?.unwrap_or_default();
            let document = documents::find_with_content(&mut conn, &sha256, None).await?;
            found.extend(document.map(|document| (document, known.refusal)));
        }
        Ok(found)
    }

    /// Decides about a refused file by its document. False: there is nothing of the kind to decide.
    pub(crate) async fn decide_file(&self, document: Uuid, decision: Decision) -> Result<bool> {
        let mut tx = self.store.begin_plain().await?;
        let Some(document) = rows::find(&mut tx, EntityKind::Document, document).await? else {
            return Ok(false);
        };
        let sha256 = document.get("sha256").as_text();
        let done = match decision {
            Decision::Retry => files::retry(&mut tx, sha256).await?,
            Decision::GiveUp => files::give_up(&mut tx, sha256, true).await?,
            Decision::TakeUp => files::give_up(&mut tx, sha256, false).await?,
        };
        self.store.commit(tx, Vec::new()).await?;
        Ok(done)
    }
}

/// What somebody decides about a file that Central does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Retry,
    GiveUp,
    TakeUp,
}

impl From<Pace> for FilesPace {
    fn from(pace: Pace) -> FilesPace {
        match pace {
            Pace::Now => FilesPace::Now,
            Pace::Idle => FilesPace::Idle,
            Pace::Paused => FilesPace::Paused,
        }
    }
}

impl From<FilesPace> for Pace {
    fn from(pace: FilesPace) -> Pace {
        match pace {
            FilesPace::Now => Pace::Now,
            FilesPace::Idle => Pace::Idle,
            FilesPace::Paused => Pace::Paused,
        }
    }
}
