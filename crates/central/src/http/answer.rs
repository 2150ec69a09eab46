//! From results to responses: the one place where a status is chosen.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use servease_wire::error::{detail, field, problems};

use crate::failure::ApiFailure;
use crate::ledger::Done;

/// How long a client should wait when the service is busy.
const RETRY_AFTER_S: u64 = 1;

impl IntoResponse for ApiFailure {
    fn into_response(self) -> Response {
        let (status, body) = status_and_body(&self);
        if status.is_server_error() {
            log(&self);
        }
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        match self {
            ApiFailure::Unauthorized(_) => {
                let scheme = HeaderValue::from_static("Bearer realm=\"api\"");
                headers.insert(header::WWW_AUTHENTICATE, scheme);
            }
            ApiFailure::TooManyAttempts { retry_after_s } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
            }
            _ if status == StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
            }
            _ => {}
        }
        response
    }
}

fn status_and_body(failure: &ApiFailure) -> (StatusCode, Value) {
    match failure {
        ApiFailure::Problems(found) => (StatusCode::BAD_REQUEST, problems(found)),
        ApiFailure::Refused(body) => (StatusCode::BAD_REQUEST, body.clone()),
        ApiFailure::Malformed(why) => (StatusCode::BAD_REQUEST, detail(why.as_str())),
        ApiFailure::NotFound(words) => (StatusCode::NOT_FOUND, detail(*words)),
        ApiFailure::Unauthorized(words) => (StatusCode::UNAUTHORIZED, detail(*words)),
        ApiFailure::Forbidden => (
            StatusCode::FORBIDDEN,
            detail("You do not have permission to perform this action."),
        ),
        ApiFailure::UnsupportedMediaType(found) => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            detail(format!("Unsupported media type \"{found}\" in request.")),
        ),
        ApiFailure::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            detail("The body is larger than allowed."),
        ),
        ApiFailure::MergedAway { into } => (
            StatusCode::CONFLICT,
            detail(format!(
                "This record was merged into {into}, which is not deleted by its alias."
            )),
        ),
        ApiFailure::PreconditionFailed => (
            StatusCode::PRECONDITION_FAILED,
            detail("The record was changed since it was read."),
        ),
        ApiFailure::KeyReused => (
            StatusCode::UNPROCESSABLE_ENTITY,
            field(
                "Idempotency-Key",
                "This key was used for a request with other content.",
            ),
        ),
        ApiFailure::TooManyAttempts { retry_after_s } => (
            StatusCode::TOO_MANY_REQUESTS,
            detail(format!(
                "Too many failed attempts. Expected available in {retry_after_s} seconds."
            )),
        ),
        ApiFailure::Database(error) if error.is_transient() => (
            StatusCode::SERVICE_UNAVAILABLE,
            detail("The service is busy. Try again."),
        ),
        ApiFailure::Files(error) if error.is_passing() => (
            StatusCode::SERVICE_UNAVAILABLE,
            detail("Files cannot be reached at present. Try again."),
        ),
        ApiFailure::Database(_) | ApiFailure::Files(_) | ApiFailure::Internal { .. } => (
            StatusCode::INTERNAL_SERVER_ERROR,
            detail("Something went wrong here. It has been logged."),
        ),
    }
}

/// The chain of causes, once. Database errors name constraints and columns, never values.
fn log(failure: &ApiFailure) {
    let mut chain = failure.to_string();
    let mut source = std::error::Error::source(failure);
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(error = chain, "request failed");
}

/// An answered command, with the ETag of the record as it is now.
pub fn done(done: Done, epoch: &str) -> Response {
    let status = StatusCode::from_u16(done.status).unwrap_or(StatusCode::OK);
    match done.body {
        None => status.into_response(),
        Some(body) => {
            let mut response = (status, Json(body)).into_response();
            if let Some(seq) = done.seq {
                tag(&mut response, epoch, seq);
            }
            response
        }
    }
}

/// Marks a response with the version of its record.
pub fn tag(response: &mut Response, epoch: &str, seq: i64) {
    if let Ok(value) = HeaderValue::from_str(&etag(epoch, seq)) {
        response.headers_mut().insert(header::ETAG, value);
    }
}

pub fn etag(epoch: &str, seq: i64) -> String {
    format!("\"{epoch}-{seq}\"")
}

pub fn header(response: &mut Response, name: HeaderName, value: &'static str) {
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}
