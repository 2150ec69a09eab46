//! A real ServEase Central for the window to sync with: its own process, folder and port.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::fail;
use crate::programs::central_program;

/// The account that every test signs in with.
pub const EMAIL: &str = "grace@garage.example";
pub const PASSWORD: &str = "lovelace-1843";

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

/// A running service; it ends with its owner.
#[derive(Debug)]
pub struct Central {
    folder: tempfile::TempDir,
    process: Option<Child>,
    /// `host:port`, the same after an outage.
    address: String,
    is_encrypted: bool,
}

impl Central {
    /// Starts it on an empty folder, with one account.
    pub fn start() -> Central {
        Self::begin(None)
    }

    /// The same behind a certificate that nobody has signed but itself, valid until the end of
    /// a year.
    pub fn start_encrypted(valid_until: i32) -> Central {
        Self::begin(Some(valid_until))
    }

    fn begin(valid_until: Option<i32>) -> Central {
        let folder = tempfile::tempdir().expect("a temporary folder");
        add_account(folder.path());
        if let Some(year) = valid_until {
            write_certificate(folder.path(), year);
        }
        let mut central = Central {
            folder,
            process: None,
            address: "127.0.0.1:0".to_owned(),
            is_encrypted: valid_until.is_some(),
        };
        central.resume();
        central
    }

    /// What a receptionist types as its address.
    pub fn url(&self) -> String {
        let scheme = if self.is_encrypted { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
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
        let folder = self.folder.path();
        let mut serving = command(folder);
        serving
            .args(["serve", "--listen", &self.address, "--data-dir"])
            .arg(folder);
        if self.is_encrypted {
            serving
                .arg("--tls-cert")
                .arg(folder.join(CERTIFICATE))
                .arg("--tls-key")
                .arg(folder.join(KEY));
        }
        let mut process = serving
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
            .strip_prefix("listening on ")
            .and_then(|url| url.split_once("://"))
            .map(|(_, rest)| rest.trim_end_matches('/'))
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

fn write_certificate(folder: &Path, valid_until: i32) {
    let mut wanted =
        rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a server's name");
    wanted.not_before = rcgen::date_time_ymd(2000, 1, 1);
    wanted.not_after = rcgen::date_time_ymd(valid_until, 12, 31);
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = wanted.self_signed(&key).expect("a certificate");
    std::fs::write(folder.join(CERTIFICATE), certificate.pem()).expect("it is written");
    std::fs::write(folder.join(KEY), key.serialize_pem()).expect("it is written");
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
