//! The program `servease-central` on a folder of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::programs::{central_program, stop_signal};

/// How long it may take to let its last requests finish.
const PATIENCE: Duration = Duration::from_secs(30);

/// The folder of a Central, and what an operator does there.
#[derive(Debug)]
pub struct Site {
    dir: TempDir,
    /// What every command there is told beside its folder.
    variables: Vec<(String, String)>,
}

impl Default for Site {
    fn default() -> Site {
        Site::new()
    }
}

impl Site {
    pub fn new() -> Site {
        Site::with(Vec::new())
    }

    /// One whose operator has set these variables.
    pub fn with(variables: Vec<(String, String)>) -> Site {
        Site {
            dir: TempDir::with_prefix("servease-central-").expect("a temporary folder"),
            variables,
        }
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn database(&self) -> PathBuf {
        self.data().join("central.db")
    }

    /// A place beside the data, for backups.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Adds an account of an employee.
    pub fn add_user(&self, email: &str, name: (&str, &str), password: &str) {
        self.add_user_as("employee", email, name, password);
    }

    pub fn add_user_as(&self, role: &str, email: &str, name: (&str, &str), password: &str) {
        let mut args = vec!["user", "add", "--email", email, "--role", role];
        args.extend(["--first-name", name.0, "--last-name", name.1]);
        self.run(&args, password);
    }

    pub fn disable_user(&self, email: &str) {
        self.run(&["user", "disable", "--email", email], "");
    }

    pub fn backup(&self, file: &Path) {
        self.run(&["backup", &file.display().to_string()], "");
    }

    /// Central must not be running.
    pub fn restore(&self, file: &Path) {
        self.run(&["restore", &file.display().to_string(), "--replace"], "");
    }

    fn run(&self, args: &[&str], input: &str) {
        let mut command = command(args, &self.data());
        command.envs(self.variables.iter().cloned());
        let output = run(command, input);
        assert!(
            output.status.success(),
            "servease-central {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// The program without anything that the environment would tell it.
pub fn program() -> Command {
    let mut command = Command::new(central_program());
    let variables = std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        name.starts_with("AWS_") || name.starts_with("SERVEASE_") && !name.ends_with("_BIN")
    });
    for (name, _) in variables {
        command.env_remove(name);
    }
    command
}

fn command(args: &[&str], data: &Path) -> Command {
    let mut command = program();
    command.args(args).arg("--data-dir").arg(data);
    command
}

/// Runs a program to its end with something on standard input.
pub fn run(mut command: Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    if let Some(mut stdin) = child.stdin.take() {
        // A program that needs no input may be gone before it is written.
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output().expect("the program ends")
}

/// A running service. Dropped, it is killed.
#[derive(Debug)]
pub struct Central {
    child: Child,
    /// Where the service says that it listens: scheme, address and port.
    url: String,
    address: SocketAddr,
}

impl Central {
    /// Starts it on a free port and waits until it answers.
    pub fn start(site: &Site) -> Central {
        Central::start_with(site, &[])
    }

    /// Starts it again where it was.
    pub fn start_at(site: &Site, address: SocketAddr) -> Central {
        Central::start_with(site, &[("SERVEASE_LISTEN", &address.to_string())])
    }

    /// Starts it with these variables in its environment.
    pub fn start_with(site: &Site, variables: &[(&str, &str)]) -> Central {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(site.beside("central.log"))
            .expect("a log");
        let mut child = command(&["serve"], &site.data())
            .env("SERVEASE_LISTEN", "127.0.0.1:0")
            .envs(site.variables.iter().cloned())
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("servease-central starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        // The line comes when it is ready; the end of the pipe, when it never will be.
        let _ = BufReader::new(stdout).read_line(&mut line);
        let said = line.trim().strip_prefix("listening on ");
        let place = said.and_then(|url| {
            let (_, address) = url.split_once("://")?;
            Some((url.to_owned(), address.parse().ok()?))
        });
        let Some((url, address)) = place else {
            let log = std::fs::read_to_string(site.beside("central.log"));
            let _ = child.wait();
            #[expect(clippy::panic, reason = "a harness reports by panicking")]
            {
                panic!("servease-central says {line:?}: {log:?}");
            }
        };
        Central {
            child,
            url,
            address,
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.end();
    }

    /// Stops the service as an operator does.
    pub fn stop(mut self) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args([stop_signal(), &id]).status();
        assert!(told.is_ok_and(|status| status.success()), "kill {id}");
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                break status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not stop");
            std::thread::yield_now();
        };
        assert!(status.success(), "servease-central ended with {status}");
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Central {
    fn drop(&mut self) {
        self.end();
    }
}
