//! The folder of sealed files: nothing in it can be read without the key, and nothing is believed
//! that was not sealed with it.
//!
//! A file's name is a keyed hash of its content's hash. The plain hash would let whoever holds a
//! copy of the folder ask whether a certain paper is in it. (The database beside it knows the hashes;
//! folders are copied, synced and thrown away by themselves.)

mod arriving;

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use servease_platform::{files, private};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

pub use self::arriving::Arriving;
use crate::key::FileKey;
use crate::seal::{CHUNK_BYTES, HEADER_BYTES, Header, Name, Seal};
use crate::{StoredFile, hash_of, is_hash};

/// Where files are until they are complete.
const INCOMING: &str = "incoming";

const LOCK: &str = "lock";

/// Why a file cannot be given out.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("the file is not here")]
    Missing,
    #[error("the file is damaged")]
    Damaged,
    #[error("the folder of files cannot be used")]
    Failed(#[source] io::Error),
}

/// Sealed files. Cheap to clone. Its calls wait for the disk.
#[derive(Debug, Clone)]
pub struct SealedStore {
    folder: PathBuf,
    key: FileKey,
}

/// While it is held, nothing is collected: a file is there before the row that names it.
#[derive(Debug)]
pub struct Hold(#[expect(dead_code, reason = "the lock is held by the open file")] File);

/// What a check of a file came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Whole,
    Missing,
    Damaged,
}

impl SealedStore {
    /// Opens the folder, and makes it where it is not there.
    pub fn open(folder: PathBuf, key: FileKey) -> io::Result<SealedStore> {
        private::make_folder(&folder.join(INCOMING))?;
        Ok(SealedStore { folder, key })
    }

    pub fn key(&self) -> &FileKey {
        &self.key
    }

    /// Keeps collectors off until it is dropped.
    pub fn hold(&self) -> io::Result<Hold> {
        let file = files::open_lock(&self.folder.join(LOCK))?;
        file.lock_shared()?;
        Ok(Hold(file))
    }

    /// Keeps a file: sealed, on the disk before its name is. The same content is kept once; what
    /// was damaged of it is mended.
    pub fn put(&self, content: &[u8]) -> io::Result<StoredFile> {
        let sha256 = hash_of(content);
        let stored = StoredFile {
            size_bytes: content.len() as u64,
            sha256,
        };
        if matches!(self.check(&stored.sha256), Ok(Standing::Whole)) {
            return Ok(stored);
        }
        let name = self.name(&stored.sha256);
        let header = Header::new(name, stored.size_bytes);
        let seal = Seal::new(&self.key, header);
        // Dropped before it is kept, it is gone: a full disk leaves nothing behind.
        let mut file = NamedTempFile::new_in(self.folder.join(INCOMING))?;
        file.write_all(&header.to_bytes())?;
        for (chunk, part) in (0..).zip(content.chunks(CHUNK_BYTES as usize)) {
            let sealed = seal.seal(chunk, part);
            let sealed = sealed.ok_or_else(|| io::Error::other("too long to be sealed"))?;
            files::write_long(&mut file, &sealed)?;
        }
        file.as_file().sync_all()?;
        let target = self.path_of(&name);
        let around = target.parent().unwrap_or(&self.folder);
        private::make_folder(around)?;
        files::keep(file.into_temp_path(), &target)?;
        // The folder may be as new as the file.
        files::sync_folder(&self.folder)?;
        Ok(stored)
    }

