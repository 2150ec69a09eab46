//! `schema/` and the page that shows it. The page's files are compiled in; nothing is loaded
//! from elsewhere, and its policy would not let it be.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use servease_wire::error::detail;
use utoipa_swagger_ui::Config;

use super::answer;
use super::ask::base_url;
use super::schema;
use super::state::App;

/// Scripts from here only; the page sets styles from its scripts, which needs the exception.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; connect-src 'self'; font-src 'self'; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

pub async fn document(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Response {
    Json(schema::document(&base_url(&headers, &uri, &app))).into_response()
}

pub async fn index() -> Response {
    file("index.html")
}

pub async fn asset(Path(name): Path<String>) -> Response {
    file(&name)
}

fn file(name: &str) -> Response {
    let config = Arc::new(Config::from("/api/v1/schema/"));
    let found = utoipa_swagger_ui::serve(name, config).ok().flatten();
    let Some(found) = found else {
        return (StatusCode::NOT_FOUND, Json(detail("Not found."))).into_response();
    };
    let headers = [(header::CONTENT_TYPE, found.content_type.clone())];
    let mut response = (headers, found.bytes.into_owned()).into_response();
    answer::header(&mut response, header::CONTENT_SECURITY_POLICY, POLICY);
    answer::header(
        &mut response,
        header::CACHE_CONTROL,
        "private, max-age=3600",
    );
    if found.gzpipped {
        answer::header(&mut response, header::CONTENT_ENCODING, "gzip");
    }
    response
}
