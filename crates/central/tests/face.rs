//! What the operator decides: TLS, origins, metrics, limits; and what surrounds every answer.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is the message"
)]

use reqwest::Method;
use serde_json::json;
use servease_tests::central::{Answer, Service, id, now};

#[tokio::test]
async fn tls_is_served_with_the_operators_certificate() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let service = Service::with(|config, folder| {
        let cert = folder.path().join("cert.pem");
        let key = folder.path().join("key.pem");
        std::fs::write(&cert, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        config.tls_cert = Some(cert);
        config.tls_key = Some(key);
    })
    .await;
    assert!(service.running.url.starts_with("https://"));
    let authority = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only([authority])
        .build()
        .unwrap();
    let port = service.running.address.port();
    let root = client
        .get(format!("https://localhost:{port}/api/v1/"))
        .send()
        .await
        .unwrap();
    let root = Answer::of(root).await.expect(200);
    let url = root["customers"].as_str().unwrap();
    assert!(
        url.starts_with(&format!("https://localhost:{port}/")),
        "{url}"
    );
    service.stop().await;
}

#[tokio::test]
async fn other_origins_are_closed_unless_named() {
    let ask = |service: &Service, origin: &'static str| {
        service
            .client
            .request(Method::OPTIONS, service.url("customers/"))
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "GET")
            .send()
    };
    let closed = Service::start(None).await;
    let answer = Answer::of(ask(&closed, "https://app.example").await.unwrap()).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
    closed.stop().await;
    let open = Service::with(|config, _| {
        config.cors_origin = vec!["https://app.example".parse().unwrap()];
    })
    .await;
    let answer = Answer::of(ask(&open, "https://app.example").await.unwrap()).await;
    let allowed = answer.header("access-control-allow-origin");
    assert_eq!(allowed, "https://app.example");
    let answer = Answer::of(ask(&open, "https://evil.example").await.unwrap()).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
    open.stop().await;
}

#[tokio::test]
async fn metrics_need_their_token_and_name_no_ids() {
    let service = Service::with(|config, _| config.metrics_token = Some("scrape".to_owned())).await;
    let ada = service.customer("Ada", "L").await;
    service
        .get(&format!("customers/{}/", id(&ada)))
        .await
        .expect(200);
    let ask = |token: &'static str| {
        service
            .client
            .get(service.url("/metrics"))
            .bearer_auth(token)
            .send()
    };
    assert_eq!(ask("wrong").await.unwrap().status(), 401);
    let text = ask("scrape").await.unwrap().text().await.unwrap();
    assert!(text.contains("route=\"/api/v1/customers/{id}/\""), "{text}");
    assert!(!text.contains(id(&ada)));
    service.stop().await;
}

#[tokio::test]
async fn answers_are_compressed_and_carry_safe_headers() {
    let service = Service::start(None).await;
    for number in 0..20 {
        service.customer(&format!("N{number}"), "L").await;
    }
    for encoding in ["gzip", "zstd"] {
        let bare = reqwest::Client::builder()
            .no_gzip()
            .no_zstd()
            .build()
            .unwrap();
        let request = bare
            .get(service.url("customers/"))
            .bearer_auth(&service.token);
        let answer = request
            .header("Accept-Encoding", encoding)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["content-encoding"], encoding);
        assert!(answer.bytes().await.unwrap().len() < 3_000);
    }
    let answer = service.get("customers/").await;
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(
        answer
            .header("content-security-policy")
            .contains("default-src 'none'")
    );
    assert!(!answer.header("x-request-id").is_empty());
    service.stop().await;
}

#[tokio::test]
async fn too_many_requests_at_once_are_told_to_come_back() {
    let service = Service::with(|config, _| config.max_requests = 1).await;
    let asks: Vec<_> = (0..40)
        .map(|number| {
            let request = service.request(Method::POST, "customers/").json(&json!({
                "first_name": "A", "last_name": format!("{number}"), "phone": "+15550123456"}));
            tokio::spawn(async move { Answer::of(request.send().await.unwrap()).await })
        })
        .collect();
    let mut turned_away = 0;
    let mut done = 0;
    for ask in asks {
        let answer = ask.await.unwrap();
        match answer.status {
            201 => done += 1,
            503 => {
                assert_eq!(answer.header("retry-after"), "1");
                turned_away += 1;
            }
            other => panic!("{other}"),
        }
    }
    assert!(
        done >= 1 && turned_away >= 1,
        "{done} done, {turned_away} turned away"
    );
    assert_eq!(service.get("customers/").await.expect(200)["count"], done);
    service.stop().await;
}

