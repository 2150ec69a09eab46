//! `cargo xtask fuzz`: what parses bytes of others, fed with bytes that nobody thought of.
//!
//! Coverage without a sanitizer: what parses is Rust without `unsafe`, the C libraries below are
//! compiled without their checks anyway, and so a stable toolchain builds it in half the time. A
//! panic, a hang and endless memory are found all the same.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;

use crate::error::TaskError;
use crate::tally::Tally;
use crate::tools::FUZZ;
use crate::workspace::{Workspace, not_started, run};

/// An input that takes longer is a finding.
const INPUT_SECONDS: u64 = 20;

/// More memory is a finding.
const MEMORY_MIB: u64 = 1_024;

/// A part of a form and its headers are within it, and so is a page of a database.
const INPUT_BYTES: u64 = 64 * 1_024;

/// How long each target runs: with ten, two at once, under two minutes of a run of all checks.
/// What is new is found by longer runs, from the corpus that the earlier ones have grown.
pub const SECONDS: u64 = 20;

/// As many targets at once as there are processors on the smallest machine of the checks.
const AT_ONCE: usize = 2;

#[derive(Debug, clap::Args)]
pub struct Options {
    /// How long each target runs.
    #[arg(long, value_name = "S", default_value_t = SECONDS)]
    seconds: u64,
    /// Only these targets.
    #[arg(long = "target", value_name = "NAME")]
    targets: Vec<String>,
}

/// Runs the targets; fails when one of them finds something.
pub fn perform(workspace: &Workspace, options: &Options) -> Result<ExitCode, TaskError> {
    let tally = smoke(workspace, options.seconds, &options.targets)?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(match tally.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// Builds the targets and runs each for some seconds, from the kept corpus on. `chosen`: only these;
/// empty: all.
pub fn smoke(workspace: &Workspace, seconds: u64, chosen: &[String]) -> Result<Tally, TaskError> {
    let target_folder = workspace.target.join("fuzz");
    let mut build = FUZZ.cargo(workspace, &["fuzz", "build", "--sanitizer", "none"])?;
    build.arg("--target-dir").arg(&target_folder);
    let began = Instant::now();
    run(&mut build)?;
    println!("Built in {} s", began.elapsed().as_secs());
    let programs = programs(workspace, &target_folder)?;
    let mut tally = Tally::default();
    let targets = list(&workspace.root.join("fuzz/fuzz_targets"))?;
    let wanted: Vec<String> = targets
        .into_iter()
        .filter(|name| chosen.is_empty() || chosen.contains(name))
        .collect();
    for names in wanted.chunks(AT_ONCE) {
        let started: Vec<Running> = names
            .iter()
            .map(|name| Running::start(workspace, &programs, name, seconds))
            .collect::<Result<_, TaskError>>()?;
        for running in started {
            tally += running.finish()?;
        }
    }
    Ok(tally)
}

/// Where cargo-fuzz puts the programs: it always names the platform.
fn programs(workspace: &Workspace, target_folder: &Path) -> Result<PathBuf, TaskError> {
    let mut rustc = workspace.command("rustc");
    let output = rustc.arg("-vV").output();
    let output = output.map_err(|cause| not_started(&rustc, cause))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(target_folder.join(host.unwrap_or_default()).join("release"))
}

/// The targets, by name.
fn list(folder: &Path) -> Result<Vec<String>, TaskError> {
    let entries: io::Result<Vec<_>> = fs::read_dir(folder).and_then(Iterator::collect);
    let mut names: Vec<String> = entries
        .map_err(TaskError::file(folder))?
        .into_iter()
        .filter_map(|entry| Some(entry.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// A target that runs, and where it writes.
struct Running {
    name: String,
    command: Command,
    child: Child,
    log: PathBuf,
    findings: PathBuf,
}

impl Running {
    fn start(
        workspace: &Workspace,
        programs: &Path,
        name: &str,
        seconds: u64,
    ) -> Result<Running, TaskError> {
        let findings = workspace.results(&format!("fuzz/findings/{name}"))?;
        let grown = workspace.results(&format!("fuzz/corpus/{name}"))?;
        let log = workspace.results("fuzz/logs")?.join(format!("{name}.log"));
        let out = fs::File::create(&log).map_err(TaskError::file(&log))?;
        let error = out.try_clone().map_err(TaskError::file(&log))?;
        let mut command = workspace.command(&programs.join(name).to_string_lossy());
        command
            .arg(&grown)
            .arg(workspace.root.join("fuzz/corpus").join(name))
            .arg(format!("-artifact_prefix={}/", findings.display()))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-timeout={INPUT_SECONDS}"))
            .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
            .arg(format!("-max_len={INPUT_BYTES}"))
            .arg("-print_final_stats=1")
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(error);
        let child = command
            .spawn()
            .map_err(|cause| not_started(&command, cause))?;
        Ok(Running {
            name: name.to_owned(),
            command,
            child,
            log,
            findings,
        })
    }

    /// Waits for its end and says what came of it.
    fn finish(mut self) -> Result<Tally, TaskError> {
        let status = self.child.wait();
        let status = status.map_err(|cause| not_started(&self.command, cause))?;
        let log = fs::read(&self.log).map_err(TaskError::file(&self.log))?;
        let log = String::from_utf8_lossy(&log);
        if status.success() {
            let inputs = inputs(&log).unwrap_or("no");
            println!("{}: ok, {inputs} inputs", self.name);
            return Ok(Tally::ONE_PASSED);
        }
        println!("{}: FAILED ({status})", self.name);
        let lines: Vec<&str> = log.lines().collect();
        for line in &lines[lines.len().saturating_sub(40)..] {
            println!("  {line}");
        }
        let findings = fs::read_dir(&self.findings).map_err(TaskError::file(&self.findings))?;
        for finding in findings.flatten() {
            println!("  found: {}", finding.path().display());
        }
        Ok(Tally::ONE_FAILED)
    }
}

/// How many inputs a target has tried.
fn inputs(log: &str) -> Option<&str> {
    let line = log
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    line.map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_its_program_and_its_corpus() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
        let targets = list(&fuzz.join("fuzz_targets")).unwrap();
        assert!(targets.len() >= 9, "{targets:?}");
        for name in targets {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            let seeds = fs::read_dir(fuzz.join("corpus").join(&name)).unwrap();
            assert!(seeds.count() > 0, "{name}");
        }
    }

    #[test]
    fn the_number_of_inputs_is_read_from_what_a_target_prints() {
        let log = "Done 5\nstat::number_of_executed_units: 4711\nstat::peak_rss_mb: 9";
        assert_eq!(inputs(log), Some("4711"));
        assert_eq!(inputs("Killed"), None);
    }
}
