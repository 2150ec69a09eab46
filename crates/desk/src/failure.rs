//! Why a use case did not do what was asked, as far as somebody can act on it.

use std::collections::BTreeMap;
use std::error::Error as _;

use serde::{Deserialize, Serialize};
use servease_domain::{Code, EntityKind, Problem};
use servease_files::key::NotACode;
use servease_store::StoreError;
use servease_sync::RemoteError;
use servease_wire::sync::RefusalCode;
use specta::Type;
use uuid::Uuid;

use crate::records::views::{BuiltOn, StepLine};

/// A failed use case.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The input is wrong; nothing was written.
    #[error("invalid input")]
    Invalid(Vec<Problem>),
    /// The input is doubtful; the same call with `confirm` goes through.
    #[error("confirmation needed")]
    Confirm(Vec<Problem>),
    #[error("{} {id} is not there", kind.name())]
    NotFound { kind: EntityKind, id: Uuid },
    #[error("nothing to undo")]
    NothingToUndo,
    #[error("nothing to redo")]
    NothingToRedo,
    /// The records of the step are gone, or hold nothing of it any more.
    #[error("nothing is left of it")]
    NothingLeft,
    /// Records stand on what the step made: the first of them, and how many more there are.
    #[error("{} records were built on it", records.len() + more)]
    BuiltOn { records: Vec<BuiltOn>, more: usize },
    /// What undo or redo came to next, and why it stopped there.
    #[error("{:?} was not taken back", step.title)]
    NotUndone {
        step: Box<StepLine>,
        #[source]
        why: Box<Failure>,
    },
    /// The id stands for another record, into which its own was merged.
    #[error("{} {id} was merged into {into}", kind.name())]
    MergedAway {
        kind: EntityKind,
        id: Uuid,
        into: Uuid,
        title: String,
    },
    /// What the step changed was changed again since; these fields stand in the way.
    #[error("changed again since: {}", fields.join(", "))]
    Superseded { fields: Vec<String> },
    /// No notification was shown: none answers, or it refuses.
    #[error("no notification: {0}")]
    NoNotices(String),
    /// Demo data goes into an empty folder only.
    #[error("the data folder is not empty")]
    NotEmpty,
    #[error("the data folder cannot be used")]
    Folder(#[source] std::io::Error),
    /// No server was named, or nobody is signed in to it.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The address is none.
    #[error("not a server address: {0}")]
    NotAnAddress(String),
    /// The password is wrong, or the account may not sign in.
    #[error("the server does not accept these credentials")]
    WrongCredentials,
    /// The data of this folder belongs to another server.
    #[error("the data of this folder belongs to {known}")]
    OtherServer { known: String },
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// A run of syncing ended early, for reasons that nobody at the desk can act on.
    #[error("the server's answers lead nowhere: {0}")]
    SyncStuck(&'static str),
    #[error("cancelled")]
    Cancelled,
    /// The keyring holds the key of the files and does not answer just now.
    #[error("the keyring that holds the key of the files does not answer")]
    FileKeySilent,
    /// Files are here and the key that they are sealed with is not: a folder that was copied or
    /// restored, or a keyring that was emptied.
    #[error("the key of the files is not on this PC")]
    FileKeyLost,
    #[error("this is not the recovery code")]
    NotARecoveryCode(#[source] Option<NotACode>),
    /// The document's file is not on this PC.
    #[error("the file of document {0} is not here")]
    FileNotHere(Uuid),
    #[error("the file of document {0} is damaged")]
    FileDamaged(Uuid),
    #[error(transparent)]
    Store(StoreError),
}

/// What a consumer branches on, and the key of the words (`failure-<code>`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    Invalid,
    Confirm,
    NotFound,
    NothingToUndo,
    NothingToRedo,
    NothingLeft,
    BuiltOn,
    MergedAway,
    Superseded,
    NotEmpty,
    Busy,
    DiskFull,
    ReadOnly,
    Damaged,
    NewerSchema,
    Folder,
    NotSignedIn,
    NotAnAddress,
    WrongCredentials,
    OtherServer,
    /// Nobody answers there just now.
    Unreachable,
    /// The server asks to come back later.
    ServerBusy,
    /// The certificate is not accepted; with a wrong PC clock none is.
    CertificateRefused,
    /// The session has expired.
    SignedOut,
    /// The keyring that holds the session does not answer just now.
    KeyringSilent,
    Forbidden,
    /// What answers there is not ServEase Central.
    NotCentral,
    /// One of the two programs is too old for the other.
    UpdateNeeded,
    SyncStuck,
    NoNotices,
    Cancelled,
    /// The keyring that holds the key of the files does not answer just now.
    FileKeySilent,
    FileKeyLost,
    NotARecoveryCode,
    FileNotHere,
    FileDamaged,
    Internal,
}

/// A failure as the window is given it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FailureView {
    pub code: FailureCode,
    pub problems: Vec<Problem>,
    pub args: BTreeMap<String, String>,
    /// The step at which undo or redo stopped.
    pub step: Option<StepLine>,
    /// Of what was built on a step, the first records, and how many more there are.
    pub records: Vec<BuiltOn>,
    pub more: u32,
}

