//! Runs scenarios: `servease-simulate --seeds N [--seed S] [--desks D]`.
#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::num::NonZero;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use clap::Parser;
use servease_tests::simulation::{Arena, Options, Sabotage, Tally, Violation};

/// More failed seeds than anybody reads at once.
const TOLD_MAX: usize = 20;

/// Desks and a Central on a network that fails, seed after seed.
#[derive(Debug, Parser)]
#[command(name = "servease-simulate")]
struct Arguments {
    /// How many scenarios, each from its own seed.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// How many desks a scenario begins with.
    #[arg(long, value_name = "D", default_value_t = 3)]
    desks: usize,
    /// How many edits people make in a scenario.
    #[arg(long, value_name = "E", default_value_t = 40)]
    edits: usize,
    /// How many scenarios run at once; without it as many as there are cores.
    #[arg(long, value_name = "T")]
    threads: Option<usize>,
    /// Lets a client of REST and a colleague who forges messages write to Central as well.
    #[arg(long)]
    outsiders: bool,
    /// Lets people take papers in, and open them at other desks.
    #[arg(long)]
    papers: bool,
    /// Breaks a part on purpose: the checks must notice.
    #[arg(long, value_enum)]
    sabotage: Option<Sabotage>,
    /// Tells what happened in the scenarios that fail, message by message.
    #[arg(long)]
    trace: bool,
}

#[derive(Debug, Default)]
struct Outcome {
    tally: Tally,
    violations: Vec<Violation>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = Options {
        desks: arguments.desks.max(1),
        edits: arguments.edits,
        has_outsiders: arguments.outsiders,
        has_papers: arguments.papers,
        sabotage: arguments.sabotage,
        is_traced: arguments.trace,
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = arguments.threads.unwrap_or(cores).max(1);
    let begun = Instant::now();
    let outcome = play(arguments.seed, arguments.seeds, threads, options);
    let seconds = begun.elapsed().as_secs_f64();

    for violation in outcome.violations.iter().take(TOLD_MAX) {
        for line in &violation.course {
            println!("  {line}");
        }
        println!("seed {}: {}", violation.seed, violation.what);
    }
    for (what, count) in outcome.tally.lines() {
        println!("{count:>10}  {what}");
    }
    let rate = arguments.seeds as f64 / seconds;
    println!(
        "{} scenarios of {} desks and {} edits in {seconds:.1} s: {:.1} a second and thread, \
         {threads} threads; {} failed",
        arguments.seeds,
        options.desks,
        options.edits,
        rate / threads as f64,
        outcome.violations.len(),
    );
    if outcome.violations.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn play(first: u64, seeds: u64, threads: usize, options: Options) -> Outcome {
    let next = AtomicU64::new(first);
    let mut sum = Outcome::default();
    thread::scope(|scope| {
        let next = &next;
        let players: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    stay_on_core(thread);
                    play_some(next, first + seeds, options)
                })
            })
            .collect();
        for player in players {
            match player.join() {
                Ok(outcome) => {
                    sum.tally.join(&outcome.tally);
                    sum.violations.extend(outcome.violations);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    sum.violations.sort_by_key(|violation| violation.seed);
    sum
}

/// The engine and its databases hand work to each other some thousand times a scenario: on one
/// core that costs half of what it costs across cores. The databases' threads inherit it.
fn stay_on_core(thread: usize) {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    if let Some(core) = cores.get(thread % cores.len().max(1)) {
        core_affinity::set_for_current(*core);
    }
}

/// Plays the seeds that nobody else has taken.
fn play_some(next: &AtomicU64, end: u64, options: Options) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let arena = Arena::new(options.desks).await;
        let mut outcome = Outcome::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return outcome;
            }
            match arena.run(seed, options).await {
                Ok(tally) => outcome.tally.join(&tally),
                Err((violation, tally)) => {
                    outcome.tally.join(&tally);
                    outcome.violations.push(violation);
                }
            }
        }
    })
}
