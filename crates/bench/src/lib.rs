//! How quick the desk is, beside what is possible: each figure stands beside a floor or a
//! target, measured in the same run, since machines differ and are noisy.
//!
//! Nothing here passes or fails; that is for whoever reads the table. What the figures mean is
//! told in `docs/benchmarks.md`.

#![expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]

mod alerts;
mod figures;
mod lists;
pub mod papers;
mod programs;
mod save;
mod search;
pub mod sync;
pub mod upload;

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use servease_desk::demo::DemoPlan;
use servease_desk::{Clock, Desk};

use figures::Table;

/// What to measure. `cargo bench` adds `--bench`, which says nothing.
#[derive(Debug, Parser)]
#[command(about = "Measures the desk beside its floors and targets")]
pub struct Options {
    /// 10,000 customers instead of 100,000: half a minute, for continuous integration.
    #[arg(long)]
    quick: bool,
    /// How many customers there are; each has about one and a half vehicles.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    customers: u32,
    /// Keep the data in this folder, and use what is there.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Only these parts.
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    #[arg(long, hide = true)]
    bench: bool,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Search,
    Lists,
    Alerts,
    Save,
}

impl Options {
    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// Reads the arguments, measures and prints the table.
pub fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(run(&options))
}

async fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let temporary = tempfile::tempdir()?;
    let folder = match &options.data {
        Some(folder) => folder.clone(),
        None => temporary.path().join("garage"),
    };
    let customers = if options.quick {
        10_000
    } else {
        options.customers
    };
    let desk = Desk::open(&folder, Clock::system()).await?;
    let mut table = Table::new(&format!("{customers} customers"));
    fill(&desk, customers, &mut table).await?;
    if options.wants(Part::Search) {
        search::measure(&desk, &mut table).await?;
    }
    if options.wants(Part::Lists) {
        lists::measure(&desk, &mut table).await?;
    }
    if options.wants(Part::Alerts) {
        alerts::measure(&desk, Clock::system().now(), &mut table).await?;
    }
    if options.wants(Part::Save) {
        save::measure(desk, &folder, temporary.path(), &mut table).await?;
    }
    println!("{}", table.markdown());
    Ok(())
}

async fn fill(desk: &Desk, customers: u32, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let plan = DemoPlan { customers, seed: 1 };
    let started = Instant::now();
    let counts = match desk.fill_demo(plan, |_, _| {}).await {
        Ok(counts) => counts,
        Err(servease_desk::Failure::NotEmpty) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let seconds = started.elapsed().as_secs_f64();
    let findable = (counts.customers + counts.vehicles) as f64;
    table.note(
        "demo data written",
        &format!(
            "{seconds:.1} s, {:.0} customers/s",
            f64::from(customers) / seconds
        ),
    );
    let mut conn = desk.store().write().await?;
    let started = Instant::now();
    servease_store::search::index_all(&mut conn, |_, _| {}).await?;
    let seconds = started.elapsed().as_secs_f64();
    table.note(
        "search index made again",
        &format!("{seconds:.1} s, {:.0} entries/s", findable / seconds),
    );
    Ok(())
}
