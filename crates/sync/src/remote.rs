//! The other side, as the engine sees it.

use std::future::Future;
use std::time::Duration;

use servease_wire::sync::{
    ChangesAnswer, ChangesQuery, CommonAnswer, CommonQuery, Push, PushAnswer, RefusalCode,
    RowsAnswer, RowsQuery,
};

/// What Central can be asked. Implemented over HTTP, and by the simulated network.
pub trait Remote: Send + Sync {
    fn push(&self, push: &Push) -> impl Future<Output = Result<PushAnswer, RemoteError>> + Send;

    fn changes(
        &self,
        query: &ChangesQuery,
    ) -> impl Future<Output = Result<ChangesAnswer, RemoteError>> + Send;

    fn common(
        &self,
        query: &CommonQuery,
    ) -> impl Future<Output = Result<CommonAnswer, RemoteError>> + Send;

    fn rows(
        &self,
        query: &RowsQuery,
    ) -> impl Future<Output = Result<RowsAnswer, RemoteError>> + Send;
}

/// Why an answer did not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// Nobody answers there, or the answer was cut off. Try again later.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The server is busy or failed; it may say when to come back.
    #[error("the server asks to come back later (status {status})")]
    Busy {
        status: u16,
        retry_after: Option<Duration>,
    },
    /// The certificate is not accepted. With a wrong PC clock every certificate is.
    #[error("the server's certificate is not accepted: {0}")]
    Tls(String),
    /// Whoever is signed in is so no longer.
    #[error("the session has expired")]
    SignedOut,
    /// The session lies in a keyring that does not answer just now.
    #[error("the keyring does not answer")]
    KeyringSilent,
    #[error("this account may not do that")]
    Forbidden,
    /// Something answers there, but it is no ServEase Central: a proxy's page, another
    /// program.
    #[error("what answers there is not ServEase Central: {0}")]
    NotCentral(String),
    /// Central wants something else done first.
    #[error("the server refused: {detail}")]
    Refused { code: RefusalCode, detail: String },
}

impl RemoteError {
    /// Whether it may go away by itself.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            RemoteError::Unreachable(_) | RemoteError::Busy { .. } | RemoteError::NotCentral(_)
        )
    }

    /// When the server said to come back.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            RemoteError::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
