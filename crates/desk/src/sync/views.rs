//! What screens and the command line are given of syncing, conflicts and duplicates.

use crate::FailureView;
use crate::documents::views::{FileOnItsWay, FilesStatus};
use crate::records::views::CardOf;
use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value as Json;
use servease_domain::{Action, EntityKind};
use servease_sync::Stage;
use specta::Type;
use uuid::Uuid;

/// The server, and who is signed in to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Account {
    pub server: String,
    pub email: String,
    pub name: String,
    pub is_signed_in: bool,
    /// False: there is no keyring here, and the session lies in a file that only its owner
    /// can read. Whoever signs in is told.
    pub is_in_keyring: bool,
    /// What is sent to the server can be read on its way: `http://`, and not on this PC. Whoever
    /// signs in or looks is told.
    pub is_open_line: bool,
}

/// How the desk stands with Central, as the status line says it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SyncStatus {
    pub state: SyncState,
    pub account: Option<Account>,
    /// Actions of people that Central has not confirmed.
    pub waiting: i64,
    /// Of these, changes that Central refused.
    pub rejected: i64,
    pub open_conflicts: i64,
    pub duplicates: i64,
    /// Central's number up to which everything has been taken in.
    pub cursor: i64,
    /// Changes that only a newer program can take in.
    pub set_aside: i64,
    pub last_success: Option<DateTime<Utc>>,
    /// Why the last attempt failed.
    pub trouble: Option<FailureView>,
    pub progress: Option<SyncProgress>,
    /// How long what `progress` counts will take from now on, as far as its pace so far tells;
    /// none while it tells nothing.
    pub remaining_s: Option<u64>,
    /// How the files of documents stand, and the one that is on its way.
    pub files: FilesStatus,
    pub file: Option<FileOnItsWay>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// No server was named yet.
    Alone,
    Synced,
    Working,
    /// Somebody stopped a run; the next one begins when they ask for it.
    Paused,
    /// The server cannot be reached; edits wait.
    Offline,
    /// Somebody has to decide or to sign in.
    NeedsAttention,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum SyncProgress {
    /// Changes that the server has answered in this run, of how many.
    Pushing {
        done: u64,
        total: u64,
    },
    Pulling {
        left: u64,
    },
    Snapshot {
        rows: u64,
        total: u64,
    },
    /// A whole database is on its way. The unit of `done` and `total` depends on the stage.
    File {
        stage: FileStage,
        done: u64,
        total: u64,
    },
}

/// What is being done for a first state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FileStage {
    /// The server makes the file: rows.
    Making,
    /// It comes over the line: bytes.
    Fetching,
    /// Bytes.
    Unpacking,
    /// Entries of the search index.
    Indexing,
    /// The database takes it in: bytes. While it does, nothing can be saved.
    TakingIn,
}

impl From<Stage> for FileStage {
    fn from(stage: Stage) -> FileStage {
        match stage {
            Stage::Making => FileStage::Making,
            Stage::Fetching => FileStage::Fetching,
            Stage::Unpacking => FileStage::Unpacking,
            Stage::Indexing => FileStage::Indexing,
            Stage::TakingIn => FileStage::TakingIn,
        }
    }
}

impl From<servease_sync::Progress> for SyncProgress {
    fn from(progress: servease_sync::Progress) -> SyncProgress {
        match progress {
            servease_sync::Progress::Pushing { done, total } => {
                SyncProgress::Pushing { done, total }
            }
            servease_sync::Progress::Pulling { left } => SyncProgress::Pulling { left },
            servease_sync::Progress::Snapshot { rows, total } => {
                SyncProgress::Snapshot { rows, total }
            }
            servease_sync::Progress::File { stage, done, total } => SyncProgress::File {
                stage: stage.into(),
                done,
                total,
            },
        }
    }
}

/// An edit that Central has not confirmed.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct WaitingEdit {
    pub id: Uuid,
    pub kind: EntityKind,
    pub record_id: Uuid,
    /// What the record is called.
    pub title: String,
    /// Where it is seen and mended.
    pub card: Option<CardOf>,
    pub action: Action,
    pub fields: Vec<String>,
    pub at: DateTime<Utc>,
    pub author: String,
    pub reason: WaitingReason,
    /// Of a rejected edit: field → codes (`problem-<code>`).
    pub errors: Vec<FieldError>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FieldError {
    pub field: String,
    pub code: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WaitingReason {
    /// It goes out with the next run.
    NotSent,
    /// What it refers to is not there yet.
    MissingReference,
    /// An earlier edit of the same record waits.
    Behind,
    /// Central refused it: mend the field, try again, or give it up.
    Rejected,
    /// Its id was used for something else: only giving it up helps.
    IdReused,
    /// The server is too old for what was made.
    ServerTooOld,
    /// The server failed on it; its log says why.
    ServerFailed,
}

/// A conflict that somebody should look at.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ConflictView {
    pub id: Uuid,
    pub kind: EntityKind,
    pub record_id: Uuid,
    pub title: String,
    pub card: Option<CardOf>,
    pub customer_id: Option<Uuid>,
    /// The field, a group of fields that belong together, or `deleted`.
    pub field: String,
    /// What this desk wrote, and what came from elsewhere; where this desk wrote neither, what
    /// is in use and what is not. Of a group an object: field → value.
    pub mine: Json,
    pub theirs: Json,
    /// What a referenced record is called, where the field is a reference.
    pub mine_title: Option<String>,
    pub theirs_title: Option<String>,
    pub mine_by: String,
    pub theirs_by: String,
    pub mine_at: Option<DateTime<Utc>>,
    pub theirs_at: Option<DateTime<Utc>>,
    /// Whether the record holds `mine` at present.
    pub is_mine_in_use: bool,
}

/// What somebody decides about a conflict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "keep", content = "value")]
pub enum Resolution {
    Mine,
    Theirs,
    /// Neither: another value, in the form in which fields are edited.
    Edit(Json),
}

/// Two records of the same e-mail or VIN.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct DuplicateView {
    pub kind: EntityKind,
    /// The older one, which the other repeats.
    pub id: Uuid,
    pub title: String,
    pub duplicate_id: Uuid,
    pub duplicate_title: String,
    /// The fields that they share.
    pub fields: Vec<String>,
    /// Fields that differ: what the one holds, and what the other.
    pub differences: Vec<Difference>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Difference {
    pub field: String,
    pub one: Json,
    pub other: Json,
}
