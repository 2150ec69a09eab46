//! A server that means harm: each attack over a real socket, against the desk as it is.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use servease_desk::{Clock, Desk, Failure};
use servease_store::StoreError;
use servease_sync::{Progress, RemoteError, Stage, SyncFailure};
use servease_wire::sync::ReadyFile;
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::central::{BY_FILE, Central, Pc, remote_at};
use super::content;

/// What it says to one request.
#[derive(Clone)]
struct Says {
    head: String,
    body: Vec<u8>,
    /// The body again and again, until nobody listens.
    is_endless: bool,
}

fn says(status: &str, headers: &str, body: impl Into<Vec<u8>>) -> Says {
    let body = body.into();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n");
    Says {
        head,
        body,
        is_endless: false,
    }
}

fn endless(headers: &str, body: &[u8]) -> Says {
    Says {
        head: format!("HTTP/1.1 200 OK\r\n{headers}Connection: close\r\n\r\n"),
        body: body.repeat(4_096),
        is_endless: true,
    }
}

const JSON: &str = "Content-Type: application/json\r\n";

#[derive(Default)]
struct Heard {
    requests: Mutex<Vec<String>>,
    sent: AtomicU64,
}

/// Dropped, it answers no more.
struct Hostile {
    url: String,
    heard: Arc<Heard>,
    task: JoinHandle<()>,
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Hostile {
    async fn new(answer: impl Fn(&str) -> Says + Send + Sync + 'static) -> Hostile {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Heard::default());
        let (told, answer) = (heard.clone(), Arc::new(answer));
        let task = tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let (told, answer) = (told.clone(), answer.clone());
                tokio::spawn(async move { converse(line, &told, &*answer).await });
            }
        });
        Hostile { url, heard, task }
    }

    fn was_asked_for_its_file(&self) -> bool {
        let requests = self.requests();
        requests
            .iter()
            .any(|request| request.contains("/sync/snapshot/file/"))
    }

    fn requests(&self) -> Vec<String> {
        self.heard.requests.lock().unwrap().clone()
    }
}

async fn converse(mut line: TcpStream, heard: &Heard, answer: &(dyn Fn(&str) -> Says + Sync)) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = line.read(&mut buffer).await {
        let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let says = answer(&request);
        heard.requests.lock().unwrap().push(request);
        if line.write_all(says.head.as_bytes()).await.is_err() {
            return;
        }
        loop {
            if line.write_all(&says.body).await.is_err() {
                return;
            }
            let length = says.body.len() as u64;
            heard.sent.fetch_add(length, Ordering::Relaxed);
            if !says.is_endless {
                break;
            }
        }
    }
}

async fn desk() -> (tempfile::TempDir, Desk) {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path(), Clock::system()).await.unwrap();
    (folder, desk)
}