impl Failure {
    pub fn not_found(kind: EntityKind, id: Uuid) -> Failure {
        Failure::NotFound { kind, id }
    }

    pub fn code(&self) -> FailureCode {
        match self {
            Failure::Invalid(_) => FailureCode::Invalid,
            Failure::Confirm(_) => FailureCode::Confirm,
            Failure::NotFound { .. } => FailureCode::NotFound,
            Failure::NothingToUndo => FailureCode::NothingToUndo,
            Failure::NothingToRedo => FailureCode::NothingToRedo,
            Failure::NothingLeft => FailureCode::NothingLeft,
            Failure::BuiltOn { .. } => FailureCode::BuiltOn,
            Failure::NotUndone { why, .. } => why.code(),
            Failure::MergedAway { .. } => FailureCode::MergedAway,
            Failure::Superseded { .. } => FailureCode::Superseded,
            Failure::NotEmpty => FailureCode::NotEmpty,
            Failure::NotSignedIn => FailureCode::NotSignedIn,
            Failure::NotAnAddress(_) => FailureCode::NotAnAddress,
            Failure::WrongCredentials => FailureCode::WrongCredentials,
            Failure::OtherServer { .. } => FailureCode::OtherServer,
            Failure::SyncStuck(_) => FailureCode::SyncStuck,
            Failure::Cancelled => FailureCode::Cancelled,
            Failure::FileKeySilent => FailureCode::FileKeySilent,
            Failure::FileKeyLost => FailureCode::FileKeyLost,
            Failure::NotARecoveryCode(_) => FailureCode::NotARecoveryCode,
            Failure::FileNotHere(_) => FailureCode::FileNotHere,
            Failure::FileDamaged(_) => FailureCode::FileDamaged,
            Failure::Remote(error) => match error {
                RemoteError::Unreachable(_) => FailureCode::Unreachable,
                RemoteError::Busy { .. } => FailureCode::ServerBusy,
                RemoteError::Tls { .. } => FailureCode::CertificateRefused,
                RemoteError::SignedOut => FailureCode::SignedOut,
                RemoteError::KeyringSilent => FailureCode::KeyringSilent,
                RemoteError::Forbidden => FailureCode::Forbidden,
                RemoteError::NotCentral(_) => FailureCode::NotCentral,
                RemoteError::Refused {
                    code: RefusalCode::DeskTooOld | RefusalCode::CentralTooOld,
                    ..
                } => FailureCode::UpdateNeeded,
                RemoteError::Refused { .. } => FailureCode::SyncStuck,
            },
            Failure::NoNotices(_) => FailureCode::NoNotices,
            Failure::Folder(error) => match error.kind() {
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                    FailureCode::ReadOnly
                }
                std::io::ErrorKind::StorageFull => FailureCode::DiskFull,
                _ => FailureCode::Folder,
            },
            Failure::Store(error) => match error {
                StoreError::Busy => FailureCode::Busy,
                StoreError::DiskFull => FailureCode::DiskFull,
                StoreError::ReadOnly => FailureCode::ReadOnly,
                StoreError::Damaged(_) => FailureCode::Damaged,
                StoreError::NewerSchema { .. } => FailureCode::NewerSchema,
                StoreError::CannotOpen(_) => FailureCode::Folder,
                _ => FailureCode::Internal,
            },
        }
    }

    pub fn problems(&self) -> &[Problem] {
        match self {
            Failure::Invalid(problems) | Failure::Confirm(problems) => problems,
            Failure::NotUndone { why, .. } => why.problems(),
            _ => &[],
        }
    }

    /// Of what was built on a step, the first records.
    pub fn records(&self) -> &[BuiltOn] {
        match self {
            Failure::BuiltOn { records, .. } => records,
            Failure::NotUndone { why, .. } => why.records(),
            _ => &[],
        }
    }

    fn more(&self) -> u32 {
        match self {
            Failure::BuiltOn { more, .. } => u32::try_from(*more).unwrap_or(u32::MAX),
            Failure::NotUndone { why, .. } => why.more(),
            _ => 0,
        }
    }

    /// Whether the failure says why a step stays as it is.
    pub(crate) fn is_of_undo(&self) -> bool {
        matches!(
            self,
            Failure::Superseded { .. }
                | Failure::BuiltOn { .. }
                | Failure::NothingLeft
                | Failure::Invalid(_)
        )
    }

    /// What the words of the failure need.
    pub fn args(&self) -> BTreeMap<String, String> {
        let mut args = BTreeMap::new();
        match self {
            Failure::NotFound { kind, id } => {
                args.insert("entity".to_owned(), kind.name().to_owned());
                args.insert("id".to_owned(), id.to_string());
            }
            Failure::BuiltOn { records, more } => {
                let names: Vec<&str> = records
                    .iter()
                    .map(|record| record.title.as_str())
                    .filter(|title| !title.is_empty())
                    .collect();
                args.insert("names".to_owned(), names.join(", "));
                args.insert("more".to_owned(), more.to_string());
                let count = records.len() + more;
                args.insert("count".to_owned(), count.to_string());
            }
            Failure::NotUndone { why, .. } => return why.args(),
            Failure::MergedAway {
                kind,
                id,
                into,
                title,
            } => {
                args.insert("entity".to_owned(), kind.name().to_owned());
                args.insert("id".to_owned(), id.to_string());
                args.insert("into".to_owned(), into.to_string());
                args.insert("title".to_owned(), title.clone());
            }
            Failure::Superseded { fields } => {
                args.insert("fields".to_owned(), fields.join(", "));
            }
            Failure::Store(StoreError::NewerSchema { found, known }) => {
                args.insert("found".to_owned(), found.to_string());
                args.insert("known".to_owned(), known.to_string());
            }
            Failure::Store(StoreError::Damaged(what)) => {
                args.insert("detail".to_owned(), what.clone());
            }
            Failure::NotARecoveryCode(why) => {
                let (why, found) = match why {
                    Some(NotACode::Count(count)) => ("count", count.to_string()),
                    Some(NotACode::Word(word)) => ("word", word.clone()),
                    Some(NotACode::Order) => ("order", String::new()),
                    None => ("another", String::new()),
                };
                args.insert("why".to_owned(), why.to_owned());
                args.insert("found".to_owned(), found);
            }
            Failure::NotAnAddress(text) => {
                args.insert("address".to_owned(), text.clone());
            }
            Failure::OtherServer { known } => {
                args.insert("known".to_owned(), known.clone());
            }
            Failure::Remote(error) => {
                args.insert("detail".to_owned(), error.to_string());
                if let RemoteError::Tls { cause, .. } = error {
                    args.insert("cause".to_owned(), cause.word().to_owned());
                }
            }
            Failure::Folder(error) => {
                args.insert("detail".to_owned(), error.to_string());
            }
            _ => {}
        }
        args
    }

    /// The failure with its causes on one line, for logs and for whoever supports the garage.
    pub fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }

    pub fn view(&self) -> FailureView {
        FailureView {
            code: self.code(),
            problems: self.problems().to_vec(),
            args: self.args(),
            step: match self {
                Failure::NotUndone { step, .. } => Some((**step).clone()),
                _ => None,
            },
            records: self.records().to_vec(),
            more: self.more(),
        }
    }
}

