//! Names of folders and files: long, foreign, alike but for their case, and those that Windows
//! keeps for itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;
use servease_tests::central::{Central, Site, program, run};
use servease_tests::processes::Desk;
use servease_tests::programs::cli_program;
use tempfile::TempDir;

/// `servease` on a folder of this name.
fn servease(desk: &Desk, folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(cli_program());
    command
        .arg("--data-dir")
        .arg(folder)
        .arg("--json")
        .args(args);
    desk.settle_environment(&mut command);
    run(command, "")
}

fn json(output: &Output) -> Json {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn folders_with_long_and_foreign_names_hold_a_database() {
    let around = TempDir::new().unwrap();
    let desk = Desk::new();
    let mut long = around.path().to_owned();
    for _ in 0..5 {
        long.push("Räder und Reifen, Werkstatt Müller & Söhne".repeat(2));
    }
    assert!(long.as_os_str().len() > 300);
    for folder in [around.path().join("Räder 車庫 — Ñandú 🚗"), long] {
        json(&servease(
            &desk,
            &folder,
            &["employee", "add", "--name", "Eve"],
        ));
        let all = json(&servease(&desk, &folder, &["employee", "list"]));
        assert_eq!(all[0]["name"], "Eve");
        assert_eq!(json(&servease(&desk, &folder, &["doctor"]))["ok"], true);
        assert!(folder.join("servease.db").is_file());
    }
}

#[test]
fn without_a_name_it_is_the_folder_that_does_not_roam() {
    let desk = Desk::new();
    let mut command = Command::new(cli_program());
    command.args(["--json", "doctor"]);
    desk.settle_environment(&mut command);
    let health = json(&run(command, ""));
    let database = health["database"].as_str().unwrap();
    assert!(
        database.ends_with(r"\AppData\Local\ServEase\ServEase Desk\data\servease.db"),
        "{database}"
    );
}

#[test]
fn a_folder_is_one_however_its_name_is_written() {
    let around = TempDir::new().unwrap();
    let desk = Desk::new();
    let folder = around.path().join("Desk");
    json(&servease(
        &desk,
        &folder,
        &["employee", "add", "--name", "Eve"],
    ));
    for other in ["DESK", "desk", "Desk.", "Desk ", "x/../desk"] {
        let all = json(&servease(
            &desk,
            &around.path().join(other),
            &["employee", "list"],
        ));
        assert_eq!(all[0]["name"], "Eve", "{other:?}");
    }
    assert_eq!(fs::read_dir(around.path()).unwrap().count(), 1);
}

#[test]
fn names_that_windows_keeps_for_itself_are_refused_in_words() {
    let around = TempDir::new().unwrap();
    let desk = Desk::new();
    for name in ["NUL", "con", "what?", "COM1"] {
        let output = servease(&desk, &around.path().join(name), &["employee", "list"]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let error: Json = serde_json::from_slice(&output.stderr).unwrap();
        assert!(
            error["error"]["message"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{error}"
        );
    }
    assert_eq!(fs::read_dir(around.path()).unwrap().count(), 0);
}

#[test]
fn a_backup_is_written_where_it_was_said_or_not_at_all() {
    let site = Site::new();
    Central::start(&site).stop();
    let backup = |target: PathBuf| {
        let mut command = program();
        command
            .arg("backup")
            .arg(target)
            .arg("--data-dir")
            .arg(site.data());
        run(command, "")
    };
    let before = names(&site.beside(""));
    for name in ["NUL", "what?.tar"] {
        let output = backup(site.beside(name));
        assert!(!output.status.success(), "{name}");
        assert!(!output.stderr.is_empty(), "{name}");
    }
    assert_eq!(names(&site.beside("")), before);
    // Over an older one, twice.
    for _ in 0..2 {
        let output = backup(site.beside("today.tar.zst"));
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
