//! Central over HTTP.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _};
pub use reqwest::Client;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, IF_RANGE, LOCATION, RANGE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use servease_domain::plain;
use servease_wire::sync::{
    BeginAnswer, BeginQuery, ChangesAnswer, ChangesQuery, CommonAnswer, CommonQuery, Push,
    PushAnswer, Refusal, RowsAnswer, RowsQuery,
};
use url::Host;

use crate::remote::{FilePart, Remote, RemoteError, TlsCause};

/// A line that takes longer than this to open is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A batch of 1 MiB over a poor line (256 kbit/s) takes 33 s; Central answers within seconds.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Smaller bodies gain nothing from packing.
const PACK_FROM_BYTES: usize = 400;

/// The longest answer of Central is a page of changes: 2 MiB and one change, which is no longer
/// than a push. Unpacked; what is longer is no answer of Central.
const ANSWER_MAX_BYTES: usize = 32 << 20;

/// A refusal is two short texts.
const REFUSAL_MAX_BYTES: usize = 64 << 10;

/// An event is a number.
const EVENT_MAX_BYTES: usize = 4 << 10;

/// Who is signed in.
#[async_trait]
pub trait Session: Send + Sync + std::fmt::Debug {
    /// The access token as it is now. Errors: SignedOut.
    async fn access(&self) -> Result<String, RemoteError>;

    /// Another one than `refused`, which Central does not take any more. Errors: SignedOut
    /// when nobody is signed in, or what the line says.
    async fn renew(&self, refused: &str) -> Result<String, RemoteError>;
}

/// A client without anybody signed in: for finding out what answers at an address, and for
/// signing in.
pub fn client() -> Result<Client, RemoteError> {
    let builder = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        // Central sends nobody elsewhere: whoever does is something in between, and would be given
        // the e-mail address and the password.
        .redirect(Policy::none())
        .user_agent(concat!("ServEase Desk/", env!("CARGO_PKG_VERSION")));
    // A connection that was open before the cable was pulled: what is not even received is not
    // waited for as long as an answer may take.
    #[cfg(target_os = "linux")]
    let builder = builder.tcp_user_timeout(CONNECT_TIMEOUT);
    builder.build().map_err(unreachable)
}

