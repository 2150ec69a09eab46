//! Two real windows and a real Central: signing in, edits of one seen in the other, an outage,
//! a conflict, a duplicate.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

use serde_json::json;
use servease_tests::window::{Central, Desk, EMAIL, PASSWORD, Role, run_cli};
use sqlx::Connection as _;

use crate::garage::{Garage, go_to};

#[tokio::test]
async fn what_is_wrong_with_a_sign_in_is_said_where_it_was_typed() {
    let central = Central::start();
    let web_site = web_site();
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    desk.see(Role::Link, "On this PC only").await;
    desk.press("Escape").await;
    go_to(&desk, "/sync").await;
    desk.click(Role::Button, "Connect to a server").await;

    server(&desk, "two words").await;
    desk.see_text("“two words” is not a server address.").await;
    server(&desk, "http://127.0.0.1:1").await;
    desk.see_text("The server cannot be reached.").await;
    server(&desk, &web_site).await;
    desk.see_text("What answers at this address is not ServEase Central.")
        .await;
    server(&desk, &central.url().replace("http:", "https:")).await;
    desk.see_text("The server speaks without encryption at this address.")
        .await;
    desk.assert_accessible("a server that cannot be used").await;
    // Expired it is, or this PC's clock is wrong: both are named.
    let expired = Central::start_encrypted(2001);
    server(&desk, &expired.url()).await;
    desk.see_text("not valid at the time that this PC shows")
        .await;
    let encrypted = Central::start_encrypted(2099);
    server(&desk, &encrypted.url()).await;
    desk.see_text("Nobody known to this PC has signed").await;
    server(&desk, &central.url()).await;
    desk.see_text("ServEase Central answers, but unencrypted.")
        .await;

    desk.fill(Role::Textbox, "E-mail", EMAIL).await;
    desk.fill(Role::Textbox, "Password", "not this one").await;
    desk.press("Enter").await;
    desk.see_text("E-mail or password is wrong.").await;
    desk.fill(Role::Textbox, "Password", PASSWORD).await;
    desk.press("Enter").await;
    desk.see_text("Grace Hopper · grace@garage.example").await;
    desk.see(Role::Link, "Synced just now").await;
    desk.see_text("A file that only you can read").await;
    desk.wait_for("a focus after the form is gone", || async {
        (!desk.focused().await.is_empty()).then_some(())
    })
    .await;
    desk.assert_accessible("signed in").await;

    // The folder belongs to that server: another one is asked about first.
    let other = Central::start();
    desk.click(Role::Button, "Change").await;
    server(&desk, &other.url()).await;
    desk.fill(Role::Textbox, "Password", PASSWORD).await;
    desk.press("Enter").await;
    desk.see(Role::Button, "Move to the new server").await;
    desk.assert_accessible("another server").await;
    desk.click(Role::Button, "Stay with this server").await;
    desk.see_no(Role::Button, "Move to the new server").await;
    desk.click(Role::Button, "Cancel").await;

    desk.click(Role::Button, "Sign out").await;
    desk.see(Role::Link, "Sign in again").await;
    desk.see_text("Sign in again when it suits you.").await;
    desk.assert_accessible("signed out").await;
    // Nothing is in the way of work.
    go_to(&desk, &format!("/customers/{}", garage.customer)).await;
    edit(&desk, "City", "Columbus", "Dublin").await;
    desk.see(Role::Link, "Sign in again, 1 change waiting")
        .await;
    desk.press("Y").await;
    desk.see_text("Waiting to be sent").await;
    desk.fill(Role::Textbox, "Password", PASSWORD).await;
    desk.press("Enter").await;
    desk.see(Role::Link, "Synced just now").await;
    desk.see_text("Nothing waits, and there is nothing to decide.")
        .await;
    desk.close().await;
}

#[tokio::test]
async fn edit_in_one_window_is_seen_in_the_other_and_outlasts_an_outage() {
    let mut central = Central::start();
    let (garage, mut first, mut second) = two_desks(&central).await;
    let card = format!("/customers/{}", garage.customer);
    go_to(&first, &card).await;
    go_to(&second, &card).await;

    edit(&first, "City", "Columbus", "Dublin").await;
    second.see(Role::Button, "City Dublin").await;

    // What somebody is typing stays, and what came meanwhile is told beside it.
    second.click(Role::Button, "City Dublin").await;
    second.press("Ctrl+A").await;
    second.type_text("Bexley").await;
    edit(&first, "City", "Dublin", "Hilliard").await;
    second
        .see_text("Changed to “Hilliard” by Grace Hopper meanwhile.")
        .await;
    assert_eq!(second.value(Role::Textbox, "City").await, "Bexley");
    second.assert_accessible("changed elsewhere").await;
    second.click(Role::Button, "Take it").await;
    second.see(Role::Button, "City Hilliard").await;

    central.stop();
    edit(&first, "City", "Hilliard", "Gahanna").await;
    first.see(Role::Link, "Offline, 1 change waiting").await;
    first.press("Y").await;
    first.see_text("Goes out with the next sync.").await;
    first.assert_accessible("offline").await;
    central.resume();
    first.press("R").await;
    first.see(Role::Link, "Synced just now").await;
    second.press("Y").await;
    second.see(Role::Heading, "Sync").await;
    second.press("R").await;
    second.press("Escape").await;
    second.see(Role::Button, "City Gahanna").await;
    first.close().await;
    second.close().await;
}

