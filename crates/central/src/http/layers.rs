//! Around every request: a bounded number at once, a bounded time, a line in the log, figures
//! for the metrics, and headers that hold everywhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt as _};
use servease_wire::error::detail;
use uuid::Uuid;

use super::metrics::{Answered, Route};
use super::state::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A file of 25 MiB over a poor line takes minutes.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);

/// Methods as labels: others than these are one.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

pub async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = method_label(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", |path| path.as_str())
        .to_owned();
    let is_upload = method == "POST" && route.ends_with("/documents/");
    let request_id = Uuid::now_v7().to_string();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        request.headers_mut().insert(REQUEST_ID, value);
    }
    let timeout = if is_upload {
        UPLOAD_TIMEOUT
    } else {
        app.settings.request_timeout
    };
    let (request, has_arrived) = watched(request);
    app.metrics.in_flight.inc();
    let mut response = match app.turns.clone().try_acquire_owned() {
        Ok(_turn) => tokio::time::timeout(timeout, next.run(request))
            .await
            .unwrap_or_else(|_| {
                if has_arrived.load(Ordering::Relaxed) {
                    busy("The request took too long.")
                } else {
                    too_slow()
                }
            }),
        Err(_) => {
            app.metrics.turned_away.inc();
            busy("Too many requests at once. Try again.")
        }
    };
    app.metrics.in_flight.dec();
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    app.metrics
        .seconds
        .get_or_create(&Route {
            method: method.to_owned(),
            route: route.clone(),
        })
        .observe(elapsed.as_secs_f64());
    app.metrics
        .answered
        .get_or_create(&Answered {
            method: method.to_owned(),
            route: route.clone(),
            status,
        })
        .inc();
    // The route, not the path and not the query: those may say something about people.
    tracing::info!(
        request_id,
        method,
        route,
        status,
        ms = (elapsed.as_micros() as f64) / 1_000.0,
        "request"
    );
    safe_headers(&mut response, &request_id);
    response
}

/// The request, and whether all of it has arrived: a client that dawdles is to blame itself.
fn watched(request: Request) -> (Request, Arc<AtomicBool>) {
    let (parts, body) = request.into_parts();
    let has_arrived = Arc::new(AtomicBool::new(body.is_end_stream()));
    if body.is_end_stream() {
        return (Request::from_parts(parts, body), has_arrived);
    }
    let told = has_arrived.clone();
    let end = stream::once(async move {
        told.store(true, Ordering::Relaxed);
        Ok::<_, axum::Error>(Bytes::new())
    });
    let body = Body::from_stream(body.into_data_stream().chain(end));
    (Request::from_parts(parts, body), has_arrived)
}

fn too_slow() -> Response {
    let words = detail("The request did not arrive in time.");
    (StatusCode::REQUEST_TIMEOUT, Json(words)).into_response()
}

fn busy(words: &'static str) -> Response {
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, Json(detail(words))).into_response();
    let retry_after = HeaderValue::from_static("1");
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, retry_after);
    response
}

fn safe_headers(response: &mut Response, request_id: &str) {
    let headers = response.headers_mut();
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
