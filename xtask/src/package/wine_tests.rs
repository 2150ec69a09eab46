//! The installer for Windows under Wine, from being built to being removed.
//!
//! What Wine cannot show is listed in docs/platforms.md: the boxes that a person reads, the window
//! itself, and the shortcut's application id, which Wine's shortcuts have no place for.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use crate::error::TaskError;
use crate::programs::Profile;
use crate::steps::Steps;
use crate::tally::Tally;
use crate::ui;
use crate::windows::wine::Wine;
use crate::workspace::{Workspace, not_started, run as run_command};

use super::checks::{Checks, answer};
use super::nsis;
use super::release::Release;

/// What the script says of programs that do not end.
const IN_USE: i32 = 3;

/// The window's files of `src-tauri/instance.rs`.
const LOCK: &str = "desk.lock";
const END_REQUEST: &str = "desk.end";

/// An uninstaller goes on after it has returned, from a copy of itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the steps.
pub fn run(workspace: &Workspace, release: &Release, profile: Profile, steps: &mut Steps) {
    let next = release.next();
    steps.step("nsis-build", || {
        ui::build(workspace)?;
        nsis::compile(workspace, profile)?;
        for release in [release, &next] {
            println!("{}", nsis::build(workspace, release, profile)?.display());
        }
        Ok(Tally::ONE_PASSED)
    });
    let mut windows = None;
    steps.step("nsis-install", || {
        let pc = windows.insert(Pc::new(workspace, &release.identifier)?);
        installed(pc, release, &nsis::path(workspace, release))
    });
    let Some(pc) = windows else { return };
    let upgrade = nsis::path(workspace, &next);
    steps.step("nsis-in-use", || refused(&pc, release, &upgrade));
    steps.step("nsis-upgrade", || upgraded(&pc, &next, &upgrade));
    steps.step("nsis-remove", || removed(&pc));
}

/// A Windows of its own with one user.
#[derive(Debug)]
struct Pc {
    // Runs for as long as this is kept.
    _wine: Wine,
    start: PathBuf,
    hold: PathBuf,
    entry: String,
    programs: PathBuf,
    shortcut: PathBuf,
    data: PathBuf,
}

impl Pc {
    fn new(workspace: &Workspace, identifier: &str) -> Result<Pc, TaskError> {
        let wine = Wine::start(workspace, "installed")?;
        let windows = wine.prefix().join("drive_c/windows/system32");
        // Beside the programs it would be part of what is installed.
        wine.complete(&windows)?;
        let user = user_folder(&wine.prefix())?;
        let hold = super::folder(workspace).join("hold.exe");
        run_command(
            Command::new("x86_64-w64-mingw32-gcc")
                .args(["-O2", "-Wall", "-Werror", "-municode", "-o"])
                .arg(&hold)
                .arg(workspace.root.join("xtask/src/package/hold.c")),
        )?;
        Ok(Pc {
            start: wine.runner()?,
            hold,
            entry: format!(
                r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\{identifier}"
            ),
            programs: user.join("AppData/Local/Programs/ServEase Desk"),
            shortcut: user
                .join("AppData/Roaming/Microsoft/Windows/Start Menu/Programs/ServEase Desk.lnk"),
            data: user.join("AppData/Local/ServEase/ServEase Desk/data"),
            _wine: wine,
        })
    }

    /// A program of Windows; its arguments follow.
    fn program(&self, program: &Path) -> Command {
        let mut command = Command::new(&self.start);
        command
            .arg(program)
            .env_remove("DISPLAY")
            .env_remove("SERVEASE_DATA_DIR")
            .stdin(Stdio::null());
        command
    }

    fn servease(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(&self.programs.join("servease.exe"));
        command.args(arguments);
        command
    }

    /// Installs silently; the exit code.
    fn install(&self, installer: &Path) -> Result<Option<i32>, TaskError> {
        let mut install = self.program(installer);
        install.arg("/S");
        let status = install
            .status()
            .map_err(|cause| not_started(&install, cause))?;
        Ok(status.code())
    }

    /// A value of the entry in the list of programs; none where there is no entry.
    fn value(&self, name: &str) -> Option<String> {
        let mut ask = self.program(Path::new("reg"));
        ask.args(["query", &self.entry, "/v", name]);
        let said = answer(&mut ask).ok()?;
        let line = said.lines().find(|line| line.trim().starts_with(name))?;
        // Name, type and value stand four blanks apart.
        line.trim().splitn(3, "    ").nth(2).map(str::to_owned)
    }

    /// Something that holds the claim of the window, and says when it does.
    fn hold(&self, gives_way: bool) -> Result<Holder, TaskError> {
        let mut hold = self.program(&self.hold);
        hold.arg(self.data.join(LOCK));
        if gives_way {
            hold.arg(self.data.join(END_REQUEST));
        }
        Holder::start(hold)
    }
}

/// The one person's folder; Wine names it after this machine's user.
fn user_folder(prefix: &Path) -> Result<PathBuf, TaskError> {
    let users = prefix.join("drive_c/users");
    let entries = std::fs::read_dir(&users).map_err(TaskError::file(&users))?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.is_dir() && !path.ends_with("Public"))
        .ok_or_else(|| TaskError::Packaging("Wine has made no user".to_owned()))
}

/// A program that runs until its stdin ends.
#[derive(Debug)]
struct Holder {
    child: Child,
    _stdin: Option<ChildStdin>,
}

