//! The OpenAPI document against the service: everything in it is there, and nothing that is
//! there is missing in it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is the message"
)]

mod common;

use std::collections::BTreeSet;

use common::{Answer, Service};
use reqwest::Method;
use serde_json::{Value, json};
use servease_central::http::schema::document;
use servease_domain::EntityKind;

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
    for (kind, name) in [
        (EntityKind::Customer, "Customer"),
        (EntityKind::ServiceRecord, "ServiceRecord"),
    ] {
        for field in kind.fields() {
            assert!(
                schemas[name]["properties"][field.name].is_object(),
                "{}",
                field.name
            );
            let may_be_sent = schemas[format!("{name}Edit")]["properties"][field.name].is_object();
            assert_eq!(may_be_sent, !field.system, "{}", field.name);
        }
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
