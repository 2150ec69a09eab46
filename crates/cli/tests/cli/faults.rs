//! Faults of the machine: what is locked, damaged or not where it should be. Each has a clear
//! message, exit code 1, and loses nothing. Read-only and full disks are in `isolated`.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;

use serde_json::{Value as Json, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

use crate::support::{Folder, err, error_line, id, run};

/// Runs SQL on the database, beside the program.
pub fn sql(database: &Path, statements: &[&str]) -> SqliteConnection {
    runtime().block_on(async {
        let options = SqliteConnectOptions::new().filename(database);
        let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
        for statement in statements {
            sqlx::query(AssertSqlSafe((*statement).to_owned()))
                .execute(&mut conn)
                .await
                .unwrap();
        }
        conn
    })
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// A doctor that finds something: a report on stdout, an error on stderr, exit code 1.
#[track_caller]
fn unsound(folder: &Folder) -> Json {
    let output = folder.output(&["doctor"], "");
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    error_line(&err(&output));
    let health: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(health["ok"], false);
    assert!(!health["problems"].as_array().unwrap().is_empty());
    health
}

#[test]
fn a_folder_that_is_none_is_named() {
    let folder = Folder::new();
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    for place in [file.clone(), file.join("below"), "/proc/servease".into()] {
        let mut command = crate::support::bare();
        command
            .arg("--data-dir")
            .arg(&place)
            .args(["--json", "stats"]);
        let output = run(command, "");
        assert_eq!(output.status.code(), Some(1));
        let error = error_line(&err(&output));
        assert!(
            ["folder", "read_only"].contains(&error["code"].as_str().unwrap()),
            "{place:?}: {error}"
        );
    }
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

#[test]
fn a_locked_database_is_waited_for_and_then_named() {
    let folder = Folder::new();
    let ann = folder.ann();
    let other = sql(&folder.database(), &["BEGIN EXCLUSIVE"]);
    // Reading goes on beside the writer.
    assert_eq!(
        folder.json(&["customer", "show", &ann])["first_name"],
        "Ann"
    );
    let error = folder.error(&["customer", "edit", &ann, "--set", "city=Troy"]);
    assert_eq!(error["code"], "busy");
    drop(other);
    let edited = folder.json(&["customer", "edit", &ann, "--set", "city=Troy"]);
    assert_eq!(edited["city"], "Troy");
}

#[test]
fn a_writer_that_is_quick_is_waited_for() {
    let folder = Folder::new();
    let ann = folder.ann();
    let other = sql(&folder.database(), &["BEGIN EXCLUSIVE"]);
    let waiting = folder
        .command(&["--json", "customer", "edit", &ann, "--set", "city=Troy"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(other);
    let output = waiting.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", err(&output));
}

#[test]
fn a_database_held_alone_by_another_program_is_named() {
    let folder = Folder::new();
    folder.ann();
    let other = sql(
        &folder.database(),
        &[
            "PRAGMA locking_mode = EXCLUSIVE",
            "BEGIN EXCLUSIVE",
            "COMMIT",
        ],
    );
    assert_eq!(folder.error(&["stats"])["code"], "busy");
    drop(other);
    assert_eq!(folder.json(&["stats"])["total_customers"], 1);
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let folder = Folder::new();
    let letter = b"Dear garage, this is a letter and no database. ".repeat(200);
    fs::write(folder.database(), &letter).unwrap();
    assert_eq!(folder.error(&["stats"])["code"], "damaged");
    assert_eq!(
        folder.error_from(&["customer", "add", "--from", "-"], "{}")["code"],
        "damaged"
    );
    let health = unsound(&folder);
    assert_eq!(health["database_size"], letter.len());
    assert_eq!(health["customers"], Json::Null);
    assert_eq!(fs::read(folder.database()).unwrap(), letter);
}

#[test]
fn overwritten_pages_are_found_by_the_doctor_and_named_where_they_are_met() {
    let folder = Folder::new();
    let ann = folder.ann();
    let long = "x".repeat(30_000);
    for _ in 0..3 {
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
    let size = fs::metadata(folder.database()).unwrap().len();
    let mut file = OpenOptions::new()
        .write(true)
        .open(folder.database())
        .unwrap();
    // All but the first page, which says where everything is.
    file.seek(SeekFrom::Start(4096)).unwrap();
    file.write_all(&vec![0xa5; usize::try_from(size - 4096).unwrap()])
        .unwrap();
    drop(file);
    unsound(&folder);
    for args in [
        &["customer", "show", &ann][..],
        &["note", "list", "--customer", &ann],
        &["customer", "edit", &ann, "--set", "city=X"],
    ] {
        assert_eq!(folder.error(args)["code"], "damaged", "{args:?}");
    }
}

#[test]
fn a_database_cut_short_is_found_by_the_doctor() {
    let folder = Folder::new();
    let ann = folder.ann();
    for _ in 0..3 {
        let long = "x".repeat(30_000);
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
    let file = OpenOptions::new()
        .write(true)
        .open(folder.database())
        .unwrap();
    file.set_len(fs::metadata(folder.database()).unwrap().len() / 2)
        .unwrap();
    drop(file);
    unsound(&folder);
}

#[test]
fn a_row_that_refers_to_nothing_is_found_by_the_doctor() {
    let folder = Folder::new();
    let ann = folder.ann();
    folder.focus(&ann);
    drop(sql(
        &folder.database(),
        &["PRAGMA foreign_keys = OFF", "DELETE FROM customers"],
    ));
    let health = unsound(&folder);
    assert!(
        health["problems"].to_string().contains("missing row"),
        "{health}"
    );
}

#[test]
fn a_damaged_line_of_the_log_is_named_with_its_record_and_kept() {
    let folder = Folder::new();
    let ann = folder.ann();
    folder.json(&["customer", "edit", &ann, "--set", "city=Troy"]);
    let damage = "UPDATE mutations SET state = 'rejected', after = '{' WHERE action = 'update'";
    drop(sql(&folder.database(), &[damage]));
    for args in [&["history", &ann][..], &["undo"], &["sync", "status"]] {
        let error = folder.error(args);
        assert_eq!(error["code"], "damaged", "{args:?}");
        assert!(error.to_string().contains(&ann), "{args:?}: {error}");
    }
    let health = unsound(&folder);
    assert!(health["problems"].to_string().contains(&ann), "{health}");
    assert_eq!(health["mutations_waiting"], 3, "{health}");
    assert_eq!(folder.json(&["customer", "show", &ann])["city"], "Troy");
}

#[test]
fn many_programs_at_once_lose_nothing() {
    let folder = Folder::new();
    // They also meet an empty folder together.
    thread::scope(|scope| {
        for program in 0..6 {
            let folder = &folder;
            scope.spawn(move || {
                for number in 0..8 {
                    folder.add_customer(json!({
                        "first_name": format!("P{program}"), "last_name": format!("N{number}"),
                        "email": format!("p{program}n{number}@example.com"),
                    }));
                }
            });
        }
    });
    let list = folder.json(&["customer", "list"]);
    assert_eq!(list["count"], 48);
    assert_eq!(folder.json(&["doctor"])["ok"], true);
}

#[test]
fn of_two_who_take_the_same_email_one_is_refused() {
    let folder = Folder::new();
    folder.ann();
    let outcomes: Vec<_> = thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    folder.output(
                        &["customer", "add", "--from", "-"],
                        r#"{"first_name": "A", "last_name": "B", "email": "same@example.com"}"#,
                    )
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let added: Vec<_> = outcomes
        .iter()
        .filter(|output| output.status.success())
        .collect();
    assert_eq!(added.len(), 1);
    for refused in outcomes.iter().filter(|output| !output.status.success()) {
        assert_eq!(error_line(&err(refused))["problems"][0]["code"], "unique");
    }
    let answer: Json = serde_json::from_slice(&added[0].stdout).unwrap();
    assert_eq!(
        folder.json(&["customer", "show", &id(&answer)])["email"],
        "same@example.com"
    );
}
