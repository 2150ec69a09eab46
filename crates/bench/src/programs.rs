//! The real programs that are measured, on loopback.
//!
//! They are named by `SERVEASE_CLI_BIN` and `SERVEASE_CENTRAL_BIN`.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const EMAIL: &str = "bench@example.com";
const PASSWORD: &str = "a password for measuring";

/// Which programs are measured.
pub struct Programs {
    desk: PathBuf,
    central: PathBuf,
}

impl Programs {
    pub fn find() -> Outcome<Programs> {
        let named = |variable: &str| {
            std::env::var_os(variable)
                .map(PathBuf::from)
                .ok_or_else(|| format!("{variable} does not say where the program is"))
        };
        Ok(Programs {
            desk: named("SERVEASE_CLI_BIN")?,
            central: named("SERVEASE_CENTRAL_BIN")?,
        })
    }

    /// `servease` on the PC whose folders lie in `pc`; no keyring runs there.
    pub fn desk(&self, pc: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.desk);
        command
            .args(["--json", "--data-dir"])
            .arg(pc.join("data"))
            .args(arguments)
            .env("HOME", pc)
            .env_remove("XDG_CONFIG_HOME")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        command
    }

    /// Signs the PC in at a running Central.
    pub fn sign_in(&self, pc: &Path, central: &Central) -> Outcome<()> {
        let login = ["login", "--server", &central.url, "--email", EMAIL];
        finish(&mut self.desk(pc, &login), PASSWORD).map(drop)
    }

    pub fn central(&self, site: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.central);
        command.args(arguments).arg("--data-dir").arg(site);
        command
    }
}

/// Runs a program to its end; what it says on stdout.
pub fn finish(command: &mut Command, input: &str) -> Outcome<String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A running `servease-central`. Dropped, it is killed.
pub struct Central {
    child: Child,
    pub url: String,
}

impl Central {
    pub fn start(programs: &Programs, site: &Path) -> Outcome<Central> {
        let mut add = programs.central(site, &["user", "add", "--email", EMAIL]);
        add.args([
            "--role",
            "employee",
            "--first-name",
            "Bench",
            "--last-name",
            "Mark",
        ]);
        finish(&mut add, PASSWORD)?;
        let mut child = programs
            .central(site, &["serve"])
            .env("SERVEASE_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let url = line.trim().strip_prefix("listening on ");
        let url = url.ok_or("servease-central does not listen")?.to_owned();
        Ok(Central { child, url })
    }
}

impl Central {
    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Central {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
