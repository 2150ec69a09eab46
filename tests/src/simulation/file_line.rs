//! The line between a desk and Central for files: parts that are lost, doubled and torn, and answers
//! that are cut anywhere.

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use servease_central::sync::SyncError;
use servease_central::sync::files::{Desk, Files, FilesError};
use servease_domain::rights::Account;
use servease_files::MAX_BYTES;
use servease_sync::RemoteError;
use servease_sync::files::FileRemote;
use servease_sync::remote::FilePart;
use servease_wire::sync::files::{FileName, FileStanding, FilesAnswer, FilesQuery};

use super::network::{Fault, Line, cut, refused};

const DESK: Desk<'static> = Desk {
    user: "ann",
    account: Account::ADMIN,
};

fn failed(error: FilesError) -> RemoteError {
    match error {
        FilesError::Sync(error @ SyncError::Refused(_)) => refused(error),
        FilesError::Busy => RemoteError::Busy {
            status: 503,
            retry_after: None,
        },
        other => panic!("Central failed on files: {other:?}"),
    }
}

impl Line<'_> {
    fn files(&self) -> Option<Files<'_>> {
        self.central.files.as_ref().map(|files| Files {
            db: &self.central.db,
            store: &files.store,
            max_bytes: MAX_BYTES,
        })
    }

    async fn deliver_part(
        &self,
        file: &FileName,
        at: u64,
        part: Bytes,
    ) -> Result<FileStanding, RemoteError> {
        let Some(files) = self.files() else {
            return Err(cut());
        };
        let put = files.put(DESK, file, at, part, self.now).await;
        put.map_err(failed)
    }
}

impl FileRemote for Line<'_> {
    async fn standings(&self, query: &FilesQuery) -> Result<Option<FilesAnswer>, RemoteError> {
        let fault = self.before(self.network.fault()).await?;
        let Some(files) = self.files() else {
            return Ok(None);
        };
        let answer = files.standings(DESK, query).await.map_err(failed)?;
        self.after(fault, answer).await.map(Some)
    }

    async fn put(
        &self,
        file: &FileName,
        at: u64,
        part: Bytes,
    ) -> Result<FileStanding, RemoteError> {
        let fault = self.before(self.network.fault()).await?;
        match fault {
            Fault::Twice | Fault::OnceMoreLater => {
                let _ = self.deliver_part(file, at, part.clone()).await;
            }
            // Central dies in the middle of it: what was written is written.
            Fault::CentralFull => {
                let torn = part.slice(..part.len() / 2);
                let _ = self.deliver_part(file, at, torn).await;
                return Err(cut());
            }
            _ => {}
        }
        let answer = self.deliver_part(file, at, part).await?;
        self.network
            .tell(|| format!("  part of {} at {at}: {answer:?}", file.sha256));
        self.after(fault, answer).await
    }

    async fn get(&self, sha256: &str, from: u64) -> Result<Option<FilePart>, RemoteError> {
        let fault = self.before(self.network.fault()).await?;
        let Some(files) = self.files() else {
            return Ok(None);
        };
        let found = files.find(Account::ADMIN, sha256).await.map_err(failed)?;
        let Some((held, _)) = found else {
            return self.after(fault, ()).await.map(|()| None);
        };
        let content = held.read(0..held.size_bytes).await.expect("a file");
        let content: Vec<Bytes> = content.try_collect().await.expect("its bytes");
        let content = content.concat();
        let rest = content.get(usize::try_from(from).expect("small")..);
        let mut chunks: Vec<Result<Bytes, RemoteError>> = rest
            .unwrap_or_default()
            .chunks(3)
            .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
            .collect();
        if !matches!(fault, Fault::None) {
            // It comes until something happens.
            chunks.truncate(chunks.len() / 2);
            chunks.push(Err(cut()));
        }
        Ok(Some(FilePart {
            from,
            chunks: stream::iter(chunks).boxed(),
        }))
    }
}