    /// The whole content, if it is what the hash says.
    pub fn read(&self, sha256: &str) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        let mut file = self.find(sha256)?;
        let room = usize::try_from(file.length()).map_err(|_| Trouble::Damaged)?;
        // In one piece from the start: what grows leaves readable copies behind.
        let mut content = Zeroizing::new(Vec::with_capacity(room));
        for chunk in 0..file.chunk_count() {
            content.extend_from_slice(file.chunk(chunk)?);
        }
        match hash_of(&content) == sha256 {
            true => Ok(content),
            false => Err(Trouble::Damaged),
        }
    }

    /// Opens a file to read it piece by piece. Each piece is what was sealed; whether all of them
    /// make up the hash, [`SealedStore::read`] and [`SealedStore::check`] say.
    pub fn find(&self, sha256: &str) -> Result<SealedFile, Trouble> {
        if !is_hash(sha256) {
            return Err(Trouble::Missing);
        }
        let name = self.name(sha256);
        self.open_at(&self.path_of(&name), name)
    }

    fn open_at(&self, path: &Path, name: Name) -> Result<SealedFile, Trouble> {
        let mut file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Trouble::Missing,
            _ => Trouble::Failed(error),
        })?;
        let mut header = [0; HEADER_BYTES];
        file.read_exact(&mut header).map_err(unread)?;
        let header = Header::from_bytes(&header).ok_or(Trouble::Damaged)?;
        let length = file.metadata().map_err(Trouble::Failed)?.len();
        if header.name != name || header.sealed_length() != Some(length) {
            return Err(Trouble::Damaged);
        }
        Ok(SealedFile {
            file,
            seal: Seal::new(&self.key, header),
            header,
            room: Zeroizing::default(),
        })
    }

    /// Reads a file to its end, a chunk at a time, and says what became of it.
    pub fn check(&self, sha256: &str) -> io::Result<Standing> {
        match self.digest(sha256) {
            Ok(found) if found == sha256 => Ok(Standing::Whole),
            Ok(_) | Err(Trouble::Damaged) => Ok(Standing::Damaged),
            Err(Trouble::Missing) => Ok(Standing::Missing),
            Err(Trouble::Failed(error)) => Err(error),
        }
    }

    fn digest(&self, sha256: &str) -> Result<String, Trouble> {
        let name = self.name(sha256);
        self.digest_of(&self.path_of(&name), name)
    }

    fn digest_of(&self, path: &Path, name: Name) -> Result<String, Trouble> {
        let mut file = self.open_at(path, name)?;
        let mut hash = Sha256::new();
        for chunk in 0..file.chunk_count() {
            hash.update(file.chunk(chunk)?);
        }
        Ok(hex::encode(hash.finalize()))
    }

    /// Removes what a crash left, and files that nothing names any more. None while somebody takes a
    /// file in: later then. `named` is asked once nobody does any more.
    pub fn collect<E: From<io::Error>>(
        &self,
        named: impl FnOnce() -> Result<Vec<String>, E>,
    ) -> Result<Option<usize>, E> {
        let lock = files::open_lock(&self.folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let wanted: HashSet<String> = named()?
            .iter()
            .map(|sha256| hex::encode(self.name(sha256)))
            .collect();
        let mut removed = 0;
        for folder in folders_in(&self.folder)? {
            let is_incoming = folder.ends_with(INCOMING);
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                let name = path.file_name().and_then(|name| name.to_str());
                let is_wanted = name.is_some_and(|name| wanted.contains(name));
                if is_incoming || !is_wanted {
                    files::remove(&path)?;
                    removed += 1;
                }
            }
        }
        Ok(Some(removed))
    }

    /// Removes files that are here only to be looked at, those that `chosen` names. It is asked when
    /// nobody takes a file in any more, and none is removed while somebody does: later then.
    pub fn evict<E: From<io::Error>>(
        &self,
        chosen: impl FnOnce() -> Result<Vec<String>, E>,
    ) -> Result<Vec<String>, E> {
        let lock = files::open_lock(&self.folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Vec::new()),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let chosen = chosen()?;
        for sha256 in &chosen {
            files::remove(&self.path_of(&self.name(sha256)))?;
        }
        Ok(chosen)
    }

    /// Whether there is any file.
    pub fn is_empty(folder: &Path) -> io::Result<bool> {
        for folder in folders_in(folder)? {
            if !folder.ends_with(INCOMING) && fs::read_dir(folder)?.next().is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn name(&self, sha256: &str) -> Name {
        let secret = self.key.derive(b"name");
        // A key as long as a block, filled up as HMAC itself would fill it up.
        let mut block = Zeroizing::new([0; 64]);
        block[..secret.len()].copy_from_slice(secret.as_slice());
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(sha256.as_bytes());
        mac.finalize().into_bytes().into()
    }

    fn path_of(&self, name: &Name) -> PathBuf {
        let name = hex::encode(name);
        let (start, _) = name.split_at(2);
        self.folder.join(start).join(&name)
    }
}

fn folders_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(folders),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

/// A file that ends before it should is damaged; whatever else happens is the disk's.
fn unread(error: io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Trouble::Damaged,
        _ => Trouble::Failed(error),
    }
}

/// A sealed file that is open: any of its chunks can be read.
pub struct SealedFile {
    file: File,
    seal: Seal,
    header: Header,
    /// One chunk, which is opened where it lies.
    room: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for SealedFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SealedFile({} bytes)", self.header.length)
    }
}

impl SealedFile {
    /// Of the content, in bytes.
    pub fn length(&self) -> u64 {
        self.header.length
    }

    pub fn chunk_count(&self) -> u64 {
        self.header.chunk_count()
    }

    /// One chunk of the content: 64 KiB, the last what is left.
    pub fn chunk(&mut self, chunk: u64) -> Result<&[u8], Trouble> {
        let (at, length) = self.header.place_of(chunk).ok_or(Trouble::Missing)?;
        self.room.resize(length, 0);
        let place = SeekFrom::Start(at);
        self.file.seek(place).map_err(Trouble::Failed)?;
        self.file.read_exact(&mut self.room).map_err(unread)?;
        match self.seal.open(chunk, &mut self.room) {
            true => Ok(&self.room),
            false => Err(Trouble::Damaged),
        }
    }

    /// A part of the content, `length` bytes from a byte on, or what is left from there.
    pub fn read_at(&mut self, at: u64, length: usize) -> Result<Vec<u8>, Trouble> {
        let end = at.saturating_add(length as u64).min(self.length());
        let room = usize::try_from(end.saturating_sub(at)).unwrap_or(length);
        let mut part = Vec::with_capacity(room);
        for chunk in at / CHUNK_BYTES..end.div_ceil(CHUNK_BYTES) {
            let content = self.chunk(chunk)?;
            let begin = chunk * CHUNK_BYTES;
            let from = usize::try_from(at.saturating_sub(begin)).unwrap_or(content.len());
            let to = usize::try_from(end - begin).unwrap_or(content.len());
            let wanted = content.get(from..to.min(content.len()));
            part.extend_from_slice(wanted.unwrap_or_default());
        }
        Ok(part)
    }
}
