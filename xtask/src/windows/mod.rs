//! `cargo xtask windows`: the three programs for Windows, and their tests under Wine.

pub mod build;
pub mod wine;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::error::TaskError;
use crate::programs::Profile;
use crate::steps::{Steps, watch};
use crate::system::{self, Need};
use crate::tally::{self, Tally, believable, report};
use crate::workspace::{EVERYTHING, Workspace};
use crate::{tools, ui};

use wine::Wine;

pub const ALL: &[&str] = &["servease-cli", "servease-central", "servease-desktop"];

/// What of the tests for this machine cannot be had under Wine, by what it needs.
const NOT_UNDER_WINE: &[&str] = &[
    // There is no PostgreSQL for it; its own server would be the same as here.
    "test(postgres)",
    // Mounts of their own: Wine's server opens the files, outside of them.
    "test(/a_full_disk_is_named|a_read_only_file_system_is_named|a_disk_that_is_full_in_the_middle/)",
    // Rights of Unix and another user of it.
    "test(/a_folder_that_the_user_may_not_write/)",
    // HOME and XDG_DATA_HOME; Windows's folder is in its own tests.
    "test(/without_a_name_it_is_the_platforms_folder/)",
    // Windows starts no program with more than 32,767 characters of arguments.
    "test(/text_up_to_its_limit_in_characters_is_stored/)",
    // The loader of Linux: libfaketime moves the clock of a program that it loads.
    "test(/clocks_that_are_twenty_years_off/)",
    // A keyring on D-Bus, and files for sessions where none is: Windows always has its own.
    "test(/keyring|a_folder_has_one_session_however|two_folders_of_one_user_have_a_session/)",
    "test(/text_tells_where_the_session_is_kept/)",
    // These read the file of a session, to speak to Central as another program: the Credential
    // Manager hands a session to nobody but its program.
    "test(/fields_of_a_newer_desk_survive|an_edit_of_an_unknown_field_reaches_the_newer/)",
    "test(/an_entity_that_central_does_not_know|an_id_that_is_used_for_something_else/)",
    "test(/protocols_that_do_not_fit/)",
    // These let a session grow old by writing that file; without it they would pass and show nothing.
    "test(/an_expired_access_token|programs_of_one_folder_renew|those_that_meet_at_the_lock/)",
    "test(/a_lost_answer_to_a_renewal|kill_9_in_the_middle_of_a_renewal|a_page_of_somebody_else/)",
    "test(/a_closed_account_ends_the_session|a_clone_that_shares_the_session/)",
    // A desk in the process of the test, which is one of this machine, and the program of Windows in
    // one folder: the session of the one lies in a file, that of the other with the Credential Manager.
    "test(/window_and_command_line_sync_one_folder/)",
    // A network of its own: Wine's server opens sockets outside of it.
    "test(/it_notices_that_the_pc_has_a_network_again/)",
];

#[derive(Debug, clap::Args)]
pub struct Options {
    /// Run the tests under Wine; without, the programs are built in release for packages.
    #[arg(long)]
    test: bool,

    /// The quick part of the tests, which `cargo xtask test` runs too.
    #[arg(long, requires = "test")]
    smoke: bool,

    /// Run only these steps, by the names that a run prints.
    #[arg(long, value_name = "STEP", requires = "test")]
    only: Vec<String>,
}

