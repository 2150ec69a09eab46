//! A file that is being brought here: sealed chunk by chunk as it comes, in the form in which it is
//! kept, so that nothing readable is on the disk meanwhile and no chunk that has come is lost.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use servease_platform::{files, private};
use zeroize::Zeroizing;

use super::{SealedStore, Trouble};
use crate::is_hash;
use crate::seal::{CHUNK_BYTES, HEADER_BYTES, Header, Seal, TAG_BYTES};

/// Where files are that are being brought. They stay over an end of the program, for as long as a
/// document names them.
pub(super) const FOLDER: &str = "arriving";

/// A file that is being brought. Nobody else brings it while this one is held.
pub struct Arriving {
    store: SealedStore,
    sha256: String,
    path: PathBuf,
    file: File,
    seal: Seal,
    header: Header,
    /// Chunks that are on the disk.
    chunks: u64,
    /// What has come of the next one.
    rest: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Arriving {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Arriving({} chunks)", self.chunks)
    }
}

impl SealedStore {
    /// Goes on with a file where it ended, or begins it. None while another program brings it.
    pub fn bring(&self, sha256: &str, size_bytes: u64) -> io::Result<Option<Arriving>> {
        if !is_hash(sha256) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "this is no hash",
            ));
        }
        let name = self.name(sha256);
        let folder = self.folder.join(FOLDER);
        private::make_folder(&folder)?;
        let path = folder.join(hex::encode(name));
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let known = read_header(&mut file)?;
        let known = known.filter(|header| header.name == name && header.length == size_bytes);
        let (header, chunks) = match known {
            Some(header) => {
                let sealed = file.metadata()?.len().saturating_sub(HEADER_BYTES as u64);
                // A whole one at the end may be the last, which is shorter.
                let chunks = match header.sealed_length() == Some(file.metadata()?.len()) {
                    true => header.chunk_count(),
                    false => sealed / (CHUNK_BYTES + TAG_BYTES),
                };
                (header, chunks)
            }
            None => {
                let header = Header::new(name, size_bytes);
                file.set_len(0)?;
                file.seek(SeekFrom::Start(0))?;
                file.write_all(&header.to_bytes())?;
                (header, 0)
            }
        };
        let end = HEADER_BYTES as u64 + chunks * (CHUNK_BYTES + TAG_BYTES);
        if chunks < header.chunk_count() {
            file.set_len(end)?;
        }
        file.seek(SeekFrom::End(0))?;
        Ok(Some(Arriving {
            store: self.clone(),
            sha256: sha256.to_owned(),
            path,
            file,
            seal: Seal::new(&self.key, header),
            header,
            chunks,
            rest: Zeroizing::default(),
        }))
    }
}

fn read_header(file: &mut File) -> io::Result<Option<Header>> {
    let mut bytes = [0; HEADER_BYTES];
    file.seek(SeekFrom::Start(0))?;
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(Header::from_bytes(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

impl Arriving {
    /// How much of the content is on the disk, in bytes.
    pub fn so_far(&self) -> u64 {
        (self.chunks * CHUNK_BYTES).min(self.header.length)
    }

    /// Takes what comes next. False: it is more than the file has.
    pub fn push(&mut self, content: &[u8]) -> io::Result<bool> {
        let left = self.header.length - self.so_far() - self.rest.len() as u64;
        if content.len() as u64 > left {
            return Ok(false);
        }
        let mut content = content;
        while !content.is_empty() {
            let room = CHUNK_BYTES as usize - self.rest.len();
            let (now, later) = content.split_at(room.min(content.len()));
            self.rest.extend_from_slice(now);
            let is_whole = self.rest.len() as u64 == CHUNK_BYTES
                || self.so_far() + self.rest.len() as u64 == self.header.length;
            if is_whole {
                self.write()?;
            }
            content = later;
        }
        Ok(true)
    }

    fn write(&mut self) -> io::Result<()> {
        let sealed = self.seal.seal(self.chunks, &self.rest);
        let sealed = sealed.ok_or_else(|| io::Error::other("too long to be sealed"))?;
        files::write_long(&mut self.file, &sealed)?;
        self.chunks += 1;
        self.rest = Zeroizing::default();
        Ok(())
    }

    /// Keeps the file, if all of it has come and is what its hash says. Otherwise it begins anew
    /// the next time.
    pub fn finish(self) -> io::Result<bool> {
        let is_whole = self.chunks == self.header.chunk_count() && self.is_right()?;
        if !is_whole {
            files::remove(&self.path)?;
            return Ok(false);
        }
        self.file.sync_all()?;
        let target = self.store.path_of(&self.header.name);
        private::make_folder(target.parent().unwrap_or(&self.store.folder))?;
        files::put_in_place(&self.path, &target)?;
        files::sync_folder(&self.store.folder)?;
        Ok(true)
    }

    fn is_right(&self) -> io::Result<bool> {
        match self.store.digest_of(&self.path, self.header.name) {
            Ok(found) => Ok(found == self.sha256),
            Err(Trouble::Failed(error)) => Err(error),
            Err(_) => Ok(false),
        }
    }
}
