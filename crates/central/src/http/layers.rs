//! Headers that hold everywhere, and answers where there is no other.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use servease_wire::error::detail;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A year: browsers then ask over TLS only (RFC 6797). Subdomains may be somebody else's.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

pub fn safe_headers(response: &mut Response, request_id: &str, is_tls: bool) {
    let headers = response.headers_mut();
    if is_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

/// What no route takes. A GET without its last slash is sent to the path with it.
pub async fn not_found(request: Request) -> Response {
    let path = request.uri().path();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_read && !path.ends_with('/') && !path.starts_with("//") {
        let query = request
            .uri()
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        let target = format!("{path}/{query}");
        if let Ok(location) = HeaderValue::from_str(&target) {
            let mut response = StatusCode::MOVED_PERMANENTLY.into_response();
            response.headers_mut().insert(header::LOCATION, location);
            return response;
        }
    }
    (StatusCode::NOT_FOUND, Json(detail("Not found."))).into_response()
}

pub async fn method_not_allowed(method: Method) -> Response {
    let name: String = method.as_str().chars().take(20).collect();
    let words = format!("Method \"{name}\" not allowed.");
    (StatusCode::METHOD_NOT_ALLOWED, Json(detail(words))).into_response()
}

/// A panic is a defect of ours: the client gets a plain 500, the log the place.
pub fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    let words = detail("Something went wrong here. It has been logged.");
    (StatusCode::INTERNAL_SERVER_ERROR, Json(words)).into_response()
}
