//! `cargo xtask simulate`: desks and a Central on a network that fails, seed after seed.

use std::process::{Command, ExitCode};

use crate::problem::Problem;
use crate::workspace::{Workspace, run};

/// Optimised, but without the slow link of a release: scenarios are many, builds are too.
pub const PROFILE: &str = "simulation";

/// What is built in that profile.
pub const PACKAGE: &[&str] = &["--package", "servease-tests", "--features", "simulation"];

pub const FIRST_SEED: u64 = 0;

/// Some minutes on two cores.
pub const SEEDS_IN_CI: u64 = 20_000;

/// With fewer than three nobody passes on what a third one has never seen.
pub const DESKS: u64 = 3;

#[derive(Debug, clap::Args)]
pub struct Options {
    /// How many scenarios, each from its own seed; 1,000, or one where a seed is named.
    #[arg(long, value_name = "N")]
    pub seeds: Option<u64>,
    /// The first seed; alone, only this one is run.
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// How many desks a scenario begins with.
    #[arg(long, value_name = "D", default_value_t = DESKS)]
    pub desks: u64,
    /// Tells what happened in the scenarios that fail, message by message.
    #[arg(long)]
    pub trace: bool,
}

/// Runs the scenarios; fails when one of them does.
pub fn perform(workspace: &Workspace, options: &Options) -> Result<ExitCode, Problem> {
    let seeds = match (options.seeds, options.seed) {
        (Some(seeds), _) => seeds,
        (None, Some(_)) => 1,
        (None, None) => 1_000,
    };
    let mut command = command(
        workspace,
        options.seed.unwrap_or(FIRST_SEED),
        seeds,
        options.desks,
    );
    if options.trace {
        command.arg("--trace");
    }
    run(&mut command)?;
    Ok(ExitCode::SUCCESS)
}

/// The program with its arguments.
pub fn command(workspace: &Workspace, first: u64, seeds: u64, desks: u64) -> Command {
    let mut cargo = workspace.cargo(&["run", "--quiet", "--profile", PROFILE]);
    cargo
        .args(PACKAGE)
        .args(["--bin", "servease-simulate", "--"])
        .args(["--seed", &first.to_string()])
        .args(["--seeds", &seeds.to_string()])
        .args(["--desks", &desks.to_string()]);
    cargo
}
