//! What screens and the command line are given of documents.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use servease_domain::due::Due;
use servease_domain::{Document, Problem, Record};
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

/// The file that is on its way to Central.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FileOnItsWay {
    /// Of its document; blank when that is gone meanwhile.
    pub title: String,
    /// Bytes of this file that Central has, of how many.
    pub done: u64,
    pub total: u64,
    /// Bytes that this run has sent, and what is to be sent in all.
    pub sent: u64,
    pub all: u64,
}

/// When files are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
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

/// The same as a line.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct MissingLine {
    pub id: Uuid,
    pub customer_id: Option<Uuid>,
    pub license_plate: String,
    pub make: String,
    pub model: String,
    pub owner: String,
    pub owner_phone: String,
    /// Types of documents.
    pub missing: Vec<String>,
}

/// A paper as a line.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PaperLine {
    pub id: Uuid,
    pub document: Document,
    /// What its customer is called.
    pub customer: String,
    /// Plate, or make and model; blank without a vehicle.
    pub vehicle: String,
    /// When it expires, while it counts.
    pub due: Option<Due>,
    pub counts: bool,
    pub renewed_by: Option<Uuid>,
    pub file: FileStanding,
}

/// Which papers the page of all papers shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PaperQuery {
    pub search: String,
    pub state: PaperState,
    /// Blank: every type.
    pub document_type: String,
    pub customer_id: Option<Uuid>,
    /// `-created_at`, `title`, `expiry_date`, …
    pub ordering: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PaperState {
    #[default]
    All,
    /// Expired, or about to.
    Expiring,
    Fine,
    Soon,
    Expired,
    /// Put away, or renewed by another one.
    PutAway,
}

/// How many papers there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Type)]
pub struct PaperCounts {
    pub all: i64,
    /// Expired, or about to.
    pub expiring: i64,
    /// Vehicles without papers that they need.
    pub missing: i64,
}

/// A paper with everything that is told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PaperCard {
    pub line: PaperLine,
    /// The paper that it renews.
    pub renews: Option<PaperLine>,
    pub renewed_by: Option<PaperLine>,
    /// Who looked at it, newest first: at a sensitive one at every desk, at others on this PC.
    pub looks: Vec<LookLine>,
}

/// What somebody did with a paper without changing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PaperDeed {
    Seen,
    Copied,
    Opened,
    Printed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct LookLine {
    pub at: DateTime<Utc>,
    /// Blank when nobody was chosen.
    pub author: String,
    pub deed: PaperDeed,
}

/// A file that may be taken in, looked over before somebody says what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FileLook {
    pub name: String,
    pub size_bytes: i64,
    pub media_type: String,
    pub document_type: Option<String>,
    pub title: String,
    /// The same content is here already, or the PDF is locked.
    pub warnings: Vec<Problem>,
    /// Of the content.
    pub sha256: String,
}

/// What becomes of the file: how its document is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Keep {
    /// The document that the new one takes the place of.
    pub renews: Option<Uuid>,
    /// Its expiry date becomes the vehicle's: that of its registration or its insurance.
    pub dates_vehicle: bool,
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