#[tokio::test]
async fn conflict_of_two_desks_is_decided_by_keyboard_and_both_agree() {
    let mut central = Central::start();
    let (garage, mut first, mut second) = two_desks(&central).await;
    let card = format!("/customers/{}", garage.customer);
    go_to(&first, &card).await;
    go_to(&second, &card).await;

    central.stop();
    edit(&first, "City", "Columbus", "Dublin").await;
    edit(&second, "City", "Columbus", "Bexley").await;
    edit(&first, "State", "Ohio", "OH").await;
    edit(&second, "State", "Ohio", "O.").await;
    first.see(Role::Link, "Offline, 2 changes waiting").await;
    second.see(Role::Link, "Offline, 2 changes waiting").await;
    central.resume();
    // Whichever comes first, both are told.
    for desk in [&first, &second] {
        sync_now(desk).await;
    }
    for desk in [&first, &second] {
        // An address is one thing.
        desk.see(Role::Link, "Needs attention: 1").await;
    }

    // Both values, and whose they are.
    second.see_text("Changed on two desks").await;
    second.see_text("Dublin").await;
    second.see_text("Grace Hopper").await;
    second.see_text("Charles Babbage").await;
    for theme in ["light", "dark"] {
        show_theme(&second, theme).await;
        second
            .assert_accessible(&format!("conflicts, {theme}"))
            .await;
    }
    second.press("?").await;
    second.see(Role::Dialog, "Shortcuts").await;
    for key in ["Keep mine", "Take theirs", "Enter another", "Keep all mine"] {
        second.see_text(key).await;
    }
    second.press("Escape").await;
    second.see_no(Role::Dialog, "Shortcuts").await;

    let sides = sides_of(&second).await;
    second.press("J").await;
    second.press("T").await;
    second.see(Role::Link, "Synced just now").await;
    second
        .see_text("Nothing waits, and there is nothing to decide.")
        .await;
    let city = shown(second.folder(), "customer", &garage.customer, "city");
    let state = shown(second.folder(), "customer", &garage.customer, "state");
    assert_eq!(
        (city == "Bexley"),
        (state == "O."),
        "one address or the other: {city}, {state}"
    );
    sync_now(&first).await;
    go_to(&first, &card).await;
    first.see(Role::Button, &format!("City {city}")).await;
    first.see(Role::Button, &format!("State {state}")).await;

    // A decision is undone like any edit, on the desk that made it.
    second.press("Ctrl+Z").await;
    second.see(Role::Link, "Needs attention: 1").await;
    // What was mine is mine again.
    second
        .wait_for("the sides as they stood", || async {
            (sides_of(&second).await == sides).then_some(())
        })
        .await;
    first.close().await;
    second.close().await;
}

/// What a conflict says of its two sides, with who and what is in use.
/// Both sides as they are shown, without the minute: an undo says the value again, at its own time.
async fn sides_of(desk: &Desk) -> Vec<String> {
    desk.script(
        "return [...document.querySelectorAll('.sides .side')].map((one) => {
            const shown = one.cloneNode(true)
            shown.querySelector('.who .numbers')?.remove()
            return shown.textContent
        })",
        vec![],
    )
    .await
}

