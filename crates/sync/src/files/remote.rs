//! Central, as the lane of files sees it.

use std::future::Future;

use bytes::Bytes;
use servease_wire::sync::files::{FileName, FileStanding, FilesAnswer, FilesQuery};

use crate::remote::{FilePart, RemoteError};

/// What Central can be asked about files. Implemented over HTTP, and by the simulated network.
pub trait FileRemote: Send + Sync {
    /// How far files are. None: this Central is too old for the question.
    fn standings(
        &self,
        query: &FilesQuery,
    ) -> impl Future<Output = Result<Option<FilesAnswer>, RemoteError>> + Send;

    /// Gives it a part of a file. Answers how far the file is now.
    fn put(
        &self,
        file: &FileName,
        at: u64,
        part: Bytes,
    ) -> impl Future<Output = Result<FileStanding, RemoteError>> + Send;

    /// A file from a byte on. None: it is not there.
    fn get(
        &self,
        sha256: &str,
        from: u64,
    ) -> impl Future<Output = Result<Option<FilePart>, RemoteError>> + Send;
}
