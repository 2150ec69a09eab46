//! Databases of newer and older programs.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::Connection;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::faults::{runtime, sql};
use crate::support::Folder;

fn migrations() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/desk");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    files
}

/// Makes a database of the first schema, with an employee in it.
fn make_first_schema(database: &Path) {
    let only_first = tempfile::TempDir::new().unwrap();
    let first = &migrations()[0];
    fs::copy(first, only_first.path().join(first.file_name().unwrap())).unwrap();
    runtime().block_on(async {
        let options = SqliteConnectOptions::new()
            .filename(database)
            .create_if_missing(true);
        let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
        let migrator = Migrator::new(only_first.path()).await.unwrap();
        migrator.run(&mut conn).await.unwrap();
        sqlx::query(
            "INSERT INTO employees (id, name, role, is_active, extra, created_at, updated_at) \
             VALUES (x'0190a1b2c3d47e5f8a9b0c1d2e3f4a5b', 'Old Hand', '', 1, '{}', \
             '2024-01-01T00:00:00.000000Z', '2024-01-01T00:00:00.000000Z')",
        )
        .execute(&mut conn)
        .await
        .unwrap();
        conn.close().await.unwrap();
    });
}

fn backups(folder: &Folder) -> Vec<PathBuf> {
    fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("servease-schema-"))
        })
        .collect()
}

#[test]
fn a_newer_schema_is_refused_in_words_and_not_touched() {
    let folder = Folder::new();
    folder.ann();
    drop(sql(
        &folder.database(),
        &[
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
             execution_time) VALUES (9000, 'from the future', 1, x'00', 0)",
            "PRAGMA wal_checkpoint(TRUNCATE)",
        ],
    ));
    let before = fs::read(folder.database()).unwrap();
    let error = folder.error(&["customer", "list"]);
    assert_eq!(error["code"], "newer_schema");
    assert!(error["message"].as_str().unwrap().contains("newer version"));
    let refused = folder.error_from(&["customer", "add", "--from", "-"], "{}");
    assert_eq!(refused["code"], "newer_schema");
    let output = folder.output(&["doctor"], "");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read(folder.database()).unwrap(), before);
}

#[test]
fn an_older_schema_is_copied_and_then_brought_forward() {
    assert!(migrations().len() > 1, "there is no older schema yet");
    let folder = Folder::new();
    make_first_schema(&folder.database());
    assert_eq!(folder.json(&["employee", "list"])[0]["name"], "Old Hand");
    let known = folder.json(&["doctor"])["schema_version"].as_i64().unwrap();
    assert!(known > 1);

    let copies = backups(&folder);
    assert_eq!(copies.len(), 1, "{copies:?}");
    let name = copies[0]
        .file_name()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    assert!(name.starts_with("servease-schema-1-"), "{name}");
    // The copy is a database of the old schema, with everything in it.
    let opened = Folder::new();
    fs::copy(&copies[0], opened.database()).unwrap();
    let mut conn = sql(&opened.database(), &[]);
    let (schema, employees): (i64, i64) = runtime().block_on(async {
        sqlx::query_as(
            "SELECT (SELECT max(version) FROM _sqlx_migrations), count(*) FROM employees",
        )
        .fetch_one(&mut conn)
        .await
        .unwrap()
    });
    assert_eq!((schema, employees), (1, 1));

    // Once is enough.
    folder.json(&["employee", "list"]);
    assert_eq!(backups(&folder).len(), 1);
}

#[test]
fn several_programs_that_meet_an_older_schema_bring_it_forward_once() {
    let folder = Folder::new();
    make_first_schema(&folder.database());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                assert_eq!(folder.json(&["employee", "list"])[0]["name"], "Old Hand");
            });
        }
    });
    assert_eq!(backups(&folder).len(), 1);
}
