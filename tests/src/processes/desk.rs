//! A front-desk PC: a data folder, a user's home beside it, and `servease` run on them.

use std::fs;
use std::future::Future;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::Keyring;
use crate::central::run;
use crate::programs::cli_program;

/// Where Debian's libfaketime lies; the loader knows `$LIB`.
pub(super) const FAKETIME: &str = "/usr/$LIB/faketime/libfaketime.so.1";

/// Waiting is done by the clock that only goes forward.
pub(super) const DONT_FAKE_WAITING: (&str, &str) = ("FAKETIME_DONT_FAKE_MONOTONIC", "1");

/// A PC. Removed with the test.
#[derive(Debug)]
pub struct Desk {
    dir: TempDir,
    /// How far its clock is off, as libfaketime reads it: `+20y`.
    clock: Option<&'static str>,
    bus: Option<String>,
}

impl Default for Desk {
    fn default() -> Desk {
        Desk::new()
    }
}

impl Desk {
    /// An empty data folder; no keyring runs here.
    pub fn new() -> Desk {
        let dir = TempDir::with_prefix("servease-desk-").expect("a temporary folder");
        for name in ["home", "run", "data"] {
            fs::create_dir(dir.path().join(name)).expect("a folder");
        }
        Desk {
            dir,
            clock: None,
            bus: None,
        }
    }

    /// This desk on a PC whose clock is off.
    pub fn with_clock(mut self, offset: &'static str) -> Desk {
        self.clock = Some(offset);
        self
    }

    /// This desk on a PC with a keyring.
    pub fn with_keyring(mut self, keyring: &Keyring) -> Desk {
        self.set_keyring(Some(keyring));
        self
    }

    /// The keyring appears, or is gone.
    pub fn set_keyring(&mut self, keyring: Option<&Keyring>) {
        self.bus = keyring.map(|keyring| keyring.bus().to_owned());
    }

    pub fn folder(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn database(&self) -> PathBuf {
        self.folder().join("servease.db")
    }

    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// Where sessions lie without a keyring.
    pub fn sessions(&self) -> PathBuf {
        self.home().join(".config/serveasedesk/sessions")
    }

    /// The files of sessions.
    pub fn session_files(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.sessions()) else {
            return Vec::new();
        };
        entries.flatten().map(|entry| entry.path()).collect()
    }

    /// A PC whose disk is an image of this one's: the folder and the home.
    pub fn cloned(&self) -> Desk {
        let other = Desk::new();
        copy_tree(&self.folder(), &other.folder());
        copy_tree(&self.home(), &other.home());
        other
    }

    /// A copy of the data folder.
    pub fn copy_folder(&self) -> TempDir {
        let copy = TempDir::new().expect("a temporary folder");
        copy_tree(&self.folder(), copy.path());
        copy
    }

    /// Puts a copy in the place of the data folder.
    pub fn put_back(&self, copy: &Path) {
        fs::remove_dir_all(self.folder()).expect("the folder goes");
        copy_tree(copy, &self.folder());
    }

    /// What the access token is does not matter to a test: Central takes it no more.
    pub fn expire_access(&self) {
        for file in self.session_files() {
            let text = fs::read_to_string(&file).expect("a session");
            let mut json: Json = serde_json::from_str(&text).expect("JSON");
            json["access"] = json!("expired");
            fs::write(&file, json.to_string()).expect("a session");
        }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(cli_program());
        command.arg("--data-dir").arg(self.folder()).args(args);
        self.settle_environment(&mut command);
        command
    }

    /// Points a program at this PC, away from whoever runs the test.
    pub fn settle_environment(&self, command: &mut Command) {
        for variable in [
            "SERVEASE_DATA_DIR",
            "RUST_LOG",
            "LC_ALL",
            "LC_MESSAGES",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "DISPLAY",
        ] {
            command.env_remove(variable);
        }
        let nowhere = format!("unix:path={}/no-bus", self.dir.path().display());
        command
            .env("LANG", "C.UTF-8")
            .env("HOME", self.home())
            .env("XDG_RUNTIME_DIR", self.dir.path().join("run"))
            .env(
                "DBUS_SESSION_BUS_ADDRESS",
                self.bus.as_ref().unwrap_or(&nowhere),
            );
        if let Some(offset) = self.clock {
            command
                .env("LD_PRELOAD", FAKETIME)
                .env("FAKETIME", offset)
                .envs([DONT_FAKE_WAITING]);
        }
    }

