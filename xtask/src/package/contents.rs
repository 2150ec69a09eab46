//! What is checked of the Debian packages before they are installed anywhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::TaskError;
use crate::tally::Tally;
use crate::workspace::Workspace;

use super::checks::{Checks, answer};
use super::deb;
use super::release::Release;

/// Most of what systemd counts is closed: 100 is a service without any bounds.
const EXPOSURE: &str = "20";

/// Unpacks them and looks at everything in them.
pub fn check(
    workspace: &Workspace,
    release: &Release,
    packages: &[PathBuf],
) -> Result<Tally, TaskError> {
    let mut checks = Checks::default();
    checks.succeeds(
        "lintian finds no error",
        Command::new("lintian")
            // It warns of being root, which it may be in a container.
            .args([
                "--fail-on",
                "error",
                "--allow-root",
                "--tag-display-limit",
                "0",
            ])
            .args(packages),
    );
    for package in packages {
        let unpacked = super::folder(workspace).join("unpacked");
        let _ = fs::remove_dir_all(&unpacked);
        let name = field(package, "Package");
        checks.succeeds(
            &format!("{name} unpacks"),
            Command::new("dpkg-deb")
                .arg("--extract")
                .args([package, &unpacked]),
        );
        checks.check(
            &format!("{name} has the version of Cargo.toml"),
            same(&field(package, "Version"), &deb::version(release)),
        );
        needs(&mut checks, workspace, package, &unpacked)?;
        pages(&mut checks, &unpacked)?;
        checks.succeeds(
            &format!("{name}: bash reads the completions"),
            Command::new("sh").arg("-c").arg(
                "for file in usr/share/bash-completion/completions/*; do bash -n \"$file\" || exit 1; done",
            )
            .current_dir(&unpacked),
        );
        particular(&mut checks, release, &unpacked);
        service(&mut checks, workspace, &unpacked)?;
    }
    Ok(checks.tally())
}

/// Every package of a linked library is named, by dpkg's own account.
fn needs(
    checks: &mut Checks,
    workspace: &Workspace,
    package: &Path,
    unpacked: &Path,
) -> Result<(), TaskError> {
    let programs = entries(&unpacked.join("usr/bin"))?;
    let libraries = deb::libraries(workspace, &programs)?;
    let depends = field(package, "Depends");
    let depends: Vec<&str> = depends.split(", ").collect();
    let missing: Vec<&str> = libraries
        .split(", ")
        .filter(|library| !depends.contains(library))
        .collect();
    checks.check(
        &format!(
            "{} packages of libraries are named",
            libraries.split(", ").count()
        ),
        if missing.is_empty() {
            Ok(())
        } else {
            Err(missing.join("\n"))
        },
    );
    Ok(())
}

/// `man` says what it cannot read on stderr, and succeeds all the same.
fn pages(checks: &mut Checks, unpacked: &Path) -> Result<(), TaskError> {
    let pages = entries(&unpacked.join("usr/share/man/man1"))?;
    let mut complaints = Vec::new();
    for page in &pages {
        let mut man = Command::new("man");
        man.args(["--warnings", "--encoding=utf8", "--local-file"])
            .arg(page)
            .env("LC_ALL", "C.UTF-8")
            .env("MANWIDTH", "80");
        let output = man.output().map_err(|cause| TaskError::NotStarted {
            program: "man".to_owned(),
            cause,
        })?;
        if !output.status.success() || !output.stderr.is_empty() || output.stdout.len() < 200 {
            let said = String::from_utf8_lossy(&output.stderr);
            complaints.push(format!("{}: {said}", page.display()));
        }
    }
    checks.check(
        &format!("man reads {} pages", pages.len()),
        if complaints.is_empty() && !pages.is_empty() {
            Ok(())
        } else {
            Err(complaints.join("\n"))
        },
    );
    Ok(())
}

/// What only one of the packages holds.
fn particular(checks: &mut Checks, release: &Release, unpacked: &Path) {
    let id = &release.identifier;
    let metainfo = unpacked.join(format!("usr/share/metainfo/{id}.metainfo.xml"));
    if metainfo.exists() {
        checks.succeeds(
            "the metainfo is valid",
            Command::new("appstreamcli")
                .args(["validate", "--no-net"])
                .arg(&metainfo),
        );
        let entry = unpacked.join(format!("usr/share/applications/{id}.desktop"));
        checks.succeeds(
            "the desktop entry is valid",
            Command::new("desktop-file-validate").arg(&entry),
        );
        let text = fs::read_to_string(&entry).unwrap_or_default();
        for language in servease_locale::languages() {
            // English is what stands there without a language.
            let line = match language {
                "en" => "Comment=".to_owned(),
                other => format!("Comment[{other}]="),
            };
            checks.holds(
                &format!("the desktop entry speaks {language}"),
                text.lines().any(|found| found.starts_with(&line)),
            );
        }
        options(checks, unpacked);
    }
}

/// systemd complains on stderr of what it does not know, and goes on.
fn service(checks: &mut Checks, workspace: &Workspace, unpacked: &Path) -> Result<(), TaskError> {
    let unit = unpacked.join("usr/lib/systemd/system/servease-central.service");
    if !unit.exists() {
        return Ok(());
    }
    checks.succeeds(
        "the service is closed to what is not its business",
        Command::new("systemd-analyze")
            .args(["security", "--offline=yes", "--no-pager"])
            .arg(format!("--threshold={EXPOSURE}"))
            .arg(&unit),
    );
    // The program is looked for as well, and not installed here.
    let text = fs::read_to_string(&unit).map_err(TaskError::file(&unit))?;
    let program = unpacked.join("usr/bin/servease-central");
    let text = text.replace("/usr/bin/servease-central", &program.to_string_lossy());
    let here = super::folder(workspace).join("servease-central.service");
    fs::write(&here, text).map_err(TaskError::file(&here))?;
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--man=no"]).arg(&here);
    let output = verify.output().map_err(|cause| TaskError::NotStarted {
        program: "systemd-analyze".to_owned(),
        cause,
    })?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    checks.check(
        "systemd understands the service",
        if output.status.success() && said.is_empty() {
            Ok(())
        } else {
            Err(said)
        },
    );
    Ok(())
}

/// The page of the window is written by hand: it names what the window's help names.
fn options(checks: &mut Checks, unpacked: &Path) {
    let page = unpacked.join("usr/share/man/man1/servease-desk.1.gz");
    let page = answer(
        Command::new("gzip")
            .args(["--decompress", "--stdout"])
            .arg(page),
    );
    let page = page.unwrap_or_default();
    let help = answer(Command::new(unpacked.join("usr/bin/servease-desk")).arg("--help"));
    let help = help.unwrap_or_default();
    let missing: Vec<&str> = help
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("--"))
        // Of debug builds.
        .filter(|option| *option != "page")
        .filter(|option| !page.contains(&format!("Fl Fl {option}")))
        .collect();
    checks.check(
        "the page of the window names every option",
        if missing.is_empty() && help.contains("--data-dir") {
            Ok(())
        } else {
            Err(format!("missing: {missing:?}"))
        },
    );
}

/// A field of the package's control file; empty where it has none.
fn field(package: &Path, name: &str) -> String {
    let mut ask = Command::new("dpkg-deb");
    ask.arg("--field").arg(package).arg(name);
    answer(&mut ask).unwrap_or_default().trim().to_owned()
}

fn same(found: &str, wanted: &str) -> Result<(), String> {
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{found:?} instead of {wanted:?}"))
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, TaskError> {
    fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(TaskError::file(folder))
}
