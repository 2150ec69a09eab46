//! Runs scenarios: `servease-simulate --seeds N [--seed S] [--desks D]`.
#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::process::ExitCode;
use std::time::Instant;

use servease_tests::simulation::{Arena, Options, Sabotage, Tally};

fn main() -> ExitCode {
    let mut seeds = 1_000_u64;
    let mut first = 0_u64;
    let mut options = Options::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().unwrap_or_default();
        match (flag.as_str(), value.parse::<u64>()) {
            ("--seeds", Ok(number)) => seeds = number,
            ("--seed", Ok(number)) => {
                first = number;
                if std::env::args().all(|argument| argument != "--seeds") {
                    seeds = 1;
                }
            }
            ("--desks", Ok(number)) => options.desks = usize::try_from(number).unwrap_or(3).max(1),
            ("--edits", Ok(number)) => options.edits = usize::try_from(number).unwrap_or(40),
            ("--sabotage", _) => {
                options.sabotage = match value.as_str() {
                    "ledger" => Some(Sabotage::Ledger),
                    "cursor" => Some(Sabotage::CursorOrder),
                    "merge" => Some(Sabotage::FieldMerge),
                    _ => None,
                };
            }
            ("--trace", _) => options.is_traced = true,
            _ => {
                println!(
                    "servease-simulate [--seeds N] [--seed S] [--desks D] [--edits E] [--sabotage ledger|cursor|merge]"
                );
                return ExitCode::FAILURE;
            }
        }
    }
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    else {
        return ExitCode::FAILURE;
    };
    let mut failed = 0_u64;
    let mut tally = Tally::default();
    let begun = Instant::now();
    runtime.block_on(async {
        let arena = Arena::new(options.desks).await;
        for seed in first..first + seeds {
            match arena.run(seed, options).await {
                Ok(one) => tally.join(&one),
                Err((violation, one)) => {
                    tally.join(&one);
                    failed += 1;
                    if failed <= 20 {
                        for line in &violation.course {
                            println!("  {line}");
                        }
                        println!("seed {}: {}", violation.seed, violation.what);
                    }
                }
            }
        }
    });
    let seconds = begun.elapsed().as_secs_f64();
    for (what, count) in tally.lines() {
        println!("{count:>10}  {what}");
    }
    println!(
        "{seeds} scenarios of {} desks and {} edits in {seconds:.1} s: {:.1} a second; {failed} failed",
        options.desks,
        options.edits,
        seeds as f64 / seconds
    );
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
