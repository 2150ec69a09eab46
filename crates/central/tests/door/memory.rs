//! Memory: what one side sends or leaves unread takes a bounded amount of it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::lines::{ATTACKER, OTHERS, client, connect, employee, everybody_is_served, read_to_end};
use crate::program::{Process, serve};

/// As long as a text of a field may be: 65,536 letters of up to four bytes.
const LONG: usize = 4 * servease_domain::field::LONG_TEXT_MAX;

/// 64 notes of 256 KiB are 16 MiB in one answer, and several times as much on the way to it.
const NOTES: usize = 64;

async fn post(client: &Client, service: &Process, path: &str, body: &Value) -> Value {
    let url = format!("{}/api/v1/{path}", service.url);
    let request = client.post(url).bearer_auth(employee(1)).json(body);
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    answer.json().await.unwrap()
}

/// A service with so much in it, and the customer who it is about.
async fn with_long_notes(folder: &tempfile::TempDir, flags: &[&str]) -> (Process, String) {
    let service = serve(folder.path(), &[]);
    let client = client(OTHERS);
    let person = json!({"first_name": "Ada", "last_name": "L", "phone": "+15550123456"});
    let customer = post(&client, &service, "customers/", &person).await;
    let customer = customer["id"].as_str().unwrap().to_owned();
    for number in 0..NOTES {
        let note = json!({"customer_id": customer, "title": number.to_string(),
            "content": "🚗".repeat(LONG / 4)});
        post(&client, &service, "notes/", &note).await;
    }
    drop(service);
    (serve(folder.path(), flags), customer)
}

/// Asks for something and does not read what comes.
async fn ask_and_look_away(service: &Process, path: &str) -> TcpStream {
    let mut line = connect(ATTACKER, service.address()).await.unwrap();
    let ask = format!(
        "GET /api/v1/{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        employee(66)
    );
    line.write_all(ask.as_bytes()).await.unwrap();
    // The answer has begun once something of it can be read.
    line.readable().await.unwrap();
    line
}

#[tokio::test]
async fn long_answers_take_little_memory_and_unread_ones_end() {
    let folder = tempfile::tempdir().unwrap();
    let (service, customer) = with_long_notes(&folder, &["--patience", "1"]).await;
    let memory = service.watch_memory();

    let url = format!("{}/api/v1/notes/?page_size=1000", service.url);
    let request = client(OTHERS).get(url).bearer_auth(employee(1));
    let page: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(page["results"].as_array().unwrap().len(), NOTES);
    assert_eq!(page["count"], NOTES);

    let path = "notes/?page_size=1000";
    let mut lines = join_all((0..12).map(|_| ask_and_look_away(&service, path))).await;
    everybody_is_served(&service, OTHERS).await;
    let began = Instant::now();
    // Three times a patience of a second, and they are gone: of 16 MiB only what the system's
    // own buffers held arrives.
    for line in &mut lines {
        wait_until_closed(&service, line).await;
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
    let history = format!("customers/{customer}/history/?page_size=1000");
    let url = format!("{}/api/v1/{history}", service.url);
    let request = client(OTHERS).get(url).bearer_auth(employee(1));
    assert_eq!(request.send().await.unwrap().status(), 200);
    // Unread whole answers would be 12 × 16 MiB, and three times that while they are made. An
    // account reads six at once, each 20 notes of 256 KiB as records, values and text: 90 MiB,
    // of which an allocator keeps some.
    let grown = memory.grown();
    assert!(grown < 256, "{grown} MiB more");
}

/// Waits, without reading, until the other side has given the line up.
async fn wait_until_closed(service: &Process, line: &mut TcpStream) {
    let port = line.local_addr().unwrap().port();
    let began = Instant::now();
    while is_established(service.address().port(), port) {
        assert!(began.elapsed() < Duration::from_secs(15), "still open");
        tokio::task::yield_now().await;
    }
    let mut rest = Vec::new();
    let _ = line.read_to_end(&mut rest).await;
    assert!(rest.len() < NOTES * LONG * 3 / 4, "{} bytes", rest.len());
}

/// Whether the service still holds its end of a line (state 01 in /proc/net/tcp).
fn is_established(of_service: u16, of_client: u16) -> bool {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    table.lines().skip(1).any(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let port = |field: &str| u16::from_str_radix(field.rsplit(':').next().unwrap(), 16).ok();
        port(fields[1]) == Some(of_service)
            && port(fields[2]) == Some(of_client)
            && fields[3] == "01"
    })
}