/// Reads an address as people type or paste it: `https://` unless they say otherwise, and the path
/// up to the API (`https://central.example/garage/api/v1/docs/` is `…/garage/`). None for what is no
/// address.
pub fn read_address(text: &str) -> Option<Url> {
    let text = plain::code(text).ok()?;
    let with_scheme = if text.contains("://") {
        text
    } else {
        format!("https://{text}")
    };
    let (scheme, rest) = with_scheme.split_once("://")?;
    // Copied from a browser: the page of the API, of one of its records, of a search in it.
    let rest = rest.split(['?', '#']).next()?;
    let rest = rest.split("/api/v1").next()?.trim_end_matches('/');
    if rest.is_empty() {
        return None;
    }
    let url: Url = format!("{scheme}://{rest}/").parse().ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// Whether what is sent to an address can be read on its way: it is not encrypted, and leaves
/// this PC.
pub fn is_open_line(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && !is_here
}

/// Central at an address, for somebody who is signed in.
#[derive(Debug, Clone)]
pub struct HttpRemote {
    client: Client,
    base: Url,
    session: Arc<dyn Session>,
}

impl HttpRemote {
    pub fn new(client: Client, base: Url, session: Arc<dyn Session>) -> HttpRemote {
        HttpRemote {
            client,
            base,
            session,
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &impl Serialize,
    ) -> Result<T, RemoteError> {
        let url = self.url_with(path, query)?;
        let response = self.send(Method::GET, url, None).await?;
        read(response).await
    }

    pub(crate) fn url_with(&self, path: &str, query: &impl Serialize) -> Result<Url, RemoteError> {
        let mut url = self.url(path)?;
        if let Ok(Json::Object(fields)) = serde_json::to_value(query) {
            let mut pairs = url.query_pairs_mut();
            for (name, json) in fields {
                match json {
                    Json::String(text) => pairs.append_pair(&name, &text),
                    other => pairs.append_pair(&name, &other.to_string()),
                };
            }
        }
        Ok(url)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, RemoteError> {
        let url = self.url(path)?;
        let plain = serde_json::to_vec(body).unwrap_or_default();
        let response = self.send(Method::POST, url, Some(plain)).await?;
        read(response).await
    }

    /// Waits until Central tells a newer number than `seq`; the number.
    pub async fn wait_for_news(&self, seq: i64) -> Result<i64, RemoteError> {
        let url = self.url("sync/events/")?;
        let mut response = self.exchange(&|| self.client.get(url.clone())).await?;
        if !response.status().is_success() {
            return Err(failure(response).await);
        }
        let mut line = String::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            line.push_str(&String::from_utf8_lossy(&chunk));
            while let Some((event, rest)) = line.split_once("\n\n") {
                let number = event
                    .lines()
                    .find_map(|line| line.strip_prefix("data:"))
                    .and_then(|text| text.trim().parse::<i64>().ok());
                let rest = rest.to_owned();
                line = rest;
                if let Some(number) = number.filter(|number| *number != seq) {
                    return Ok(number);
                }
            }
            if line.len() > EVENT_MAX_BYTES {
                return Err(RemoteError::NotCentral("an event without end".to_owned()));
            }
        }
        Err(RemoteError::Unreachable("the line was closed".to_owned()))
    }

    pub(crate) fn url(&self, path: &str) -> Result<Url, RemoteError> {
        self.base
            .join("api/v1/")
            .and_then(|url| url.join(path))
            .map_err(|error| RemoteError::NotCentral(error.to_string()))
    }

    /// Sends a request; what is no success is a failure.
    async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<Vec<u8>>,
    ) -> Result<Response, RemoteError> {
        let packed = body.map(|plain| match plain.len() {
            PACK_FROM_BYTES.. => match zstd::bulk::compress(&plain, 3) {
                Ok(packed) => (packed, true),
                Err(_) => (plain, false),
            },
            _ => (plain, false),
        });
        let response = self
            .exchange(&|| {
                let mut request = self
                    .client
                    .request(method.clone(), url.clone())
                    .timeout(REQUEST_TIMEOUT);
                if let Some((body, is_packed)) = &packed {
                    request = request.header(CONTENT_TYPE, "application/json");
                    if *is_packed {
                        request = request.header(CONTENT_ENCODING, "zstd");
                    }
                    request = request.body(body.clone());
                }
                request
            })
            .await?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(failure(response).await)
    }

    /// Sends a request, once more with a fresh token when the old one is not taken.
    pub(crate) async fn exchange(
        &self,
        request: &(dyn Fn() -> RequestBuilder + Sync),
    ) -> Result<Response, RemoteError> {
        let mut token = self.session.access().await?;
        for is_last in [false, true] {
            let response = request()
                .bearer_auth(&token)
                .send()
                .await
                .map_err(unreachable)?;
            if response.status() != StatusCode::UNAUTHORIZED {
                return Ok(response);
            }
            if !is_last {
                token = self.session.renew(&token).await?;
            }
        }
        Err(RemoteError::SignedOut)
    }
}

impl Remote for HttpRemote {
    async fn push(&self, push: &Push) -> Result<PushAnswer, RemoteError> {
        self.post("sync/mutations/", push).await
    }

    async fn changes(&self, query: &ChangesQuery) -> Result<ChangesAnswer, RemoteError> {
        self.get("sync/changes/", query).await
    }

    async fn common(&self, query: &CommonQuery) -> Result<CommonAnswer, RemoteError> {
        self.post("sync/common/", query).await
    }

    async fn rows(&self, query: &RowsQuery) -> Result<RowsAnswer, RemoteError> {
        self.get("sync/snapshot/rows/", query).await
    }

    async fn begin(&self, query: &BeginQuery) -> Result<Option<BeginAnswer>, RemoteError> {
        let url = self.url_with("sync/snapshot/", query)?;
        let response = self
            .exchange(&|| self.client.get(url.clone()).timeout(REQUEST_TIMEOUT))
            .await?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => read(response).await.map(Some),
            _ => Err(failure(response).await),
        }
    }

    async fn file(&self, sha256: &str, from: u64) -> Result<Option<FilePart>, RemoteError> {
        let url = self.url_with(
            "sync/snapshot/file/",
            &serde_json::json!({ "sha256": sha256 }),
        )?;
        // No bound on the whole: a big file over a poor line takes an hour. Whoever reads the
        // chunks bounds the wait for each.
        let response = self
            .exchange(&|| {
                let request = self.client.get(url.clone());
                if from == 0 {
                    return request;
                }
                request
                    .header(RANGE, format!("bytes={from}-"))
                    .header(IF_RANGE, format!("\"{sha256}\""))
            })
            .await?;
        let from = match response.status() {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT => from,
            StatusCode::NOT_FOUND | StatusCode::RANGE_NOT_SATISFIABLE => return Ok(None),
            _ => return Err(failure(response).await),
        };
        let found = media_type(&response);
        if found != "application/zstd" {
            return Err(RemoteError::NotCentral(found));
        }
        Ok(Some(FilePart {
            from,
            chunks: response.bytes_stream().map_err(unreachable).boxed(),
        }))
    }
}

