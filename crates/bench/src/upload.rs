//! A garage that signs in with what it already has: `servease sync --once` against
//! `servease-central`, real programs on loopback, while somebody goes on saving at the desk.

use std::error::Error;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::{Map, Value as Json};
use servease_desk::{Clock, Desk};
use servease_domain::EntityKind;
use servease_store::rows;
use uuid::Uuid;

use crate::figures::{Samples, Table};
use crate::programs::{Central, Outcome, Programs, finish};

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
    programs.sign_in(&pc, &central)?;

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
    let central_ticks = ticks_of(central.id()).unwrap_or(0);
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