#[tokio::test]
async fn customer_entered_twice_is_merged_and_the_merge_is_undone() {
    let mut central = Central::start();
    let (garage, mut first, mut second) = two_desks(&central).await;
    central.stop();
    garage.customer(&json!({
        "first_name": "Mary", "last_name": "Somerville", "email": "mary@example.com",
    }));
    crate::garage::add_customer(
        second.folder(),
        &json!({
            "first_name": "M.", "last_name": "Somerville", "email": "mary@example.com",
            "phone": "(614) 555-0177",
        }),
    );
    central.resume();
    for desk in [&first, &second] {
        sync_now(desk).await;
    }
    for desk in [&first, &second] {
        desk.see_text("Entered twice").await;
    }
    let (kept, other) = only_pair(second.folder());
    second.see_text("Same E-mail").await;
    for theme in ["light", "dark"] {
        show_theme(&second, theme).await;
        second
            .assert_accessible(&format!("duplicates, {theme}"))
            .await;
    }
    second.press("J").await;
    second.press("1").await;
    second.see_text("Merged into").await;
    second.see(Role::Link, "Synced just now").await;
    let merged = shown(second.folder(), "customer", &kept, "phone");
    assert_eq!(merged, "+16145550177", "its blanks are filled");
    assert_eq!(
        shown(second.folder(), "customer", &other, "id"),
        kept,
        "the other id is an alias"
    );
    second.press("Ctrl+Z").await;
    second.see_text("Entered twice").await;
    assert_eq!(shown(second.folder(), "customer", &other, "id"), other);

    second.press("D").await;
    second.see_text("stay apart").await;
    second.see_no_text("Entered twice").await;
    first.close().await;
    second.close().await;
}

#[tokio::test]
async fn refused_edit_says_why_and_is_given_up_or_mended() {
    let mut central = Central::start();
    let garage = Garage::new();
    let mut desk = garage.open().await;
    sign_in(&desk, &central).await;
    let card = format!("/customers/{}", garage.customer);
    central.stop();
    go_to(&desk, &card).await;
    edit(&desk, "City", "Columbus", "Dublin").await;
    desk.see(Role::Link, "Offline, 1 change waiting").await;
    // What a program of another age let through.
    let too_long = "Dublin ".repeat(60);
    write_into_outbox(garage.path(), &json!({"city": too_long})).await;
    central.resume();
    sync_now(&desk).await;
    desk.see(Role::Link, "Needs attention: 1").await;
    desk.see_text("The server refused it. Correct the field, or discard the change.")
        .await;
    desk.see_text("City: Too long").await;
    desk.assert_accessible("a refused edit").await;

    // Given up, the field holds what the server holds; undone, the edit waits again.
    desk.press("J").await;
    desk.press("X").await;
    desk.see_text("Change of Ada Byron discarded").await;
    desk.see(Role::Link, "Synced just now").await;
    let id = &garage.customer;
    assert_eq!(shown(garage.path(), "customer", id, "city"), "Columbus");
    desk.press("Ctrl+Z").await;
    desk.see(Role::Link, "Needs attention: 1").await;

    // Mended where it was typed, it goes through.
    desk.press("J").await;
    desk.press("F").await;
    desk.see(Role::Textbox, "City").await;
    desk.press("Ctrl+A").await;
    desk.type_text("Dublin").await;
    desk.press("Enter").await;
    desk.see(Role::Button, "City Dublin").await;
    desk.see(Role::Link, "Synced just now").await;
    desk.close().await;
}

/// The garage in one window, and a second PC that has just joined it.
async fn two_desks(central: &Central) -> (Garage, Desk, Desk) {
    let garage = Garage::new();
    let first = garage.open().await;
    sign_in(&first, central).await;
    let second = Desk::open().await;
    let employee = crate::garage::add_employee(second.folder(), "Charles Babbage");
    second.cli(&[
        "settings",
        "set",
        "garage_name=Maple Street Garage",
        &format!("employee_id={employee}"),
        "language=en",
    ]);
    sign_in(&second, central).await;
    go_to(&second, &format!("/customers/{}", garage.customer)).await;
    second.see(Role::Heading, "Ada Byron").await;
    (garage, first, second)
}

pub async fn sign_in(desk: &Desk, central: &Central) {
    desk.see(Role::Combobox, "Find").await;
    go_to(desk, "/settings").await;
    server(desk, &central.url()).await;
    desk.fill(Role::Textbox, "E-mail", EMAIL).await;
    desk.fill(Role::Textbox, "Password", PASSWORD).await;
    desk.press("Enter").await;
    desk.see(Role::Link, "Synced just now").await;
}

/// Types the address of a server and leaves the field.
async fn server(desk: &Desk, address: &str) {
    desk.fill(Role::Textbox, "Server", address).await;
    desk.press("Tab").await;
}

/// Asks for a run, as somebody does who knows that the line is back.
pub async fn sync_now(desk: &Desk) {
    go_to(desk, "/sync").await;
    desk.click(Role::Button, "Sync now").await;
}

/// Edits a value in place.
pub async fn edit(desk: &Desk, field: &str, shown: &str, text: &str) {
    desk.click(Role::Button, &format!("{field} {shown}")).await;
    desk.see(Role::Textbox, field).await;
    desk.press("Ctrl+A").await;
    desk.type_text(text).await;
    desk.press("Enter").await;
    desk.see(Role::Button, &format!("{field} {text}")).await;
}

