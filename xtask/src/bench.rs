//! `cargo xtask bench`: the figures, each beside the floor or the peer it is compared with.
//!
//! Two kinds: `[[bench]]` targets of the crates, which are found by themselves, and the real
//! window beside a bare one.

use std::path::Path;
use std::process::ExitCode;

use crate::error::TaskError;
use crate::programs::{self, Profile};
use crate::system::{self, Need};
use crate::ui;
use crate::workspace::{Workspace, run};

/// The crate that measures real programs.
const STARTS_PROGRAMS: &str = "bench";

#[derive(Debug, clap::Args)]
pub struct Options {
    /// Measure only these: `window`, or the folder of a crate, such as `store`.
    #[arg(value_name = "NAME")]
    only: Vec<String>,
}

impl Options {
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

/// Measures what was asked for.
pub fn perform(workspace: &Workspace, options: &Options) -> Result<ExitCode, TaskError> {
    for name in crates_with_benches(&workspace.root)? {
        if options.wants(&name) {
            println!("\n== {name}");
            let package = format!("servease-{name}");
            let mut bench = workspace.cargo(&["bench", "--package", &package, "--bench", "*"]);
            if name == STARTS_PROGRAMS {
                programs::build_pair(workspace, Profile::Release)?;
                let release = |name| programs::path(workspace, Profile::Release, name);
                bench
                    .env("SERVEASE_CLI_BIN", release("servease"))
                    .env("SERVEASE_CENTRAL_BIN", release("servease-central"));
            }
            run(&mut bench)?;
        }
    }
    if options.wants("window") {
        println!("\n== window");
        measure_window(workspace)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn crates_with_benches(root: &Path) -> Result<Vec<String>, TaskError> {
    let crates = root.join("crates");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&crates).map_err(TaskError::file(&crates))? {
        let folder = entry.map_err(TaskError::file(&crates))?.path();
        if let (true, Some(name)) = (folder.join("benches").is_dir(), folder.file_name()) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn measure_window(workspace: &Workspace) -> Result<(), TaskError> {
    system::ensure(Need::HiddenWindow)?;
    ui::build(workspace)?;
    programs::build_window(workspace, Profile::Release, &["--example", "bare-window"])?;
    programs::build_harness(workspace, Profile::Release)?;
    let release = |name| programs::path(workspace, Profile::Release, name);
    let mut bench = workspace.command(&release("servease-window-bench").to_string_lossy());
    run(bench
        .arg(release("servease-desk"))
        .arg(release("servease"))
        .arg(release("examples/bare-window")))
}
