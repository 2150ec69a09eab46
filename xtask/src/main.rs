//! `cargo xtask …`: everything a developer does with ServEase, on a machine that has only a
//! Rust toolchain and Node.
//!
//! One file per command; what several of them need stands beside. Nothing here ships.
#![expect(clippy::print_stdout, reason = "a task says what it does")]

mod bench;
mod bindings;
mod circles;
mod error;
mod fuzz;
#[cfg(unix)]
mod package;
mod programs;
mod run;
mod screenshots;
mod simulate;
mod steps;
mod system;
mod tally;
mod test;
mod tools;
mod ui;
#[cfg(unix)]
mod windows;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use error::TaskError;
use workspace::Workspace;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build the desk and open its window.
    Run(run::Options),
    /// Check everything; the last line counts what passed and what failed.
    Test(test::Options),
    /// Write a picture of every screen, light and dark, into target/screenshots/.
    Screenshots,
    /// Measure, and print the figures beside what they are compared with.
    Bench(bench::Options),
    /// Prove syncing: desks and a Central on a network that fails, seed after seed.
    Simulate(simulate::Options),
    /// Build the programs for Windows, and test them under Wine.
    #[cfg(unix)]
    Windows(windows::Options),
    /// Build the packages that are installed, and test installing them.
    #[cfg(unix)]
    Package(package::Options),
    /// Feed what parses bytes of others with bytes that nobody thought of.
    Fuzz(fuzz::Options),
    /// Write the TypeScript of commands and events (ui/src/lib/bindings.ts).
    Bindings,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(code) => code,
        Err(problem) => {
            println!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<ExitCode, TaskError> {
    let workspace = Workspace::find()?;
    match task {
        Task::Run(options) => run::perform(&workspace, &options),
        Task::Test(options) => test::perform(&workspace, &options),
        Task::Screenshots => screenshots::perform(&workspace),
        Task::Bench(options) => bench::perform(&workspace, &options),
        Task::Simulate(options) => simulate::perform(&workspace, &options),
        #[cfg(unix)]
        Task::Windows(options) => windows::perform(&workspace, &options),
        #[cfg(unix)]
        Task::Package(options) => package::perform(&workspace, &options),
        Task::Fuzz(options) => fuzz::perform(&workspace, &options),
        Task::Bindings => bindings::write(&workspace),
    }
}
