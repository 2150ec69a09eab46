//! `servease sync` killed in the middle of its first sync: what had come is not asked for
//! again, and the database is the old one or the new one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on stops by panicking"
)]

#[path = "../../desk/tests/first_sync/line.rs"]
mod line;

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use line::{Fault, Line};
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value as Json;
use servease_central::auth::passwords;
use servease_central::auth::users::{self, User};
use servease_central::caller::Role;
use servease_central::changes::{Author, Changeset};
use servease_central::db;
use servease_domain::{EntityKind, Record, Value, Values};
use servease_tests::central::{Service, config, now};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use uuid::Uuid;

/// A desk takes a file from 2,000 changes on.
const CUSTOMERS: usize = 2_100;

/// How often a run is killed at a moment of its own.
const ROUNDS: u32 = 8;

const EMAIL: &str = "emma@example.com";
const PASSWORD: &str = "correct horse battery";

async fn central() -> Service {
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder, None);
    let database = db::open(&config.data.target(), 1).await.unwrap();
    let mut work = Changeset::begin(&database, Author::default(), now())
        .await
        .unwrap();
    for number in 0..CUSTOMERS {
        let text = |text: String| Value::Text(text);
        let values = Values::from([
            ("first_name", text(format!("Ann{number}"))),
            ("last_name", text("Ng".to_owned())),
            // Nothing that compresses: a file that is big enough to be cut.
            ("email", text(format!("{}@x.example", Uuid::new_v4()))),
        ]);
        work.create(Record::new(
            EntityKind::Customer,
            Uuid::now_v7(),
            values,
            now(),
        ))
        .await
        .unwrap();
    }
    work.commit().await.unwrap();
    let user = User {
        id: Uuid::now_v7(),
        email: EMAIL.to_owned(),
        password_hash: passwords::hash(PASSWORD).unwrap(),
        role: Role::Employee,
        first_name: "Emma".to_owned(),
        last_name: "Desk".to_owned(),
        is_active: true,
    };
    users::add(&database, &user, now()).await.unwrap();
    database.close().await;
    Service::begin(config, folder).await
}

/// A desk that somebody has signed in at, and nothing else.
struct Pc {
    home: TempDir,
}

impl Pc {
    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_servease"));
        command
            .arg("--json")
            .arg("--data-dir")
            .arg(self.data())
            .args(args)
            // No keyring, and sessions where they go with the test.
            .env("XDG_CONFIG_HOME", self.home.path().join("config"))
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
            .env_remove("SERVEASE_DATA_DIR")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().await.unwrap()
    }

    async fn json(&self, args: &[&str]) -> Json {
        let output = self.run(args).await;
        assert!(
            output.status.success(),
            "{args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }

    async fn signed_in(url: &str) -> Pc {
        let pc = Pc {
            home: tempfile::tempdir().unwrap(),
        };
        let mut login = pc
            .command(&["login", "--server", url, "--email", EMAIL])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = login.stdin.take().unwrap();
        stdin
            .write_all(format!("{PASSWORD}\n").as_bytes())
            .await
            .unwrap();
        drop(stdin);
        let output = login.wait_with_output().await.unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        pc
    }

    /// Back to a desk that has only been signed in at.
    fn begin_again(&self, template: &Path) {
        std::fs::remove_dir_all(self.data()).unwrap();
        std::fs::create_dir(self.data()).unwrap();
        for entry in std::fs::read_dir(template).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), self.data().join(entry.file_name())).unwrap();
        }
    }

    async fn customers(&self) -> u64 {
        let health = self.json(&["doctor"]).await;
        assert_eq!(health["ok"], true, "{health}");
        health["customers"].as_u64().unwrap()
    }
}

async fn wait_for(what: impl Fn() -> bool) {
    let started = Instant::now();
    while !what() {
        assert!(started.elapsed() < Duration::from_secs(60), "it never came");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_sync_outlives_kill_9() {
    let central = central().await;
    let line = Line::to(central.running.address, &[Fault::HoldAfter(150_000)]).await;
    let pc = Pc::signed_in(&line.url).await;
    let template = pc.home.path().join("template");
    copy(&pc.data(), &template);

    // Killed in the middle of the file.
    let mut sync = pc.command(&["sync", "--once"]).spawn().unwrap();
    let packed = pc.data().join("first-sync/packed");
    let length = || std::fs::metadata(&packed).map_or(0, |found| found.len());
    wait_for(|| length() >= 64 << 10).await;
    sync.kill().await.unwrap();
    let came = length();
    assert_eq!(pc.customers().await, 0);
    let report = pc.json(&["sync", "--once"]).await;
    assert_eq!(report["pulled"], 0, "{report}");
    assert_eq!(line.asked_from(), [0, came]);
    assert_eq!(pc.customers().await, CUSTOMERS as u64);

    // Killed at any moment of what a whole run takes here and now.
    pc.begin_again(&template);
    let started = Instant::now();
    pc.json(&["sync", "--once"]).await;
    let whole = started.elapsed();
    let seed = rand::rng().random();
    println!("moments from seed {seed}");
    let mut random = rand::rngs::StdRng::seed_from_u64(seed);
    let mut unfinished = 0;
    for _ in 0..ROUNDS {
        pc.begin_again(&template);
        let moment = whole.mul_f64(random.random_range(0.0..1.1));
        let mut sync = pc.command(&["sync", "--once"]).spawn().unwrap();
        let ended = tokio::time::timeout(moment, sync.wait()).await;
        if ended.is_err() {
            sync.kill().await.unwrap();
        }
        let customers = pc.customers().await;
        assert!(
            customers == 0 || customers == CUSTOMERS as u64,
            "{customers}"
        );
        unfinished += u32::from(customers == 0);
        pc.json(&["sync", "--once"]).await;
        assert_eq!(pc.customers().await, CUSTOMERS as u64);
        assert!(!pc.data().join("first-sync").exists());
    }
    println!("{unfinished} of {ROUNDS} were killed before they had taken anything in");
    central.stop().await;
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