fn is_not_central(result: &Result<impl std::fmt::Debug, Failure>) -> bool {
    matches!(result, Err(Failure::Remote(RemoteError::NotCentral(_))))
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_password_goes_nowhere() {
    let thief = Hostile::new(|_| says("200 OK", JSON, "{}")).await;
    let target = thief.url.clone();
    let server = Hostile::new(move |request| {
        if request.starts_with("GET /api/v1/ ") {
            return says("200 OK", JSON, r#"{"sync": "x"}"#);
        }
        let headers = format!("Location: {target}/api/v1/auth/login/\r\n");
        says("307 Temporary Redirect", &headers, "")
    })
    .await;
    let (_folder, desk) = desk().await;
    let refused = desk
        .sign_in(&server.url, "ann@example.com", "correct horse", false)
        .await;
    assert!(is_not_central(&refused), "{refused:?}");
    assert_eq!(thief.requests(), Vec::<String>::new());
    // At the first look as well.
    let moved = thief.url.clone();
    let server = Hostile::new(move |_| {
        let headers = format!("Location: {moved}/\r\n");
        says("301 Moved Permanently", &headers, "")
    })
    .await;
    let refused = desk.check_server(&server.url).await;
    assert!(is_not_central(&refused), "{refused:?}");
    assert_eq!(thief.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn endless_answers_are_ended() {
    let (_folder, desk) = desk().await;
    let server = Hostile::new(|_| endless(JSON, b"                ")).await;
    let refused = desk.check_server(&server.url).await;
    assert!(is_not_central(&refused), "{refused:?}");
    let sent = server.heard.sent.load(Ordering::Relaxed);
    assert!(sent < 64 << 20, "{sent} bytes were taken");

    // A gibibyte of spaces in thirty kilobytes.
    let packed = zstd::bulk::compress(&vec![b' '; 1 << 30], 3).unwrap();
    assert!(packed.len() < 1 << 20);
    let headers = format!("{JSON}Content-Encoding: zstd\r\n");
    let server = Hostile::new(move |_| says("200 OK", &headers, packed.clone())).await;
    let began = Instant::now();
    let refused = desk.check_server(&server.url).await;
    assert!(is_not_central(&refused), "{refused:?}");
    let took = began.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");

    let server = Hostile::new(|_| endless("Content-Type: text/event-stream\r\n", b"data: 1")).await;
    let refused = remote_at(&server.url).wait_for_news(0).await;
    assert!(
        matches!(refused, Err(RemoteError::NotCentral(_))),
        "{refused:?}"
    );
}

/// A server whose ready file is `packed`.
async fn with_file(offer: ReadyFile, packed: Vec<u8>) -> Hostile {
    let file = json!({"state": "ready"});
    let mut file: Json = file;
    let Json::Object(fields) = serde_json::to_value(&offer).unwrap() else {
        panic!("no object");
    };
    file.as_object_mut().unwrap().extend(fields);
    let begin = json!({"epoch": offer.epoch, "seq": offer.seq, "file": file}).to_string();
    Hostile::new(move |request| {
        if request.contains("/sync/snapshot/file/") {
            says(
                "200 OK",
                "Content-Type: application/zstd\r\n",
                packed.clone(),
            )
        } else if request.contains("/sync/snapshot/?") {
            says("200 OK", JSON, begin.clone())
        } else {
            says("503 Service Unavailable", JSON, "{}")
        }
    })
    .await
}

fn offer_of(packed: &[u8], unpacked_bytes: u64) -> ReadyFile {
    ReadyFile {
        schema: servease_store::known_schema(),
        epoch: "e".to_owned(),
        seq: 1_000,
        stamp: 7,
        rows: 1_000,
        size_bytes: packed.len() as u64,
        sha256: hex::encode(Sha256::digest(packed)),
        unpacked_bytes,
    }
}

/// What a desk with something of its own makes of it; whether it came to take anything in.
async fn sync_with(server: &Hostile) -> (Result<(), SyncFailure>, bool) {
    let pc = Pc::new().await;
    let own = json!({"first_name": "Ida", "last_name": "Own", "phone": "+493012341"});
    pc.customer(&own).await;
    let before = content::of(&pc.desk).await;
    let has_taken = Arc::new(AtomicBool::new(false));
    let told = has_taken.clone();
    let on_progress = move |progress| {
        if matches!(
            progress,
            Progress::File {
                stage: Stage::TakingIn,
                ..
            }
        ) {
            told.store(true, Ordering::Relaxed);
        }
    };
    let (cancel, remote) = (CancellationToken::new(), remote_at(&server.url));
    let synced = pc.sync_until(&remote, BY_FILE, &cancel, &on_progress);
    let result = tokio::time::timeout(Duration::from_secs(30), synced).await;
    content::assert_same(&before, &content::of(&pc.desk).await);
    content::assert_sound(&pc.desk).await;
    let size = size_of(pc.folder.path());
    assert!(size < 16 << 20, "{size} bytes are left");
    let result = result.expect("it ends").map(|_| ());
    (result, has_taken.load(Ordering::Relaxed))
}

fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let sizes = entries.map(|entry| match entry.path().is_dir() {
        true => size_of(&entry.path()),
        false => entry.metadata().unwrap().len(),
    });
    sizes.sum()
}

#[tokio::test]
async fn a_file_unpacks_to_what_was_announced_and_to_no_byte_more() {
    let packed = zstd::bulk::compress(&vec![0; 256 << 20], 3).unwrap();
    let server = with_file(offer_of(&packed, 4_096), packed).await;
    let (result, has_taken) = sync_with(&server).await;
    assert!(result.is_err(), "{result:?}");
    assert!(server.was_asked_for_its_file());
    assert!(!has_taken, "it was not even unpacked");
}

#[tokio::test]
async fn what_has_no_room_is_not_even_asked_for() {
    let server = with_file(offer_of(b"x", 1 << 60), b"x".to_vec()).await;
    let (result, _) = sync_with(&server).await;
    assert!(
        matches!(result, Err(SyncFailure::Store(StoreError::DiskFull))),
        "{result:?}"
    );
    assert!(!server.was_asked_for_its_file());
}

/// A database that Central made, changed by `sql`, packed.
async fn changed(central: &Central, sql: &'static str) -> (Vec<u8>, u64) {
    let around = tempfile::tempdir().unwrap();
    let file = around.path().join("changed.db");
    let packed = std::fs::read(central.ready_files().pop().unwrap()).unwrap();
    std::fs::write(&file, zstd::decode_all(&packed[..]).unwrap()).unwrap();
    let options = SqliteConnectOptions::new().filename(&file);
    let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let bytes = std::fs::read(&file).unwrap();
    let length = bytes.len() as u64;
    (zstd::bulk::compress(&bytes, 3).unwrap(), length)
}

#[tokio::test]
async fn a_database_with_anything_but_our_tables_is_not_taken_in() {
    let central = Central::with_past(None).await;
    Pc::new()
        .await
        .sync(&central.remote(), BY_FILE)
        .await
        .unwrap();
    for sql in [
        // A table without end.
        "ALTER TABLE search_entries RENAME TO was; CREATE VIEW search_entries AS \
         WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c",
        "DROP TABLE _sqlx_migrations; CREATE VIEW _sqlx_migrations AS \
         WITH RECURSIVE c(version) AS (SELECT 1 UNION ALL SELECT version + 1 FROM c) \
         SELECT version FROM c",
        "CREATE TRIGGER t AFTER INSERT ON settings BEGIN DELETE FROM settings; END",
        "CREATE VIRTUAL TABLE v USING fts5(a)",
        "CREATE INDEX more ON settings (value)",
    ] {
        let (packed, length) = changed(&central, sql).await;
        let server = with_file(offer_of(&packed, length), packed).await;
        let (result, _) = sync_with(&server).await;
        assert!(result.is_err(), "{sql}: {result:?}");
        assert!(server.was_asked_for_its_file());
    }
    central.stop().await;
}
