//! Ready files over HTTP: whether there is one, and its bytes, any part of them.

use axum::Json;
use axum::body::Body;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use servease_wire::sync::BeginQuery;
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

use super::answer;
use super::ask::Ask;
use super::body::malformed;
use crate::failure::ApiFailure;

/// Whether there is a file, or one is being made for whoever asks.
pub async fn begin(
    ask: Ask,
    query: Result<Query<BeginQuery>, QueryRejection>,
) -> Result<Response, Response> {
    ask.caller
        .must_be_staff()
        .map_err(IntoResponse::into_response)?;
    let Query(query) = query.map_err(malformed)?;
    let app = &ask.app;
    let answer = app.ready.begin(&app.db, ask.caller.account(), &query).await;
    answer
        .map(|answer| Json(answer).into_response())
        .map_err(IntoResponse::into_response)
}

/// Which file. Its content is its name, so that no part of one is taken for a part of another.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    sha256: String,
}

/// The file or a part of it (RFC 9110, section 14). 404: it is kept no longer; ask again.
pub async fn file(
    ask: Ask,
    query: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Response> {
    ask.caller
        .must_be_staff()
        .map_err(IntoResponse::into_response)?;
    let Query(wanted) = query.map_err(malformed)?;
    let gone = || ApiFailure::NotFound("There is no such file any more.").into_response();
    let path = ask.app.ready.path(&wanted.sha256).ok_or_else(gone)?;
    let etag = format!("\"{}\"", wanted.sha256);
    let mut request = Request::new(Body::empty());
    *request.method_mut() = ask.method.clone();
    // A part only of the file that the client began with: anything else gets it whole.
    let is_same = ask
        .headers
        .get(header::IF_RANGE)
        .is_none_or(|known| known.as_bytes() == etag.as_bytes());
    if let Some(range) = ask.headers.get(header::RANGE).filter(|_| is_same) {
        request.headers_mut().insert(header::RANGE, range.clone());
    }
    let mut response = match ServeFile::new(path).oneshot(request).await {
        Ok(served) => served.map(Body::new).into_response(),
        Err(never) => match never {},
    };
    if response.status() == StatusCode::NOT_FOUND {
        // Removed between the look and the opening.
        return Err(gone());
    }
    if let Ok(value) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response.headers_mut().remove(header::LAST_MODIFIED);
    answer::header(&mut response, header::CONTENT_TYPE, "application/zstd");
    answer::header(&mut response, header::CACHE_CONTROL, "private, no-cache");
    Ok(response)
}
