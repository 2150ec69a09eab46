//! `cargo xtask test`: every check there is, in the order in which failures are cheapest.

use std::path::Path;
use std::process::{Command, ExitCode};

use servease_tests::central::{POSTGRES, Postgres};

use crate::error::TaskError;
use crate::programs::{self, Profile};
use crate::simulate::Seeds;
use crate::steps::{Steps, check, watch};
use crate::system::{self, Need};
use crate::tally::{self, Tally, believable, report};
use crate::workspace::{EVERYTHING, Workspace};
use crate::{bindings, circles, fuzz, simulate, tools, ui, windows};

const IN_THE_WINDOW: &str = "package(servease-tests) & binary(e2e)";
/// Thousands of scenarios: they are run optimised, in a step of their own.
const UNDER_WINE: &str = "package(servease-tests) & binary(windows)";
const SIMULATED: &str = "package(servease-tests) & binary(simulation)";

#[derive(Debug, clap::Args)]
pub struct Options {
    /// Run only these steps, by the names that a run prints.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
}

/// Runs the steps; the last line of output is the sum.
pub fn perform(workspace: &Workspace, options: &Options) -> Result<ExitCode, TaskError> {
    let mut steps = Steps::new(options.only.clone());
    // Nothing below can run without these two.
    if let Err(problem) = prepare(workspace) {
        println!("{problem}");
        return Ok(report(Tally::ONE_FAILED));
    }
    steps.step("format", || {
        check(&mut workspace.cargo(&["fmt", "--all", "--check"]))?;
        // A workspace of its own.
        let fuzz = ["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"];
        check(&mut workspace.cargo(&fuzz))
    });
    steps.step("imports", || circles::check(workspace));
    for script in ["format:check", "lint", "check"] {
        steps.step(&format!("ui-{script}"), || {
            ui::script(workspace, script).map(|()| Tally::ONE_PASSED)
        });
    }
    steps.step("ui-test", || ui_tests(workspace));
    steps.step("ui-build", || {
        ui::build(workspace).map(|()| Tally::ONE_PASSED)
    });
    steps.step("lint", || {
        let mut clippy = workspace.cargo(&["clippy", "--all-targets"]);
        check(clippy.args(EVERYTHING).args(["--", "--deny", "warnings"]))
    });
    steps.step("dependencies", || {
        // Advisories appear without any change here: they are asked for on their own.
        let arguments = ["deny", "check", "bans", "licenses", "sources"];
        check(&mut tools::DENY.cargo(workspace, &arguments)?)
    });
    steps.step("build", || {
        check(
            workspace
                .cargo(&["build", "--bins", "--tests"])
                .args(EVERYTHING),
        )
    });
    steps.step("bindings", || bindings_are_current(workspace));
    steps.step("rust", || {
        // One for all tests: each is a process, and a server takes a second to make.
        let postgres = Postgres::start();
        let filter = format!("not ({IN_THE_WINDOW} | {SIMULATED} | {UNDER_WINE})");
        nextest(workspace, &filter, &[(POSTGRES, postgres.socket())])
    });
    steps.step("window", || nextest(workspace, IN_THE_WINDOW, &[]));
    windows::smoke(workspace, &mut steps);
    simulation_steps(workspace, &mut steps);
    steps.step("fuzz", || fuzz::smoke(workspace, fuzz::SECONDS, &[]));
    Ok(report(steps.finish()))
}

/// Optimised, since scenarios are many.
fn simulation_steps(workspace: &Workspace, steps: &mut Steps) {
    steps.step("simulation-tests", || {
        let mut test = workspace.cargo(&["test", "--profile", simulate::PROFILE]);
        test.args(simulate::PACKAGE).args(["--test", "simulation"]);
        let (succeeded, output) = watch(&mut test)?;
        Ok(believable(tally::of_cargo_test(&output), succeeded))
    });
    steps.step("simulation", || play(workspace, Seeds::fixed()));
    steps.step("simulation-of-this-commit", || {
        play(workspace, Seeds::of_this_commit(workspace))
    });
}

fn play(workspace: &Workspace, seeds: Seeds) -> Result<Tally, TaskError> {
    println!("{seeds}");
    check(&mut simulate::command(workspace, seeds, simulate::DESKS))
}

fn prepare(workspace: &Workspace) -> Result<(), TaskError> {
    system::ensure(Need::Tests)?;
    ui::install_packages(workspace)
}

fn ui_tests(workspace: &Workspace) -> Result<Tally, TaskError> {
    let file = workspace.results("reports")?.join("vitest.json");
    // A report of an earlier run must not speak for this one.
    let _ = std::fs::remove_file(&file);
    let mut vitest = ui::npm(workspace);
    vitest
        .args([
            "exec",
            "--",
            "vitest",
            "run",
            "--reporter=default",
            "--reporter=json",
        ])
        .arg(format!("--outputFile.json={}", file.display()));
    let (succeeded, _) = watch(&mut vitest)?;
    let report = std::fs::read_to_string(&file).map_err(TaskError::file(&file))?;
    Ok(believable(tally::of_vitest(&report), succeeded))
}

fn bindings_are_current(workspace: &Workspace) -> Result<Tally, TaskError> {
    let outdated = bindings::outdated(workspace)?;
    if outdated.is_empty() {
        return Ok(Tally::ONE_PASSED);
    }
    for file in outdated {
        println!("ui/src/lib/{file} is not what the desk offers: run `cargo xtask bindings`");
    }
    Ok(Tally::ONE_FAILED)
}

fn nextest(
    workspace: &Workspace,
    filter: &str,
    variables: &[(&str, &Path)],
) -> Result<Tally, TaskError> {
    let mut nextest = tools::NEXTEST.cargo(workspace, &["nextest", "run"])?;
    nextest
        .args(EVERYTHING)
        .args(["--no-fail-fast", "--no-tests=fail", "--filterset", filter])
        .envs(variables.iter().copied());
    let (succeeded, output) = watch(with_programs(workspace, &mut nextest))?;
    Ok(believable(tally::of_nextest(&output), succeeded))
}

/// Tests of whole programs start the ones that were built a step before.
fn with_programs<'a>(workspace: &Workspace, command: &'a mut Command) -> &'a mut Command {
    command
        .env(
            "SERVEASE_DESK_BIN",
            programs::path(workspace, Profile::Debug, "servease-desk"),
        )
        .env(
            "SERVEASE_CLI_BIN",
            programs::path(workspace, Profile::Debug, "servease"),
        )
        .env(
            "SERVEASE_CENTRAL_BIN",
            programs::path(workspace, Profile::Debug, "servease-central"),
        )
}
