//! Desks and a Central on loopback: real HTTP, real files, in one process. First syncs stand
//! beside what is possible with the same content, the rest beside targets.

mod central;
mod first;
mod floor;
mod line;
mod small;

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;

use crate::figures::Table;
use central::Central;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What to measure. `cargo bench` adds `--bench`, which says nothing.
#[derive(Debug, Parser)]
#[command(about = "Measures syncing beside its floors and targets")]
struct Options {
    /// 20,000 rows only: a minute, for continuous integration.
    #[arg(long)]
    quick: bool,
    /// First syncs of about so many rows, one after the other.
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [100_000, 1_000_000])]
    rows: Vec<u64>,
    /// How often each first sync is measured; the median counts.
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// Leave the first syncs out.
    #[arg(long)]
    small: bool,
    /// Keep Central's data in this folder, and use what is there.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[arg(long, hide = true)]
    bench: bool,
}

/// Reads the arguments, measures and prints the tables.
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
    let temporary = tempfile::tempdir()?;
    let data = options.data.clone();
    let data = data.unwrap_or_else(|| temporary.path().join("central"));
    let mut table = Table::new("Syncing");
    let central = Central::open(&data.join("small"), 20_000).await?;
    small::measure(&central, temporary.path(), &mut table).await?;
    central.stop().await;
    println!("{}", table.markdown());
    let rows: &[u64] = if options.quick {
        &[20_000]
    } else {
        &options.rows
    };
    for rows in rows.iter().filter(|_| !options.small) {
        let mut table = Table::new(&format!("First sync of about {rows} rows"));
        let central = Central::open(&data.join(rows.to_string()), *rows).await?;
        first::measure(&central, temporary.path(), options.rounds, &mut table).await?;
        central.stop().await;
        println!("{}", table.markdown());
    }
    Ok(())
}
