//! A request with valid credentials: who asks, when, and under which conditions.

use std::net::IpAddr;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::state::App;
use crate::auth::users;
use crate::caller::Caller;
use crate::clock::{self, World};
use crate::commands::Request;
use crate::db::{DbError, Link};
use crate::failure::ApiFailure;
use crate::views::Scene;

/// Who sent a request, as far as addresses tell.
#[derive(Debug, Clone, Copy)]
pub struct Sender(pub IpAddr);

/// What handlers need of a request beside path and body.
#[derive(Debug, Clone)]
pub struct Ask {
    pub app: App,
    pub caller: Caller,
    pub now: DateTime<Utc>,
    pub world: World,
    pub scene: Scene,
    pub method: Method,
    pub path: String,
    pub query: String,
    pub address: String,
    pub headers: HeaderMap,
}

impl FromRequestParts<App> for Ask {
    type Rejection = ApiFailure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Ask, ApiFailure> {
        let caller = caller(&parts.headers, app).await?;
        let now = clock::now();
        let world = World::load(&mut app.db.read().await?).await?;
        Ok(Ask {
            scene: Scene {
                today: world.day_of(now),
                base_url: base_url(&parts.headers, &parts.uri, app),
                is_customers: caller.is_customer(),
            },
            app: app.clone(),
            caller,
            now,
            world,
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            address: address(parts),
            headers: parts.headers.clone(),
        })
    }
}

impl Ask {
    /// The request as commands see it. `body` is what a repetition under the same
    /// idempotency key must repeat.
    pub fn command(&self, body: &[u8]) -> Result<Request, ApiFailure> {
        Ok(Request {
            caller: self.caller.clone(),
            now: self.now,
            context: self.world.context(self.now),
            world: self.world.clone(),
            base_url: self.scene.base_url.clone(),
            idempotency: self.idempotency(body)?,
            if_match: self.if_match(),
        })
    }

    fn idempotency(&self, body: &[u8]) -> Result<Option<(String, String)>, ApiFailure> {
        let Some(value) = self.headers.get("idempotency-key") else {
            return Ok(None);
        };
        if self.method != Method::POST {
            return Ok(None);
        }
        let key = value.to_str().unwrap_or_default().trim();
        if key.is_empty() || key.len() > 255 {
            return Err(ApiFailure::Refused(servease_wire::error::field(
                "Idempotency-Key",
                "A key has 1 to 255 visible characters.",
            )));
        }
        let mut digest = Sha256::new();
        for part in [self.method.as_str(), &self.path, &self.query] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.update(body);
        let digest = hex::encode(digest.finalize());
        let key = format!("http:{}:{key}", self.caller.user_id);
        Ok(Some((key, digest)))
    }

    /// The versions that `If-Match` names. `*` asks only that there is a record at all.
    fn if_match(&self) -> Option<Vec<i64>> {
        let values: Vec<&str> = self
            .headers
            .get_all(header::IF_MATCH)
            .iter()
            .map(|value| value.to_str().unwrap_or_default())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        if values.is_empty() || values.contains(&"*") {
            return None;
        }
        let versions = values.iter().filter_map(|tag| {
            tag.strip_prefix('"')?
                .strip_suffix('"')?
                .strip_prefix(self.app.epoch.as_str())?
                .strip_prefix('-')?
                .parse()
                .ok()
        });
        Some(versions.collect())
    }
}

/// The token that a request brings.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Who the credentials stand for.
async fn caller(headers: &HeaderMap, app: &App) -> Result<Caller, ApiFailure> {
    const MISSING: ApiFailure =
        ApiFailure::Unauthorized("Authentication credentials were not provided.");
    const WRONG: ApiFailure = ApiFailure::Unauthorized("Given token not valid for any token type");
    let token = bearer(headers).ok_or(MISSING)?;
    let caller = app.tokens.read_access(token).ok_or(WRONG)?;
    // Accounts of ours can be disabled while a token still lives; those of the platform are
    // the platform's business.
    if is_closed(&mut app.db.read().await?, &caller).await? {
        return Err(WRONG);
    }
    Ok(caller)
}

/// Whether the caller's account is one of ours that was closed.
pub async fn is_closed(link: &mut Link, caller: &Caller) -> Result<bool, DbError> {
    let Some(id) = servease_wire::id::parse(&caller.user_id) else {
        return Ok(false);
    };
    let user = users::find(link, id).await?;
    Ok(user.is_some_and(|user| !user.is_active))
}

/// Where answers say that they are. A `Host` of another form than a name and a port is not
/// repeated.
pub fn base_url(headers: &HeaderMap, uri: &Uri, app: &App) -> String {
    if let Some(url) = &app.settings.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    // HTTP/2 names the host in the request line.
    let authority = uri.authority().map(axum::http::uri::Authority::as_str);
    let host = authority
        .or_else(|| headers.get(header::HOST)?.to_str().ok())
        .filter(|host| {
            !host.is_empty()
                && host.len() <= 255
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
        })
        .unwrap_or("localhost");
    let scheme = if app.settings.is_tls { "https" } else { "http" };
    format!("{scheme}://{host}")
}

/// The sender's address, without its port.
pub fn address(parts: &Parts) -> String {
    parts
        .extensions
        .get::<Sender>()
        .map(|Sender(address)| address.to_string())
        .unwrap_or_default()
}

/// The `{id}` of a path. What is no UUID is no record.
#[derive(Debug, Clone, Copy)]
pub struct RecordId(pub Uuid);

impl FromRequestParts<App> for RecordId {
    type Rejection = ApiFailure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<RecordId, ApiFailure> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        path.ok()
            .and_then(|Path(text)| servease_wire::id::parse(&text))
            .map(RecordId)
            .ok_or_else(ApiFailure::no_record)
    }
}
