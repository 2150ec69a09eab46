//! The Debian packages, from being built to being purged.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use servease_tests::display::{Display, ScreenSize};

use crate::error::TaskError;
use crate::programs::Profile;
use crate::steps::Steps;
use crate::tally::Tally;
use crate::ui;
use crate::workspace::{Workspace, not_started};

use super::checks::{Checks, answer};
use super::release::Release;
use super::root::{HOME, Root, USER};
use super::{contents, deb, linux};

/// Where Central's data lies; the unit says so.
const CENTRAL_DATA: &str = "/var/lib/servease-central";

/// Where the desk's lies, below the home of its user.
const DESK_DATA: &str = ".local/share/serveasedesk";

/// A window that is asked to close gives itself ten seconds.
const END_PATIENCE: Duration = Duration::from_secs(30);

/// Runs the steps.
pub fn run(workspace: &Workspace, release: &Release, profile: Profile, steps: &mut Steps) {
    let mut packages = Vec::new();
    let mut upgrades = Vec::new();
    steps.step("deb-build", || {
        ui::build(workspace)?;
        linux::compile(workspace, profile)?;
        upgrades = linux::build(workspace, &release.next(), profile)?;
        packages = linux::build(workspace, release, profile)?;
        for package in packages.iter().chain(&upgrades) {
            println!("{}", package.display());
        }
        Ok(Tally::ONE_PASSED)
    });
    // Of an earlier run, where this one was told to leave the building out.
    if packages.is_empty() {
        packages = built(workspace, release);
        upgrades = built(workspace, &release.next());
    }
    steps.step("deb-contents", || {
        contents::check(workspace, release, &packages)
    });
    let mut root = None;
    steps.step("deb-install", || {
        let made = root.insert(Root::make(workspace)?);
        installed(made, release, &packages)
    });
    let Some(root) = root else { return };
    steps.step("deb-start", || started(&root, release));
    steps.step("deb-window", || window(workspace, &root));
    steps.step("deb-upgrade", || {
        upgraded(&root, &release.next(), &upgrades)
    });
    steps.step("deb-remove", || removed(&root));
}

fn built(workspace: &Workspace, release: &Release) -> Vec<PathBuf> {
    let kind = deb::architecture().unwrap_or_default();
    let version = deb::version(release);
    [linux::DESK.name, linux::CENTRAL.name]
        .map(|name| super::folder(workspace).join(format!("{name}_{version}_{kind}.deb")))
        .to_vec()
}

fn installed(root: &Root, release: &Release, packages: &[PathBuf]) -> Result<Tally, TaskError> {
    let mut checks = Checks::default();
    checks.succeeds(
        "both install without a question",
        &mut root.install(packages)?,
    );
    versions(&mut checks, root, release);
    for package in [linux::DESK.name, linux::CENTRAL.name] {
        checks.succeeds(
            &format!("{package} lies there as it was packed"),
            root.inside("root").args(["dpkg", "--verify", package]),
        );
    }
    checks.gone(&root.path("/etc/systemd/system/multi-user.target.wants/servease-central.service"));
    let mode = root
        .inside("root")
        .args([
            "stat",
            "--format=%a %U",
            CENTRAL_DATA,
            "/etc/default/servease-central",
        ])
        .output();
    let mode = mode.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    checks.holds(
        "nobody else reads Central's data and settings",
        mode.is_ok_and(|mode| mode == "700 servease-central\n640 root\n"),
    );
    Ok(checks.tally())
}

fn versions(checks: &mut Checks, root: &Root, release: &Release) {
    for package in [linux::DESK.name, linux::CENTRAL.name] {
        let said = answer(root.inside("root").args([
            "dpkg-query",
            "--show",
            "--showformat=${Version} ${db:Status-Status}",
            package,
        ]));
        let wanted = format!("{} installed", deb::version(release));
        checks.holds(
            &format!("{package} is installed as {wanted}"),
            said == Ok(wanted),
        );
    }
}

fn started(root: &Root, release: &Release) -> Result<Tally, TaskError> {
    let mut checks = Checks::default();
    for program in ["servease", "servease-desk", "servease-central"] {
        let said = checks.succeeds(
            &format!("{program} starts"),
            root.inside(USER).args([program, "--version"]),
        );
        checks.holds(
            &format!("{program} says its version"),
            said.trim() == format!("{program} {}", release.version),
        );
    }
    checks.succeeds(
        "a garage is made",
        root.inside(USER)
            .args(["servease", "demo", "--customers", "300"]),
    );
    checks.there(&root.path(&format!("{HOME}/{DESK_DATA}/servease.db")));
    let found = checks.succeeds("somebody is looked for", &mut query(root));
    checks.holds("and found", found.contains("\"id\""));
    central_answers(&mut checks, root)?;
    Ok(checks.tally())
}

/// A question whose answer must be the same before and after an upgrade.
fn query(root: &Root) -> Command {
    let mut query = root.inside(USER);
    query.args(["servease", "--json", "search", "a"]);
    query
}

