//! The two packages for Debian and what each holds.

use std::path::{Path, PathBuf};

use crate::error::TaskError;
use crate::programs::{self, Profile};
use crate::workspace::{EVERYTHING, Workspace, run};

use super::deb::{About, Tree};
use super::release::Release;

pub const DESK: About = About {
    name: "servease-desk",
    section: "misc",
    relations: &[
        ("Recommends", "libayatana-appindicator3-1"),
        ("Suggests", "gnome-keyring | kwalletmanager, fonts-noto-cjk"),
    ],
    summary: "front desk of a garage: customers, vehicles, service history",
    description: &[
        "ServEase Desk keeps the customers of a garage, their vehicles, notes,",
        "preferences and service history on the PC itself. It works at full speed",
        "without a network, and shares records through ServEase Central with the",
        "other desks of a company.",
        ".",
        "This package holds the window and the command line (servease).",
    ],
};

pub const CENTRAL: About = About {
    name: "servease-central",
    section: "net",
    relations: &[
        ("Depends", "adduser, init-system-helpers (>= 1.54~)"),
        ("Suggests", "postgresql"),
    ],
    summary: "service that the ServEase desks of a company share",
    description: &[
        "ServEase Central keeps the records that the desks of a company share, in",
        "SQLite or in PostgreSQL, and serves them over HTTP. It comes with a systemd",
        "service, which is started when the operator says so.",
    ],
};

/// The programs that are packaged, and the one that writes their manual.
const PROGRAMS: [&str; 4] = [
    "servease-desk",
    "servease",
    "servease-central",
    "servease-manual",
];

/// Their packages.
const PACKAGES: [&str; 4] = [
    "servease-desktop",
    "servease-cli",
    "servease-central",
    "servease-manual",
];

/// Compiles what is packaged. A release is compiled with what its packages ask for and nothing
/// else; a debug build is that of the tests, since cargo compiles Tauri anew for another choice.
pub fn compile(workspace: &Workspace, profile: Profile) -> Result<(), TaskError> {
    println!("Building the programs");
    let mut build = workspace.cargo(&["build", "--locked"]);
    match profile {
        Profile::Release => {
            build.arg("--release");
            for package in PACKAGES {
                build.args(["--package", package]);
            }
        }
        Profile::Debug => {
            build.args(EVERYTHING);
        }
    }
    for program in PROGRAMS {
        build.args(["--bin", program]);
    }
    run(&mut build)
}

/// Packs what is compiled; the paths of the packages.
pub fn build(
    workspace: &Workspace,
    release: &Release,
    profile: Profile,
) -> Result<Vec<PathBuf>, TaskError> {
    let manual = super::folder(workspace).join("manual");
    let writer = programs::path(workspace, profile, "servease-manual");
    run(workspace.command(&writer.to_string_lossy()).arg(&manual))?;
    Ok(vec![
        desk(workspace, release, profile, &manual)?,
        central(workspace, release, profile, &manual)?,
    ])
}

fn desk(
    workspace: &Workspace,
    release: &Release,
    profile: Profile,
    manual: &Path,
) -> Result<PathBuf, TaskError> {
    let mut tree = Tree::new(workspace, release, &DESK)?;
    for program in ["servease-desk", "servease"] {
        tree.program(&programs::path(workspace, profile, program), profile)?;
    }
    tree.pages(&manual.join("servease/man"))?;
    tree.completions(&manual.join("servease/completions"), "servease")?;
    tree.fill_in(
        "packaging/linux/servease-desk.1",
        "usr/share/man/man1/servease-desk.1",
    )?;
    let id = &release.identifier;
    tree.copy(
        &format!("packaging/linux/{id}.desktop"),
        &format!("usr/share/applications/{id}.desktop"),
    )?;
    tree.fill_in(
        &format!("packaging/linux/{id}.metainfo.xml"),
        &format!("usr/share/metainfo/{id}.metainfo.xml"),
    )?;
    for (icon, size) in [
        ("32x32.png", "32x32"),
        ("128x128.png", "128x128"),
        ("128x128@2x.png", "256x256"),
        ("icon.png", "512x512"),
        ("icon.svg", "scalable"),
    ] {
        let ending = if size == "scalable" { "svg" } else { "png" };
        let to = format!("usr/share/icons/hicolor/{size}/apps/servease-desk.{ending}");
        tree.copy(&format!("icons/{icon}"), &to)?;
    }
    tree.copy(
        "packaging/linux/servease-desk.lintian-overrides",
        "usr/share/lintian/overrides/servease-desk",
    )?;
    tree.pack(profile)
}

fn central(
    workspace: &Workspace,
    release: &Release,
    profile: Profile,
    manual: &Path,
) -> Result<PathBuf, TaskError> {
    let mut tree = Tree::new(workspace, release, &CENTRAL)?;
    tree.program(
        &programs::path(workspace, profile, "servease-central"),
        profile,
    )?;
    tree.pages(&manual.join("servease-central/man"))?;
    tree.completions(
        &manual.join("servease-central/completions"),
        "servease-central",
    )?;
    let unit = "servease-central.service";
    tree.copy(
        &format!("packaging/linux/{unit}"),
        &format!("usr/lib/systemd/system/{unit}"),
    )?;
    tree.keep_secret(
        "packaging/linux/servease-central.default",
        "etc/default/servease-central",
    )?;
    for script in ["postinst", "prerm", "postrm"] {
        tree.script(
            &format!("packaging/linux/servease-central.{script}"),
            script,
        )?;
    }
    tree.copy(
        "packaging/linux/servease-central.lintian-overrides",
        "usr/share/lintian/overrides/servease-central",
    )?;
    tree.pack(profile)
}
