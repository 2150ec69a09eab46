//! A PostgreSQL server that lives as long as its guard.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A server on a socket in a temporary folder. Dropped, it is killed and its data is gone.
pub struct Postgres {
    server: Child,
    folder: TempDir,
    tools: PathBuf,
}

/// The newest installed server.
fn tools() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("the tests need PostgreSQL: apt-get install postgresql")
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().expect("PostgreSQL is installed without initdb")
}

/// The server refuses to run as root: as `postgres` then. It dies with the test.
fn command(program: &Path) -> Command {
    if number("-u", None) != Some(0) {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid=postgres",
        "--regid=postgres",
        "--clear-groups",
        "--pdeathsig",
        "KILL",
    ]);
    command.arg(program);
    command
}

fn number(flag: &str, user: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(flag).args(user).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

impl Postgres {
    pub fn start() -> Postgres {
        let tools = tools();
        let folder = tempfile::Builder::new()
            .prefix("servease-pg-")
            .tempdir_in("/tmp")
            .unwrap();
        if number("-u", None) == Some(0) {
            let (user, group) = (
                number("-u", Some("postgres")),
                number("-g", Some("postgres")),
            );
            std::os::unix::fs::chown(folder.path(), user, group).unwrap();
        }
        let data = folder.path().join("data");
        let made = command(&tools.join("initdb"))
            .args([
                "-N",
                "-A",
                "trust",
                "-U",
                "servease",
                "--no-locale",
                "-E",
                "UTF8",
                "-D",
            ])
            .arg(&data)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let server = command(&tools.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-c", "listen_addresses=", "-c", "max_connections=100"])
            // What is tested here is this side of the wire; the server's own promise to keep
            // what it committed is not in question.
            .args(["-c", "fsync=off", "-c", "full_page_writes=off"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let postgres = Postgres {
            server,
            folder,
            tools,
        };
        postgres.wait().unwrap();
        postgres
    }

    fn wait(&self) -> io::Result<()> {
        let started = Instant::now();
        loop {
            let ready = Command::new(self.tools.join("pg_isready"))
                .arg("-h")
                .arg(self.folder.path())
                .args(["-U", "servease", "-d", "postgres", "-q", "-t", "1"])
                .status()?;
            if ready.success() {
                return Ok(());
            }
            if started.elapsed() > Duration::from_secs(60) {
                return Err(io::Error::other("PostgreSQL did not start"));
            }
            std::thread::yield_now();
        }
    }

    /// Makes an empty database and answers its URL.
    pub fn database(&self, name: &str) -> String {
        let made = Command::new(self.tools.join("createdb"))
            .arg("-h")
            .arg(self.folder.path())
            .args(["-U", "servease", name])
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let host = self.folder.path().to_string_lossy().replace('/', "%2F");
        format!("postgres://servease@localhost/{name}?host={host}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
