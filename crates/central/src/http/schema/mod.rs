//! The OpenAPI document. It follows from the same descriptions as the service itself: paths
//! and methods from the kinds of records, schemas, filters and orders from their fields. A
//! test asks the service for every path and method in it, and for none that is missing.

mod alerts;
mod build;
mod fields;
mod paths;
mod sync;

use serde_json::{Value as Json, json};
use servease_domain::EntityKind;

/// The document, for a service that is reached under this URL.
pub fn document(base_url: &str) -> Json {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "ServEase Central",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Customers, vehicles, papers, notes and services of a garage. \
                Every path ends in a slash. Errors of fields are `{field: [messages]}`, \
                others `{\"detail\": …}`.",
        },
        "servers": [{"url": base_url}],
        "security": [{"bearer": []}],
        "paths": paths::all(),
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
            "schemas": fields::schemas(),
        },
    })
}

/// `ServiceRecord` for `service_record`.
fn name_of(kind: EntityKind) -> String {
    kind.name()
        .split('_')
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map_or_else(String::new, |first| {
                format!("{}{}", first.to_ascii_uppercase(), letters.as_str())
            })
        })
        .collect()
}

fn reference(schema: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}