impl Holder {
    /// Starts it and waits for its first line.
    fn start(mut command: Command) -> Result<Holder, TaskError> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|cause| not_started(&command, cause))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            let _ = BufReader::new(stdout).read_line(&mut line);
        }
        let holder = Holder {
            _stdin: child.stdin.take(),
            child,
        };
        if line.trim() == "held" {
            Ok(holder)
        } else {
            Err(TaskError::Packaging(
                "The window's claim cannot be held in its place.".to_owned(),
            ))
        }
    }

    fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    fn has_ended(&mut self) -> bool {
        comes_true(|| matches!(self.child.try_wait(), Ok(Some(status)) if status.success()))
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn comes_true(mut holds: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if holds() {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

fn installed(pc: &Pc, release: &Release, installer: &Path) -> Result<Tally, TaskError> {
    let mut checks = Checks::default();
    let code = pc.install(installer)?;
    checks.holds("it installs silently", code == Some(0));
    for file in [
        "servease-desk.exe",
        "servease.exe",
        "WebView2Loader.dll",
        "uninstall.exe",
    ] {
        checks.there(&pc.programs.join(file));
    }
    let value = |name: &str| pc.value(name).unwrap_or_default();
    checks.holds(
        "Windows lists its name",
        value("DisplayName") == release.product,
    );
    checks.holds(
        "and its version",
        value("DisplayVersion") == release.version,
    );
    checks.holds(
        "and its icon",
        value("DisplayIcon").ends_with(r"\servease-desk.exe"),
    );
    let size = value("EstimatedSize");
    let size = size
        .strip_prefix("0x")
        .map(|size| u64::from_str_radix(size, 16));
    checks.holds(
        "and its size",
        matches!(size, Some(Ok(kib)) if kib.abs_diff(size_of(&pc.programs)) < 64),
    );
    checks.holds(
        "and how it is removed without a question",
        value("QuietUninstallString").ends_with("uninstall.exe\" /S"),
    );
    let shortcut = std::fs::read(&pc.shortcut).unwrap_or_default();
    checks.holds(
        "the Start menu leads to the program",
        contains(&shortcut, r"Programs\ServEase Desk\servease-desk.exe"),
    );
    let said = checks.succeeds("the command line starts", &mut pc.servease(&["--version"]));
    checks.holds(
        "and says its version",
        said.trim() == format!("servease {}", release.version),
    );
    let mut window = pc.program(&pc.programs.join("servease-desk.exe"));
    checks.succeeds("the window's program starts", window.arg("--version"));
    checks.succeeds(
        "a garage is made",
        &mut pc.servease(&["demo", "--customers", "20"]),
    );
    checks.there(&pc.data.join("servease.db"));
    Ok(checks.tally())
}

/// KiB of the files in a folder.
fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes: u64 = entries
        .filter_map(|entry| entry.metadata().ok())
        .map(|metadata| metadata.len())
        .sum();
    bytes / 1024
}

/// Whether a shortcut holds these words in one of its two alphabets.
fn contains(shortcut: &[u8], words: &str) -> bool {
    shortcut
        .windows(words.len())
        .any(|found| found == words.as_bytes())
}

/// What runs is not ended, and what is installed stays as it is.
fn refused(pc: &Pc, release: &Release, upgrade: &Path) -> Result<Tally, TaskError> {
    let mut checks = Checks::default();
    let mut window = pc.hold(false)?;
    let code = pc.install(upgrade)?;
    checks.holds(
        "an open window that does not answer stops it",
        code == Some(IN_USE),
    );
    checks.holds("and is not ended", window.runs());
    drop(window);
    // It waits for a customer.
    let mut cli = pc.servease(&["customer", "add", "--from", "-"]);
    cli.stdin(Stdio::piped());
    let mut running = cli.spawn().map_err(|cause| not_started(&cli, cause))?;
    let code = pc.install(upgrade)?;
    checks.holds("a command line that runs stops it", code == Some(IN_USE));
    checks.holds("and is not ended", matches!(running.try_wait(), Ok(None)));
    let _ = running.kill();
    let _ = running.wait();
    checks.holds(
        "the version before is still installed",
        pc.value("DisplayVersion").as_deref() == Some(release.version.as_str()),
    );
    checks.succeeds("and starts", &mut pc.servease(&["--version"]));
    Ok(checks.tally())
}

/// The programs of the next release are those of this one, under a higher number.
fn upgraded(pc: &Pc, next: &Release, upgrade: &Path) -> Result<Tally, TaskError> {
    let mut checks = Checks::default();
    let query = ["--json", "search", "a"];
    let before = checks.succeeds(
        "the desk answers before the upgrade",
        &mut pc.servease(&query),
    );
    let mut window = pc.hold(true)?;
    let code = pc.install(upgrade)?;
    checks.holds("it upgrades silently", code == Some(0));
    checks.holds(
        "the open window has closed when it was asked",
        window.has_ended(),
    );
    checks.holds(
        "Windows lists the new version",
        pc.value("DisplayVersion").as_deref() == Some(next.version.as_str()),
    );
    let after = checks.succeeds("the desk answers after it", &mut pc.servease(&query));
    checks.holds(
        "and says the same",
        before == after && before.contains("\"id\""),
    );
    checks.succeeds("its data is sound", &mut pc.servease(&["doctor"]));
    Ok(checks.tally())
}

fn removed(pc: &Pc) -> Result<Tally, TaskError> {
    let mut checks = Checks::default();
    let mut window = pc.hold(true)?;
    let mut uninstall = pc.program(&pc.programs.join("uninstall.exe"));
    checks.succeeds("it is removed silently", uninstall.arg("/S"));
    checks.holds(
        "the open window has closed when it was asked",
        window.has_ended(),
    );
    checks.holds("its folder is gone", comes_true(|| !pc.programs.exists()));
    checks.holds("so is the shortcut", comes_true(|| !pc.shortcut.exists()));
    checks.holds(
        "so is the entry",
        comes_true(|| pc.value("DisplayName").is_none()),
    );
    checks.there(&pc.data.join("servease.db"));
    Ok(checks.tally())
}
