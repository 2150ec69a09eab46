//! Files of documents on their way from a desk and to one: which are here, the parts of those that
//! come, and what is done when one is whole. A file is taken only where a live document names it,
//! and is then looked at and kept exactly as an upload over REST.

use std::collections::HashMap;
use std::io;
use std::time::SystemTime;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Order};
use servease_domain::rights::Account;
use servease_domain::{EntityKind, Record};
use servease_files::{Refusal, is_hash, recognise};
use servease_wire::sync::RefusalCode;
use servease_wire::sync::files::{FILES_MAX, FileName, FileStanding, FilesAnswer, FilesQuery};

use super::hidden::Hidden;
use super::{SyncError, check_protocol, refuse};
use crate::db::{Db, DbError};
use crate::files::{Arrived, Files as Store, FilesFailure, Held, Put, Standing};
use crate::store::records;

/// One content stands in a few documents: a scan with the papers of both owners.
const DOCUMENTS_MAX: u64 = 4 * FILES_MAX as u64;

/// Why a question about files was not answered.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error(transparent)]
    Sync(#[from] SyncError),
    #[error(transparent)]
    Store(#[from] FilesFailure),
    /// Another request is at this file, or more arrives than there is room for: later.
    #[error("the file cannot be taken just now")]
    Busy,
}

impl From<io::Error> for FilesError {
    fn from(error: io::Error) -> FilesError {
        FilesError::Store(error.into())
    }
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
    pub store: &'a Store,
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
        let is_named = |file: &&FileName| {
            let documents = named.get(&file.sha256);
            documents.is_some_and(|all| all.iter().any(|it| has_size(it, file.size_bytes)))
        };
        let asked = query.files.iter().filter(is_named);
        let asked: Vec<String> = asked.map(|file| file.sha256.clone()).collect();
        let found = self.store.standings(desk.user, &asked).await?;
        let max_bytes = self.max_bytes;
        let standing = |file: &FileName| match found.get(&file.sha256).filter(|_| is_named(&file)) {
            None => FileStanding::Unnamed,
            Some(Standing::Kept) => FileStanding::Kept,
            Some(_) if file.size_bytes > max_bytes => refused(Refusal::TooBig { max_bytes }),
            Some(Standing::Arriving(so_far)) => FileStanding::Arriving { so_far: *so_far },
        };
        let files = query.files.iter().map(standing).collect();
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
        let (store, sha256) = (self.store, file.sha256.as_str());
        if store.find(sha256).await?.is_some() {
            return Ok(FileStanding::Kept);
        }
        if at == 0 && part.len() as u64 == file.size_bytes {
            let arrived = store.in_one_part(part).await?;
            return self.judge(desk, file, arrived, documents).await;
        }
        let (name, moment) = ((desk.user, sha256), SystemTime::from(now));
        match store
            .put_part(name, file.size_bytes, at, part, moment)
            .await?
        {
            Put::Busy | Put::Full => return Err(FilesError::Busy),
            // Whoever else was at it may have kept it meanwhile.
            Put::At(so_far) if so_far < at && store.find(sha256).await?.is_some() => {
                return Ok(FileStanding::Kept);
            }
            Put::At(so_far) if so_far < file.size_bytes => {
                return Ok(FileStanding::Arriving { so_far });
            }
            Put::At(_) => {}
        }
        // Whole, and nobody has looked at it yet.
        let arrived = store.arrived(desk.user, sha256, file.size_bytes).await?;
        let Some(arrived) = arrived else {
            // Whoever else was at it has kept it, or is not through yet.
            return match store.find(sha256).await? {
                Some(_) => Ok(FileStanding::Kept),
                None => Err(FilesError::Busy),
            };
        };
        self.judge(desk, file, arrived, documents).await
    }

    /// Keeps a whole file that is what its documents say.
    async fn judge(
        &self,
        desk: Desk<'_>,
        file: &FileName,
        arrived: Arrived,
        documents: Vec<Record>,
    ) -> Result<FileStanding, FilesError> {
        let looked = tokio::task::spawn_blocking(move || {
            let fits = fits(arrived.whole().content(), &documents);
            (arrived, fits)
        });
        let (arrived, fits) = looked.await.map_err(io::Error::other)?;
        let is_it = arrived.whole().sha256() == file.sha256;
        let standing = match fits {
            Ok(()) if is_it => {
                self.store.keep_arrived(arrived).await?;
                FileStanding::Kept
            }
            Err(refusal) if is_it => refused(refusal),
            _ => FileStanding::Arriving { so_far: 0 },
        };
        self.store.forget(desk.user, &file.sha256).await?;
        Ok(standing)
    }

    /// A file that a document names which this account sees, with these documents. None where no such
    /// document does, or the file is not here.
    pub async fn find(
        &self,
        account: Account,
        sha256: &str,
    ) -> Result<Option<(Held, Vec<Record>)>, FilesError> {
        let documents = self.named(account, [sha256]).await?.remove(sha256);
        match documents {
            Some(documents) => Ok(self.store.find(sha256).await?.zip(Some(documents))),
            None => Ok(None),
        }
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
