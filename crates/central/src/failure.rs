//! Why a request was not done. Statuses and bodies are made of it in `http::answer`.

use serde_json::Value as Json;
use servease_domain::{Code, EntityKind, Problem};
use uuid::Uuid;

use crate::db::DbError;
use crate::files::FilesFailure;

/// Everything that a request can come to except success.
#[derive(Debug, thiserror::Error)]
pub enum ApiFailure {
    /// The input breaks rules; all of them are named.
    #[error("the input breaks {} rules", .0.len())]
    Problems(Vec<Problem>),
    /// The input is refused with a body of its own form.
    #[error("the input is refused")]
    Refused(Json),
    /// The body cannot be read.
    #[error("the body cannot be read: {0}")]
    Malformed(String),
    #[error("there is no such record or page")]
    NotFound(&'static str),
    #[error("the credentials are missing or wrong")]
    Unauthorized(&'static str),
    #[error("the caller may not do this")]
    Forbidden,
    #[error("the media type is not taken here")]
    UnsupportedMediaType(String),
    #[error("the body is too large")]
    TooLarge,
    /// The id stands for another record, which the request does not mean.
    #[error("the record was merged into {into}")]
    MergedAway { into: Uuid },
    #[error("the record was changed since")]
    PreconditionFailed,
    #[error("the idempotency key was used with other content")]
    KeyReused,
    #[error("too many attempts")]
    TooManyAttempts { retry_after_s: u64 },
    #[error(transparent)]
    Database(#[from] DbError),
    #[error(transparent)]
    Files(#[from] FilesFailure),
    #[error("{what}")]
    Internal {
        what: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ApiFailure {
    pub fn problem(field: &str, code: Code) -> ApiFailure {
        ApiFailure::Problems(vec![Problem::new(field, code)])
    }

    /// No record of that id.
    pub fn no_record() -> ApiFailure {
        ApiFailure::NotFound("Not found.")
    }

    /// A unique index that refused a row is a problem of the field it guards: another
    /// request was quicker than the check.
    pub fn of_write(error: DbError, kind: EntityKind) -> ApiFailure {
        if let DbError::Unique { index } = &error {
            let field = index
                .strip_prefix(kind.table())
                .and_then(|rest| rest.strip_prefix('_'))
                .and_then(|rest| rest.strip_suffix("_unique"));
            if let Some(field) = field {
                return ApiFailure::problem(field, Code::Unique);
            }
        }
        ApiFailure::Database(error)
    }
}
