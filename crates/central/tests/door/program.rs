//! The executable as a process of its own, with the secret of the tests.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
#[cfg(target_os = "linux")]
use std::{
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    thread::JoinHandle,
    time::Duration,
};

/// A running service, killed when the guard goes.
pub struct Process {
    pub child: Child,
    pub url: String,
}

impl Process {
    /// Watches how much memory it takes.
    #[cfg(target_os = "linux")]
    pub fn watch_memory(&self) -> MemoryWatch {
        MemoryWatch::new(self.child.id())
    }

    /// Descriptors that it has open.
    #[cfg(target_os = "linux")]
    pub fn open_files(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.child.id());
        std::fs::read_dir(folder).unwrap().count()
    }

    pub fn address(&self) -> std::net::SocketAddr {
        let (_, address) = self.url.split_once("://").unwrap();
        address.parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The memory of a process, without what it maps of files: how much more it took at most since the
/// watch began. It is looked at all the time, since the system keeps no such maximum.
#[cfg(target_os = "linux")]
pub struct MemoryWatch {
    before_kib: u64,
    is_over: Arc<AtomicBool>,
    looking: Option<JoinHandle<u64>>,
}

#[cfg(target_os = "linux")]
impl MemoryWatch {
    fn new(process: u32) -> MemoryWatch {
        let is_over = Arc::new(AtomicBool::new(false));
        let told = is_over.clone();
        let looking = std::thread::spawn(move || {
            let mut most = 0;
            while !told.load(Ordering::Relaxed) {
                most = most.max(anonymous_kib(process));
                std::thread::park_timeout(Duration::from_millis(2));
            }
            most
        });
        MemoryWatch {
            before_kib: anonymous_kib(process),
            is_over,
            looking: Some(looking),
        }
    }

    /// MiB.
    pub fn grown(mut self) -> u64 {
        self.is_over.store(true, Ordering::Relaxed);
        let most = self.looking.take().unwrap().join().unwrap();
        most.saturating_sub(self.before_kib) / 1_024
    }
}

#[cfg(target_os = "linux")]
impl Drop for MemoryWatch {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

#[cfg(target_os = "linux")]
fn anonymous_kib(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.map_or(0, |number| number.parse().unwrap())
}

pub fn executable() -> Command {
    servease_tests::central::program()
}

/// Waits until it says where it listens.
pub fn serve(folder: &Path, more: &[&str]) -> Process {
    serve_with_log(folder, more, Stdio::null())
}

/// The same; its log goes where the test can read it.
pub fn serve_with_log(folder: &Path, more: &[&str], log: Stdio) -> Process {
    let mut child = executable()
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--jwt-secret",
            servease_tests::central::SECRET,
        ])
        .arg("--data-dir")
        .arg(folder)
        .args(more)
        .stdout(Stdio::piped())
        .stderr(log)
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