/// What a failed request means. A safe line that does not come about is told apart, since
/// somebody can act on it.
pub fn unreachable(error: reqwest::Error) -> RemoteError {
    // An address must not be read as the cause.
    let error = error.without_url();
    let mut chain = Vec::new();
    let mut source: Option<&dyn std::error::Error> = Some(&error);
    while let Some(cause) = source {
        chain.push(cause.to_string());
        source = cause.source();
    }
    let detail = chain.join(": ");
    match TlsCause::from_words(&detail) {
        Some(cause) => RemoteError::Tls { cause, detail },
        None => RemoteError::Unreachable(detail),
    }
}

/// Reads an answer that says that it is one: JSON. A proxy's page is none, whatever its
/// status.
pub async fn read<T: DeserializeOwned>(response: Response) -> Result<T, RemoteError> {
    read_up_to(response, ANSWER_MAX_BYTES).await
}

async fn read_up_to<T: DeserializeOwned>(
    mut response: Response,
    max_bytes: usize,
) -> Result<T, RemoteError> {
    let media_type = media_type(&response);
    if media_type != "application/json" {
        return Err(RemoteError::NotCentral(media_type));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > max_bytes {
            let words = format!("an answer of more than {max_bytes} bytes");
            return Err(RemoteError::NotCentral(words));
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).map_err(|error| RemoteError::NotCentral(error.to_string()))
}

pub(crate) fn media_type(response: &Response) -> String {
    response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase())
        .unwrap_or_default()
}

/// What an answer means that is no success.
pub async fn failure(response: Response) -> RemoteError {
    let status = response.status();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse().ok())
        .map(Duration::from_secs);
    let is_json = media_type(&response) == "application/json";
    match status {
        StatusCode::UNAUTHORIZED => RemoteError::SignedOut,
        StatusCode::FORBIDDEN if is_json => RemoteError::Forbidden,
        StatusCode::CONFLICT
        | StatusCode::GONE
        | StatusCode::UPGRADE_REQUIRED
        | StatusCode::PAYLOAD_TOO_LARGE
            if is_json =>
        {
            match read_up_to::<Refusal>(response, REFUSAL_MAX_BYTES).await {
                Ok(refusal) => RemoteError::Refused {
                    code: refusal.code,
                    detail: refusal.detail,
                },
                Err(error) => error,
            }
        }
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            RemoteError::Busy {
                status: status.as_u16(),
                retry_after,
            }
        }
        status if status.is_redirection() => {
            // Where to: somebody who typed http:// may have to type https://.
            let target = response.headers().get(LOCATION);
            let target = target.and_then(|value| value.to_str().ok());
            let target = target.and_then(|text| response.url().join(text).ok());
            let origin = target.map_or_else(
                || "elsewhere".to_owned(),
                |url| url.origin().ascii_serialization(),
            );
            RemoteError::NotCentral(format!("status {status}, to {origin}"))
        }
        status => RemoteError::NotCentral(format!("status {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_open_line, read_address};

    #[test]
    fn only_an_encrypted_line_may_leave_this_pc_unsaid() {
        let open = |text: &str| is_open_line(&read_address(text).unwrap());
        for kept in [
            "https://garage.example",
            "http://localhost:8002",
            "http://127.0.0.1:8002",
            "http://[::1]:8002",
        ] {
            assert!(!open(kept), "{kept}");
        }
        for read in [
            "http://garage.example",
            "http://10.0.0.5:8002",
            "http://localhost.example",
            "http://[2001:db8::1]",
        ] {
            assert!(open(read), "{read}");
        }
    }

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let read = |text: &str| read_address(text).map(|url| url.to_string());
        assert_eq!(
            read("garage.example").as_deref(),
            Some("https://garage.example/")
        );
        assert_eq!(
            read(" http://10.0.0.5:8080/ ").as_deref(),
            Some("http://10.0.0.5:8080/")
        );
        assert_eq!(
            read("https://x.example/servease/api/v1/").as_deref(),
            Some("https://x.example/servease/")
        );
        assert_eq!(read("ftp://x.example"), None);
        for text in ["", "/", "http://", "https:///", "two words"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_address_is_read_however_it_was_copied() {
        for (typed, address) in [
            ("central.example", "https://central.example/"),
            (" http://127.0.0.1:8002/ ", "http://127.0.0.1:8002/"),
            ("https://central.example/api/v1", "https://central.example/"),
            (
                "https://central.example/api/v1/docs/",
                "https://central.example/",
            ),
            (
                "https://central.example/garage/api/v1/customers/?search=ada#results",
                "https://central.example/garage/",
            ),
            ("ｃｅｎｔｒａｌ．ｅｘａｍｐｌｅ", "https://central.example/"),
            (
                "\u{200b}central.example\u{feff}",
                "https://central.example/",
            ),
        ] {
            let read = read_address(typed).map(|url| url.to_string());
            assert_eq!(read.as_deref(), Some(address), "{typed}");
        }
        for typed in ["", "https://", "ftp://central.example", "/api/v1/"] {
            assert_eq!(read_address(typed), None, "{typed}");
        }
    }
}
