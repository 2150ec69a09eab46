//! The program as such: where its folder is, what it prints where, how it ends.

use std::io::Read;
use std::process::Stdio;

use serde_json::json;

use crate::support::{Folder, NOBODY, answer, bare, err, error_line, run};

#[test]
fn the_folder_is_named_by_flag_before_variable_and_made_when_missing() {
    let folder = Folder::new();
    let inner = folder.path().join("a/b c/ü");
    let mut command = bare();
    command
        .env("SERVEASE_DATA_DIR", &inner)
        .args(["--json", "employee", "list"]);
    assert_eq!(answer(&run(command, ""), &[]), json!([]));
    assert!(inner.join("servease.db").is_file());

    let mut command = folder.command(&["--json", "employee", "add", "--name", "Eve"]);
    command.env("SERVEASE_DATA_DIR", &inner);
    answer(&run(command, ""), &[]);
    assert_eq!(folder.json(&["employee", "list"])[0]["name"], "Eve");
    let mut command = bare();
    command
        .env("SERVEASE_DATA_DIR", &inner)
        .args(["--json", "employee", "list"]);
    assert_eq!(answer(&run(command, ""), &[]), json!([]));
}

#[test]
fn without_a_name_it_is_the_platforms_folder() {
    let home = Folder::new();
    let mut command = bare();
    command
        .env("HOME", home.path())
        .env_remove("XDG_DATA_HOME")
        .env("SERVEASE_DATA_DIR", "")
        .args(["--json", "doctor"]);
    let health = answer(&run(command, ""), &[]);
    let database = health["database"].as_str().unwrap();
    assert!(
        database.starts_with(home.path().to_str().unwrap()),
        "{database}"
    );
}

#[test]
fn usage_errors_exit_with_2() {
    let folder = Folder::new();
    for args in [
        &["frobnicate"][..],
        &[],
        &["customer"],
        &["customer", "add"],
        &["customer", "show"],
        &["customer", "show", NOBODY, "extra"],
        &["customer", "edit", NOBODY],
        &["customer", "edit", NOBODY, "--set", "phone"],
        &["customer", "edit", NOBODY, "--set", "=x"],
        &["vehicle", "add", "--from", "-"],
        &["vehicle", "mileage", NOBODY],
        &["vehicle", "mileage", NOBODY, "1", "--reason", "why"],
        &["note", "add", "--customer", NOBODY],
        &["due", "--within", "soon"],
        &["due", "--within", "-1"],
        &["settings", "set"],
        &["settings", "set", "country"],
        &["--no-such-flag", "stats"],
    ] {
        let error = folder.usage_error(args);
        assert_eq!(error["code"], "usage", "{args:?}");
    }
    // What is missing is named, and the advice on usage left out.
    let error = folder.usage_error(&["customer", "edit", NOBODY]);
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("--set <FIELD=VALUE>"), "{message}");
    assert!(!message.contains("Usage"), "{message}");
    // Without --json in words.
    let output = run(folder.command(&["frobnicate"]), "");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("frobnicate"));
    assert!(output.stdout.is_empty());
}

#[test]
fn help_and_version_are_answers() {
    for args in [
        &["--help"][..],
        &["help"],
        &["--version"],
        &["customer", "--help"],
        &["vehicle", "mileage", "--help"],
    ] {
        let mut command = bare();
        command.args(args);
        let output = run(command, "");
        assert!(output.status.success(), "{args:?}");
        assert!(
            !output.stdout.is_empty() && output.stderr.is_empty(),
            "{args:?}"
        );
    }
}

#[test]
fn text_is_for_people() {
    let folder = Folder::new();
    let ann = folder.ann();
    folder.focus(&ann);
    let shown = folder.text(&["customer", "show", &ann]);
    assert!(
        shown.contains("first_name") && shown.contains("+12125550142"),
        "{shown}"
    );
    let list = folder.text(&["customer", "list"]);
    assert_eq!(list.lines().count(), 2, "{list}");
    assert!(folder.text(&["vehicle", "list"]).contains("AB-12 C"));
    assert!(folder.text(&["history", &ann]).contains("create customer"));
    assert!(folder.text(&["doctor"]).contains("sqlite_version"));
    assert!(folder.text(&["stats"]).contains("total_customers"));
    assert_eq!(folder.text(&["employee", "list"]), "");

    let output = run(
        folder.command(&["customer", "edit", &ann, "--set", "email=nope"]),
        "",
    );
    assert_eq!(output.status.code(), Some(1));
    let complaint = err(&output);
    assert!(complaint.starts_with("servease: "), "{complaint}");
    assert!(complaint.contains("\n  email: "), "{complaint}");
}

#[test]
fn messages_are_in_the_garages_language() {
    let folder = Folder::new();
    let english = folder.error(&["customer", "show", NOBODY]);
    assert!(
        english["message"]
            .as_str()
            .unwrap()
            .starts_with("There is no customer")
    );
    folder.json(&["settings", "set", "language=de"]);
    let german = folder.error(&["customer", "show", NOBODY]);
    assert!(
        german["message"]
            .as_str()
            .unwrap()
            .starts_with("Es gibt keinen Kunden")
    );
    // Nothing chosen: the operating system's.
    let other = Folder::new();
    let mut command = other.command(&["--json", "customer", "show", NOBODY]);
    command.env("LANG", "de_DE.UTF-8");
    assert!(
        error_line(&err(&run(command, "")))["message"]
            .as_str()
            .unwrap()
            .starts_with("Es gibt")
    );
}

#[test]
fn logs_go_to_stderr_and_only_when_asked_for() {
    let folder = Folder::new();
    let mut command = folder.command(&["--json", "stats"]);
    command.env("RUST_LOG", "trace");
    let output = run(command, "");
    assert!(output.status.success());
    assert!(!output.stderr.is_empty());
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["total_customers"], 0);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = Folder::new();
    let ann = folder.ann();
    // More than a pipe holds, so that the writer meets the closed end; each is less than Windows
    // takes as an argument.
    let long = "x".repeat(30_000);
    for _ in 0..6 {
        folder.json(&[
            "note",
            "add",
            "--customer",
            &ann,
            "--title",
            "T",
            "--content",
            &long,
        ]);
    }
    let mut child = folder
        .command(&["--json", "note", "list", "--customer", &ann])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 10];
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(err(&output), "");
    assert!(output.status.success());
}

#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let folder = Folder::new();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = folder
        .command(&["--json", "stats"])
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(error_line(&err(&output))["code"], "output");
}

#[test]
fn doctor_finds_nothing_wrong_with_a_sound_folder() {
    let folder = Folder::new();
    folder.focus(&folder.ann());
    let health = folder.json(&["doctor"]);
    assert_eq!(health["ok"], true);
    assert_eq!(health["problems"], json!([]));
    assert_eq!(
        (&health["customers"], &health["vehicles"]),
        (&json!(1), &json!(1))
    );
    assert!(health["database_size"].as_u64().unwrap() > 0);
    assert!(health["schema_version"].as_i64().unwrap() >= 1);
    assert!(health["sqlite_version"].as_str().unwrap().starts_with("3."));
}
