//! Where alerts are handed over to, and what they are signed with.

use std::fmt;
use std::io::Read as _;
use std::path::Path;

use reqwest::Url;

use crate::config::{Config, SECRET_MIN_BYTES};

/// The secret, where it stands in no file.
pub const SECRET_VARIABLE: &str = "SERVEASE_NOTIFY_SECRET";

/// A longer file is no secret.
const SECRET_MAX_BYTES: u64 = 4_096;

/// What the operator decided.
#[derive(Clone)]
pub struct Notify {
    pub url: Url,
    pub secret: Vec<u8>,
}

impl fmt::Debug for Notify {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may hold what opens it.
        formatter
            .debug_struct("Notify")
            .field("host", &self.url.host_str())
            .finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    #[error(
        "--notify-url is an http:// or https:// address with a host, without user and password"
    )]
    Url,
    #[error(
        "--notify-url needs a secret to sign with: --notify-secret-file, or {SECRET_VARIABLE} in \
         the environment; one of them"
    )]
    Secret,
    #[error("the file of --notify-secret-file cannot be read")]
    Unreadable(#[source] std::io::Error),
    #[error(
        "the secret of --notify-secret-file or {SECRET_VARIABLE} has at least {SECRET_MIN_BYTES} and at most {SECRET_MAX_BYTES} bytes"
    )]
    Length,
    #[error("--notify-secret-file has no use without --notify-url")]
    NoUrl,
    #[error("no client for the notification service can be made")]
    Client(#[source] reqwest::Error),
}

impl Notify {
    /// None: nothing is handed over.
    pub fn of(config: &Config) -> Result<Option<Notify>, NotifyError> {
        let Some(text) = &config.notify_url else {
            return match config.notify_secret_file {
                None => Ok(None),
                Some(_) => Err(NotifyError::NoUrl),
            };
        };
        let url = Url::parse(text).map_err(|_| NotifyError::Url)?;
        let is_plain = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !is_plain {
            return Err(NotifyError::Url);
        }
        let secret = match (&config.notify_secret_file, &config.notify_secret) {
            (Some(file), None) => read(file).map_err(NotifyError::Unreadable)?,
            (None, Some(secret)) => secret.clone().into_bytes(),
            (Some(_), Some(_)) | (None, None) => return Err(NotifyError::Secret),
        };
        let max = usize::try_from(SECRET_MAX_BYTES).unwrap_or(usize::MAX);
        if !(SECRET_MIN_BYTES..=max).contains(&secret.len()) {
            return Err(NotifyError::Length);
        }
        if url.scheme() == "http" {
            tracing::warn!(host = url.host_str(), "alerts are handed over unencrypted");
        }
        Ok(Some(Notify { url, secret }))
    }
}

/// The content of a file without the end of its line.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut secret = Vec::new();
    let file = std::fs::File::open(file)?;
    file.take(SECRET_MAX_BYTES + 3).read_to_end(&mut secret)?;
    let end = secret.iter().rposition(|byte| !b"\r\n".contains(byte));
    secret.truncate(end.map_or(0, |last| last + 1));
    Ok(secret)
}
