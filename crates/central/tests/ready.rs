//! Ready files over HTTP: for staff, any part of them, and never a failure of the server.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is the message"
)]

use reqwest::{Method, Response};
use serde_json::Value;
use servease_central::caller::Role;
use servease_tests::central::{Service, token};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

fn begin(schema: i64, worth_from: i64) -> String {
    format!("sync/snapshot/?protocol=2&schema={schema}&worth_from={worth_from}")
}

async fn offer(service: &Service) -> Value {
    loop {
        let path = begin(servease_store::known_schema(), 1);
        let answer = service.get(&path).await.expect(200);
        match answer["file"]["state"].as_str() {
            Some("ready") => return answer["file"].clone(),
            Some("building") => {}
            _ => panic!("{answer}"),
        }
    }
}

async fn get(service: &Service, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = service.request(Method::GET, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn any_part_of_a_file_can_be_asked_for() {
    let service = Service::start(None).await;
    for number in 0..30 {
        service.customer("Ann", &format!("Ng{number}")).await;
    }
    let offer = offer(&service).await;
    let sha256 = offer["sha256"].as_str().unwrap();
    let size = usize::try_from(offer["size_bytes"].as_u64().unwrap()).unwrap();
    let path = format!("sync/snapshot/file/?sha256={sha256}");
    let etag = format!("\"{sha256}\"");

    let whole = get(&service, &path, &[]).await;
    assert_eq!(whole.status(), 200);
    assert_eq!(header(&whole, "etag"), etag);
    assert_eq!(header(&whole, "content-type"), "application/zstd");
    assert_eq!(header(&whole, "accept-ranges"), "bytes");
    assert_eq!(header(&whole, "content-encoding"), "", "it is compressed");
    let whole = whole.bytes().await.unwrap();
    assert_eq!(whole.len(), size);
    assert_eq!(hex::encode(Sha256::digest(&whole)), sha256);

    let rest = get(
        &service,
        &path,
        &[("range", "bytes=100-"), ("if-range", &etag)],
    )
    .await;
    assert_eq!(rest.status(), 206);
    assert_eq!(
        header(&rest, "content-range"),
        format!("bytes 100-{}/{size}", size - 1)
    );
    assert_eq!(rest.bytes().await.unwrap(), whole[100..]);

    // Of another file the client has nothing to go on from: it gets all of this one.
    let other = [("range", "bytes=100-"), ("if-range", "\"other\"")];
    let other = get(&service, &path, &other).await;
    assert_eq!(other.status(), 200);
    assert_eq!(other.bytes().await.unwrap().len(), size);

    for range in [
        "bytes=99999999-",
        "bytes=5-2",
        "bytes=-",
        "bytes=x-y",
        "bytes=0-1,3-4",
        "lines=1-2",
        "bytes=18446744073709551616-",
        "",
        "bytes=-0",
    ] {
        let answer = get(&service, &path, &[("range", range)]).await;
        assert!(
            matches!(answer.status().as_u16(), 200 | 206 | 416),
            "{range}: {}",
            answer.status()
        );
    }
    for wrong in [
        "",
        "?sha256=",
        "?sha256=../../central.db",
        "?sha256=00",
        "?sha=1",
    ] {
        let answer = get(&service, &format!("sync/snapshot/file/{wrong}"), &[]).await;
        assert!(
            matches!(answer.status().as_u16(), 400 | 404),
            "{wrong}: {}",
            answer.status()
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn files_are_for_staff_and_for_schemas_that_are_known() {
    let service = Service::start(None).await;
    service.customer("Ann", "Ng").await;
    let known = servease_store::known_schema();
    let offer = offer(&service).await;
    let file = format!(
        "sync/snapshot/file/?sha256={}",
        offer["sha256"].as_str().unwrap()
    );
    let customer = token(Role::Customer, "c@example.com", Uuid::from_u128(8));
    for path in [begin(known, 1), file.clone()] {
        let answer = service.get_as(&customer, &path).await;
        assert_eq!(answer.status, 403, "{path}");
        let stranger = service.client.get(service.url(&path)).send().await.unwrap();
        assert_eq!(stranger.status(), 401, "{path}");
    }
    for (schema, worth_from) in [(known + 1, 1), (known - 1, 1), (-5, 1), (known, 1_000)] {
        let answer = service.get(&begin(schema, worth_from)).await.expect(200);
        assert_eq!(answer["file"]["state"], "none", "{answer}");
    }
    for wrong in ["", "?protocol=x", "?protocol=2&schema=99999999999999999999"] {
        let answer = service.get(&format!("sync/snapshot/{wrong}")).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
    let newer = service
        .get(&format!(
            "sync/snapshot/?protocol=99&schema={known}&worth_from=1"
        ))
        .await;
    assert_eq!(newer.status, 426);
    service.stop().await;
}

#[tokio::test]
async fn a_file_outlives_the_service_and_not_what_it_was_made_of() {
    let service = Service::start(None).await;
    service.customer("Ann", "Ng").await;
    let first = offer(&service).await;
    assert_eq!(
        first["rows"], 3,
        "a customer, its preferences, and the garage"
    );
    let ready = service.folder.path().join("ready");
    // What another instance may be making is left alone; what was given up long ago is not.
    let old = ready.join("building-1.db");
    std::fs::write(&old, b"cut short").unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(200_000);
    let file = std::fs::File::options().write(true).open(&old).unwrap();
    file.set_modified(long_ago).unwrap();
    std::fs::write(ready.join("building-2.db"), b"coming").unwrap();

    let service = service.restart().await;
    assert_eq!(offer(&service).await, first);
    let names: Vec<_> = std::fs::read_dir(&ready)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(!names.contains(&"building-1.db".to_owned()), "{names:?}");
    service.stop().await;
}
