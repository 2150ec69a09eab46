//! What screens and the command line are given of documents.

use serde::Serialize;
use servease_domain::Record;
use uuid::Uuid;

/// A vehicle in use without papers that it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct MissingPapers {
    pub vehicle: Record,
    pub owner: String,
    pub owner_phone: String,
    /// Types of documents.
    pub missing: Vec<String>,
}

/// What became of the files, as `doctor` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct FilesHealth {
    /// Of live documents, each content once.
    pub files: u64,
    pub bytes: u64,
    /// Another desk took them in, and they have not come here yet.
    pub not_fetched: u64,
    pub missing: u64,
    pub damaged: u64,
}

/// A document whose file is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub document: Uuid,
    pub title: String,
    pub is_damaged: bool,
}
