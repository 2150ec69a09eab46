//! The folder of files: each is kept under the SHA-256 of its content, so that no upload
//! chooses its path and the same paper is kept once.

use std::io;
use std::path::{Path, PathBuf};

use servease_platform::{files, private};
use sha2::{Digest, Sha256};
use tempfile::TempPath;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use crate::arrivals::{Arrivals, Arrived};
use crate::{StoredFile, is_hash};

/// Kept files.
#[derive(Debug, Clone)]
pub struct FileStore {
    folder: PathBuf,
}

/// A file that is arriving. Dropped without [`Incoming::keep`], it is gone.
#[derive(Debug)]
pub struct Incoming {
    file: File,
    path: TempPath,
    hash: Sha256,
    size_bytes: u64,
}

impl FileStore {
    /// Opens the folder, and makes it where it is not there.
    pub async fn open(folder: PathBuf) -> io::Result<FileStore> {
        private::make_folder(&folder.join("incoming"))?;
        private::make_folder(&folder.join("arriving"))?;
        Ok(FileStore { folder })
    }

    /// Files that come part by part.
    pub fn arrivals(&self) -> Arrivals {
        Arrivals::in_folder(self.folder.join("arriving"))
    }

    /// Whether the file of this hash is here.
    pub fn has(&self, sha256: &str) -> bool {
        self.path(sha256).is_some_and(|path| path.is_file())
    }

    /// Where the file of this hash lies. None for what is no hash.
    pub fn path(&self, sha256: &str) -> Option<PathBuf> {
        is_hash(sha256).then(|| self.folder.join(&sha256[..2]).join(sha256))
    }

    /// Keeps a whole content, as [`FileStore::keep`] does, under the hash that its caller has worked
    /// out; it waits for the disk.
    pub fn keep_content(&self, content: &[u8], sha256: &str) -> io::Result<StoredFile> {
        let mut named = tempfile::NamedTempFile::new_in(self.folder.join("incoming"))?;
        files::write_long(&mut named, content)?;
        named.as_file().sync_all()?;
        let stored = StoredFile {
            sha256: sha256.to_owned(),
            size_bytes: content.len() as u64,
        };
        let target = self.path(&stored.sha256).ok_or_else(no_hash)?;
        let path = named.into_temp_path();
        place(&target, |target| files::keep(path, target))?;
        Ok(stored)
    }

    /// Keeps a file that has come part by part, under the hash that its caller has worked out, as
    /// [`FileStore::keep`] does; it waits for the disk.
    pub fn keep_arrived(&self, arrived: Arrived, sha256: &str) -> io::Result<()> {
        let target = self.path(sha256).ok_or_else(no_hash)?;
        place(&target, |target| arrived.keep_as(target))
    }

    pub async fn begin(&self) -> io::Result<Incoming> {
        let folder = self.folder.join("incoming");
        let named = tokio::task::spawn_blocking(move || tempfile::NamedTempFile::new_in(folder))
            .await
            .map_err(io::Error::other)??;
        let (file, path) = named.into_parts();
        Ok(Incoming {
            file: File::from_std(file),
            path,
            hash: Sha256::new(),
            size_bytes: 0,
        })
    }

    /// Keeps a file that has arrived: on the disk before its name is, and its name before
    /// anything refers to it.
    pub async fn keep(&self, incoming: Incoming) -> io::Result<StoredFile> {
        incoming.file.sync_all().await?;
        let stored = StoredFile {
            sha256: hex::encode(incoming.hash.finalize()),
            size_bytes: incoming.size_bytes,
        };
        let target = self.path(&stored.sha256).ok_or_else(no_hash)?;
        let path = incoming.path;
        let keep = move || place(&target, |target| files::keep(path, target));
        tokio::task::spawn_blocking(keep)
            .await
            .map_err(io::Error::other)??;
        Ok(stored)
    }
}

impl Incoming {
    pub async fn write(&mut self, part: &[u8]) -> io::Result<()> {
        self.hash.update(part);
        self.size_bytes += part.len() as u64;
        self.file.write_all(part).await
    }

    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The hash of what has arrived so far, hexadecimal.
    pub fn digest(&self) -> String {
        hex::encode(self.hash.clone().finalize())
    }

    /// Everything that has arrived.
    pub async fn content(&mut self) -> io::Result<Vec<u8>> {
        self.file.flush().await?;
        tokio::fs::read(&self.path).await
    }
}

fn no_hash() -> io::Error {
    io::Error::other("a hash of another length")
}

/// Puts a file where it is kept, unless it is there already.
fn place(target: &Path, keep: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    if target.exists() {
        return Ok(());
    }
    let folder = target
        .parent()
        .ok_or_else(|| io::Error::other("a path without a folder"))?;
    private::make_folder(folder)?;
    keep(target)?;
    // The folder may be as new as the file.
    match folder.parent() {
        Some(above) => files::sync_folder(above),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_content_is_kept_once_under_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::open(folder.path().to_owned()).await.unwrap();
        for _ in 0..2 {
            let mut incoming = store.begin().await.unwrap();
            incoming.write(b"he").await.unwrap();
            incoming.write(b"llo").await.unwrap();
            assert_eq!(incoming.content().await.unwrap(), b"hello");
            let stored = store.keep(incoming).await.unwrap();
            assert!(
                stored
                    .sha256
                    .starts_with("2cf24dba5fb0a30e26e83b2ac5b9e29e")
            );
            let path = store.path(&stored.sha256).unwrap();
            assert_eq!(std::fs::read(path).unwrap(), b"hello");
        }
        let left = std::fs::read_dir(folder.path().join("incoming")).unwrap();
        assert_eq!(left.count(), 0);
        assert_eq!(store.path("../../etc/passwd"), None);
    }
}
