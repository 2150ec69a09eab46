//! One secret of one data folder: in the keyring of the operating system, or, where there is none,
//! in a file that only its owner can read. Never in the data folder: a copied folder must not
//! carry its key.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use servease_platform::{files, private};
use sha2::{Digest as _, Sha256};
use strum::{EnumString, IntoStaticStr};

/// A keyring that does not answer in this time is not there: some wait for a password dialog
/// that nobody sees.
const PATIENCE: Duration = Duration::from_secs(3);

/// The service under which entries stand in the keyring.
const SERVICE: &str = "ServEase Desk";

/// Which of the two it is. The choice is kept, so that an old secret is looked for where it
/// was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Place {
    Keyring,
    File,
}

impl Place {
    pub fn word(self) -> &'static str {
        self.into()
    }

    pub fn from_word(word: &str) -> Option<Place> {
        word.parse().ok()
    }
}

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The tokens of a sign-in.
    Session,
    /// What the files of documents are sealed with.
    Files,
}

/// There is no keyring, or it did not answer in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Silent;

/// A secret, which may be there or not.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    /// Names the entry: it follows from the folder's path.
    name: String,
    file: Option<PathBuf>,
}

impl Secret {
    pub fn of(folder: &Path, purpose: Purpose) -> Secret {
        // However it is named, it is one folder.
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        let mut name = hex::encode(&digest[..16]);
        let (place, file) = match purpose {
            Purpose::Session => ("sessions", format!("{name}.json")),
            Purpose::Files => ("keys", format!("{name}.key")),
        };
        if purpose == Purpose::Files {
            name.push_str(" files");
        }
        let file = directories::ProjectDirs::from("com", "ServEase", "ServEase Desk")
            .map(|dirs| dirs.config_local_dir().join(place).join(file));
        Secret { name, file }
    }

    /// Keeps a text, in the place of before or in the keyring where there is one. Answers
    /// where it is now.
    pub async fn save(&self, text: &str, place: Option<Place>) -> std::io::Result<Place> {
        if place != Some(Place::File) {
            let name = self.name.clone();
            let secret = text.to_owned();
            let kept =
                within_patience(move || keyring::Entry::new(SERVICE, &name)?.set_password(&secret))
                    .await;
            if kept.is_ok() {
                // What lay in the file before is of no use to anybody.
                if let Some(file) = &self.file {
                    let _ = files::remove(file);
                }
                return Ok(Place::Keyring);
            }
        }
        self.write_file(text)?;
        Ok(Place::File)
    }

    /// None where there is no secret. Errors: the keyring does not answer.
    pub async fn find(&self, place: Place) -> std::result::Result<Option<String>, Silent> {
        match place {
            Place::Keyring => {
                let name = self.name.clone();
                within_patience(move || keyring::Entry::new(SERVICE, &name)?.get_password()).await
            }
            Place::File => Ok(self
                .file
                .as_ref()
                .and_then(|file| fs::read_to_string(file).ok())),
        }
    }

    pub async fn forget(&self) {
        let name = self.name.clone();
        let forgotten =
            within_patience(move || keyring::Entry::new(SERVICE, &name)?.delete_credential()).await;
        if forgotten.is_err() {
            tracing::info!("there is no keyring that could forget anything");
        }
        if let Some(file) = &self.file {
            let _ = files::remove(file);
        }
    }

    fn write_file(&self, text: &str) -> std::io::Result<()> {
        let file = self
            .file
            .as_ref()
            .ok_or_else(|| std::io::Error::other("this user has no folder for settings"))?;
        if let Some(folder) = file.parent() {
            private::make_folder(folder)?;
        }
        let unfinished = file.with_extension("part");
        // An old part may have been made by somebody with wider rights.
        files::remove(&unfinished)?;
        private::make_file(&unfinished)?;
        let mut open = fs::OpenOptions::new().write(true).open(&unfinished)?;
        std::io::Write::write_all(&mut open, text.as_bytes())?;
        open.sync_all()?;
        drop(open);
        files::put_in_place(&unfinished, file)
    }
}

/// None when the keyring has no such entry.
async fn within_patience<T: Send + 'static>(
    call: impl FnOnce() -> keyring::Result<T> + Send + 'static,
) -> std::result::Result<Option<T>, Silent> {
    let (answer, heard) = tokio::sync::oneshot::channel();
    // A thread of its own: one that hangs must not keep the program from ending, as one of
    // the runtime's would.
    std::thread::spawn(move || {
        let _ = answer.send(call());
    });
    match tokio::time::timeout(PATIENCE, heard).await {
        Ok(Ok(Ok(value))) => Ok(Some(value)),
        Ok(Ok(Err(keyring::Error::NoEntry))) => Ok(None),
        Ok(Ok(Err(error))) => {
            tracing::info!(%error, "the keyring did not do it");
            Err(Silent)
        }
        _ => {
            tracing::warn!("the keyring did not answer in time");
            Err(Silent)
        }
    }
}
