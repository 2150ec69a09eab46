//! The files of documents at Central: a folder, or a bucket of an S3-compatible store. Both keep a
//! file under the SHA-256 of its content and take in what comes part by part; who uses them does not
//! see which it is.

mod arriving;
mod bucket;
mod place;
mod trouble;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::{Buf as _, Bytes};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use servease_files::arrivals;
pub use servease_files::arrivals::Put;
use servease_files::folder::FileStore;
pub use servease_files::folder::Incoming;
use servease_files::{StoredFile, hash_of};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::runtime::Handle;
use tokio_util::io::ReaderStream;

use bucket::Bucket;
pub use place::{BucketSettings, Location, Place};
pub use trouble::{FilesFailure, OpenError, Trouble};

/// What is read of a folder at once.
const BLOCK_BYTES: usize = 64 * 1024;

/// How many files a bucket is asked about at once.
const AT_ONCE: usize = 16;

/// The bytes of a file, as they come.
pub type Content = BoxStream<'static, io::Result<Bytes>>;

/// Kept files, and those that arrive; cheap to clone.
#[derive(Debug, Clone)]
pub enum Files {
    Folder(FileStore),
    Bucket(Bucket),
}

/// A whole content with its hash, which is worked out once.
#[derive(Debug, Clone)]
pub struct Whole {
    content: Bytes,
    sha256: String,
}

impl Whole {
    /// Takes as long as the content is: for a thread that may wait.
    pub fn of(content: Bytes) -> Whole {
        Whole {
            sha256: hash_of(&content),
            content,
        }
    }

    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// SHA-256, hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

/// A file of which everything has come, and at which nobody else is.
#[derive(Debug)]
pub struct Arrived {
    whole: Whole,
    /// Where it came to a folder.
    lying: Option<arrivals::Arrived>,
}

impl Arrived {
    pub fn whole(&self) -> &Whole {
        &self.whole
    }
}

/// A kept file.
#[derive(Debug)]
pub struct Held {
    pub size_bytes: u64,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Folder(PathBuf),
    Bucket(Bucket, String),
}

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Kept,
    /// So many of its bytes have come.
    Arriving(u64),
}

impl Files {
    /// Opens where files are kept. `data` is the folder of this machine: what comes to a bucket lies
    /// there until it is whole.
    pub async fn open(
        place: &Place,
        settings: &BucketSettings,
        data: &Path,
    ) -> Result<Files, OpenError> {
        match place {
            Place::Folder(folder) => {
                let store = FileStore::open(folder.clone()).await;
                Ok(Files::Folder(store.map_err(OpenError::Folder)?))
            }
            Place::Bucket(location) => {
                let spool = data.join("files");
                let bucket = Bucket::open(location, settings, &spool).await?;
                Ok(Files::Bucket(bucket))
            }
        }
    }

    /// The same for whoever is going to write: that this can be done is shown at once.
    pub async fn open_to_write(
        place: &Place,
        settings: &BucketSettings,
        data: &Path,
    ) -> Result<Files, OpenError> {
        let files = Files::open(place, settings, data).await?;
        if let (Files::Bucket(bucket), Place::Bucket(location)) = (&files, place) {
            let tried = bucket.try_out().await;
            tried.map_err(|trouble| OpenError::Bucket {
                place: location.to_string(),
                trouble,
            })?;
        }
        Ok(files)
    }

    /// Whether a file is in memory as a whole while it is kept.
    pub fn keeps_from_memory(&self) -> bool {
        matches!(self, Files::Bucket(_))
    }

    /// The file of this hash. None: it is not here.
    pub async fn find(&self, sha256: &str) -> Result<Option<Held>, FilesFailure> {
        match self {
            Files::Folder(store) => {
                let path = store.path(sha256);
                Ok(on_disk(move || {
                    let found = path.filter(|path| path.is_file());
                    found.map(held_in_folder).transpose()
                })
                .await?)
            }
            Files::Bucket(bucket) => {
                let size_bytes = bucket.size_of(sha256).await?;
                Ok(size_bytes.map(|size_bytes| Held {
                    size_bytes,
                    source: Source::Bucket(bucket.clone(), sha256.to_owned()),
                }))
            }
        }
    }

