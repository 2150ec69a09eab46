//! The files of documents on this PC, and the key that they are sealed with.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use servease_files::key::FileKey;
use servease_files::sealed::{SealedStore, Trouble};
use servease_platform::{files, private};
use servease_store::documents;
use tokio::sync::OnceCell;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::secret::{Place, Purpose, Secret, Silent};
use crate::{Desk, Failure, Result};

/// In the data folder.
const FOLDER: &str = "documents";

/// Which key the files have and where it is, beside them.
const NOTE: &str = "key";

/// Held while a key is made: two programs must not make two.
const LOCK: &str = "key.lock";

/// The sealed files of a desk, opened when they are first needed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vault {
    brought: Option<FileKey>,
    open: Arc<OnceCell<SealedStore>>,
}

impl Vault {
    pub fn with_key(key: FileKey) -> Vault {
        Vault {
            brought: Some(key),
            open: Arc::default(),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Note {
    fingerprint: String,
    place: String,
}

impl Desk {
    /// The sealed files. The first call makes their key, where there is none and no file either.
    ///
    /// Errors: FileKeySilent, FileKeyLost, Folder.
    pub(crate) async fn vault(&self) -> Result<SealedStore> {
        let open = self.vault.open.get_or_try_init(|| async {
            let folder = self.files_folder()?;
            private::make_folder(&folder).map_err(Failure::Folder)?;
            let key = match &self.vault.brought {
                Some(key) => key.clone(),
                None => find_or_make_key(&folder, &self.file_secret()?).await?,
            };
            SealedStore::open(folder, key).map_err(Failure::Folder)
        });
        open.await.cloned()
    }

    /// Whether there is any file, whoever can read it.
    pub(crate) fn has_files(&self) -> bool {
        let empty = self.files_folder().map(|it| SealedStore::is_empty(&it));
        matches!(empty, Ok(Ok(false)))
    }

    /// The words that bring the key of the files back on another PC. They are shown only where
    /// somebody has agreed to that, since they open everything.
    ///
    /// Errors: those of the vault.
    pub async fn recovery_code(&self) -> Result<Zeroizing<String>> {
        Ok(self.vault().await?.key().words())
    }

    /// Takes the key of the files from its recovery code: the data folder was restored on another PC.
    ///
    /// Errors: NotARecoveryCode, of other files too; Folder.
    pub async fn restore_file_key(&self, words: &str) -> Result<()> {
        let key = FileKey::from_words(words);
        let key = key.map_err(|why| Failure::NotARecoveryCode(Some(why)))?;
        let folder = self.files_folder()?;
        private::make_folder(&folder).map_err(Failure::Folder)?;
        let _held = hold(&folder).await?;
        let is_right = match note(&folder)? {
            Some(note) => note.fingerprint == key.fingerprint(),
            None => self.opens_any(&folder, &key).await?,
        };
        if !is_right {
            return Err(Failure::NotARecoveryCode(None));
        }
        keep_key(&folder, &self.file_secret()?, &key).await
    }

    /// Whether a key fits the files that are there.
    async fn opens_any(&self, folder: &Path, key: &FileKey) -> Result<bool> {
        if SealedStore::is_empty(folder).map_err(Failure::Folder)? {
            return Ok(true);
        }
        let store = SealedStore::open(folder.to_owned(), key.clone()).map_err(Failure::Folder)?;
        let named = documents::named_files(&mut *self.store.read().await?).await?;
        Ok(named.iter().any(|sha256| store.find(sha256).is_ok()))
    }

    /// The content of a document's file. Errors: FileNotHere, FileDamaged, those of the vault.
    pub(crate) async fn read_file(
        &self,
        document: Uuid,
        sha256: &str,
    ) -> Result<Zeroizing<Vec<u8>>> {
        if sha256.is_empty() || !self.has_files() {
            return Err(Failure::FileNotHere(document));
        }
        let vault = self.vault().await?;
        let sha256 = sha256.to_owned();
        let read = blocking(move || Ok(vault.read(&sha256))).await?;
        read.map_err(|trouble| match trouble {
            Trouble::Missing => Failure::FileNotHere(document),
            Trouble::Damaged => Failure::FileDamaged(document),
            Trouble::Failed(error) => Failure::Folder(error),
        })
    }

    /// Removes files that no document names, a deleted one neither, and what a crash left. None
    /// while a file is being taken in.
    pub async fn collect_files(&self) -> Result<Option<usize>> {
        if !self.files_folder()?.exists() {
            return Ok(Some(0));
        }
        let vault = self.vault().await?;
        let store = self.store.clone();
        let runtime = tokio::runtime::Handle::current();
        blocking(move || {
            Ok(vault.collect(|| {
                // Asked when nobody takes a file in any more: its row is there by then.
                runtime.block_on(async {
                    let mut conn = store.read().await?;
                    Ok::<_, Failure>(documents::named_files(&mut conn).await?)
                })
            }))
        })
        .await?
    }

    fn files_folder(&self) -> Result<PathBuf> {
        let folder = self.store.path().and_then(Path::parent);
        let folder = folder.ok_or_else(|| {
            Failure::Folder(io::Error::other("a database in memory has no files"))
        })?;
        Ok(folder.join(FOLDER))
    }

    fn file_secret(&self) -> Result<Secret> {
        let folder = self.files_folder()?;
        Ok(Secret::of(
            folder.parent().unwrap_or(&folder),
            Purpose::Files,
        ))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Folder(error)
    }
}

/// Does what waits for the disk beside everything else.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Failure::Folder(io::Error::other(error)))?
}

async fn find_or_make_key(folder: &Path, secret: &Secret) -> Result<FileKey> {
    if let Some(note) = note(folder)? {
        return find_key(&note, secret).await;
    }
    let _held = hold(folder).await?;
    // Somebody else may have made it meanwhile.
    if let Some(note) = note(folder)? {
        return find_key(&note, secret).await;
    }
    if !SealedStore::is_empty(folder)? {
        return Err(Failure::FileKeyLost);
    }
    let key = FileKey::random();
    keep_key(folder, secret, &key).await?;
    Ok(key)
}

async fn find_key(note: &Note, secret: &Secret) -> Result<FileKey> {
    let place = Place::from_word(&note.place).ok_or(Failure::FileKeyLost)?;
    let text = match secret.find(place).await {
        Ok(text) => text.map(Zeroizing::new),
        Err(Silent) => return Err(Failure::FileKeySilent),
    };
    text.and_then(|text| FileKey::from_text(&text))
        .filter(|key| key.fingerprint() == note.fingerprint)
        .ok_or(Failure::FileKeyLost)
}

/// The key is kept before it is noted, and read back before anything is sealed with it.
async fn keep_key(folder: &Path, secret: &Secret, key: &FileKey) -> Result<()> {
    let place = secret.save(&key.to_text(), None).await?;
    let note = Note {
        fingerprint: key.fingerprint(),
        place: place.word().to_owned(),
    };
    find_key(&note, secret).await?;
    let text = serde_json::to_vec(&note).map_err(io::Error::other)?;
    Ok(files::write(&folder.join(NOTE), &text)?)
}

fn note(folder: &Path) -> Result<Option<Note>> {
    match fs::read(folder.join(NOTE)) {
        // A note that cannot be read names no key.
        Ok(text) => serde_json::from_slice(&text)
            .map(Some)
            .map_err(|_| Failure::FileKeyLost),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn hold(folder: &Path) -> Result<fs::File> {
    let lock = files::open_lock(&folder.join(LOCK))?;
    blocking(move || {
        lock.lock()?;
        Ok(lock)
    })
    .await
}