/// Builds, and tests where asked; the last line of output is the sum.
pub fn perform(workspace: &Workspace, options: &Options) -> Result<ExitCode, TaskError> {
    system::ensure(Need::Windows)?;
    if !options.test {
        ui::build(workspace)?;
        build::programs(workspace, Profile::Release, ALL)?;
        for name in ["servease.exe", "servease-central.exe", "servease-desk.exe"] {
            let path = build::path(workspace, Profile::Release, name);
            println!("{}", path.display());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut steps = Steps::new(options.only.clone());
    if options.smoke {
        ui::build(workspace)?;
        smoke(workspace, &mut steps);
    } else {
        everything(workspace, &mut steps);
    }
    Ok(report(steps.finish()))
}

/// The part of `cargo xtask test`: all three programs are built, which takes most of its time, and
/// the suite of their own is run.
pub fn smoke(workspace: &Workspace, steps: &mut Steps) {
    steps.step("windows-build", || {
        build::programs(workspace, Profile::Debug, ALL).map(|()| Tally::ONE_PASSED)
    });
    steps.step("windows-smoke", || {
        let (wine, shown) = both_wines(workspace)?;
        let programs = Programs::of(workspace, &wine)?;
        programs
            .with_window(workspace, &shown)?
            .run(workspace, "windows", "all()")
    });
}

fn everything(workspace: &Workspace, steps: &mut Steps) {
    steps.step("windows-build", || {
        ui::build(workspace)?;
        build::programs(workspace, Profile::Debug, ALL).map(|()| Tally::ONE_PASSED)
    });
    let (wine, shown) = match both_wines(workspace) {
        Ok(both) => both,
        Err(problem) => {
            steps.step("wine", || Err(problem));
            return;
        }
    };
    // Compiled for Windows: what the platform's own code promises, and the contract.
    for (name, arguments) in [
        ("windows-platform", &["--package", "servease-platform"][..]),
        (
            "windows-contract",
            &["--package", "servease-central", "--test", "contract"],
        ),
    ] {
        steps.step(name, || compiled(workspace, &wine, arguments));
    }
    // Compiled for this machine, with the programs of Windows as those under test.
    let left_out = NOT_UNDER_WINE.join(" | ");
    for (name, suite) in [
        ("windows-own", "windows"),
        ("windows-cli", "cli"),
        ("windows-sudden-ends", "sudden_ends"),
        ("windows-processes", "processes"),
    ] {
        steps.step(name, || {
            let programs = Programs::of(workspace, &wine)?;
            programs.with_window(workspace, &shown)?.run(
                workspace,
                suite,
                &format!("not ({left_out})"),
            )
        });
    }
}

/// One for programs that show nothing, which is kept running since they are many; one for the
/// window, which starts on the screen of its test.
fn both_wines(workspace: &Workspace) -> Result<(Wine, Wine), TaskError> {
    Ok((
        Wine::start(workspace, "quiet")?,
        Wine::asleep(workspace, "shown")?,
    ))
}

/// Tests that are programs of Windows themselves.
fn compiled(workspace: &Workspace, wine: &Wine, arguments: &[&str]) -> Result<Tally, TaskError> {
    wine.complete(&build::path(workspace, Profile::Debug, "deps"))?;
    let mut test = build::cargo(workspace, "test");
    test.args(arguments)
        .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", wine.runner()?)
        // There is no PostgreSQL for Wine.
        .args(["--", "--skip", "postgres"]);
    let (succeeded, output) = watch(&mut test)?;
    Ok(believable(tally::of_cargo_test(&output), succeeded))
}

/// The programs of Windows, as programs that can be started here.
#[derive(Debug)]
struct Programs {
    cli: PathBuf,
    central: PathBuf,
    desk: Option<PathBuf>,
}

impl Programs {
    fn of(workspace: &Workspace, wine: &Wine) -> Result<Programs, TaskError> {
        let built = |name: &str| build::path(workspace, Profile::Debug, name);
        wine.complete(&built(""))?;
        Ok(Programs {
            cli: wine.launcher("servease", &built("servease.exe"))?,
            central: wine.launcher("servease-central", &built("servease-central.exe"))?,
            desk: None,
        })
    }

    fn with_window(self, workspace: &Workspace, wine: &Wine) -> Result<Programs, TaskError> {
        let built = build::path(workspace, Profile::Debug, "servease-desk.exe");
        Ok(Programs {
            desk: Some(wine.launcher("servease-desk", &built)?),
            ..self
        })
    }

    /// Runs a test program of this machine, or the part of it that the filter selects.
    fn run(&self, workspace: &Workspace, suite: &str, filter: &str) -> Result<Tally, TaskError> {
        let mut nextest = tools::NEXTEST.cargo(workspace, &["nextest", "run"])?;
        nextest
            .args(EVERYTHING)
            .args(["--test", suite, "--filterset", filter])
            .args(["--no-fail-fast", "--no-tests=fail"]);
        let (succeeded, output) = watch(self.settle(&mut nextest))?;
        Ok(believable(tally::of_nextest(&output), succeeded))
    }

    fn settle<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let name = |path: &Path| path.as_os_str().to_owned();
        command
            .env("SERVEASE_CLI_BIN", name(&self.cli))
            .env("SERVEASE_CENTRAL_BIN", name(&self.central))
            .envs(
                self.desk
                    .as_deref()
                    .map(|desk| ("SERVEASE_DESK_BIN", name(desk))),
            )
            .env("SERVEASE_UNDER_WINE", "1")
    }
}
