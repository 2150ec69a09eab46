//! Bytes of a kept file: all of them or a part (RFC 9110, section 14), read while they are sent.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_range_header::parse_range_header;

use crate::files::{FilesFailure, Held};

/// Answers with the file, under its ETag, as the headers ask for it.
pub async fn serve(
    held: &Held,
    etag: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, FilesFailure> {
    let size = held.size_bytes;
    // A part only of the file that the client began with: anything else gets it whole.
    let is_same = headers
        .get(header::IF_RANGE)
        .is_none_or(|known| known.as_bytes() == etag.as_bytes());
    let wanted = headers.get(header::RANGE).filter(|_| is_same);
    let (status, range) = match wanted {
        None => (StatusCode::OK, 0..size),
        Some(wanted) => {
            let ranges = wanted.to_str().ok().and_then(|text| {
                let parsed = parse_range_header(text).ok()?;
                parsed.validate(size).ok()
            });
            match ranges.as_deref() {
                Some([range]) => (
                    StatusCode::PARTIAL_CONTENT,
                    *range.start()..range.end().saturating_add(1),
                ),
                // Nothing of it, or several parts at once, which nobody needs.
                _ => return Ok(unsatisfiable(size)),
            }
        }
    };
    let length = range.end - range.start;
    let part = (status == StatusCode::PARTIAL_CONTENT).then(|| {
        format!(
            "bytes {}-{}/{size}",
            range.start,
            range.end.saturating_sub(1)
        )
    });
    let body = match *method {
        Method::HEAD => Body::empty(),
        _ => Body::from_stream(held.read(range).await?),
    };
    let mut response = (status, body).into_response();
    let answered = response.headers_mut();
    answered.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    answered.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some(part) = part.and_then(|text| HeaderValue::from_str(&text).ok()) {
        answered.insert(header::CONTENT_RANGE, part);
    }
    if let Ok(etag) = HeaderValue::from_str(etag) {
        answered.insert(header::ETAG, etag);
    }
    Ok(response)
}

fn unsatisfiable(size: u64) -> Response {
    let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
    if let Ok(whole) = HeaderValue::from_str(&format!("bytes */{size}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, whole);
    }
    response
}
