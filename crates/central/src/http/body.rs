//! Bodies: JSON objects of a bounded size.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde_json::{Map, Value as Json};

use super::state::App;
use crate::failure::Failure;

/// 1 MiB: four of the longest texts that a field takes (256 KiB each).
pub const JSON_MAX_BYTES: usize = 1024 * 1024;

/// A JSON object and the bytes that it was read from.
#[derive(Debug)]
pub struct JsonObject {
    pub fields: Map<String, Json>,
    pub bytes: Bytes,
}

impl FromRequest<App> for JsonObject {
    type Rejection = Failure;

    async fn from_request(request: Request, _app: &App) -> Result<JsonObject, Failure> {
        let media_type = media_type(request.headers());
        let bytes = read(request.into_body(), JSON_MAX_BYTES).await?;
        if bytes.is_empty() {
            let fields = Map::new();
            return Ok(JsonObject { fields, bytes });
        }
        let is_json = media_type == "application/json"
            || (media_type.starts_with("application/") && media_type.ends_with("+json"));
        if !is_json {
            return Err(Failure::UnsupportedMediaType(media_type));
        }
        match serde_json::from_slice::<Json>(&bytes) {
            Ok(Json::Object(fields)) => Ok(JsonObject { fields, bytes }),
            Ok(other) => Err(Failure::Refused(servease_wire::error::not_an_object(
                &other,
            ))),
            Err(error) => Err(Failure::Malformed(format!("JSON parse error - {error}"))),
        }
    }
}

/// The media type without its parameters, lower case.
pub fn media_type(headers: &HeaderMap) -> String {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase())
        .unwrap_or_default()
}

async fn read(body: Body, max_bytes: usize) -> Result<Bytes, Failure> {
    to_bytes(body, max_bytes).await.map_err(|error| {
        let is_too_large = std::error::Error::source(&error)
            .is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
        if is_too_large {
            Failure::TooLarge
        } else {
            Failure::Malformed("The body could not be read.".to_owned())
        }
    })
}

pub(super) fn malformed(rejection: axum::extract::rejection::QueryRejection) -> Response {
    Failure::Malformed(rejection.body_text()).into_response()
}