impl FailureCode {
    /// The name in JSON and, with dashes, in the locale files.
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|json| json.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

impl From<servease_sync::SyncFailure> for Failure {
    fn from(failure: servease_sync::SyncFailure) -> Failure {
        match failure {
            servease_sync::SyncFailure::Remote(error) => Failure::Remote(error),
            servease_sync::SyncFailure::Store(error) => error.into(),
            servease_sync::SyncFailure::Stuck(why) => Failure::SyncStuck(why),
            servease_sync::SyncFailure::Cancelled => Failure::Cancelled,
            servease_sync::SyncFailure::Shelf(error) => {
                Failure::Folder(std::io::Error::other(error))
            }
        }
    }
}

impl From<StoreError> for Failure {
    /// What another record holds already, or does not exist, is a problem of a field.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken { field, .. } => {
                Failure::Invalid(vec![Problem::new(field, Code::Unique)])
            }
            StoreError::NotFound { kind, id } => Failure::NotFound { kind, id },
            other => Failure::Store(other),
        }
    }
}

/// Problems refuse; doubts ask once.
pub(crate) fn refuse(
    problems: Vec<Problem>,
    doubts: Vec<Problem>,
    confirm: bool,
) -> crate::Result<()> {
    if !problems.is_empty() {
        Err(Failure::Invalid(problems))
    } else if !doubts.is_empty() && !confirm {
        Err(Failure::Confirm(doubts))
    } else {
        Ok(())
    }
}