#[tokio::test]
async fn a_public_url_stands_in_answers_whatever_the_host_says() {
    let service = Service::with(|config, _| {
        config.public_url = Some("https://garage.example/".to_owned());
    })
    .await;
    let request = service
        .client
        .get(service.url(""))
        .header("Host", "evil.example");
    let root = Answer::of(request.send().await.unwrap()).await.expect(200);
    assert_eq!(root["notes"], "https://garage.example/api/v1/notes/");
    service.stop().await;
}

/// A zone in which it is another day than in UTC now.
fn another_day() -> chrono_tz::Tz {
    let now = now();
    let zones = [chrono_tz::Pacific::Kiritimati, chrono_tz::Etc::GMTPlus12];
    let differs = |zone: &chrono_tz::Tz| now.with_timezone(zone).date_naive() != now.date_naive();
    zones.into_iter().find(differs).unwrap()
}

#[tokio::test]
async fn today_is_the_garages_day() {
    let zone = another_day();
    let service = Service::with(|config, _| config.time_zone = Some(zone)).await;
    let today = now().with_timezone(&zone).date_naive();
    let ada = service.customer("Ada", "L").await;
    for days in [-1, 0, 30, 31] {
        let expiry = (today + chrono::TimeDelta::days(days)).to_string();
        let title = days.to_string();
        let fields = [
            ("customer", id(&ada)),
            ("document_type", "other"),
            ("title", &title),
            ("expiry_date", &expiry),
        ];
        let made = service.upload(&fields, "a.txt", b"hello").await.expect(201);
        assert_eq!(made["is_expired"], days < 0, "{days}");
    }
    let soon = service.get("documents/expiring-soon/").await.expect(200);
    let soon = soon.as_array().unwrap();
    let titles: Vec<&str> = soon
        .iter()
        .map(|it| it["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["0", "30"]);
    let car = service.vehicle(&ada, "B 1").await;
    let path = format!("vehicles/{}/", id(&car));
    for (due, is_due) in [(today, true), (today + chrono::TimeDelta::days(1), false)] {
        let body = json!({"next_service_due_date": due.to_string()});
        let car = service.patch(&path, body).await.expect(200);
        assert_eq!(car["is_service_due"], is_due, "{due}");
    }
    service.stop().await;
}

/// What the service answers to bytes as they are; none to a client that says no more.
async fn raw(service: &Service, sent: &[u8]) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = service.running.address;
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(sent).await.unwrap();
    let mut answer = vec![0; 4_096];
    let read = tokio::time::timeout(std::time::Duration::from_secs(60), stream.read(&mut answer));
    let length = read.await.expect("an answer in time").unwrap_or(0);
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

#[tokio::test]
async fn a_request_that_dawdles_is_ended() {
    let service = Service::with(|config, _| config.request_timeout = 1).await;
    let head = format!(
        "POST /api/v1/customers/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"first_name\":",
        service.token
    );
    let answer = raw(&service, head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    // Others are served meanwhile and afterwards.
    service.customer("Ada", "L").await;
    service.stop().await;
}

#[tokio::test]
async fn bytes_that_are_no_request_are_refused_and_nothing_more() {
    let service = Service::start(None).await;
    let long = format!(
        "GET /api/v1/ HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
        "a".repeat(700_000)
    );
    for bad in [
        &b"\x00\x01\x02\r\n\r\n"[..],
        b"GET /api/v1/customers/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/customers/?search=\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/customers/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
        b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
          Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"NONSENSE /api/v1/customers/ HTTP/1.1\r\nHost: x\r\n\r\n",
        long.as_bytes(),
    ] {
        let answer = raw(&service, bad).await;
        let shown: String = String::from_utf8_lossy(bad).chars().take(60).collect();
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{shown}: {answer}"
        );
    }
    service.customer("Ada", "L").await;
    service.stop().await;
}
