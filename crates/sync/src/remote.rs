//! The other side, as the engine sees it.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use servease_wire::sync::{
    BeginAnswer, BeginQuery, ChangesAnswer, ChangesQuery, CommonAnswer, CommonQuery, Push,
    PushAnswer, RefusalCode, RowsAnswer, RowsQuery,
};
use strum::IntoStaticStr;

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

    /// How a desk that has nothing yet begins. None: this Central is too old for the question.
    fn begin(
        &self,
        query: &BeginQuery,
    ) -> impl Future<Output = Result<Option<BeginAnswer>, RemoteError>> + Send;

    /// A ready file from a byte on. None: Central keeps it no longer.
    fn file(
        &self,
        sha256: &str,
        from: u64,
    ) -> impl Future<Output = Result<Option<FilePart>, RemoteError>> + Send;
}

/// The rest of a file, on its way.
pub struct FilePart {
    /// Where the part begins: not where it was asked for, if the other side cannot do that.
    pub from: u64,
    pub chunks: BoxStream<'static, Result<Bytes, RemoteError>>,
}

impl std::fmt::Debug for FilePart {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FilePart")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
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
    /// No safe line comes about. With a wrong PC clock no certificate is accepted.
    #[error("no safe line to the server: {detail}")]
    Tls { cause: TlsCause, detail: String },
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

/// Why a safe line did not come about, as far as somebody can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum TlsCause {
    /// This PC's clock lies outside the certificate's validity: one of the two is wrong.
    Clock,
    /// The certificate is another server's.
    Name,
    /// Nobody known to this PC has signed the certificate.
    Issuer,
    /// What answers there speaks without encryption.
    Plain,
    Other,
}

impl TlsCause {
    /// The cause as an error's words tell it; None where they speak of something else. The HTTP
    /// client hands its TLS library's errors on as text only.
    pub fn from_words(words: &str) -> Option<TlsCause> {
        let words = words.to_lowercase();
        let says = |part: &str| words.contains(part);
        if says("certificate expired") || says("not valid yet") || says("notvalidyet") {
            Some(TlsCause::Clock)
        } else if says("not valid for name") || says("notvalidforname") {
            Some(TlsCause::Name)
        } else if says("unknownissuer") || says("unknown issuer") || says("self-signed") {
            Some(TlsCause::Issuer)
        } else if says("corrupt message") {
            Some(TlsCause::Plain)
        } else if says("certificate") || says("tls") || says("handshake") {
            Some(TlsCause::Other)
        } else {
            None
        }
    }

    /// The name in the locale files.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

impl RemoteError {
    /// Whether the error may go away by itself.
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

#[cfg(test)]
mod tests {
    use super::TlsCause;

    #[test]
    fn cause_is_read_off_the_words_of_the_tls_library() {
        let read = TlsCause::from_words;
        let expired = "invalid peer certificate: certificate expired: verification time 1 (UNIX)";
        assert_eq!(read(expired), Some(TlsCause::Clock));
        let early = "invalid peer certificate: certificate not valid yet: verification time 1";
        assert_eq!(read(early), Some(TlsCause::Clock));
        let name = "invalid peer certificate: certificate not valid for name \"a.example\"";
        assert_eq!(read(name), Some(TlsCause::Name));
        let issuer = "invalid peer certificate: UnknownIssuer";
        assert_eq!(read(issuer), Some(TlsCause::Issuer));
        let plain = "received corrupt message of type InvalidContentType";
        assert_eq!(read(plain), Some(TlsCause::Plain));
        assert_eq!(read("Connection refused (os error 111)"), None);
    }
}
