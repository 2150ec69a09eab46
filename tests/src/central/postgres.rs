//! A PostgreSQL server for tests: one for a whole run, or one that lives as long as its guard.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The variable that names the folder with the socket of the run's server: `cargo xtask test`
/// starts it once, since a test has a process of its own and a server takes a second.
pub const POSTGRES: &str = "SERVEASE_TEST_POSTGRES";

/// A server on a socket in a folder.
#[derive(Debug)]
pub struct Postgres {
    /// None: the run's, which its runner ends.
    _own: Option<Server>,
    socket: PathBuf,
    tools: PathBuf,
}

/// A process with its data in a temporary folder. Dropped, it is killed and its data is gone.
#[derive(Debug)]
struct Server {
    process: Child,
    _folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
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

/// The server refuses to run as root: as `postgres` then. It dies with who started it.
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

#[track_caller]
fn must_succeed(command: &mut Command) {
    let output = command.output().expect("PostgreSQL's tools run");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Postgres {
    /// The run's server, or one of its own where a test runs alone.
    pub fn find() -> Postgres {
        match env::var_os(POSTGRES) {
            Some(socket) => Postgres {
                _own: None,
                socket: PathBuf::from(socket),
                tools: tools(),
            },
            None => Postgres::start(),
        }
    }

    /// Starts a server and waits until it answers.
    pub fn start() -> Postgres {
        let tools = tools();
        let folder = tempfile::Builder::new()
            .prefix("servease-pg-")
            .tempdir_in("/tmp")
            .expect("a temporary folder");
        #[cfg(unix)]
        if number("-u", None) == Some(0) {
            let (user, group) = (
                number("-u", Some("postgres")),
                number("-g", Some("postgres")),
            );
            std::os::unix::fs::chown(folder.path(), user, group).expect("it is the server's");
        }
        let data = folder.path().join("data");
        must_succeed(
            command(&tools.join("initdb"))
                .args(["-N", "-A", "trust", "-U", "servease", "--no-locale"])
                .args(["-E", "UTF8", "-D"])
                .arg(&data)
                .current_dir(folder.path()),
        );
        let process = command(&tools.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            // Each core runs a test, and each test has the connections of a service or two.
            .args(["-c", "listen_addresses=", "-c", "max_connections=400"])
            // What is tested here is this side of the wire; the server's own promise to keep
            // what it committed is not in question.
            .args(["-c", "fsync=off", "-c", "full_page_writes=off"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("PostgreSQL starts");
        let postgres = Postgres {
            socket: folder.path().to_owned(),
            _own: Some(Server {
                process,
                _folder: folder,
            }),
            tools,
        };
        postgres.wait().expect("PostgreSQL answers");
        postgres
    }

    fn wait(&self) -> io::Result<()> {
        let started = Instant::now();
        loop {
            let ready = self
                .tool("pg_isready")
                .args(["-d", "postgres", "-q", "-t", "1"])
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

    /// The folder with its socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Makes an empty database with a name that begins so, and answers its URL.
    pub fn database(&self, name: &str) -> String {
        // A test that is tried again finds what its last try left; names have at most 63 bytes.
        let name: String = name.chars().take(48).collect();
        let name = format!("{name}_{}", std::process::id());
        must_succeed(self.tool("createdb").arg(&name));
        let host = self.socket.to_string_lossy().replace('/', "%2F");
        format!("postgres://servease@localhost/{name}?host={host}")
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.tools.join(name));
        command.arg("-h").arg(&self.socket).args(["-U", "servease"]);
        command
    }
}
