//! Files in a bucket of an S3-compatible store, each an object under the SHA-256 of its content:
//! `<prefix>/<aa>/<sha256>`.
//!
//! An object is put in one piece. The store checks it against the hash that was signed with it, so
//! that it appears whole or not at all, and nothing half-sent is left to be cleared away. Every call
//! has a bound in time; a repetition does no harm, since what is there already is the same.

use std::future::Future;
use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::aws::AmazonS3;
use object_store::path::Path as Key;
use object_store::{
    Error as StoreError, GetOptions, GetRange, ObjectMeta, ObjectStore as _, ObjectStoreExt as _,
    PutMode, PutOptions,
};
use servease_files::folder::{FileStore, Incoming};
use servease_files::{StoredFile, is_hash};
use tokio::time::timeout;

use super::place::{BucketSettings, Location};
use super::trouble::{FilesFailure, OpenError, Trouble};
use super::{Content, Whole};

/// How long a call may take that moves little, tries over included.
const CALL: Duration = Duration::from_secs(10);

/// What a call may take for each MiB that it moves.
const OF_MIB: Duration = Duration::from_secs(2);

/// How long a piece of a download may let wait.
const PIECE: Duration = Duration::from_secs(20);

/// A list has a page of a thousand names a call.
const LIST: Duration = Duration::from_secs(20);

/// How often an object is put before it counts as failed.
const PUTS: usize = 3;

/// With what a start shows that it may write: one name, so that ends in between leave one at most.
const PROBE: &str = "arriving/probe";

/// A bucket; cheap to clone.
#[derive(Debug, Clone)]
pub struct Bucket {
    objects: Arc<AmazonS3>,
    prefix: Key,
    /// Where uploads lie until they are whole: on this machine.
    spool: FileStore,
}

/// What an attempt to put an object where none was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    New,
    /// One was there, so long.
    There(u64),
}

impl Bucket {
    /// Errors: the store cannot be used as it is set up, which is found out within a bound.
    pub async fn open(
        location: &Location,
        settings: &BucketSettings,
        spool: &FilePath,
    ) -> Result<Bucket, OpenError> {
        let bucket = Bucket {
            objects: Arc::new(settings.line(location)?),
            prefix: Key::from(location.prefix.as_str()),
            spool: FileStore::open(spool.to_owned())
                .await
                .map_err(OpenError::Folder)?,
        };
        // A question that every reader may ask, and that names a bucket which is not there.
        let mut names = bucket.objects.list(Some(&bucket.key(&["arriving"])));
        let asked = bounded(CALL, async { names.try_next().await }).await;
        match asked {
            Ok(_) => Ok(bucket),
            Err(trouble) => Err(OpenError::Bucket {
                place: location.to_string(),
                trouble: match trouble {
                    // The machine was asked who it is, and does not know.
                    Trouble::Silent | Trouble::Unreachable(_) | Trouble::Answered(_)
                        if !settings.name_somebody() =>
                    {
                        Trouble::NoCredentials(trouble.to_string())
                    }
                    other => other,
                },
            }),
        }
    }

    /// Shows that objects can be put and deleted.
    pub async fn try_out(&self) -> Result<(), Trouble> {
        let probe = self.key(&[PROBE]);
        bounded(CALL, self.objects.put(&probe, "ServEase".into())).await?;
        self.delete(vec![probe]).await
    }

    pub(super) fn key(&self, parts: &[&str]) -> Key {
        let under = parts.iter().flat_map(|part| part.split('/'));
        under.fold(self.prefix.clone(), |key, part| key.join(part))
    }

    fn kept(&self, sha256: &str) -> Option<Key> {
        is_hash(sha256).then(|| self.key(&[&sha256[..2], sha256]))
    }

    /// How long the kept file of this hash is. None: it is not here.
    pub async fn size_of(&self, sha256: &str) -> Result<Option<u64>, Trouble> {
        match self.kept(sha256) {
            Some(key) => self.length(&key).await,
            None => Ok(None),
        }
    }

