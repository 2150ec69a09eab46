//! The root, health and metrics.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use servease_domain::EntityKind;
use servease_wire::error::detail;
use sha2::{Digest, Sha256};

use super::ask::base_url;
use super::state::App;
use crate::failure::ApiFailure;

/// Resource name → URL.
pub async fn root(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Response {
    let base = base_url(&headers, &uri, &app);
    let mut body = Map::new();
    for segment in EntityKind::ALL.into_iter().filter_map(EntityKind::segment) {
        let url = format!("{base}/api/v1/{segment}/");
        body.insert(segment.to_owned(), Value::String(url));
    }
    body.insert("sync".to_owned(), format!("{base}/api/v1/sync/").into());
    Json(body).into_response()
}

/// 200 while the database answers, whatever else is going on.
pub async fn health(State(app): State<App>) -> Response {
    match app.pulse.feel().await {
        Ok(()) => Json(json!({
            "status": "ok",
            "version": env!("CARGO_PKG_VERSION"),
        }))
        .into_response(),
        Err(error) => ApiFailure::from(error).into_response(),
    }
}

/// For the scraper that holds the token.
pub async fn metrics(State(app): State<App>, headers: HeaderMap) -> Response {
    let Some(token) = &app.settings.metrics_token else {
        return (StatusCode::NOT_FOUND, Json(detail("Not found."))).into_response();
    };
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    // Comparing digests takes the same time wherever the two differ.
    if Sha256::digest(given) != Sha256::digest(token) {
        return ApiFailure::Unauthorized("A scrape token is required.").into_response();
    }
    let text = app.metrics.text().unwrap_or_default();
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, media_type)], text).into_response()
}
