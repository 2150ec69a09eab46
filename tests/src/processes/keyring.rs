//! A session bus with a real Secret Service on it: GNOME's, unlocked by a password, as the
//! sign-in to a desktop does.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use tempfile::TempDir;

use super::PATIENCE;

const NAME: &str = "org.freedesktop.secrets";

/// Both end when it is dropped.
#[derive(Debug)]
pub struct Keyring {
    bus: Child,
    bus_address: String,
    daemon: Option<Child>,
    dir: TempDir,
}

impl Keyring {
    /// Starts both and returns when the service is there.
    pub fn start() -> Keyring {
        let mut keyring = Keyring::empty_bus();
        let mut daemon = Command::new("gnome-keyring-daemon");
        daemon
            .args(["--foreground", "--unlock", "--components=secrets"])
            .arg("--control-directory")
            .arg(keyring.dir.path().join("control"));
        keyring.attach(&mut daemon);
        let mut child = daemon
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon starts");
        super::desk::feed(&mut child, "the desktop's password");
        keyring.daemon = Some(child);
        keyring.wait_for_service();
        keyring
    }

    /// From now on it never answers, as a keyring does that waits for a password dialog which
    /// nobody sees.
    pub fn freeze(&self) {
        self.tell("-STOP");
    }

    pub fn thaw(&self) {
        self.tell("-CONT");
    }

    fn tell(&self, signal: &str) {
        let id = self.daemon.as_ref().map_or(0, Child::id).to_string();
        let told = Command::new("kill").args([signal, &id]).status();
        assert!(told.is_ok_and(|status| status.success()), "kill {id}");
    }

    fn empty_bus() -> Keyring {
        let dir = TempDir::with_prefix("servease-keyring-").expect("a temporary folder");
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .env("XDG_RUNTIME_DIR", dir.path())
            .env("HOME", dir.path())
            // Nothing is started because somebody asks for it.
            .env("XDG_DATA_DIRS", dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon starts");
        let mut line = String::new();
        let stdout = bus.stdout.take().expect("its output");
        let _ = BufReader::new(stdout).read_line(&mut line);
        assert!(!line.is_empty(), "dbus-daemon has no address");
        Keyring {
            bus,
            bus_address: line.trim().to_owned(),
            daemon: None,
            dir,
        }
    }

    fn attach(&self, command: &mut Command) {
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("XDG_RUNTIME_DIR", self.dir.path())
            .env("HOME", self.dir.path())
            .env_remove("XDG_DATA_HOME")
            .env_remove("DISPLAY");
    }

    fn wait_for_service(&self) {
        let began = Instant::now();
        loop {
            let mut ask = Command::new("dbus-send");
            ask.args(["--session", "--print-reply=literal"]);
            ask.args(["--dest=org.freedesktop.DBus", "/"]);
            ask.arg("org.freedesktop.DBus.NameHasOwner");
            ask.arg(format!("string:{NAME}"));
            self.attach(&mut ask);
            let answer = ask.output().expect("dbus-send starts");
            if String::from_utf8_lossy(&answer.stdout).contains("true") {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "no Secret Service came");
            thread::yield_now();
        }
    }

    pub fn bus(&self) -> &str {
        &self.bus_address
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        for child in self.daemon.iter_mut().chain([&mut self.bus]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
