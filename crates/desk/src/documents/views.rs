//! What screens and the command line are given of documents.

use serde::Serialize;
use servease_domain::Record;
use specta::Type;
use uuid::Uuid;

/// Where the file of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// On this PC, and Central has it too, or there is none.
    Here,
    /// On this PC, and Central has not got it yet.
    OnItsWay,
    /// Another desk took it in: it comes when somebody opens it.
    AtCentral,
    /// Central does not take it. It is on this PC.
    Refused,
    /// It was on this PC and is nowhere.
    Missing,
}

/// How the file of a document stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FileStanding {
    pub file_state: FileState,
    /// Of a refused one: why, as a word (`problem-file-refused`).
    pub file_refusal: Option<String>,
}

/// How the files of this desk stand with Central.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct FilesStatus {
    /// Files that Central has not got yet, and their bytes.
    pub waiting: u64,
    pub waiting_bytes: u64,
    /// Files that it does not take.
    pub refused: u64,
    pub pace: FilesPace,
}

/// When files are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FilesPace {
    /// Beside everything else.
    Now,
    /// While no records wait to be sent.
    Idle,
    Paused,
}

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
