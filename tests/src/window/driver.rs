//! `WebKitWebDriver`: starts the program under test and passes on what the harness wants.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::{Capabilities, WebDriver};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::{PATIENCE, fail};
use crate::display::Display;

const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// One driver process; it ends when dropped, and its program with it.
#[derive(Debug)]
pub(super) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    pub(super) async fn start(display: &Display) -> Self {
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            // The program inherits these; Tauri then lets itself be driven.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("LANGUAGE", "en")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        display.attach(&mut command);
        let process = command
            .spawn()
            .expect("WebKitWebDriver starts (package webkit2gtk-driver)");
        let driver = Self { process, port };
        driver.wait_until_it_listens().await;
        driver
    }

    pub(super) async fn open(&self, program: &Path, folder: &Path) -> WebDriver {
        let mut capabilities = Capabilities::new();
        let options = json!({
            "binary": program,
            "args": ["--data-dir", folder],
        });
        capabilities
            .set("webkitgtk:browserOptions", options)
            .expect("JSON");
        let server = format!("http://127.0.0.1:{}", self.port);
        match WebDriver::new(server, capabilities).await {
            Ok(session) => session,
            Err(cause) => fail(&format!("{} does not open: {cause}", program.display())),
        }
    }

    /// The program under test is the driver's only child.
    pub(super) fn program_pid(&self) -> Option<u32> {
        let driver = self.process.id();
        fs::read_to_string(format!("/proc/{driver}/task/{driver}/children"))
            .ok()?
            .split_whitespace()
            .find_map(|pid| pid.parse().ok())
    }

    async fn wait_until_it_listens(&self) {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
            .await
            .is_err()
        {
            assert!(Instant::now() < deadline, "WebKitWebDriver does not listen");
            sleep(LOOK_AGAIN).await;
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(pid) = self.program_pid() {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until a process is gone, or only waits to be collected by its parent.
pub(super) async fn wait_for_end(pid: u32) {
    let deadline = Instant::now() + PATIENCE;
    while is_running(pid) {
        assert!(Instant::now() < deadline, "process {pid} does not end");
        sleep(LOOK_AGAIN).await;
    }
}

fn is_running(pid: u32) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    // "pid (name) state …"; a name may hold blanks and brackets.
    let state = status
        .rsplit(')')
        .next()
        .and_then(|rest| rest.trim().chars().next());
    // The first thread can be over while others still hold files and locks.
    let threads = fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    !matches!(state, None | Some('Z' | 'X')) || threads > 1
}

/// The driver cannot choose a port itself. Between this look and its start another program could
/// take the port; the driver then ends and the test says so.
fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}
