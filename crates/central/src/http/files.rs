//! Files of documents for desks: which are here, parts of those that come, and the bytes of one, any
//! part of them.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use servease_files::is_hash;
use servease_wire::sync::RefusalCode;
use servease_wire::sync::files::{FileName, FilesQuery, PART_BYTES_MAX};

use super::answer;
use super::ask::Ask;
use super::body::{gather, malformed};
use super::messages::read;
use super::readings::{self, What};
use super::serving::serve;
use crate::door::Seat;
use crate::failure::ApiFailure;
use crate::sync::files::{Desk, Files, FilesError};
use crate::sync::refuse;

/// Whoever is turned away for a moment comes back after so long.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("2");

impl IntoResponse for FilesError {
    fn into_response(self) -> Response {
        match self {
            FilesError::Sync(error) => error.into_response(),
            FilesError::Store(error) => ApiFailure::Files(error).into_response(),
            FilesError::Busy => {
                let words = servease_wire::error::detail("This file cannot be taken just now.");
                let mut response = (StatusCode::SERVICE_UNAVAILABLE, Json(words)).into_response();
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, RETRY_AFTER_S);
                response
            }
        }
    }
}

fn files(ask: &Ask) -> Files<'_> {
    Files {
        db: &ask.app.db,
        store: &ask.app.files,
        max_bytes: ask.app.settings.upload_max_bytes,
    }
}

fn desk(ask: &Ask) -> Desk<'_> {
    Desk {
        user: &ask.caller.user_id,
        account: ask.caller.account(),
    }
}

/// How far each of some files is.
pub async fn standings(ask: Ask, request: Request) -> Result<Response, Response> {
    ask.caller
        .must_be_staff()
        .map_err(IntoResponse::into_response)?;
    let query: FilesQuery = read(request).await?;
    let answer = files(&ask).standings(desk(&ask), &query).await;
    answer
        .map(|answer| Json(answer).into_response())
        .map_err(IntoResponse::into_response)
}

/// Where a part belongs.
#[derive(Debug, Deserialize)]
pub struct Place {
    /// Of the whole file.
    size_bytes: u64,
    at: u64,
}

/// A part of a file. Answers how far the file is now.
pub async fn put(
    ask: Ask,
    Path(sha256): Path<String>,
    place: Result<Query<Place>, QueryRejection>,
    request: Request,
) -> Result<Response, Response> {
    ask.caller
        .must_be_staff()
        .map_err(IntoResponse::into_response)?;
    if !is_hash(&sha256) {
        return Err(ApiFailure::no_record().into_response());
    }
    let Query(Place { size_bytes, at }) = place.map_err(malformed)?;
    let seat = request.extensions().get::<Arc<Seat>>().cloned();
    let part = gather(request.into_body(), PART_BYTES_MAX).await;
    let part = part.map_err(|_| {
        let words = format!("A part has at most {PART_BYTES_MAX} bytes.");
        refuse(RefusalCode::TooMuch, words).into_response()
    })?;
    // The whole file is in memory while it is looked at: here already where it came in one part.
    let is_last = at > 0 && at.saturating_add(part.len() as u64) >= size_bytes;
    let _memory = match seat.filter(|_| is_last) {
        Some(seat) => Some(seat.memory_up_to(size_bytes).await),
        None => None,
    };
    let file = FileName { sha256, size_bytes };
    let put = files(&ask).put(desk(&ask), &file, at, part, ask.now).await;
    put.map(|standing| Json(standing).into_response())
        .map_err(IntoResponse::into_response)
}

/// The file or a part of it (RFC 9110, section 14). 404: no document names it, or it is not here yet.
pub async fn get(ask: Ask, Path(sha256): Path<String>) -> Result<Response, Response> {
    ask.caller
        .must_be_staff()
        .map_err(IntoResponse::into_response)?;
    let found = files(&ask).find(ask.caller.account(), &sha256).await;
    let found = found.map_err(IntoResponse::into_response)?;
    let gone = || ApiFailure::NotFound("This file has not arrived yet.").into_response();
    let (held, documents) = found.ok_or_else(gone)?;
    let sensitive = documents
        .iter()
        .filter(|document| document.get("is_sensitive").as_flag())
        .map(|document| document.id);
    readings::note(&ask, sensitive.collect(), What::File)
        .await
        .map_err(IntoResponse::into_response)?;
    let etag = format!("\"{sha256}\"");
    let served = serve(&held, &etag, &ask.method, &ask.headers).await;
    let mut response = served.map_err(|error| ApiFailure::Files(error).into_response())?;
    // What it is stands in its document; here it is bytes that no browser shows.
    answer::header(
        &mut response,
        header::CONTENT_TYPE,
        "application/octet-stream",
    );
    answer::header(&mut response, header::CACHE_CONTROL, "private, no-cache");
    Ok(response)
}
