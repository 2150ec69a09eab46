//! Where a first sync keeps what has arrived so far. One program of the data folder uses it at
//! a time.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use servease_platform::files;
use servease_store::StoreError;
use servease_wire::sync::ReadyFile;

use crate::SyncFailure;

const NAME: &str = "first-sync";
const LOCK: &str = "first-sync.lock";

/// How often a second program looks whether the first is done.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The folder, held against other programs until the last clone is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: Arc<File>,
}

pub(crate) fn failed(error: io::Error) -> SyncFailure {
    let error = match error.kind() {
        io::ErrorKind::StorageFull => StoreError::DiskFull,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        _ => StoreError::CannotOpen(error),
    };
    error.into()
}

impl Folder {
    /// Waits until no other program is at it.
    pub async fn open(database: &Path) -> Result<Folder, SyncFailure> {
        let path = database.with_file_name(NAME);
        let lock = files::open_lock(&database.with_file_name(LOCK)).map_err(failed)?;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(fs::TryLockError::WouldBlock) => tokio::time::sleep(LOOK_EVERY).await,
                Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        fs::create_dir_all(&path).map_err(failed)?;
        Ok(Folder {
            path,
            _lock: Arc::new(lock),
        })
    }

    /// The compressed file, as far as it has come.
    pub fn packed(&self) -> PathBuf {
        self.path.join("packed")
    }

    /// The database in it.
    pub fn unpacked(&self) -> PathBuf {
        self.path.join("unpacked.db")
    }

    /// The database that is put together from rows.
    pub fn of_rows(&self) -> PathBuf {
        self.path.join("rows.db")
    }

    fn offer(&self) -> PathBuf {
        self.path.join("offer.json")
    }

    /// Makes the folder that of an offered file: what came of another one is removed.
    pub fn make_ready_for(&self, offer: &ReadyFile) -> Result<(), SyncFailure> {
        let known: Option<ReadyFile> = fs::read(self.offer())
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if known.as_ref() == Some(offer) {
            return Ok(());
        }
        self.clear()?;
        let text = serde_json::to_vec(offer).unwrap_or_default();
        fs::write(self.offer(), text).map_err(failed)
    }

    /// Whether what is announced has room: the file as it comes, what is unpacked from it, and
    /// the same twice more, in the database and in its log until that is written back.
    ///
    /// Errors: DiskFull, before anything was asked for.
    pub fn check_space(&self, offer: &ReadyFile) -> Result<(), SyncFailure> {
        let Some(free_bytes) = files::free_bytes(&self.path) else {
            return Ok(());
        };
        let unpacked = offer.unpacked_bytes.saturating_mul(3);
        if offer.size_bytes.saturating_add(unpacked) > free_bytes {
            return Err(StoreError::DiskFull.into());
        }
        Ok(())
    }

    /// Removes everything that has come so far.
    pub fn clear(&self) -> Result<(), SyncFailure> {
        files::remove_folder(&self.path).map_err(failed)?;
        fs::create_dir_all(&self.path).map_err(failed)
    }

    /// Removes the folder: the desk has begun.
    pub fn remove(&self) {
        let _ = files::remove_folder(&self.path);
    }
}

/// Removes what a crash after the end of a first sync has left, unless somebody is at it.
pub(crate) fn remove_leftovers(database: &Path) {
    let path = database.with_file_name(NAME);
    if !path.exists() {
        return;
    }
    let Ok(lock) = files::open_lock(&database.with_file_name(LOCK)) else {
        return;
    };
    if lock.try_lock().is_ok() {
        let _ = files::remove_folder(&path);
    }
}