    pub async fn begin(&self) -> Result<Incoming, FilesFailure> {
        match self {
            Files::Folder(store) => Ok(store.begin().await?),
            Files::Bucket(bucket) => bucket.begin().await,
        }
    }

    /// Keeps a file that has arrived: it is safe when this returns, before anything refers to it.
    pub async fn keep(&self, incoming: Incoming) -> Result<StoredFile, FilesFailure> {
        match self {
            Files::Folder(store) => Ok(store.keep(incoming).await?),
            Files::Bucket(bucket) => bucket.keep(incoming).await,
        }
    }

    /// Keeps a whole content, as [`Files::keep`] does.
    pub async fn keep_content(&self, whole: Whole) -> Result<StoredFile, FilesFailure> {
        match self {
            Files::Folder(store) => {
                let store = store.clone();
                let keep = move || store.keep_content(&whole.content, &whole.sha256);
                Ok(on_disk(keep).await?)
            }
            Files::Bucket(bucket) => bucket.keep_content(whole).await,
        }
    }

    /// How far each of some files is that somebody may be sending.
    pub async fn standings(
        &self,
        owner: &str,
        hashes: &[String],
    ) -> Result<BTreeMap<String, Standing>, FilesFailure> {
        match self {
            Files::Folder(store) => {
                let (store, owner, hashes) = (store.clone(), owner.to_owned(), hashes.to_vec());
                let look = move || {
                    let arrivals = store.arrivals();
                    let standing = |sha256: String| {
                        let standing = match store.has(&sha256) {
                            true => Standing::Kept,
                            false => Standing::Arriving(arrivals.so_far(&owner, &sha256)),
                        };
                        (sha256, standing)
                    };
                    Ok(hashes.into_iter().map(standing).collect())
                };
                Ok(on_disk(look).await?)
            }
            Files::Bucket(bucket) => {
                let arriving = match hashes {
                    [] => BTreeMap::new(),
                    _ => bucket.arriving_of(owner).await?,
                };
                let asked = hashes.iter().map(|sha256| {
                    let (bucket, sha256) = (bucket.clone(), sha256.clone());
                    let so_far = arriving.get(&sha256).copied().unwrap_or_default();
                    async move {
                        let standing = match bucket.size_of(&sha256).await? {
                            Some(_) => Standing::Kept,
                            None => Standing::Arriving(so_far),
                        };
                        Ok::<_, Trouble>((sha256, standing))
                    }
                });
                let asked: Vec<_> = asked.collect();
                let standings = stream::iter(asked).buffer_unordered(AT_ONCE);
                Ok(standings.try_collect().await?)
            }
        }
    }

    /// Takes in a part of a file that is `size_bytes` long, if it begins where the file ends so far.
    pub async fn put_part(
        &self,
        (owner, sha256): (&str, &str),
        size_bytes: u64,
        at: u64,
        part: Bytes,
        now: SystemTime,
    ) -> Result<Put, FilesFailure> {
        match self {
            Files::Folder(store) => {
                let arrivals = store.arrivals();
                let (owner, sha256) = (owner.to_owned(), sha256.to_owned());
                let put = move || arrivals.put((&owner, &sha256), size_bytes, at, &part, now);
                Ok(on_disk(put).await?)
            }
            Files::Bucket(bucket) => {
                let name = (owner, sha256);
                Ok(bucket.put_part(name, size_bytes, at, part, now).await?)
            }
        }
    }

