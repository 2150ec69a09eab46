//! The packages of the operating system that ServEase needs, and how they get there.

use std::process::{Command, Stdio};

use crate::error::TaskError;
use crate::workspace::{is_installed, run};

/// Needed to compile the window.
const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    // Of the system's keyring.
    "libdbus-1-dev",
    // Loaded where there is a tray.
    "libayatana-appindicator3-1",
];

/// Needed to open the window where nobody sits, to take its picture and to end it (`kill`).
const SCREEN: &[&str] = &[
    "procps",
    "xvfb",
    "dbus-daemon",
    "at-spi2-core",
    "imagemagick",
    "fonts-dejavu-core",
];

/// Needed to drive the window in tests.
const DRIVER: &[&str] = &["webkit2gtk-driver", "xdotool"];

/// What tests of whole programs meet: a real keyring on a bus, a service that shows notifications, clocks that are years off, a
/// network that can be switched off, a disk that is full.
const SURROUNDINGS: &[&str] = &[
    "dbus-bin",
    "dunst",
    "gnome-keyring",
    "iproute2",
    "libfaketime",
    "util-linux",
];

/// Needed by the tests of Central: its other database, and what makes requests from its schema.
const SERVERS: &[&str] = &["postgresql", "python3-venv"];

/// Needed to build for Windows and to run what was built: Debian's Rust with the source of its
/// standard library, mingw for C and for linking, what the C libraries are configured and
/// assembled with, and Wine.
const WINDOWS: &[&str] = &[
    "rustc-web",
    "rust-web-src",
    "cargo-web",
    "gcc-mingw-w64-x86-64",
    "g++-mingw-w64-x86-64",
    "cmake",
    "nasm",
    "wine64",
];

/// Needed to make packages, to check them, and to install them on a clean Debian and under Wine.
const PACKAGES: &[&str] = &[
    "binutils",
    "dpkg-dev",
    "nsis",
    "lintian",
    "appstream",
    "desktop-file-utils",
    "man-db",
    "mmdebstrap",
    "systemd",
];

/// What a task is going to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Build and open the window on the screen of whoever sits there.
    Window,
    /// Build and open the window on a private screen.
    HiddenWindow,
    /// Drive the window on a private screen.
    DrivenWindow,
    /// Drive the window and start everything else that tests start.
    Tests,
    /// Build for Windows, and test that.
    Windows,
    /// Build packages, and test those.
    Packages,
}

impl Need {
    fn packages(self) -> Vec<&'static str> {
        let parts: &[&[&str]] = match self {
            Self::Window => &[BUILD],
            Self::HiddenWindow => &[BUILD, SCREEN],
            Self::DrivenWindow => &[BUILD, SCREEN, DRIVER],
            Self::Tests => &[BUILD, SCREEN, DRIVER, SERVERS, SURROUNDINGS, WINDOWS],
            Self::Windows => &[BUILD, SCREEN, SERVERS, SURROUNDINGS, WINDOWS],
            Self::Packages => &[BUILD, SCREEN, SURROUNDINGS, WINDOWS, PACKAGES],
        };
        parts.concat()
    }
}

/// Sees to it that what the task needs is installed.
///
/// # Errors
/// Node is missing, or packages are and this user may not install them.
pub fn ensure(need: Need) -> Result<(), TaskError> {
    if !is_installed("npm") {
        return Err(TaskError::MissingTool(
            "Node",
            "Install Node 20 or newer with its npm.",
        ));
    }
    if !cfg!(target_os = "linux") {
        // Elsewhere the web view comes with the system.
        return Ok(());
    }
    if !is_installed("dpkg-query") {
        println!("Not a Debian system: its packages are taken to be there.");
        return Ok(());
    }
    let missing = missing(&need.packages())?;
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing)
}

fn missing(packages: &[&'static str]) -> Result<Vec<&'static str>, TaskError> {
    let mut query = Command::new("dpkg-query");
    query
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(packages)
        .stderr(Stdio::null());
    // It fails as soon as one package is unknown, but lists the others all the same.
    let answer = query.output().map_err(|cause| TaskError::NotStarted {
        program: "dpkg-query".to_owned(),
        cause,
    })?;
    Ok(not_listed_as_installed(
        packages,
        &String::from_utf8_lossy(&answer.stdout),
    ))
}

fn not_listed_as_installed<'a>(packages: &[&'a str], listing: &str) -> Vec<&'a str> {
    packages
        .iter()
        .filter(|package| {
            !listing
                .lines()
                .any(|line| line == format!("{package} installed"))
        })
        .copied()
        .collect()
}

fn install(packages: &[&str]) -> Result<(), TaskError> {
    let Some(as_root) = as_root() else {
        let install = format!("sudo apt-get install {}", packages.join(" "));
        return Err(TaskError::MissingPackages { install });
    };
    println!("Installing system packages: {}", packages.join(" "));
    // The lists of a fresh machine are empty or old.
    run(&mut apt(as_root, &["-qq", "update"]))?;
    let mut arguments = vec!["-qq", "install", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    run(&mut apt(as_root, &arguments))
}

fn apt(as_root: &[&str], arguments: &[&str]) -> Command {
    // `env` carries the variable through sudo, which drops it otherwise.
    let words = [
        as_root,
        &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
        arguments,
    ];
    let words: Vec<&str> = words.concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null());
    command
}

/// The words that a command of root's begins with; none where this user may not have it.
pub fn as_root() -> Option<&'static [&'static str]> {
    if is_root() {
        Some(&[])
    } else if may_sudo() {
        Some(&["sudo", "-n"])
    } else {
        None
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

fn may_sudo() -> bool {
    let quiet = Command::new("sudo")
        .args(["-n", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    quiet.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removed_and_unknown_packages_are_missing() {
        let listing = "xvfb installed\nimagemagick config-files\n";
        assert_eq!(
            not_listed_as_installed(&["xvfb", "imagemagick", "webkit2gtk-driver"], listing),
            ["imagemagick", "webkit2gtk-driver"]
        );
    }
}
