//! A garage that signs in with what it already has: `servease sync --once` against
//! `servease-central`, real programs on loopback, while somebody goes on saving at the desk.
//!
//! The programs are named by `SERVEASE_CLI_BIN` and `SERVEASE_CENTRAL_BIN`.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::{Map, Value as Json};
use servease_desk::{Clock, Desk};
use servease_domain::EntityKind;
use servease_store::rows;
use uuid::Uuid;

use crate::figures::{Samples, Table};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const EMAIL: &str = "bench@example.com";
const PASSWORD: &str = "a password for measuring";

/// A customer of the demo garage brings about so many records.
const ROWS_PER_CUSTOMER: u32 = 11;

/// Somebody who types saves less often.
const BETWEEN_SAVES: Duration = Duration::from_millis(50);

/// What to measure. `cargo bench` adds `--bench`, which says nothing.
#[derive(Debug, Parser)]
#[command(about = "Measures the first upload of a garage, with real programs")]
struct Options {
    /// Garages of about so many records, one after the other.
    #[arg(long, value_name = "N", value_delimiter = ',',
          default_values_t = [1_000, 10_000, 50_000, 100_000])]
    records: Vec<u32>,
    /// Nobody saves anything meanwhile.
    #[arg(long)]
    quiet: bool,
    #[arg(long, hide = true)]
    bench: bool,
}

/// Reads the arguments, measures and prints the table.
pub fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(run(&options))
        .map_err(|error| -> Box<dyn Error> { error })
}

async fn run(options: &Options) -> Outcome<()> {
    let programs = Programs::find()?;
    let mut table = Table::new("First upload");
    for records in &options.records {
        let scratch = tempfile::tempdir()?;
        measure(
            &programs,
            scratch.path(),
            *records,
            options.quiet,
            &mut table,
        )
        .await?;
    }
    println!("{}", table.markdown());
    Ok(())
}

struct Programs {
    desk: PathBuf,
    central: PathBuf,
}

impl Programs {
    fn find() -> Outcome<Programs> {
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
    fn desk(&self, pc: &Path, arguments: &[&str]) -> Command {
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

    fn central(&self, site: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.central);
        command.args(arguments).arg("--data-dir").arg(site);
        command
    }
}

/// Runs a program to its end; what it says on stdout.
fn finish(command: &mut Command, input: &str) -> Outcome<String> {
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
struct Central {
    child: Child,
    url: String,
}

impl Central {
    fn start(programs: &Programs, site: &Path) -> Outcome<Central> {
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

impl Drop for Central {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn measure(
    programs: &Programs,
    scratch: &Path,
    records: u32,
    is_quiet: bool,
    table: &mut Table,
) -> Outcome<()> {
    let pc = scratch.join("pc");
    std::fs::create_dir_all(&pc)?;
    let customers = (records / ROWS_PER_CUSTOMER).max(1).to_string();
    finish(
        &mut programs.desk(&pc, &["demo", "--customers", &customers]),
        "",
    )?;
    let central = Central::start(programs, &scratch.join("central"))?;
    let login = ["login", "--server", &central.url, "--email", EMAIL];
    finish(&mut programs.desk(&pc, &login), PASSWORD)?;

    let desk = Desk::open(&pc.join("data"), Clock::system()).await?;
    let ids = customers_of(&desk).await?;
    let mut saves = Samples::default();
    let started = Instant::now();
    let mut upload = programs
        .desk(&pc, &["sync", "--once"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut desk_ticks = 0;
    let mut number = 0;
    while upload.try_wait()?.is_none() {
        desk_ticks = ticks_of(upload.id()).unwrap_or(desk_ticks);
        if !is_quiet {
            number += 1;
            save(&desk, &ids, number, &mut saves).await?;
        }
        tokio::time::sleep(BETWEEN_SAVES).await;
    }
    let seconds = started.elapsed().as_secs_f64();
    let central_ticks = ticks_of(central.child.id()).unwrap_or(0);
    let report: Json = serde_json::from_slice(&upload.wait_with_output()?.stdout)?;
    let sent = report["pushed"].as_u64().unwrap_or(0);
    if sent < u64::from(records) / 2 || report["waiting"].as_u64() > Some(number as u64 * 2) {
        return Err(format!("{report}").into());
    }
    desk.close().await;
    let per_record = |seconds: f64| seconds * 1e6 / sent as f64;
    let cpu = |ticks: u64| per_record(ticks as f64 / TICKS_PER_SECOND);
    table.note(
        &format!("{sent} records"),
        &format!(
            "{seconds:.2} s, {:.0} a second; {:.0} µs a record, of processors: desk {:.0}, Central {:.0} µs",
            sent as f64 / seconds,
            per_record(seconds),
            cpu(desk_ticks),
            cpu(central_ticks),
        ),
    );
    if !is_quiet {
        table.beside_target("… an edit saved meanwhile", &saves, 100.0);
    }
    Ok(())
}

async fn customers_of(desk: &Desk) -> Outcome<Vec<Uuid>> {
    let mut conn = desk.store().read().await?;
    let found = rows::list_after(&mut conn, EntityKind::Customer, None, 50).await?;
    Ok(found.into_iter().map(|record| record.id).collect())
}

async fn save(desk: &Desk, ids: &[Uuid], number: usize, saves: &mut Samples) -> Outcome<()> {
    let id = *ids.get(number % ids.len().max(1)).ok_or("no customers")?;
    let text = format!("Town {number}");
    let change = Map::from_iter([("city".to_owned(), Json::String(text))]);
    let started = Instant::now();
    desk.edit(EntityKind::Customer, id, &change, true).await?;
    saves.add(started);
    Ok(())
}

/// What Linux counts processor time in, on every architecture (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time of a process so far: `utime` and `stime`, fields 14 and 15 of
/// `/proc/<pid>/stat` (proc(5)). None where there is no such file.
fn ticks_of(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the program's name, in brackets, and may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}
