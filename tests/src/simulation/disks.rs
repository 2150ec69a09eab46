//! Disks of files: Central's, and those of desks.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use servease_central::files::Files;
use servease_files::folder::FileStore;
use servease_files::hash_of;
use servease_sync::files::{Shelf, ShelfError};
use tempfile::TempDir;

/// What reaches the disk at once of a file that is being brought.
const CHUNK_BYTES: usize = 4;

/// The disk of Central's files.
#[derive(Debug)]
pub struct CentralFiles {
    pub store: Files,
    folder: TempDir,
}

impl CentralFiles {
    pub async fn new() -> CentralFiles {
        // In memory where there is such a place: nothing here must survive the machine.
        let memory = Path::new("/dev/shm");
        let folder = match memory.is_dir() {
            true => TempDir::with_prefix_in("servease-", memory),
            false => TempDir::with_prefix("servease-"),
        };
        let folder = folder.expect("a folder");
        let store = FileStore::open(folder.path().to_owned()).await;
        CentralFiles {
            store: Files::Folder(store.expect("a store")),
            folder,
        }
    }

    /// A kept file, as it lies there.
    pub fn content(&self, sha256: &str) -> std::io::Result<Vec<u8>> {
        std::fs::read(self.folder.path().join(&sha256[..2]).join(sha256))
    }

    /// Everything that is kept, and what is on its way.
    pub fn image(&self) -> FilesImage {
        let mut image = FilesImage::new();
        for folder in std::fs::read_dir(self.folder.path()).expect("a folder") {
            let folder = folder.expect("a folder").path();
            for file in std::fs::read_dir(&folder).expect("files") {
                let path = file.expect("a file").path();
                let content = std::fs::read(&path).expect("content");
                let name = path.strip_prefix(self.folder.path()).expect("a name");
                image.insert(name.to_owned(), content);
            }
        }
        image
    }

    /// The hashes of what is kept.
    pub fn kept(&self) -> Vec<String> {
        let names = self.image().into_keys();
        names
            .filter_map(|name| name.file_name()?.to_str().map(str::to_owned))
            .filter(|name| servease_files::is_hash(name))
            .collect()
    }

    pub fn restore(&self, image: &FilesImage) {
        for name in self.image().keys() {
            std::fs::remove_file(self.folder.path().join(name)).expect("removed");
        }
        for (name, content) in image {
            let path = self.folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, content).expect("written");
        }
    }
}

/// The content of a disk of files.
pub type FilesImage = BTreeMap<std::path::PathBuf, Vec<u8>>;

/// The disk of a desk's files.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    pub kept: BTreeMap<String, Vec<u8>>,
    arriving: BTreeMap<String, Vec<u8>>,
}

/// The files of a desk: what is on its disk, whichever program runs.
#[derive(Debug, Clone, Default)]
pub struct Cabinet(Arc<Mutex<Disk>>);

impl Cabinet {
    pub fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().expect("a disk")
    }

    pub fn copy(&self) -> Disk {
        self.disk().clone()
    }

    pub fn with(disk: Disk) -> Cabinet {
        Cabinet(Arc::new(Mutex::new(disk)))
    }
}

/// A file that is being brought; what is no whole chunk is in memory.
pub struct Arriving {
    sha256: String,
    size_bytes: usize,
    rest: Vec<u8>,
}

impl Shelf for Cabinet {
    type Arriving = Arriving;

    async fn has(&self, sha256: &str) -> Result<bool, ShelfError> {
        Ok(self.disk().kept.contains_key(sha256))
    }

    async fn read(&self, sha256: &str, at: u64, length: usize) -> Result<Vec<u8>, ShelfError> {
        let disk = self.disk();
        let content = disk.kept.get(sha256).ok_or(ShelfError::Missing)?;
        let at = usize::try_from(at).expect("small");
        Ok(content[at..(at + length).min(content.len())].to_vec())
    }

    async fn bring(&self, sha256: &str, size_bytes: u64) -> Result<(Arriving, u64), ShelfError> {
        let so_far = self.disk().arriving.get(sha256).map_or(0, Vec::len);
        let arriving = Arriving {
            sha256: sha256.to_owned(),
            size_bytes: usize::try_from(size_bytes).expect("small"),
            rest: Vec::new(),
        };
        Ok((arriving, so_far as u64))
    }

    async fn push(
        &self,
        mut arriving: Arriving,
        content: Bytes,
    ) -> Result<Option<Arriving>, ShelfError> {
        arriving.rest.extend_from_slice(&content);
        let mut disk = self.disk();
        let written = disk.arriving.entry(arriving.sha256.clone()).or_default();
        if written.len() + arriving.rest.len() > arriving.size_bytes {
            return Ok(None);
        }
        let is_last = written.len() + arriving.rest.len() == arriving.size_bytes;
        let whole = match is_last {
            true => arriving.rest.len(),
            false => arriving.rest.len() / CHUNK_BYTES * CHUNK_BYTES,
        };
        written.extend(arriving.rest.drain(..whole));
        drop(disk);
        Ok(Some(arriving))
    }

    async fn keep(&self, arriving: Arriving) -> Result<bool, ShelfError> {
        let mut disk = self.disk();
        let content = disk.arriving.remove(&arriving.sha256).unwrap_or_default();
        let is_right = hash_of(&content) == arriving.sha256;
        if is_right {
            disk.kept.insert(arriving.sha256, content);
        }
        Ok(is_right)
    }
}
