//! Every path, and what answers it.

use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, delete, get, post};
use axum::{Router, middleware};
use servease_domain::EntityKind;
use servease_domain::kind::Served;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::cors::{AllowOrigin, CorsLayer};
use uuid::Uuid;

use super::ask::{Ask, RecordId};
use super::body::JsonObject;
use super::state::App;
use super::{
    alerts, calendar, customers, docs, documents, entry, layers, records, sign_in, sync, system,
    vehicles,
};

fn list_paths(kind: EntityKind) -> MethodRouter<App> {
    let paths = get(move |ask: Ask| records::list(kind, ask));
    match kind {
        EntityKind::Document => paths
            .post(documents::create)
            // Counted while it streams, against the operator's limit.
            .layer(DefaultBodyLimit::disable()),
        kind if kind.is_created_by_people() => {
            paths.post(move |ask: Ask, body: JsonObject| records::create(kind, ask, body))
        }
        _ => paths,
    }
}

fn detail_paths(kind: EntityKind) -> MethodRouter<App> {
    let paths = get(move |ask: Ask, id: RecordId| records::detail(kind, ask, id));
    let edit = move |ask: Ask, id: RecordId, body: JsonObject| records::edit(kind, ask, id, body);
    let paths = match kind.is_changed_by_people() {
        true => paths.put(edit).patch(edit),
        false => paths,
    };
    match kind.is_deleted_by_people() {
        true => paths.delete(move |ask: Ask, id: RecordId| records::delete(kind, ask, id)),
        false => paths,
    }
}

/// The one record there is.
fn only_paths(kind: EntityKind, id: Uuid) -> MethodRouter<App> {
    let edit = move |ask: Ask, body: JsonObject| records::edit(kind, ask, RecordId(id), body);
    get(move |ask: Ask| records::detail(kind, ask, RecordId(id)))
        .put(edit)
        .patch(edit)
}

fn history_paths(kind: EntityKind) -> MethodRouter<App> {
    get(move |ask: Ask, id: RecordId| records::history(kind, ask, id))
}

/// Paths below `/api/v1`, each once. Actions that are hyphenated here also answer under
/// underscores, as some versions of the stock service have them.
fn api() -> Vec<(String, MethodRouter<App>)> {
    let mut paths = vec![
        ("/".to_owned(), get(system::root)),
        ("/schema/".to_owned(), get(docs::document)),
        ("/docs/".to_owned(), get(docs::index)),
        ("/docs/{file}".to_owned(), get(docs::asset)),
        ("/auth/login/".to_owned(), post(sign_in::login)),
        ("/auth/token/refresh/".to_owned(), post(sign_in::refresh)),
        ("/alerts/".to_owned(), get(alerts::list)),
        ("/calendar.ics".to_owned(), get(calendar::feed)),
        (
            "/calendar-tokens/".to_owned(),
            get(calendar::list_tokens).post(calendar::add_token),
        ),
        (
            "/calendar-tokens/{id}/".to_owned(),
            delete(calendar::revoke_token),
        ),
        ("/customers/stats/".to_owned(), get(customers::stats)),
        (
            "/customers/{id}/dashboard/".to_owned(),
            get(customers::dashboard),
        ),
        (
            "/customers/{id}/preferences/".to_owned(),
            get(customers::preferences)
                .put(customers::edit_preferences)
                .patch(customers::edit_preferences),
        ),
        (
            "/customers/{id}/vehicles/".to_owned(),
            get(customers::vehicles),
        ),
        (
            "/customers/{id}/documents/".to_owned(),
            get(customers::documents),
        ),
        (
            "/customers/{id}/service-history/".to_owned(),
            get(customers::service_history),
        ),
        (
            "/customers/{id}/notifications/".to_owned(),
            get(customers::notifications),
        ),
        (
            "/customers/{id}/verify/".to_owned(),
            post(customers::verify),
        ),
        (
            "/customers/{id}/deactivate/".to_owned(),
            post(customers::deactivate),
        ),
        (
            "/customers/{id}/history/".to_owned(),
            history_paths(EntityKind::Customer),
        ),
        (
            "/vehicles/{id}/history/".to_owned(),
            history_paths(EntityKind::Vehicle),
        ),
        (
            "/vehicles/{id}/update-mileage/".to_owned(),
            post(vehicles::update_mileage),
        ),
        (
            "/vehicles/{id}/service-status/".to_owned(),
            get(vehicles::service_status),
        ),
        (
            "/documents/expiring-soon/".to_owned(),
            get(documents::expiring_soon),
        ),
        (
            "/documents/{id}/download/".to_owned(),
            get(documents::download),
        ),
    ];
    for kind in EntityKind::ALL {
        match kind.about().served {
            Served::List(segment) => {
                paths.push((format!("/{segment}/"), list_paths(kind)));
                paths.push((format!("/{segment}/{{id}}/"), detail_paths(kind)));
            }
            Served::One(segment) => {
                if let Some(id) = kind.only_id() {
                    paths.push((format!("/{segment}/"), only_paths(kind, id)));
                    let history = move |ask| records::history(kind, ask, RecordId(id));
                    paths.push((format!("/{segment}/history/"), get(history)));
                }
            }
            Served::No => {}
        }
    }
    paths.extend(sync::paths());
    let underscored: Vec<(String, MethodRouter<App>)> = paths
        .iter()
        .filter(|(path, _)| path.contains('-'))
        .map(|(path, methods)| (path.replace('-', "_"), methods.clone()))
        .collect();
    paths.extend(underscored);
    paths
}

/// Paths below `/api/v1`, in whatever form.
pub fn paths() -> Vec<String> {
    api().into_iter().map(|(path, _)| path).collect()
}

/// The whole service.
pub fn router(app: App) -> Router {
    let mut router = Router::new()
        .route("/health/", get(system::health))
        .route("/metrics", get(system::metrics))
        .route("/metrics/", get(system::metrics));
    for (path, methods) in api() {
        router = router.route(&format!("/api/v1{path}"), methods);
    }
    // Files are compressed already, or are not worth it.
    let worth_it = SizeAbove::new(256)
        .and(NotForContentType::IMAGES)
        // Events must not wait until a block is full.
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new("application/vnd"))
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/zstd"));
    router
        .fallback(layers::not_found)
        .method_not_allowed_fallback(layers::method_not_allowed)
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(CompressionLayer::new().compress_when(worth_it))
        .layer(cors(&app))
        .layer(middleware::from_fn_with_state(app.clone(), entry::observe))
        .with_state(app)
}

/// Closed unless the operator names origins.
fn cors(app: &App) -> CorsLayer {
    use axum::http::{Method, header};
    if app.settings.cors_origins.is_empty() {
        return CorsLayer::new();
    }
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(app.settings.cors_origins.clone()))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::RANGE,
            axum::http::HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([
            header::ETAG,
            header::RETRY_AFTER,
            header::CONTENT_DISPOSITION,
            axum::http::HeaderName::from_static("x-request-id"),
        ])
}
