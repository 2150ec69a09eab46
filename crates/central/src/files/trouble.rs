//! Why files cannot be kept or read. Of what a store answers only its code is told: the rest of an
//! answer may repeat what was signed.

use std::error::Error;
use std::io;

use object_store::Error as StoreError;
use object_store::client::{HttpError, HttpErrorKind};

/// The place of files cannot be used at all: told at the start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the folder of files cannot be used")]
    Folder(#[source] io::Error),
    #[error("--files {place}: {problem}")]
    Settings { place: String, problem: String },
    #[error("--files {place}: {trouble}; {remedy}", remedy = .trouble.remedy())]
    Bucket { place: String, trouble: Trouble },
}

/// A file could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum FilesFailure {
    #[error("the folder of files failed")]
    Folder(#[from] io::Error),
    #[error("the bucket of files failed: {0}; {remedy}", remedy = .0.remedy())]
    Bucket(#[from] Trouble),
}

impl FilesFailure {
    /// Whether the same request may succeed later, without anything being changed about it.
    pub fn is_passing(&self) -> bool {
        matches!(self, FilesFailure::Bucket(_))
    }

    /// For what reads and writes without knowing where.
    pub fn into_io(self) -> io::Error {
        match self {
            FilesFailure::Folder(error) => error,
            FilesFailure::Bucket(_) => io::Error::other(self),
        }
    }
}

/// Why a bucket did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("the store did not answer in time")]
    Silent,
    #[error("the store cannot be reached ({0})")]
    Unreachable(String),
    #[error("there is no such bucket")]
    NoBucket,
    #[error("the store refuses the credentials ({0})")]
    Refused(String),
    #[error("no credentials could be had ({0})")]
    NoCredentials(String),
    #[error("the bucket is in another region ({0})")]
    Region(String),
    #[error("the store answered {0}")]
    Answered(String),
}

impl Trouble {
    pub fn remedy(&self) -> &'static str {
        match self {
            Trouble::Silent | Trouble::Unreachable(_) => {
                "check AWS_ENDPOINT_URL (without it AWS_REGION says where), and whether the store runs"
            }
            Trouble::NoBucket => "create the bucket, or correct --files and AWS_ENDPOINT_URL",
            Trouble::Refused(_) => {
                "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may read, write, \
                 delete and list under --files"
            }
            Trouble::NoCredentials(_) => "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            Trouble::Region(_) => "set AWS_REGION to the bucket's",
            Trouble::Answered(_) => "the store's own log says more",
        }
    }

    /// What an error of a call means.
    pub fn of(error: &StoreError) -> Trouble {
        if let Some(lost) = line(error) {
            return match lost.kind() {
                HttpErrorKind::Timeout => Trouble::Silent,
                _ => Trouble::Unreachable(innermost(lost)),
            };
        }
        let text = error.to_string();
        let code = between(&text, "<Code>", "</Code>");
        match code {
            Some("NoSuchBucket") => return Trouble::NoBucket,
            Some(
                code @ ("InvalidAccessKeyId"
                | "SignatureDoesNotMatch"
                | "AccessDenied"
                | "InvalidToken"
                | "ExpiredToken"
                | "NotSignedUp"
                | "AccountProblem"
                | "AllAccessDisabled"
                | "RequestTimeTooSkewed"),
            ) => return Trouble::Refused(code.to_owned()),
            Some(
                code @ ("PermanentRedirect"
                | "TemporaryRedirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException"),
            ) => return Trouble::Region(code.to_owned()),
            _ => {}
        }
        match error {
            StoreError::PermissionDenied { .. } => Trouble::Refused("403".to_owned()),
            StoreError::Unauthenticated { .. } => Trouble::Refused("401".to_owned()),
            _ if text.contains("redirect") => Trouble::Region("a redirect".to_owned()),
            _ => Trouble::Answered(match (code, status(&text)) {
                (Some(code), _) => word(code),
                (None, Some(status)) => word(status),
                (None, None) => "something that is not of S3".to_owned(),
            }),
        }
    }

    /// Whether what was asked may have been done all the same, or may be done by asking again.
    pub fn may_be_asked_again(&self) -> bool {
        matches!(self, Trouble::Unreachable(_) | Trouble::Answered(_))
    }
}

/// The failure of the line, if it was that.
fn line(error: &StoreError) -> Option<&HttpError> {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = source {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        source = cause.source();
    }
    None
}

/// What it came down to, as the system says it.
fn innermost(error: &HttpError) -> String {
    let mut cause: &(dyn Error + 'static) = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(begin)?;
    rest.split_once(end).map(|(found, _)| found)
}

/// Three digits, as the client words an answer without a code.
fn status(text: &str) -> Option<&str> {
    between(text, "status code: ", ":").filter(|it| it.len() < 64)
}

/// A word of somebody else, for a line of the log.
fn word(text: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || " -_.".contains(*c);
    text.chars().filter(is_plain).take(60).collect()
}