    /// Runs with `--json`.
    pub fn output(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command(&["--json"]);
        command.args(args);
        run(command, input)
    }

    /// The answer in JSON of a command that works.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Json {
        answer(&self.output(args, ""), args)
    }

    #[track_caller]
    pub fn json_from(&self, args: &[&str], input: &Json) -> Json {
        answer(&self.output(args, &input.to_string()), args)
    }

    /// The error of a command that fails with exit code 1.
    #[track_caller]
    pub fn error(&self, args: &[&str]) -> Json {
        failure(&self.output(args, ""), 1, args)
    }

    #[track_caller]
    pub fn login(&self, server: &str, email: &str, password: &str) -> Json {
        let args = ["login", "--server", server, "--email", email];
        answer(&self.output(&args, &format!("{password}\n")), &args)
    }

    #[track_caller]
    pub fn login_error(&self, server: &str, email: &str, password: &str) -> Json {
        let args = ["login", "--server", server, "--email", email];
        failure(&self.output(&args, &format!("{password}\n")), 1, &args)
    }

    /// `servease sync --once`: the report.
    #[track_caller]
    pub fn sync(&self) -> Json {
        self.json(&["sync", "--once"])
    }

    #[track_caller]
    pub fn status(&self) -> Json {
        self.json(&["sync", "status"])
    }

    #[track_caller]
    pub fn add_customer(&self, fields: Json) -> String {
        id_of(&self.json_from(&["customer", "add", "--from", "-"], &fields))
    }

    /// A customer with a telephone number that nobody else has.
    #[track_caller]
    pub fn customer(&self, first_name: &str, last_name: &str) -> String {
        self.add_customer(json!({
            "first_name": first_name, "last_name": last_name, "phone": "(212) 555-0142",
        }))
    }

    #[track_caller]
    pub fn add_vehicle(&self, customer: &str, fields: Json) -> String {
        let args = ["vehicle", "add", "--customer", customer, "--from", "-"];
        id_of(&self.json_from(&args, &fields))
    }

    #[track_caller]
    pub fn focus(&self, customer: &str) -> String {
        let fields = json!({
            "make": "Ford", "model": "Focus", "license_plate": "AB-12 C",
            "current_mileage": 40_000,
        });
        self.add_vehicle(customer, fields)
    }

    #[track_caller]
    pub fn note(&self, customer: &str, title: &str) -> String {
        let args = [
            "note",
            "add",
            "--customer",
            customer,
            "--title",
            title,
            "--content",
            "x",
        ];
        id_of(&self.json(&args))
    }

    #[track_caller]
    pub fn set(&self, noun: &str, id: &str, change: &str) -> Json {
        self.json(&[noun, "edit", id, "--set", change])
    }

    #[track_caller]
    pub fn show(&self, noun: &str, id: &str) -> Json {
        self.json(&[noun, "show", id])
    }

    /// Starts a command and lets it run.
    pub fn start(&self, args: &[&str]) -> Run {
        let mut command = self.command(&["--json"]);
        command.args(args);
        Run::start(command)
    }

    /// Runs SQL on the database, beside the program.
    pub fn sql(&self, statements: &[&str]) {
        sql(&self.database(), statements);
    }
}

/// A program that is running. Dropped, it is killed.
#[derive(Debug)]
pub struct Run {
    child: Child,
    lines: mpsc::Receiver<String>,
    errors: mpsc::Receiver<String>,
    /// What was read while something else was waited for.
    heard: Vec<String>,
}

impl Run {
    pub fn start(mut command: Command) -> Run {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lines = lines_of(child.stdout.take().expect("its output"));
        let errors = lines_of(child.stderr.take().expect("its errors"));
        Run {
            child,
            lines,
            errors,
            heard: Vec::new(),
        }
    }

    /// The next line on stderr.
    #[track_caller]
    pub fn error_line(&self) -> String {
        let line = self.errors.recv_timeout(super::PATIENCE);
        line.expect("an error in time")
    }

