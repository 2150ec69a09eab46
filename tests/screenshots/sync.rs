//! The pictures of syncing: two desks and a Central that have something to decide.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use servease_tests::window::{Central, Desk, EMAIL, PASSWORD, Role, cli_program, run_cli};

use super::{THEMES, answer, first_id, go_to, keep, set, settle, text, wait_for_theme};

/// All of it goes to Central first: small enough for that to take a moment.
const DEMO: &[&str] = &["demo", "--customers", "40", "--seed", "1"];

pub async fn photograph(folder: &Path) {
    let mut central = Central::start();
    let here = tempfile::tempdir().expect("a temporary folder");
    run_cli(here.path(), DEMO);
    let employee = first_id(&answer(here.path(), &["employee", "list"]));
    set(here.path(), &format!("employee_id={employee}"));
    let mut desk = Desk::open_on(here.path()).await;
    desk.resize(1280, 800).await;
    sign_in(&desk, &central, folder).await;

    make_something_to_decide(here.path(), &central);
    go_to(&desk, "/sync").await;
    desk.click(Role::Button, "Sync now").await;
    desk.see_text("Entered twice").await;
    for theme in THEMES {
        set(here.path(), &format!("theme={theme}"));
        wait_for_theme(&desk, theme).await;
        settle(&desk).await;
        keep(&desk, folder, &format!("sync-to-decide-{theme}.png")).await;
    }
    show_a_field_changed_elsewhere(&desk, here.path(), folder).await;

    central.stop();
    let customer = first_customer(here.path(), 4);
    edit(here.path(), None, &customer, &["city=Beaverton"]);
    go_to(&desk, "/sync").await;
    desk.see(Role::Link, "Offline").await;
    for theme in THEMES {
        set(here.path(), &format!("theme={theme}"));
        wait_for_theme(&desk, theme).await;
        settle(&desk).await;
        keep(&desk, folder, &format!("sync-offline-{theme}.png")).await;
    }
    desk.close().await;
}

async fn sign_in(desk: &Desk, central: &Central, folder: &Path) {
    desk.see(Role::Combobox, "Find").await;
    go_to(desk, "/settings").await;
    desk.fill(Role::Textbox, "Server", &central.url()).await;
    desk.press("Tab").await;
    desk.see_text("ServEase Central answers").await;
    desk.fill(Role::Textbox, "E-mail", EMAIL).await;
    desk.fill(Role::Textbox, "Password", PASSWORD).await;
    settle(desk).await;
    keep(desk, folder, "sign-in-light.png").await;
    desk.press("Enter").await;
    desk.see(Role::Link, "Synced just now").await;
    settle(desk).await;
    keep(desk, folder, "signed-in-light.png").await;
}

/// A second desk changes what this one changes, and both enter the same customer.
fn make_something_to_decide(here: &Path, central: &Central) {
    let there = tempfile::tempdir().expect("a temporary folder");
    let secrets = tempfile::tempdir().expect("a temporary folder");
    let second = Some(secrets.path());
    let login = ["login", "--server", &central.url(), "--email", EMAIL];
    run(there.path(), second, &login, PASSWORD);
    run(there.path(), second, &["sync", "--once"], "");
    let employees = run(there.path(), second, &["--json", "employee", "list"], "");
    let employees: Value = serde_json::from_str(&employees).expect("JSON");
    let employee = format!("employee_id={}", text(&employees[1], "id"));
    run(there.path(), second, &["settings", "set", &employee], "");

    let customer = first_customer(here, 0);
    let theirs = ["phone=(503) 555-0188", "city=Beaverton"];
    edit(there.path(), second, &customer, &theirs);
    edit(
        here,
        None,
        &customer,
        &["phone=(503) 555-0142", "city=Salem"],
    );
    let person = |first: &str, phone: &str| {
        json!({
            "first_name": first, "last_name": "Somerville", "email": "mary@example.com",
            "phone": phone, "city": "Portland",
        })
        .to_string()
    };
    let add = ["customer", "add", "--from", "-"];
    run(there.path(), second, &add, &person("M.", ""));
    run(here, None, &add, &person("Mary", "(503) 555-0177"));
    run(there.path(), second, &["sync", "--once"], "");
}

async fn show_a_field_changed_elsewhere(desk: &Desk, here: &Path, folder: &Path) {
    let customer = first_customer(here, 2);
    edit(here, None, &customer, &["city=Salem"]);
    go_to(desk, &format!("/customers/{customer}")).await;
    desk.click(Role::Button, "City Salem").await;
    desk.see(Role::Textbox, "City").await;
    desk.press("Ctrl+A").await;
    desk.type_text("Gresham").await;
    edit(here, None, &customer, &["city=Tigard"]);
    desk.see_text("meanwhile.").await;
    settle(desk).await;
    keep(desk, folder, "changed-elsewhere-dark.png").await;
    desk.press("Escape").await;
}

fn first_customer(data: &Path, at: usize) -> String {
    let page = answer(data, &["customer", "list"]);
    text(&page["results"][at], "id").to_owned()
}

/// Edits a customer; each change as `field=value`.
fn edit(data: &Path, secrets: Option<&Path>, customer: &str, changes: &[&str]) {
    let sets = changes.iter().flat_map(|change| ["--set", *change]);
    let words: Vec<&str> = ["customer", "edit", customer]
        .into_iter()
        .chain(sets)
        .collect();
    run(data, secrets, &words, "");
}

/// Runs `servease` with something on standard input; it must succeed.
fn run(data: &Path, secrets: Option<&Path>, arguments: &[&str], input: &str) -> String {
    use std::io::Write as _;

    let mut command = Command::new(cli_program());
    command.arg("--data-dir").arg(data).args(arguments);
    if let Some(secrets) = secrets {
        // Away from any keyring of whoever runs this.
        command
            .env("XDG_CONFIG_HOME", secrets)
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/dev/null");
    }
    let mut running = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("servease runs");
    let mut stdin = running.stdin.take().expect("its input");
    writeln!(stdin, "{input}").expect("it reads");
    drop(stdin);
    let output = running.wait_with_output().expect("it ends");
    assert!(
        output.status.success(),
        "servease {arguments:?}: {output:?}"
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
