//! `cargo xtask screenshots`: a picture of every screen, for people to look at.

use std::process::ExitCode;

use crate::error::TaskError;
use crate::programs::{self, Profile};
use crate::system::{self, Need};
use crate::ui;
use crate::workspace::{Workspace, run};

/// Builds the desk and has every screen photographed with demo data, light and dark.
pub fn perform(workspace: &Workspace) -> Result<ExitCode, TaskError> {
    system::ensure(Need::DrivenWindow)?;
    ui::build(workspace)?;
    programs::build_window(workspace, Profile::Debug, &[])?;
    programs::build_harness(workspace, Profile::Debug)?;
    let folder = workspace.results("screenshots")?;
    let photographer = programs::path(workspace, Profile::Debug, "servease-screenshots");
    run(workspace
        .command(&photographer.to_string_lossy())
        .arg(&folder))?;
    println!("Screenshots: {}", folder.display());
    Ok(ExitCode::SUCCESS)
}