    /// The next line on stdout.
    #[track_caller]
    pub fn line(&self) -> String {
        let line = self.lines.recv_timeout(super::PATIENCE);
        line.expect("a line in time")
    }

    /// Reads lines of JSON until one fits.
    #[track_caller]
    pub fn line_that(&self, mut fits: impl FnMut(&Json) -> bool) -> Json {
        loop {
            let json = serde_json::from_str(&self.line()).expect("a line of JSON");
            if fits(&json) {
                return json;
            }
        }
    }

    /// Lets it run for a moment, or to its end where that is sooner; then `kill -9`. What it
    /// wrote is whole where it ended by itself.
    pub fn kill_after(mut self, moment: Duration) -> Output {
        self.wait_for(moment);
        let _ = self.child.kill();
        self.output()
    }

    /// Returns after a moment, or when the program has ended.
    pub fn wait_for(&mut self, moment: Duration) {
        let began = std::time::Instant::now();
        while let Some(left) = moment.checked_sub(began.elapsed()) {
            match self.lines.recv_timeout(left) {
                Ok(line) => self.heard.push(line),
                // In time, or the pipe was closed.
                Err(_) => break,
            }
        }
    }

    /// Ctrl+C, and what came of it.
    pub fn interrupt(mut self) -> Output {
        self.tell("-INT");
        self.output()
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Output {
        self.output()
    }

    fn tell(&self, signal: &str) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args([signal, &id]).status();
        assert!(told.is_ok_and(|status| status.success()), "kill {id}");
    }

    fn output(&mut self) -> Output {
        let status = self.child.wait().expect("the program ends");
        let heard = std::mem::take(&mut self.heard);
        Output {
            status,
            stdout: joined(heard.into_iter().chain(self.lines.iter())),
            stderr: joined(self.errors.iter()),
        }
    }
}

fn joined(lines: impl Iterator<Item = String>) -> Vec<u8> {
    lines.flat_map(|line| (line + "\n").into_bytes()).collect()
}

/// Reads a pipe on a thread of its own; the channel closes when the pipe does.
fn lines_of(pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (heard, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _ = heard.send(line);
        }
    });
    lines
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs SQL on any database of ours.
pub fn sql(database: &Path, statements: &[&str]) {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
    use sqlx::{AssertSqlSafe, Connection as _};
    wait_for(async {
        let options = SqliteConnectOptions::new().filename(database);
        let mut conn = SqliteConnection::connect_with(&options)
            .await
            .expect("the database opens");
        for statement in statements {
            sqlx::raw_sql(AssertSqlSafe((*statement).to_owned()))
                .execute(&mut conn)
                .await
                .expect(statement);
        }
        conn.close().await.expect("the database closes");
    });
}

/// Runs a future to its end on a runtime of its own.
pub fn wait_for<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// One JSON value on stdout, nothing on stderr, exit code 0.
#[track_caller]
pub fn answer(output: &Output, what: &[&str]) -> Json {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what:?}: {stderr}");
    assert_eq!(stderr, "", "{what:?}");
    serde_json::from_slice(&output.stdout).expect("one JSON value")
}

/// Nothing on stdout, one line of JSON on stderr, the exit code; the inside of `error`.
#[track_caller]
pub fn failure(output: &Output, code: i32, what: &[&str]) -> Json {
    let line = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{what:?}: {line}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{what:?}");
    error_line(&line)
}

/// What a line on stderr says.
#[track_caller]
pub fn error_line(line: &str) -> Json {
    assert_eq!(line.trim_end().lines().count(), 1, "{line}");
    let json: Json = serde_json::from_str(line).expect("JSON");
    let error = json["error"].clone();
    for name in ["code", "message"] {
        let text = error[name].as_str();
        assert!(text.is_some_and(|text| !text.is_empty()), "{line}");
    }
    error
}

#[track_caller]
pub fn id_of(json: &Json) -> String {
    json["id"].as_str().expect("an id").to_owned()
}

/// Writes to a child's stdin and closes it.
pub(super) fn feed(child: &mut Child, input: &str) {
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes());
    }
}