    /// Everything that has come of a file of this length. None: somebody else is at it.
    pub async fn arrived(
        &self,
        owner: &str,
        sha256: &str,
        size_bytes: u64,
    ) -> Result<Option<Arrived>, FilesFailure> {
        match self {
            Files::Folder(store) => {
                let arrivals = store.arrivals();
                let (owner, sha256) = (owner.to_owned(), sha256.to_owned());
                let take = move || {
                    let Some(mut lying) = arrivals.take(&owner, &sha256)? else {
                        return Ok(None);
                    };
                    let whole = Whole::of(lying.content()?.into());
                    let lying = Some(lying);
                    Ok(Some(Arrived { whole, lying }))
                };
                Ok(on_disk(take).await?)
            }
            Files::Bucket(bucket) => {
                let Some(content) = bucket.arrived(owner, sha256, size_bytes).await? else {
                    return Ok(None);
                };
                let take = move || {
                    let whole = Whole::of(content);
                    Ok(Some(Arrived { whole, lying: None }))
                };
                Ok(on_disk(take).await?)
            }
        }
    }

    /// A file that has come in one part: it lies nowhere yet.
    pub async fn in_one_part(&self, content: Bytes) -> Result<Arrived, FilesFailure> {
        let take = move || {
            let whole = Whole::of(content);
            Ok(Arrived { whole, lying: None })
        };
        Ok(on_disk(take).await?)
    }

    /// Keeps a file that has come, as [`Files::keep`] does.
    pub async fn keep_arrived(&self, arrived: Arrived) -> Result<(), FilesFailure> {
        let Arrived { whole, lying } = arrived;
        match (self, lying) {
            (Files::Folder(store), Some(lying)) => {
                let store = store.clone();
                Ok(on_disk(move || store.keep_arrived(lying, &whole.sha256)).await?)
            }
            _ => self.keep_content(whole).await.map(drop),
        }
    }

    /// Forgets what has come of a file: it is kept, or refused, or is not what its hash says.
    pub async fn forget(&self, owner: &str, sha256: &str) -> Result<(), FilesFailure> {
        match self {
            Files::Folder(store) => {
                let arrivals = store.arrivals();
                let (owner, sha256) = (owner.to_owned(), sha256.to_owned());
                Ok(on_disk(move || arrivals.remove(&owner, &sha256)).await?)
            }
            Files::Bucket(bucket) => Ok(bucket.forget(owner, sha256).await?),
        }
    }
}

impl Held {
    /// A part of the file, from a byte to before another.
    pub async fn read(&self, range: Range<u64>) -> Result<Content, FilesFailure> {
        match &self.source {
            Source::Folder(path) => {
                let mut file = tokio::fs::File::open(path).await?;
                file.seek(SeekFrom::Start(range.start)).await?;
                let part = file.take(range.end.saturating_sub(range.start));
                Ok(ReaderStream::with_capacity(part, BLOCK_BYTES).boxed())
            }
            Source::Bucket(bucket, sha256) => bucket.read(sha256, range).await,
        }
    }

    /// The whole file for a thread that may wait, within a runtime.
    pub fn reader(&self) -> io::Result<Box<dyn Read>> {
        match &self.source {
            Source::Folder(path) => Ok(Box::new(File::open(path)?)),
            Source::Bucket(bucket, sha256) => {
                let runtime = Handle::current();
                let content = runtime.block_on(bucket.read(sha256, 0..self.size_bytes));
                Ok(Box::new(Waiting {
                    content: content.map_err(FilesFailure::into_io)?,
                    piece: Bytes::new(),
                    runtime,
                }))
            }
        }
    }
}

/// Reads what comes, and waits for it.
struct Waiting {
    content: Content,
    piece: Bytes,
    runtime: Handle,
}

impl Read for Waiting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.runtime.block_on(self.content.next()) {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let length = self.piece.len().min(buffer.len());
        self.piece.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}

fn held_in_folder(path: PathBuf) -> io::Result<Held> {
    Ok(Held {
        size_bytes: path.metadata()?.len(),
        source: Source::Folder(path),
    })
}

/// What waits for the disk is done beside everything else.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}
