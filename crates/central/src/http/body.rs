//! Bodies: JSON objects of a bounded size.

use axum::body::{Body, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use bytes::{BufMut as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, Limited};
use serde_json::{Map, Value as Json};

use super::state::App;
use crate::failure::ApiFailure;

/// 1 MiB: four of the longest texts that a field takes (256 KiB each).
pub const JSON_MAX_BYTES: usize = 1024 * 1024;

/// Values in one body: a batch of 500 changes with all of their fields has some 60,000. Each
/// takes a hundred times the two bytes in which it can be written.
const VALUES_MAX: usize = 200_000;

/// What a value takes beside its text, in bytes: 72 for itself, and room that a growing list
/// keeps.
const VALUE_BYTES: usize = 160;

/// What a body takes that is unpacked before it is read: the longest, with the most values.
const PACKED_KIB: usize = (VALUES_MAX * VALUE_BYTES + 8 * JSON_MAX_BYTES) / 1_024;

/// How many values JSON holds at most: what separates them is counted, outside of texts.
fn count_values(json: &[u8]) -> usize {
    let mut count = 1;
    let mut is_text = false;
    let mut is_escaped = false;
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b',' | b'[' | b'{' if !is_text => count += 1,
            _ => {}
        }
    }
    count
}

/// Whether what JSON becomes in memory is in proportion.
pub fn is_bounded(json: &[u8]) -> bool {
    count_values(json) <= VALUES_MAX
}

/// What a body takes while it is worked at.
pub fn weight_kib(body: &[u8], is_packed: bool) -> u32 {
    let kib = if is_packed {
        PACKED_KIB
    } else {
        let values = count_values(body).min(VALUES_MAX);
        (4 * body.len() + values * VALUE_BYTES).div_ceil(1_024)
    };
    u32::try_from(kib).unwrap_or(u32::MAX)
}

/// A JSON object and the bytes that it was read from.
#[derive(Debug)]
pub struct JsonObject {
    pub fields: Map<String, Json>,
    pub bytes: Bytes,
}

impl FromRequest<App> for JsonObject {
    type Rejection = ApiFailure;

    async fn from_request(request: Request, _app: &App) -> Result<JsonObject, ApiFailure> {
        let media_type = media_type(request.headers());
        let bytes = read(request.into_body(), JSON_MAX_BYTES).await?;
        if bytes.is_empty() {
            let fields = Map::new();
            return Ok(JsonObject { fields, bytes });
        }
        let is_json = media_type == "application/json"
            || (media_type.starts_with("application/") && media_type.ends_with("+json"));
        if !is_json {
            return Err(ApiFailure::UnsupportedMediaType(media_type));
        }
        if !is_bounded(&bytes) {
            return Err(ApiFailure::TooLarge);
        }
        match serde_json::from_slice::<Json>(&bytes) {
            Ok(Json::Object(fields)) => Ok(JsonObject { fields, bytes }),
            Ok(other) => Err(ApiFailure::Refused(servease_wire::error::not_an_object(
                &other,
            ))),
            Err(error) => Err(ApiFailure::Malformed(format!("JSON parse error - {error}"))),
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

/// A whole body, in one piece from the start: parts that were kept until the last has come would take
/// its memory twice. Errors: it is longer, or broke off.
pub async fn gather(body: Body, max_bytes: usize) -> Result<Bytes, axum::Error> {
    let mut body = Limited::new(body, max_bytes);
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(max_bytes);
    let mut whole = BytesMut::with_capacity(announced.min(max_bytes));
    while let Some(frame) = body.frame().await {
        if let Ok(part) = frame.map_err(axum::Error::new)?.into_data() {
            whole.put(part);
        }
    }
    Ok(whole.freeze())
}

async fn read(body: Body, max_bytes: usize) -> Result<Bytes, ApiFailure> {
    gather(body, max_bytes).await.map_err(|error| {
        let is_too_large = std::error::Error::source(&error)
            .is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
        if is_too_large {
            ApiFailure::TooLarge
        } else {
            ApiFailure::Malformed("The body could not be read.".to_owned())
        }
    })
}

pub(super) fn malformed(rejection: axum::extract::rejection::QueryRejection) -> Response {
    ApiFailure::Malformed(rejection.body_text()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_texts_only() {
        assert_eq!(count_values(br#"{"a": "x,[{\"y,", "b": [1, 2]}"#), 5);
        assert!(is_bounded(&vec![b','; VALUES_MAX - 1]));
        assert!(!is_bounded(&vec![b'['; VALUES_MAX]));
    }

    #[test]
    fn a_value_takes_no_more_than_it_is_counted_for() {
        assert!(2 * size_of::<Json>() <= VALUE_BYTES);
    }
}
