//! Sockets that take and give nothing back.

use std::process::Stdio;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::lines::{
    ATTACKER, OTHERS, client, connect, employee, everybody_is_served, raise_open_files,
    read_to_end, send,
};
use crate::program::{Process, serve, serve_with_log};

/// The head of a request whose body never comes.
fn unfinished(path: &str, token: Option<&str>) -> String {
    let token = token.map_or_else(String::new, |token| {
        format!("Authorization: Bearer {token}\r\n")
    });
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\n{token}Content-Type: application/json\r\n\
         Content-Length: 100\r\n\r\n{{\"email\":"
    )
}

#[tokio::test]
async fn unfinished_requests_keep_nobody_else_waiting() {
    raise_open_files();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let flags = ["--metrics-token", "scrape"];
    let log_file = Stdio::from(std::fs::File::create(&log).unwrap());
    let service = serve_with_log(folder.path(), &flags, log_file);
    let to = service.address();

    let sign_in = unfinished("/api/v1/auth/login/", None);
    let held = join_all((0..530).map(|_| send(ATTACKER, to, sign_in.as_bytes()))).await;
    everybody_is_served(&service, OTHERS).await;
    // Also from the attacker's own address, but for those who are not signed in either.
    let health = client(ATTACKER).get(format!("{}/health/", service.url));
    assert_eq!(health.send().await.unwrap().status(), 200);
    let list = client(ATTACKER).get(format!("{}/api/v1/customers/", service.url));
    let list = list.bearer_auth(employee(1)).send().await.unwrap();
    assert_eq!(list.status(), 200);

    // The same by somebody who has an account.
    let colleague = employee(66);
    let create = unfinished("/api/v1/customers/", Some(&colleague));
    let more = join_all((0..530).map(|_| send(ATTACKER, to, create.as_bytes()))).await;
    everybody_is_served(&service, OTHERS).await;

    let metrics = client(OTHERS).get(format!("{}/metrics", service.url));
    let metrics = metrics.bearer_auth("scrape").send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(
        metrics.contains("servease_central_turned_away_total{reason=\"guests\"}"),
        "{metrics}"
    );
    let log = std::fs::read_to_string(log).unwrap();
    assert!(
        log.contains("\"turned away\"") && log.contains(ATTACKER),
        "{log}"
    );
    drop((held, more));
}

/// Streams that are opened over one HTTP/2 connection and never finished; the connection lives
/// as long as what is answered.
async fn unfinished_streams(service: &Process, count: usize, token: Option<String>) -> impl Send {
    let line = connect(ATTACKER, service.address()).await.unwrap();
    let (sender, connection) = h2::client::handshake(line).await.unwrap();
    let driver = tokio::spawn(async move {
        let _ = connection.await;
    });
    let mut streams = Vec::new();
    let mut ready = sender.ready().await.unwrap();
    for _ in 0..count {
        let mut request = axum::http::Request::post("http://x/api/v1/auth/login/")
            .header("content-type", "application/json");
        if let Some(token) = &token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let Ok((answer, mut body)) = ready.send_request(request.body(()).unwrap(), false) else {
            break;
        };
        let _ = body.send_data("{\"email\":".into(), false);
        streams.push((answer, body));
        // No more than the service allows: the rest would wait on this side.
        let next = tokio::time::timeout(Duration::from_millis(20), ready.clone().ready()).await;
        match next {
            Ok(Ok(next)) => ready = next,
            _ => break,
        }
    }
    (driver, streams, ready)
}

#[tokio::test]
async fn unfinished_http2_streams_keep_nobody_else_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &[]);
    let mut held = Vec::new();
    for token in [None, Some(employee(66))] {
        for _ in 0..3 {
            held.push(unfinished_streams(&service, 190, token.clone()).await);
        }
        everybody_is_served(&service, OTHERS).await;
    }
}

#[tokio::test]
async fn silent_sockets_neither_use_up_descriptors_nor_last() {
    raise_open_files();
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &["--patience", "1"]);
    let to = service.address();
    let began = Instant::now();
    let mut held = Vec::new();
    for says in [
        &b""[..],
        b"G",
        b"PRI * HTTP/2.0\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: ",
    ] {
        held.extend(join_all((0..275).map(|_| send(ATTACKER, to, says))).await);
    }
    assert!(service.open_files() < 400, "{}", service.open_files());
    everybody_is_served(&service, OTHERS).await;
    // From the same address too: those who ask push silent ones out.
    everybody_is_served(&service, ATTACKER).await;
    for line in held.iter_mut().flatten() {
        read_to_end(line).await;
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[tokio::test]
async fn lines_on_which_nothing_is_asked_are_closed() {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &["--idle-timeout", "1", "--patience", "2"]);
    let to = service.address();
    let mut line = connect(ATTACKER, to).await.unwrap();
    let ask = b"GET /health/ HTTP/1.1\r\nHost: x\r\n\r\n";
    line.write_all(ask).await.unwrap();
    let said = read_to_end(&mut line).await;
    assert!(said.starts_with(b"HTTP/1.1 200"), "answered, then closed");

    // HTTP/2 says goodbye, although the other side keeps the line alive with PING.
    let line = connect(ATTACKER, to).await.unwrap();
    let (sender, mut connection) = h2::client::handshake(line).await.unwrap();
    let mut pings = connection.ping_pong().unwrap();
    let ended = tokio::spawn(connection);
    let mut sender = sender.ready().await.unwrap();
    let request = axum::http::Request::get("http://x/health/")
        .body(())
        .unwrap();
    let (answer, _) = sender.send_request(request, true).unwrap();
    assert_eq!(answer.await.unwrap().status(), 200);
    let began = Instant::now();
    while pings.ping(h2::Ping::opaque()).await.is_ok() {
        assert!(began.elapsed() < Duration::from_secs(15), "still open");
        tokio::task::yield_now().await;
    }
    ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_body_that_never_comes_ends_its_request() {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &["--patience", "1"]);
    let sign_in = unfinished("/api/v1/auth/login/", None);
    let mut line = send(ATTACKER, service.address(), sign_in.as_bytes())
        .await
        .unwrap();
    let mut said = vec![0; 1_024];
    let read = tokio::time::timeout(Duration::from_secs(10), line.read(&mut said));
    let length = read.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&said[..length]);
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
}

#[tokio::test]
async fn a_refusal_reaches_whoever_sends_everything_before_they_read() {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &["--max-upload-mib", "1"]);
    let mut form =
        b"--x\r\nContent-Disposition: form-data; name=\"file_path\"; filename=\"a.txt\"\r\n\
        Content-Type: text/plain\r\n\r\n"
            .to_vec();
    // More than what both systems keep of a line that nobody reads.
    form.resize(7 * 1024 * 1024, b'a');
    form.extend_from_slice(b"\r\n--x--\r\n");
    let head = format!(
        "POST /api/v1/documents/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        employee(1),
        form.len()
    );
    let mut line = send(OTHERS, service.address(), head.as_bytes())
        .await
        .unwrap();
    line.write_all(&form).await.unwrap();
    let said = read_to_end(&mut line).await;
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("HTTP/1.1 413 "), "{said}");
}
