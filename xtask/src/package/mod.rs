//! `cargo xtask package`: what a garage installs, and the tests of installing it.

mod checks;
mod contents;
mod deb;
mod linux;
mod linux_tests;
mod nsis;
mod release;
mod root;
mod wine_tests;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::TaskError;
use crate::programs::Profile;
use crate::steps::Steps;
use crate::system::{self, Need};
use crate::tally::report;
use crate::ui;
use crate::workspace::Workspace;

use release::Release;

/// Systems that there are packages for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum System {
    /// Two .deb: the desk with its command line, and Central.
    Debian,
    /// An installer of the desk with its command line.
    Windows,
}

#[derive(Debug, clap::Args)]
pub struct Options {
    /// Package the programs of a debug build: quick, for tests, and for nobody to use.
    #[arg(long)]
    debug: bool,

    /// Build for these systems only.
    #[arg(long = "for", value_enum, value_name = "SYSTEM", value_delimiter = ',',
          default_values = ["debian", "windows"])]
    systems: Vec<System>,

    /// Install, start, upgrade and remove what was built: on a clean Debian and under Wine.
    #[arg(long)]
    test: bool,

    /// Run only these steps, by the names that a run prints. Those after an installation need it,
    /// and use what an earlier run has built.
    #[arg(long, value_name = "STEP", requires = "test")]
    only: Vec<String>,
}

impl Options {
    fn profile(&self) -> Profile {
        if self.debug {
            Profile::Debug
        } else {
            Profile::Release
        }
    }

    fn wants(&self, system: System) -> bool {
        self.systems.contains(&system)
    }
}

/// Builds, and tests where asked; the last line of output is then the sum.
pub fn perform(workspace: &Workspace, options: &Options) -> Result<ExitCode, TaskError> {
    system::ensure(Need::Packages)?;
    let release = Release::of(workspace)?;
    let profile = options.profile();
    if !options.test {
        for package in build(workspace, &release, options)? {
            println!("{}", package.display());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut steps = Steps::new(options.only.clone());
    if options.wants(System::Debian) {
        linux_tests::run(workspace, &release, profile, &mut steps);
    }
    if options.wants(System::Windows) {
        wine_tests::run(workspace, &release, profile, &mut steps);
    }
    Ok(report(steps.finish()))
}

fn build(
    workspace: &Workspace,
    release: &Release,
    options: &Options,
) -> Result<Vec<PathBuf>, TaskError> {
    ui::build(workspace)?;
    let mut built = Vec::new();
    if options.wants(System::Debian) {
        linux::compile(workspace, options.profile())?;
        built.extend(linux::build(workspace, release, options.profile())?);
    }
    if options.wants(System::Windows) {
        nsis::compile(workspace, options.profile())?;
        built.push(nsis::build(workspace, release, options.profile())?);
    }
    Ok(built)
}

/// The folder of everything that is made here.
fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("packages")
}
