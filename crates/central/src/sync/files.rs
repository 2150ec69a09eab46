//! Files of documents on their way from a desk and to one: which are here, the parts of those that
//! come, and what is done when one is whole. A file is taken only where a live document names it,
//! and is then looked at and kept exactly as an upload over REST.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Order};
use servease_domain::rights::Account;
use servease_domain::{EntityKind, Record};
use servease_files::arrivals::Put;
use servease_files::folder::FileStore;
use servease_files::{Refusal, hash_of, is_hash, recognise};
use servease_wire::sync::RefusalCode;
use servease_wire::sync::files::{FILES_MAX, FileName, FileStanding, FilesAnswer, FilesQuery};

use super::hidden::Hidden;
use super::{SyncError, check_protocol, refuse};
use crate::db::{Db, DbError};
use crate::store::records;

/// One content stands in a few documents: a scan with the papers of both owners.
const DOCUMENTS_MAX: u64 = 4 * FILES_MAX as u64;

/// Why a question about files was not answered.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error(transparent)]
    Sync(#[from] SyncError),
    #[error("the file store failed")]
    Disk(#[from] io::Error),
    /// Another request is at this file, or more arrives than there is room for: later.
    #[error("the file cannot be taken just now")]
    Busy,
}

impl From<DbError> for FilesError {
    fn from(error: DbError) -> FilesError {
        FilesError::Sync(error.into())
    }
}

/// Whoever sends files or asks for them.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// The account; what it has begun to send is its own.
    pub user: &'a str,
    pub account: Account,
}

/// The files of a service, and what may be among them.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    pub db: &'a Db,
    pub store: &'a FileStore,
    /// The biggest that its operator takes.
    pub max_bytes: u64,
}

