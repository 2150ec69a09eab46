//! A real ServEase Central for the window to sync with: its own process, folder and port.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::fail;
use super::programs::central_program;

/// The account that every test signs in with.
pub const EMAIL: &str = "grace@garage.example";
pub const PASSWORD: &str = "lovelace-1843";

/// A running service; it ends with its owner.
#[derive(Debug)]
pub struct Central {
    folder: tempfile::TempDir,
    process: Option<Child>,
    /// `host:port`, the same after an outage.
    address: String,
}

impl Central {
    /// Starts it on an empty folder, with one account.
    pub fn start() -> Central {
        let folder = tempfile::tempdir().expect("a temporary folder");
        add_account(folder.path());
        let mut central = Central {
            folder,
            process: None,
            address: "127.0.0.1:0".to_owned(),
        };
        central.resume();
        central
    }

    /// What a receptionist types as its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it as a power cut does: an outage begins.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Starts it again where it was.
    pub fn resume(&mut self) {
        let mut process = command(self.folder.path())
            .args(["serve", "--listen", &self.address, "--data-dir"])
            .arg(self.folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("servease-central starts");
        let stdout = process.stdout.take().expect("its output");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("it says where it listens");
        self.process = Some(process);
        let Some(address) = line
            .trim()
            .strip_prefix("listening on http://")
            .map(|rest| rest.trim_end_matches('/'))
        else {
            fail(&format!("servease-central said {line:?}"));
        };
        self.address = address.to_owned();
    }
}

impl Drop for Central {
    fn drop(&mut self) {
        self.stop();
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(central_program());
    command
        .current_dir(folder)
        .env("SERVEASE_LOG", "warn")
        .env_remove("SERVEASE_DATABASE_URL");
    command
}

fn add_account(folder: &Path) {
    let mut adding = command(folder)
        .args(["user", "add", "--email", EMAIL, "--role", "admin"])
        .args(["--first-name", "Grace", "--last-name", "Hopper"])
        .arg("--data-dir")
        .arg(folder)
        .stdin(Stdio::piped())
        .spawn()
        .expect("servease-central runs");
    let mut stdin = adding.stdin.take().expect("its input");
    writeln!(stdin, "{PASSWORD}").expect("it reads");
    drop(stdin);
    let status = adding.wait().expect("it ends");
    assert!(status.success(), "servease-central user add: {status}");
}
