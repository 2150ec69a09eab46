//! The executable as a process of its own, with the secret of the tests.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running service, killed when the guard goes.
pub struct Process {
    pub child: Child,
    pub url: String,
}

impl Process {
    /// `kill -9`: nothing is said, nothing is finished.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn executable() -> Command {
    Command::new(env!("CARGO_BIN_EXE_servease-central"))
}

/// Waits until it says where it listens.
pub fn serve(folder: &Path, more: &[&str]) -> Process {
    let mut child = executable()
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--jwt-secret",
            super::SECRET,
        ])
        .arg("--data-dir")
        .arg(folder)
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let url = line
        .trim()
        .strip_prefix("listening on ")
        .unwrap()
        .to_owned();
    Process { child, url }
}
