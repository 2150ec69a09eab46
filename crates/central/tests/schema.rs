//! The OpenAPI document against the service: everything in it is there, and nothing that is
//! there is missing in it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is the message"
)]

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use servease_central::http::paths;
use servease_central::http::schema::document;
use servease_domain::EntityKind;
use servease_tests::central::{Answer, Service};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

#[test]
fn it_is_a_valid_openapi_document() {
    let document = document("http://localhost");
    let parsed: utoipa::openapi::OpenApi = serde_json::from_value(document.clone()).unwrap();
    assert_eq!(
        parsed.paths.paths.len(),
        document["paths"].as_object().unwrap().len()
    );
    // Every reference leads somewhere, every operation has a name of its own.
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    let mut names = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{path}: {name}");
        }
    }
}

#[test]
fn every_described_field_is_in_it() {
    let document = document("http://localhost");
    let schemas = &document["components"]["schemas"];
    for kind in EntityKind::ALL
        .into_iter()
        .filter(|kind| kind.segment().is_some())
    {
        let name = name_of(kind);
        for field in kind.fields() {
            assert!(
                schemas[&name]["properties"][field.name].is_object(),
                "{name}.{}",
                field.name
            );
            let may_be_sent = schemas[format!("{name}Edit")]["properties"][field.name].is_object();
            assert_eq!(may_be_sent, !field.system, "{name}.{}", field.name);
        }
    }
}

fn name_of(kind: EntityKind) -> String {
    let parts = kind.name().split('_');
    parts
        .map(|part| part[..1].to_uppercase() + &part[1..])
        .collect()
}

/// A part of the recipe for a new field: a column for it in each of the three schemas.
#[test]
fn every_described_field_is_in_every_schema() {
    let migrations = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    for schema in ["desk", "central/sqlite", "central/postgres"] {
        let mut files: Vec<_> = std::fs::read_dir(migrations.join(schema))
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        let text: String = files
            .iter()
            .map(|file| std::fs::read_to_string(file).unwrap() + "\n")
            .collect();
        for kind in EntityKind::ALL {
            let table = columns(&text, kind.table());
            for field in kind.fields() {
                assert!(
                    table.iter().any(|column| column == field.name),
                    "{schema} has no column {}.{}",
                    kind.table(),
                    field.name
                );
            }
        }
    }
}

/// The columns that a schema's migrations give a table, as far as their names go.
fn columns(migrations: &str, table: &str) -> Vec<String> {
    let create = format!("CREATE TABLE {table} (");
    let alter = format!("ALTER TABLE {table} ADD COLUMN ");
    let body = migrations.split(&create).nth(1).unwrap_or_default();
    let body = body.split("\n)").next().unwrap_or_default();
    let made = body.lines().map(str::trim);
    let added = migrations
        .lines()
        .filter_map(|line| line.strip_prefix(&alter));
    made.chain(added)
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| name.trim_matches('"').to_owned())
        .collect()
}

#[test]
fn every_path_is_in_it() {
    let document = document("http://localhost");
    let is_own = |path: &str| path == "/schema/" || path.starts_with("/docs/");
    // Underscored forms are the same again.
    for path in paths()
        .iter()
        .filter(|path| !path.contains('_') && !is_own(path))
    {
        assert!(
            document["paths"].get(format!("/api/v1{path}")).is_some(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_service_takes_exactly_the_methods_in_it() {
    let service = Service::start(None).await;
    let document = service.get("schema/").await.expect(200);
    for (path, operations) in document["paths"].as_object().unwrap() {
        let real = path.replace("{id}", "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
        for name in METHODS {
            let method: Method = name.to_uppercase().parse().unwrap();
            // Only the head: events have no end.
            let request = service.request(method, &real).json(&json!({}));
            let status = request.send().await.unwrap().status().as_u16();
            let is_described = operations.get(name).is_some();
            assert_eq!(status != 405, is_described, "{name} {path}: {status}");
            assert!(status < 500, "{name} {path}: {status}");
        }
    }
    let root: Value = service.get("").await.expect(200);
    for url in root.as_object().unwrap().values() {
        let path = url.as_str().unwrap().replace(&service.running.url, "");
        assert!(document["paths"].get(&path).is_some(), "{path}");
    }
    service.stop().await;
}

#[tokio::test]
async fn its_page_brings_everything_along() {
    let service = Service::start(None).await;
    let page = service
        .client
        .get(service.url("docs/"))
        .send()
        .await
        .unwrap();
    let html = page.text().await.unwrap();
    for part in html.split("=\"./").skip(1) {
        let name = part.split('"').next().unwrap();
        let asset = service
            .client
            .get(service.url(&format!("docs/{name}")))
            .send()
            .await
            .unwrap();
        assert_eq!(asset.status(), 200, "{name}");
    }
    let script = service
        .client
        .get(service.url("docs/swagger-initializer.js"))
        .send();
    assert!(
        script
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .contains("/api/v1/schema/")
    );
    let missing = Answer::of(
        service
            .client
            .get(service.url("docs/none.js"))
            .send()
            .await
            .unwrap(),
    );
    missing.await.expect(404);
    service.stop().await;
}