impl Files<'_> {
    /// How far each of some files is.
    pub async fn standings(
        &self,
        desk: Desk<'_>,
        query: &FilesQuery,
    ) -> Result<FilesAnswer, FilesError> {
        check_protocol(query.protocol)?;
        if query.files.len() > FILES_MAX {
            let words = format!("At most {FILES_MAX} files at once.");
            return Err(refuse(RefusalCode::TooMuch, words).into());
        }
        let hashes = query.files.iter().map(|file| file.sha256.as_str());
        let named = self.named(desk.account, hashes).await?;
        let (store, user) = (self.store.clone(), desk.user.to_owned());
        let asked = query.files.clone();
        let max_bytes = self.max_bytes;
        let files = on_disk(move || {
            let standing = |file: &FileName| {
                let documents = named.get(&file.sha256).map_or(&[][..], Vec::as_slice);
                if !documents.iter().any(|it| has_size(it, file.size_bytes)) {
                    FileStanding::Unnamed
                } else if store.has(&file.sha256) {
                    FileStanding::Kept
                } else if file.size_bytes > max_bytes {
                    refused(Refusal::TooBig { max_bytes })
                } else {
                    FileStanding::Arriving {
                        so_far: store.arrivals().so_far(&user, &file.sha256),
                    }
                }
            };
            Ok(asked.iter().map(standing).collect())
        })
        .await?;
        Ok(FilesAnswer { files })
    }

    /// Takes in a part of a file, and keeps the file when it is whole with it. Answers how far it is:
    /// a part that does not begin where the file ends so far was not taken.
    pub async fn put(
        &self,
        desk: Desk<'_>,
        file: &FileName,
        at: u64,
        part: Bytes,
        now: DateTime<Utc>,
    ) -> Result<FileStanding, FilesError> {
        let named = self.named(desk.account, [file.sha256.as_str()]).await?;
        let mut documents = named.into_values().next().unwrap_or_default();
        documents.retain(|document| has_size(document, file.size_bytes));
        if documents.is_empty() {
            return Ok(FileStanding::Unnamed);
        }
        let max_bytes = self.max_bytes;
        if file.size_bytes > max_bytes {
            return Ok(refused(Refusal::TooBig { max_bytes }));
        }
        let (store, user, file) = (self.store.clone(), desk.user.to_owned(), file.clone());
        let moment = SystemTime::from(now);
        let came = on_disk(move || {
            if store.has(&file.sha256) {
                return Ok(Ok(FileStanding::Kept));
            }
            let (arrivals, name) = (store.arrivals(), (user.as_str(), file.sha256.as_str()));
            match arrivals.put(name, file.size_bytes, at, &part, moment)? {
                Put::Busy | Put::Full => return Ok(Err(FilesError::Busy)),
                Put::At(so_far) if so_far < file.size_bytes => {
                    return Ok(Ok(FileStanding::Arriving { so_far }));
                }
                Put::At(_) => {}
            }
            // Whole, and nobody has looked at it yet.
            let Some(content) = arrivals.content(name.0, name.1)? else {
                return Ok(Err(FilesError::Busy));
            };
            if hash_of(&content) != file.sha256 {
                arrivals.remove(name.0, name.1)?;
                return Ok(Ok(FileStanding::Arriving { so_far: 0 }));
            }
            if let Err(refusal) = fits(&content, &documents) {
                arrivals.remove(name.0, name.1)?;
                return Ok(Ok(refused(refusal)));
            }
            store.keep_content(&content)?;
            arrivals.remove(name.0, name.1)?;
            Ok(Ok(FileStanding::Kept))
        });
        came.await?
    }

    /// Where a file lies that a document names which this account sees, with these documents. None
    /// where no such document does, or the file is not here.
    pub async fn find(
        &self,
        account: Account,
        sha256: &str,
    ) -> Result<Option<(PathBuf, Vec<Record>)>, FilesError> {
        let documents = self.named(account, [sha256]).await?.remove(sha256);
        let (store, sha256) = (self.store.clone(), sha256.to_owned());
        let path = on_disk(move || Ok(store.path(&sha256).filter(|path| path.is_file()))).await?;
        Ok(path.zip(documents))
    }

    /// Live documents that this account sees, by the hash of their file.
    async fn named<'h>(
        &self,
        account: Account,
        hashes: impl IntoIterator<Item = &'h str>,
    ) -> Result<HashMap<String, Vec<Record>>, DbError> {
        let hashes: Vec<&str> = hashes.into_iter().filter(|it| is_hash(it)).collect();
        let mut named: HashMap<String, Vec<Record>> = HashMap::new();
        if hashes.is_empty() {
            return Ok(named);
        }
        let kind = EntityKind::Document;
        let mut select = records::select_live(kind);
        select
            .and_where(Expr::col("sha256").is_in(hashes))
            .order_by("created_at", Order::Asc)
            .order_by("id", Order::Asc)
            .limit(DOCUMENTS_MAX);
        let mut link = self.db.read().await?;
        let found = records::fetch_records(&mut link, kind, &select).await?;
        let ids = found.iter().map(|document| (kind, document.id));
        let hidden = Hidden::among(&mut link, account, ids).await?;
        for document in found {
            if !hidden.has(kind, document.id) {
                let sha256 = document.get("sha256").as_text().to_owned();
                named.entry(sha256).or_default().push(document);
            }
        }
        Ok(named)
    }
}

fn has_size(document: &Record, size_bytes: u64) -> bool {
    let said = document.get("file_size").as_integer();
    said.and_then(|size| u64::try_from(size).ok()) == Some(size_bytes)
}

/// Whether a content is what one of the documents says that it is. Errors: why it is not, as the
/// first of them has it.
fn fits(content: &[u8], documents: &[Record]) -> Result<(), Refusal> {
    let mut first = None;
    for document in documents {
        let name = document.get("file_name").as_text();
        let refusal = match recognise(content, name) {
            Ok(found) if found.kind.media_type == document.get("mime_type").as_text() => {
                return Ok(());
            }
            Ok(_) => Refusal::Name,
            Err(refusal) => refusal,
        };
        first.get_or_insert(refusal);
    }
    Err(first.unwrap_or(Refusal::Kind))
}

fn refused(refusal: Refusal) -> FileStanding {
    FileStanding::Refused {
        why: refusal.word().to_owned(),
        detail: refusal.sentence(),
    }
}

/// What waits for the disk is done beside everything else.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}
