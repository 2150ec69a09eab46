//! Where the session is kept: a real keyring, or a file that only its owner can read.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use crate::A_CUSTOMER;
use servease_tests::processes::{Company, Desk, EMAIL, Keyring, PASSWORD, answer};

#[test]
fn without_a_keyring_a_file_of_its_owner_holds_the_session() {
    let company = Company::new();
    let desk = Desk::new();
    let account = company.sign_in(&desk);
    assert_eq!(account["is_in_keyring"], false);
    let files = desk.session_files();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(!files[0].starts_with(desk.folder()));
    let mode = fs::metadata(&files[0]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // A renewal keeps it so.
    desk.expire_access();
    desk.customer("Bo", "Diaz");
    desk.sync();
    let mode = fs::metadata(&files[0]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(desk.session_files(), files);
}

#[test]
fn a_keyring_holds_the_session_and_no_file_does() {
    let company = Company::new();
    let keyring = Keyring::start();
    let desk = Desk::new().with_keyring(&keyring);
    let account = company.sign_in(&desk);
    assert_eq!(account["is_in_keyring"], true);
    assert!(desk.session_files().is_empty());
    desk.customer("Bo", "Diaz");
    assert_eq!(desk.sync()["pushed"], A_CUSTOMER);
    desk.json(&["logout"]);
    assert_eq!(desk.error(&["sync", "--once"])["code"], "not_signed_in");
}

#[test]
fn a_renewed_session_is_kept_in_the_keyring() {
    let mut company = Company::new();
    let keyring = Keyring::start();
    let desk = Desk::new().with_keyring(&keyring);
    company.sign_in(&desk);
    desk.customer("Bo", "Diaz");
    // Twenty minutes later by Central's clock no access token of before is taken.
    company.stop_central();
    company.start_central_at("+20m");
    for _ in 0..2 {
        desk.sync();
    }
    assert_eq!(company.proxy.seen("auth/token/refresh/").len(), 1);
    assert_eq!(desk.status()["waiting"], 0);
    assert!(desk.session_files().is_empty());
}

#[test]
fn two_folders_of_one_user_have_a_session_each() {
    let company = Company::new();
    company
        .site
        .add_user("eve@garage.example", ("Eve", "Orr"), PASSWORD);
    let keyring = Keyring::start();
    let (one, other) = (
        Desk::new().with_keyring(&keyring),
        Desk::new().with_keyring(&keyring),
    );
    one.login(&company.proxy.url(), EMAIL, PASSWORD);
    other.login(&company.proxy.url(), "eve@garage.example", PASSWORD);
    one.json(&["logout"]);
    other.customer("Bo", "Diaz");
    assert_eq!(other.sync()["pushed"], A_CUSTOMER);
}

#[test]
fn a_keyring_that_never_answers_is_given_up_after_three_seconds() {
    let company = Company::new();
    let keyring = Keyring::start();
    let desk = Desk::new().with_keyring(&keyring);
    keyring.freeze();
    let began = Instant::now();
    let account = company.sign_in(&desk);
    let took = began.elapsed();
    assert_eq!(account["is_in_keyring"], false);
    assert_eq!(desk.session_files().len(), 1);
    // Three seconds, and what a sign-in takes on a busy machine.
    assert!(took >= Duration::from_secs(3), "{took:?}");
    assert!(took < Duration::from_secs(20), "{took:?}");
    // The choice is remembered: nobody waits again.
    desk.customer("Bo", "Diaz");
    let began = Instant::now();
    desk.sync();
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_session_in_a_keyring_that_is_silent_is_not_an_expired_one() {
    let company = Company::new();
    let keyring = Keyring::start();
    let desk = Desk::new().with_keyring(&keyring);
    company.sign_in(&desk);
    desk.customer("Bo", "Diaz");
    keyring.freeze();
    let error = desk.error(&["sync", "--once"]);
    assert_eq!(error["code"], "keyring_silent");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("keyring"), "{message}");
    assert_eq!(desk.status()["account"]["is_signed_in"], true);
    keyring.thaw();
    assert_eq!(desk.sync()["pushed"], A_CUSTOMER);
}

#[test]
fn a_keyring_that_is_gone_is_told_and_a_sign_in_goes_to_the_file() {
    let company = Company::new();
    let keyring = Keyring::start();
    let mut desk = Desk::new().with_keyring(&keyring);
    company.sign_in(&desk);
    desk.customer("Bo", "Diaz");
    desk.set_keyring(None);
    assert_eq!(desk.error(&["sync", "--once"])["code"], "keyring_silent");
    assert_eq!(company.sign_in(&desk)["is_in_keyring"], false);
    assert_eq!(desk.sync()["pushed"], A_CUSTOMER);
    // With the keyring back the next sign-in goes there, and nothing is left in the file.
    desk.set_keyring(Some(&keyring));
    assert_eq!(company.sign_in(&desk)["is_in_keyring"], true);
    assert!(desk.session_files().is_empty());
}

#[test]
fn a_folder_has_one_session_however_it_is_named() {
    let company = Company::new();
    let desk = company.desk();
    desk.customer("Bo", "Diaz");
    let link = desk.home().join("link");
    std::os::unix::fs::symlink(desk.folder(), &link).unwrap();
    let mut command = std::process::Command::new(servease_tests::programs::cli_program());
    command.arg("--json").arg("--data-dir").arg(&link);
    command.args(["sync", "--once"]);
    desk.settle_environment(&mut command);
    let output = command.output().unwrap();
    assert_eq!(answer(&output, &["sync", "--once"])["pushed"], A_CUSTOMER);
}