/// As the unit starts it, without systemd: the same user, folder and flags.
fn central_answers(checks: &mut Checks, root: &Root) -> Result<(), TaskError> {
    let mut serve = root.inside("servease-central");
    serve
        .args(["servease-central", "serve", "--listen", "127.0.0.1:0"])
        .args(["--data-dir", CENTRAL_DATA])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut running = Ending(serve.spawn().map_err(|cause| not_started(&serve, cause))?);
    let mut line = String::new();
    if let Some(stdout) = running.0.stdout.take() {
        // It ends, and with it the line, where it cannot listen.
        let _ = BufReader::new(stdout).read_line(&mut line);
    }
    let address = line.trim().strip_prefix("listening on http://");
    checks.check(
        "Central listens",
        address.map(drop).ok_or_else(|| line.clone()),
    );
    let health = address.map_or(Err("not asked".to_owned()), |address| {
        health(address).map_err(|cause| cause.to_string())
    });
    checks.check(
        "Central says that it is well",
        health.and_then(|said| {
            if said.starts_with("HTTP/1.1 200 ") {
                Ok(())
            } else {
                Err(said)
            }
        }),
    );
    checks.there(&root.path(&format!("{CENTRAL_DATA}/central.db")));
    Ok(())
}

fn health(address: &str) -> std::io::Result<String> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_read_timeout(Some(END_PATIENCE))?;
    write!(
        connection,
        "GET /health/ HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut said = String::new();
    connection.read_to_string(&mut said)?;
    Ok(said)
}

/// The first screen on a private display, and its end by the way in which installers end it.
fn window(workspace: &Workspace, root: &Root) -> Result<Tally, TaskError> {
    let mut checks = Checks::default();
    let display = Display::start(ScreenSize::FIRST_WINDOW).map_err(TaskError::Screen)?;
    let mut desk = root.inside(USER);
    desk.args([
        "env",
        "--unset=WAYLAND_DISPLAY",
        "--unset=DBUS_SESSION_BUS_ADDRESS",
    ])
    .args(["GDK_BACKEND=x11", "LIBGL_ALWAYS_SOFTWARE=1"])
    .arg(format!("DISPLAY={}", display.name()))
    .arg("servease-desk");
    let mut running = Ending(desk.spawn().map_err(|cause| not_started(&desk, cause))?);
    let painted = crate::run::wait_until_painted(&display, &mut running.0);
    let picture = workspace.results("packages")?.join("first-screen.png");
    let _ = display.screenshot(&picture);
    checks.check(
        &format!("the first screen is painted: {}", picture.display()),
        painted.map_err(|problem| problem.to_string()),
    );
    checks.succeeds(
        "it closes when an installer asks",
        root.inside(USER).args(["servease-desk", "--close"]),
    );
    checks.holds("and has ended", running.ended());
    Ok(checks.tally())
}

/// The programs of the next release are those of this one, under a higher number.
fn upgraded(root: &Root, next: &Release, upgrades: &[PathBuf]) -> Result<Tally, TaskError> {
    let mut checks = Checks::default();
    let before = checks.succeeds("the desk answers before the upgrade", &mut query(root));
    checks.succeeds(
        "both upgrade without a question",
        &mut root.install(upgrades)?,
    );
    versions(&mut checks, root, next);
    let after = checks.succeeds("the desk answers after it", &mut query(root));
    checks.holds("and says the same", before == after && !after.is_empty());
    checks.succeeds(
        "its data is sound",
        root.inside(USER).args(["servease", "doctor"]),
    );
    central_answers(&mut checks, root)?;
    Ok(checks.tally())
}

fn removed(root: &Root) -> Result<Tally, TaskError> {
    let mut checks = Checks::default();
    let names = [linux::DESK.name, linux::CENTRAL.name];
    let listed = checks.succeeds(
        "dpkg lists the files",
        root.inside("root")
            .args(["dpkg", "--listfiles"])
            .args(names),
    );
    let files: Vec<PathBuf> = listed
        .lines()
        .map(|line| root.path(line))
        .filter(|path| path.is_file())
        .collect();
    let apt = |arguments: &[&str]| {
        let mut apt = root.inside("root");
        apt.args(["apt-get", "-qq", "--yes"]).args(arguments);
        apt
    };
    checks.succeeds(
        "both are removed",
        &mut apt(&["remove", linux::DESK.name, linux::CENTRAL.name]),
    );
    checks.there(&root.path("/etc/default/servease-central"));
    // The other one has no settings: dpkg has forgotten it.
    checks.succeeds(
        "Central is purged",
        &mut apt(&["purge", linux::CENTRAL.name]),
    );
    let left: Vec<String> = files
        .iter()
        .filter(|file| file.exists())
        .map(|file| file.display().to_string())
        .collect();
    checks.check(
        &format!("none of their {} files is left", files.len()),
        if left.is_empty() && files.len() > 20 {
            Ok(())
        } else {
            Err(left.join("\n"))
        },
    );
    checks.there(&root.path(&format!("{HOME}/{DESK_DATA}/servease.db")));
    checks.there(&root.path(&format!("{CENTRAL_DATA}/central.db")));
    Ok(checks.tally())
}

/// A program that is running. Dropped, it ends, with what it started.
#[derive(Debug)]
struct Ending(Child);

impl Ending {
    fn ended(&mut self) -> bool {
        let deadline = Instant::now() + END_PATIENCE;
        while Instant::now() < deadline {
            match self.0.try_wait() {
                Ok(Some(status)) => return status.success(),
                Ok(None) => std::thread::yield_now(),
                Err(_) => return false,
            }
        }
        false
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