#[tokio::test]
async fn pages_of_the_feed_end_by_their_bytes_and_all_of_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let (service, _) = with_long_notes(&folder, &[]).await;
    let memory = service.watch_memory();
    let client = client(OTHERS);
    let (mut after, mut seen) = (0, 0);
    loop {
        let url = format!(
            "{}/api/v1/sync/changes/?protocol={}&desk={}&after={after}&limit=1000&full=true",
            service.url,
            servease_wire::sync::PROTOCOL,
            uuid::Uuid::from_u128(5),
        );
        let request = client.get(url).bearer_auth(employee(1));
        let bytes = request.send().await.unwrap().bytes().await.unwrap();
        assert!(bytes.len() < 3 * 1024 * 1024, "{} bytes", bytes.len());
        let page: Value = serde_json::from_slice(&bytes).unwrap();
        let entries = page["entries"].as_array().unwrap();
        if entries.is_empty() {
            break;
        }
        seen += entries.len();
        after = page["cursor"].as_i64().unwrap();
    }
    assert!(seen > NOTES, "{seen}");
    let grown = memory.grown();
    assert!(grown < 48, "{grown} MiB more");
}

/// Sends a form without end and answers how much of it was taken.
async fn endless_form(service: &Process, part: impl Fn(usize) -> Vec<u8>) -> (u64, String) {
    let mut line = connect(ATTACKER, service.address()).await.unwrap();
    let head = format!(
        "POST /api/v1/documents/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n",
        employee(66)
    );
    line.write_all(head.as_bytes()).await.unwrap();
    let mut sent = 0;
    for number in 0..4_000 {
        let bytes = part(number);
        let size = format!("{:x}\r\n", bytes.len());
        let mut chunk = size.into_bytes();
        chunk.extend_from_slice(&bytes);
        chunk.extend_from_slice(b"\r\n");
        if line.write_all(&chunk).await.is_err() {
            break;
        }
        sent += bytes.len() as u64;
    }
    let said = read_to_end(&mut line).await;
    (sent, String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test]
async fn forms_with_endless_names_parts_and_texts_take_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &[]);
    everybody_is_served(&service, OTHERS).await;
    let memory = service.watch_memory();
    let letters = vec![b'a'; 64 * 1024];
    // One header that does not end.
    let name = |number: usize| match number {
        0 => b"--x\r\nContent-Disposition: form-data; name=\"".to_vec(),
        _ => letters.clone(),
    };
    let (sent, _) = endless_form(&service, name).await;
    assert!(sent < 64 << 20, "{sent} bytes were taken");
    // Parts without end, each with a name of its own.
    let parts = |number: usize| {
        let name = "n".repeat(60_000);
        format!("--x\r\nContent-Disposition: form-data; name=\"{number}{name}\"\r\n\r\n1\r\n")
            .into_bytes()
    };
    let (sent, said) = endless_form(&service, parts).await;
    assert!(sent < 64 << 20, "{sent} bytes were taken: {said}");
    // One text without end.
    let text = |number: usize| match number {
        0 => b"--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n".to_vec(),
        _ => letters.clone(),
    };
    let (sent, said) = endless_form(&service, text).await;
    assert!(sent < 64 << 20, "{sent} bytes were taken: {said}");
    let grown = memory.grown();
    assert!(grown < 32, "{grown} MiB more");
    everybody_is_served(&service, OTHERS).await;
}

#[tokio::test]
async fn bodies_that_become_much_in_memory_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &[]);
    everybody_is_served(&service, OTHERS).await;
    let memory = service.watch_memory();
    let client = client(ATTACKER);
    let many = format!("{{\"first_name\": [{}1]}}", "[],".repeat(340_000));
    for _ in 0..4 {
        let request = client
            .post(format!("{}/api/v1/customers/", service.url))
            .bearer_auth(employee(66))
            .header("content-type", "application/json")
            .body(many.clone());
        assert_eq!(request.send().await.unwrap().status(), 413);
    }
    let grown = memory.grown();
    assert!(grown < 32, "{grown} MiB more");
}
