//! The use cases of the application: what the window and the command line call.
//!
//! Each use case validates through `domain`, then writes rows and mutations in one step of
//! the `store`. Nothing here knows Tauri, arguments of a command line, or words in a human
//! language.

mod alerts;
pub mod clock;
mod counter;
pub mod demo;
mod doctor;
mod documents;
mod failure;
pub mod folder;
mod garage;
mod records;
mod secret;
mod sync;
mod vehicles;
mod watch;

/// What the window and the command line are given.
pub mod views {
    pub use crate::alerts::views::*;
    pub use crate::counter::views::*;
    pub use crate::documents::views::*;
    pub use crate::garage::views::*;
    pub use crate::records::views::*;
    pub use crate::sync::views::*;
}

use std::path::Path;
use std::sync::{Arc, OnceLock};

use servease_platform::private;
use servease_store::Store;
pub use servease_store::lists::Page;
use servease_sync::http::Client;
use uuid::Uuid;

pub use alerts::{AlertWatch, Notices, calendar_file};
pub use clock::Clock;
pub use doctor::{Health, examine_folder};
use documents::vault::Vault;
pub use documents::{Source, ToKeep, inbox};
pub use failure::{Failure, FailureCode, FailureView};
pub use folder::DataFolder;
pub use servease_files::key::FileKey;
pub use servease_sync::Report;
pub use servease_sync::files::{End as FilesEnd, FilesProgress, FilesReport};
pub use sync::notice::{SyncNotice, SyncTrouble};
pub use sync::pace::Pace;
pub use sync::run::Activity;
pub use sync::task::{Rhythm, Run, SyncTask};
pub use watch::{News, RecordNews, Watch};

/// The result of a use case.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// The application on one data folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    store: Store,
    clock: Clock,
    /// Who works with this handle, where that is not the PC's setting (`servease --as`).
    employee: Option<Uuid>,
    /// Made when it is first needed, since it reads the system's certificates; kept, since its
    /// connections are.
    client: Arc<OnceLock<Client>>,
    vault: Vault,
}

impl Desk {
    /// Opens the database of a data folder, making both when they are not there.
    ///
    /// Errors: those of [`Store::open`].
    pub async fn open(folder: &Path, clock: Clock) -> Result<Desk> {
        private::make_folder(folder).map_err(Failure::Folder)?;
        private::tighten(folder, &folder::NAMES);
        // What stands in the way is told by whoever opens it, in words.
        let _ = private::make_file(&folder.join(folder::DATABASE));
        let store = Store::open(&folder.join(folder::DATABASE), clock.now()).await?;
        Ok(Desk::over(store, clock))
    }

    /// The application over a store that is open already.
    pub fn over(store: Store, clock: Clock) -> Desk {
        Desk {
            store,
            clock,
            employee: None,
            client: Arc::default(),
            vault: Vault::default(),
        }
    }

    /// This desk in somebody else's hands: their name stands on what they change.
    pub fn working_as(mut self, employee: Uuid) -> Desk {
        self.employee = Some(employee);
        self
    }

    /// This desk with a key for its files that somebody brought: no keyring is asked.
    pub fn with_file_key(mut self, key: FileKey) -> Desk {
        self.vault = Vault::with_key(key);
        self
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Closes the database; what was confirmed is in the file.
    pub async fn close(&self) {
        self.store.close().await;
    }
}
