//! What cannot be opened is said in words.

use std::fs;

use servease_tests::window::{Desk, Role};

#[tokio::test]
async fn damaged_database_is_named_and_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("servease.db");
    let garbage = b"this is no database ".repeat(500);
    fs::write(&file, &garbage).expect("the file is written");
    let mut desk = Desk::open_on(folder.path()).await;
    desk.see_text("The database is damaged.").await;
    desk.see(Role::Button, "Try again").await;
    desk.assert_accessible("damaged database").await;
    desk.close().await;
    assert_eq!(fs::read(&file).expect("the file is there"), garbage);
}
