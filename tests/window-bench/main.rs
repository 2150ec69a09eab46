//! The window against a bare Tauri window: how soon it takes typing, and what memory it holds;
//! and how long the search box takes from a key to the paint.
//!
//! Both are started in turn on the same private screen, so that a busy moment of the machine
//! hits both. Arguments: the desk, the command line, the bare window (all release builds).
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod keystrokes;

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use servease_tests::display::{Display, ScreenSize};

use keystrokes::Typed;

/// Both programs write a line with these words when their input takes typing.
const READY: &str = "ready for typing";
const STARTS: usize = 9;
const CUSTOMERS: &str = "100000";
const PATIENCE: Duration = Duration::from_secs(60);
/// Until start-up garbage is collected and the allocator has given pages back.
const UNTIL_IDLE: Duration = Duration::from_secs(8);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("window bench: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(desk), Some(cli), Some(bare)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: servease-window-bench DESK CLI BARE".into());
    };
    let data = tempfile::tempdir()?;
    println!("filling a data folder with {CUSTOMERS} customers");
    fill(&cli, data.path())?;

    let display = Display::start(ScreenSize::FIRST_WINDOW)?;
    let mut starts = (Vec::new(), Vec::new());
    let mut memory = (Vec::new(), Vec::new());
    // One start of each that does not count: it brings the files into the page cache.
    for round in 0..=STARTS {
        let last = round == STARTS;
        let ours = Window::open(&display, &desk, Some(data.path()))?.look(last)?;
        let floor = Window::open(&display, &bare, None)?.look(last)?;
        if round > 0 {
            starts.0.push(ours.start);
            starts.1.push(floor.start);
        }
        memory.0.extend(ours.memory_kib);
        memory.1.extend(floor.memory_kib);
    }
    print_row(
        "start to typing, median (ms)",
        median(starts.0),
        median(starts.1),
    );
    print_row(
        "memory idle, PSS with WebKit (KiB)",
        median(memory.0),
        median(memory.1),
    );
    drop(display);

    let typed = Typed::of_garage(&cli, data.path())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    println!("key to paint, {CUSTOMERS} customers (ms)");
    for (what, took) in runtime.block_on(keystrokes::measure(&desk, data.path(), &typed)) {
        let [p50, p95, most] = [50, 95, 100].map(|percent| keystrokes::percentile(&took, percent));
        let keys = took.len();
        println!("{what:36} p50 {p50:>5.1}   p95 {p95:>5.1}   most {most:>5.1}   ({keys} keys)");
    }
    Ok(())
}

fn fill(cli: &Path, folder: &Path) -> Result<()> {
    let status = Command::new(cli)
        .arg("--data-dir")
        .arg(folder)
        .args(["demo", "--customers", CUSTOMERS])
        .stdout(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("servease demo: {status}").into())
    }
}

fn print_row(what: &str, ours: u64, floor: u64) {
    // Both are far below 2^53: the ratio is exact enough for two digits.
    let ratio = ours as f64 / floor as f64;
    println!("{what:36} desk {ours:>8}   bare window {floor:>8}   ratio {ratio:.2}");
}

fn median(mut figures: Vec<u64>) -> u64 {
    figures.sort_unstable();
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// What one start came to.
struct Figures {
    start: u64,
    memory_kib: Option<u64>,
}

/// An open window; it is closed when dropped.
struct Window {
    process: Child,
    start: Duration,
}

impl Window {
    fn open(display: &Display, program: &Path, data: Option<&Path>) -> Result<Self> {
        let mut command = Command::new(program);
        if let Some(folder) = data {
            command.arg("--data-dir").arg(folder);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        display.attach(&mut command);
        let begun = Instant::now();
        let mut process = command.spawn()?;
        let stderr = process.stderr.take().ok_or("no stderr")?;
        let mut window = Self {
            process,
            start: Duration::ZERO,
        };
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr)
                .lines()
                .map_while(std::result::Result::ok)
            {
                if line.contains(READY) {
                    // Nobody listens any more when the window took too long.
                    let _ = tell.send(begun.elapsed());
                }
            }
        });
        window.start = told
            .recv_timeout(PATIENCE)
            .map_err(|_| format!("{} never said \"{READY}\"", program.display()))?;
        Ok(window)
    }

    fn look(self, with_memory: bool) -> Result<Figures> {
        let start = u64::try_from(self.start.as_millis())?;
        let memory_kib = if with_memory {
            thread::sleep(UNTIL_IDLE);
            Some(memory_of_tree(self.process.id()))
        } else {
            None
        };
        Ok(Figures { start, memory_kib })
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let _ = self.process.wait();
    }
}

/// Proportional set size of a process and all below it, in KiB: a shared page counts once.
fn memory_of_tree(pid: u32) -> u64 {
    let own = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))
        .ok()
        .and_then(|rollup| {
            let line = rollup
                .lines()
                .find(|line| line.starts_with("Pss:"))?
                .to_owned();
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .unwrap_or_default();
    own + children(pid).into_iter().map(memory_of_tree).sum::<u64>()
}

fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect()
}
