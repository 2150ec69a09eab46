//! Messages of desks: JSON, compressed or not.

use std::io::Read as _;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;
use servease_wire::sync::{BATCH_BYTES_MAX, RefusalCode};

use super::body::{gather, is_bounded};
use crate::failure::ApiFailure;
use crate::sync::refuse;

/// A compressed body may grow to this: what a push may be, and what JSON adds to it.
pub const BODY_MAX_BYTES: usize = 2 * BATCH_BYTES_MAX;

/// Reads the message of a request.
pub async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Response> {
    let is_zstd = is_zstd(request.headers());
    let bytes = body(request.into_body()).await?;
    let plain = if is_zstd {
        unpack(&bytes).ok_or_else(too_much)?
    } else {
        bytes.to_vec()
    };
    if !is_bounded(&plain) {
        return Err(too_much());
    }
    serde_json::from_slice(&plain).map_err(|error| {
        ApiFailure::Malformed(format!("JSON parse error - {error}")).into_response()
    })
}

fn is_zstd(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"zstd"))
}

async fn body(body: Body) -> Result<bytes::Bytes, Response> {
    gather(body, BODY_MAX_BYTES).await.map_err(|_| too_much())
}

fn too_much() -> Response {
    refuse(
        RefusalCode::TooMuch,
        format!("At most {BATCH_BYTES_MAX} bytes at once."),
    )
    .into_response()
}

/// At most [`BODY_MAX_BYTES`]: a small body must not unpack to a big one.
fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    zstd::Decoder::new(packed)
        .ok()?
        .take(BODY_MAX_BYTES as u64 + 1)
        .read_to_end(&mut plain)
        .ok()?;
    (plain.len() <= BODY_MAX_BYTES).then_some(plain)
}
