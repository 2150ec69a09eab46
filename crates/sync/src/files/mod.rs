//! The lane of files: what documents are about, on its way to Central, and from it when somebody
//! looks at one.
//!
//! It runs beside the engine for records and knows nothing of it but whether records wait: they
//! never wait for files. [`plan`] says what comes next and touches nothing, [`lane`] does it, a part
//! of a file at a time, [`fetching`] brings one here; the other side is a [`FileRemote`], the files of
//! this PC are a [`Shelf`].

pub mod fetching;
mod http;
pub mod lane;
pub mod plan;
pub mod remote;

use std::future::Future;
use std::io;

pub use fetching::fetch;
pub use lane::{End, FilesProgress, FilesReport, PartSizes, send};
pub use plan::Pace;
pub use remote::FileRemote;

/// Why a file of this PC cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// It is not here, or is not what was kept.
    #[error("the file is not here")]
    Missing,
    /// Another program is at it.
    #[error("another program is at this file")]
    Busy,
    #[error("the folder of files cannot be used")]
    Failed(#[from] io::Error),
}

/// The files of this PC.
pub trait Shelf: Send + Sync {
    /// A file that is being brought here.
    type Arriving: Send;

    /// Whether a file is here.
    fn has(&self, sha256: &str) -> impl Future<Output = Result<bool, ShelfError>> + Send;

    /// A part of a file's content, `length` bytes or what is left of it.
    fn read(
        &self,
        sha256: &str,
        at: u64,
        length: usize,
    ) -> impl Future<Output = Result<Vec<u8>, ShelfError>> + Send;

    /// Goes on bringing a file where that ended, or begins: how much has come, too.
    fn bring(
        &self,
        sha256: &str,
        size_bytes: u64,
    ) -> impl Future<Output = Result<(Self::Arriving, u64), ShelfError>> + Send;

    /// Takes what comes next of it. None: it is more than the file has.
    fn push(
        &self,
        arriving: Self::Arriving,
        content: bytes::Bytes,
    ) -> impl Future<Output = Result<Option<Self::Arriving>, ShelfError>> + Send;

    /// Keeps it, if it is whole and what its hash says. False: it begins anew the next time.
    fn keep(
        &self,
        arriving: Self::Arriving,
    ) -> impl Future<Output = Result<bool, ShelfError>> + Send;
}