    async fn length(&self, key: &Key) -> Result<Option<u64>, Trouble> {
        let asked = bounded(CALL, async {
            match self.objects.head(key).await {
                Ok(found) => Ok(Some(found.size)),
                Err(StoreError::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        asked.await
    }

    /// A kept file, or a part of it, as it comes.
    pub async fn read(&self, sha256: &str, range: Range<u64>) -> Result<Content, FilesFailure> {
        let key = self.kept(sha256);
        let key = key.ok_or_else(|| Trouble::Answered("nothing: this is no hash".to_owned()))?;
        if range.is_empty() {
            return Ok(stream::empty().boxed());
        }
        let pieces = self.pieces(&key, range).await?;
        let timed = stream::unfold(Some(pieces), |pieces| async {
            let mut pieces = pieces?;
            match timeout(PIECE, pieces.next()).await {
                Ok(None) => None,
                Ok(Some(Ok(piece))) => Some((Ok(piece), Some(pieces))),
                Ok(Some(Err(error))) => Some((Err(Trouble::of(&error)), None)),
                Err(_) => Some((Err(Trouble::Silent), None)),
            }
        });
        // A reader may ask once more after the end.
        Ok(timed
            .map_err(|trouble| FilesFailure::from(trouble).into_io())
            .fuse()
            .boxed())
    }

    async fn pieces(
        &self,
        key: &Key,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, StoreError>>, Trouble> {
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        let got = bounded(CALL, self.objects.get_opts(key, options)).await?;
        Ok(got.into_stream())
    }

    /// A whole small object, of a length that is known. None: it is gone, or is another by now.
    pub(super) async fn content(&self, key: &Key, bytes: u64) -> Result<Option<Bytes>, Trouble> {
        let got = bounded(CALL + for_bytes(bytes), async {
            match self.objects.get(key).await {
                Ok(got) if got.meta.size == bytes => got.bytes().await.map(Some),
                Ok(_) | Err(StoreError::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        got.await
    }

    pub async fn begin(&self) -> Result<Incoming, FilesFailure> {
        Ok(self.spool.begin().await?)
    }

    pub async fn keep(&self, mut incoming: Incoming) -> Result<StoredFile, FilesFailure> {
        let content = incoming.content().await?.into();
        // Hashed as it came.
        let sha256 = incoming.digest();
        self.keep_content(Whole { content, sha256 }).await
    }

    /// Keeps a whole content: it is in the store when this returns.
    pub async fn keep_content(&self, whole: Whole) -> Result<StoredFile, FilesFailure> {
        let Whole { content, sha256 } = whole;
        let stored = StoredFile {
            sha256,
            size_bytes: content.len() as u64,
        };
        let key = self.key(&[&stored.sha256[..2], &stored.sha256]);
        let created = self.create(&key, content.clone()).await?;
        if matches!(created, Created::There(bytes) if bytes != stored.size_bytes) {
            // Somebody else wrote there: under this name only this content is right.
            let within = CALL + for_bytes(stored.size_bytes);
            bounded(within, self.objects.put(&key, content.into())).await?;
        }
        Ok(stored)
    }

    /// Puts an object where none is: one that is there stays as it is.
    pub(super) async fn create(&self, key: &Key, content: Bytes) -> Result<Created, Trouble> {
        let within = CALL + for_bytes(content.len() as u64);
        let put = async {
            let mut mode = PutMode::Create;
            let mut trouble = Trouble::Silent;
            for _ in 0..PUTS {
                let options = PutOptions::from(mode.clone());
                let put = self.objects.put_opts(key, content.clone().into(), options);
                trouble = match put.await {
                    Ok(_) => return Ok(Created::New),
                    // It may only be about to be there, and never come: this is asked.
                    Err(error @ StoreError::AlreadyExists { .. }) => {
                        match self.length(key).await? {
                            Some(bytes) => return Ok(Created::There(bytes)),
                            None => Trouble::of(&error),
                        }
                    }
                    // AWS_CONDITIONAL_PUT=disabled: a store that knows no conditions.
                    Err(StoreError::NotImplemented { .. }) if mode == PutMode::Create => {
                        mode = PutMode::Overwrite;
                        continue;
                    }
                    Err(error) => match Trouble::of(&error) {
                        again if again.may_be_asked_again() => again,
                        other => return Err(other),
                    },
                };
            }
            Err(trouble)
        };
        timeout(within, put).await.unwrap_or(Err(Trouble::Silent))
    }

    /// Deletes objects; those that are gone already are no error.
    pub(super) async fn delete(&self, keys: Vec<Key>) -> Result<(), Trouble> {
        let within = CALL + LIST * u32::try_from(keys.len() / 1_000).unwrap_or(u32::MAX);
        let keys = stream::iter(keys.into_iter().map(Ok)).boxed();
        let mut deleted = self.objects.delete_stream(keys);
        bounded(within, async {
            while let Some(one) = deleted.next().await {
                match one {
                    Ok(_) | Err(StoreError::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
        .await
    }

    /// What is below a key, `most` objects of it.
    pub(super) async fn list(&self, under: &Key, most: usize) -> Result<Vec<ObjectMeta>, Trouble> {
        let objects = self.objects.list(Some(under)).take(most);
        bounded(LIST, objects.try_collect()).await
    }
}

/// What a call may take beyond [`CALL`] for what it moves.
fn for_bytes(bytes: u64) -> Duration {
    let mib = u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX);
    OF_MIB.saturating_mul(mib)
}

async fn bounded<T>(
    within: Duration,
    call: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, Trouble> {
    match timeout(within, call).await {
        Ok(done) => done.map_err(|error| Trouble::of(&error)),
        Err(_) => Err(Trouble::Silent),
    }
}