#[tokio::test]
async fn files_that_wait_are_seen_sent_and_decided_on_where_syncing_is_shown() {
    let central = Central::start();
    let garage = Garage::new();
    let scans = tempfile::tempdir().expect("a folder");
    let setting = format!("scan_folder={}", scans.path().display());
    run_cli(garage.path(), &["settings", "set", &setting]);
    let mut desk = garage.open().await;
    sign_in(&desk, &central).await;
    go_to(&desk, "/sync").await;
    desk.see_text("Every file is at the server.").await;
    desk.click(Role::Radio, "Not now").await;
    desk.wait_for("the pace", || async {
        let status = desk.cli(&["--json", "sync", "status"]);
        status.contains("\"paused\"").then_some(())
    })
    .await;
    go_to(&desk, &format!("/customers/{}", garage.customer)).await;
    std::fs::write(scans.path().join("invoice 1.txt"), "42 dollars").expect("a scan");
    desk.see(Role::Button, "Take the scan").await;
    desk.press("I").await;
    desk.see(Role::Dialog, "Add documents").await;
    desk.press("Ctrl+Enter").await;
    desk.see_no(Role::Dialog, "Add documents").await;
    go_to(&desk, "/sync").await;
    desk.see_text("1 file waits").await;
    desk.assert_accessible("a file that waits").await;
    desk.click(Role::Radio, "At once").await;
    desk.see_text("Every file is at the server.").await;

    desk.click(Role::Radio, "Not now").await;
    refuse_files(garage.path()).await;
    desk.see_text("The file holds macros.").await;
    desk.see(Role::Link, "Needs attention: 1").await;
    desk.assert_accessible("a refused file").await;
    desk.click(Role::Button, "Give up").await;
    desk.see_text("stays on this PC alone").await;
    desk.see_no_text("The file holds macros.").await;
    desk.click(Role::Button, "Undo").await;
    desk.see_text("The file holds macros.").await;
    desk.click(Role::Button, "Try again").await;
    desk.see_no_text("The file holds macros.").await;
    desk.click(Role::Radio, "At once").await;
    desk.see_text("Every file is at the server.").await;
    desk.close().await;
}

/// As if the server had taken none of the files.
async fn refuse_files(folder: &Path) {
    let database = format!("sqlite:{}", folder.join("servease.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&database)
        .await
        .expect("the desk's database");
    let sql = "UPDATE file_standings SET refusal = 'macros', is_at_central = 0";
    let changed = sqlx::query(sql).execute(&mut connection).await;
    assert_eq!(changed.expect("its files").rows_affected(), 1);
}

/// Changes what the one edit that waits says.
pub async fn write_into_outbox(folder: &Path, after: &serde_json::Value) {
    let database = format!("sqlite:{}", folder.join("servease.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&database)
        .await
        .expect("the desk's database");
    let changed = sqlx::query("UPDATE mutations SET after = ? WHERE state = 'waiting'")
        .bind(after.to_string())
        .execute(&mut connection)
        .await
        .expect("its outbox");
    assert_eq!(changed.rows_affected(), 1);
}

async fn show_theme(desk: &Desk, theme: &str) {
    desk.cli(&["settings", "set", &format!("theme={theme}")]);
    desk.wait_for("the theme", || async {
        let shown: Option<String> = desk
            .script(
                "return document.documentElement.dataset.theme ?? null",
                vec![],
            )
            .await;
        (shown.as_deref() == Some(theme)).then_some(())
    })
    .await;
}

/// The ids of the two records that are offered for merging, the one on the left first.
fn only_pair(folder: &Path) -> (String, String) {
    let answer = run_cli(folder, &["--json", "duplicates", "list"]);
    let pairs: serde_json::Value = serde_json::from_str(&answer).expect("a JSON array");
    let id = |name: &str| pairs[0][name].as_str().expect("an id").to_owned();
    (id("id"), id("duplicate_id"))
}

fn shown(folder: &Path, noun: &str, id: &str, field: &str) -> String {
    let answer = run_cli(folder, &["--json", noun, "show", id]);
    let record: serde_json::Value = serde_json::from_str(&answer).expect("a JSON object");
    record[field].as_str().unwrap_or_default().to_owned()
}

/// A web site that is no ServEase Central; its address.
fn web_site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for mut visitor in listener.incoming().flatten() {
            let _ = visitor.read(&mut [0; 4_096]);
            let page = "<h1>Bakery</h1>";
            let _ = write!(
                visitor,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    format!("http://{address}")
}
