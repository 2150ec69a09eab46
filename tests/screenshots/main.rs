//! A picture of every screen with demo data, light and dark. Argument: the folder for them.
#![expect(clippy::print_stdout, reason = "it names each picture that it takes")]

mod papers;
mod sync;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use servease_tests::window::{Desk, Role, run_cli};

/// The garage that is photographed: small enough to be quick, large enough to scroll.
const DEMO: &[&str] = &["demo", "--customers", "300", "--seed", "1"];
const THEMES: &[&str] = &["light", "dark"];
const LANGUAGES: &[&str] = &["en", "de"];

/// A screen: name of the picture and address within the page.
struct Screen {
    name: &'static str,
    address: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = PathBuf::from(
        std::env::args_os()
            .nth(1)
            .expect("the folder for the pictures"),
    );
    std::fs::create_dir_all(&folder).expect("the folder for the pictures");
    photograph_garage(&folder).await;
    photograph_first_start(&folder).await;
    sync::photograph(&folder).await;
}

async fn photograph_garage(folder: &Path) {
    let data = tempfile::tempdir().expect("a temporary folder");
    run_cli(data.path(), DEMO);
    let employee = first_id(&answer(data.path(), &["employee", "list"]));
    set(data.path(), &format!("employee_id={employee}"));
    let (customer, vehicle) = customer_with_history(data.path());
    let mut desk = Desk::open_on(data.path()).await;
    let (paper, sensitive) = papers::bring(&desk, data.path(), &customer, &vehicle);
    let mut screens = screens(&customer, &vehicle);
    for (name, id) in [("paper", paper), ("paper-sensitive", sensitive)] {
        // The customer stays the last: on their card the keys and the history are photographed.
        let address = format!("/documents/{id}");
        screens.insert(0, Screen { name, address });
    }
    desk.resize(1280, 800).await;
    for theme in THEMES {
        set(data.path(), &format!("theme={theme}"));
        wait_for_theme(&desk, theme).await;
        for screen in &screens {
            go_to(&desk, &screen.address).await;
            keep(&desk, folder, &format!("{}-{theme}.png", screen.name)).await;
        }
        desk.press("H").await;
        desk.see(Role::Dialog, "History").await;
        settle(&desk).await;
        keep(&desk, folder, &format!("history-{theme}.png")).await;
        desk.press("Escape").await;
        desk.see_no(Role::Dialog, "History").await;

        desk.press("?").await;
        desk.see(Role::Dialog, "Shortcuts").await;
        settle(&desk).await;
        keep(&desk, folder, &format!("keys-{theme}.png")).await;
        desk.press("Escape").await;
        desk.see_no(Role::Dialog, "Shortcuts").await;

        go_to(&desk, "/").await;
        desk.see(Role::Combobox, "Find").await;
        desk.press("/").await;
        desk.type_text("bro").await;
        desk.see(Role::Option, "bro").await;
        settle(&desk).await;
        keep(&desk, folder, &format!("search-{theme}.png")).await;
        desk.press("Escape").await;
    }
    photograph_narrow(&desk, folder, data.path(), &screens).await;
    desk.close().await;
}

/// The smallest window that a screen must do with, in each language: what is cut shows here.
async fn photograph_narrow(desk: &Desk, folder: &Path, data: &Path, screens: &[Screen]) {
    desk.resize(1024, 700).await;
    for language in LANGUAGES {
        set(data, &format!("language={language}"));
        desk.wait_for(&format!("the language {language}"), || async {
            let shown: String = desk
                .script("return document.documentElement.lang", vec![])
                .await;
            shown.starts_with(language).then_some(())
        })
        .await;
        for theme in THEMES {
            set(data, &format!("theme={theme}"));
            wait_for_theme(desk, theme).await;
            for screen in screens {
                go_to(desk, &screen.address).await;
                let name = format!("narrow-{language}-{}-{theme}.png", screen.name);
                keep(desk, folder, &name).await;
            }
        }
    }
}

async fn photograph_first_start(folder: &Path) {
    let empty = tempfile::tempdir().expect("a temporary folder");
    let mut desk = Desk::open_on(empty.path()).await;
    desk.resize(1280, 800).await;
    for theme in THEMES {
        set(empty.path(), &format!("theme={theme}"));
        wait_for_theme(&desk, theme).await;
        desk.see(Role::Heading, "Your garage").await;
        settle(&desk).await;
        keep(&desk, folder, &format!("first-start-{theme}.png")).await;
    }
    desk.close().await;
}

fn screens(customer: &str, vehicle: &str) -> Vec<Screen> {
    let fixed = [
        ("find", "/"),
        ("check-in", "/check-in"),
        ("check-in-new", "/check-in/new"),
        ("customers", "/customers"),
        ("customer-new", "/customers/new"),
        ("vehicles", "/vehicles"),
        ("vehicle-new", "/vehicles/new"),
        ("documents", "/documents"),
        ("alerts", "/alerts"),
        ("alerts-calendar", "/alerts/calendar"),
        ("sync", "/sync"),
        ("settings", "/settings"),
    ];
    let of_records = [
        ("check-in-known", format!("/check-in/{vehicle}")),
        ("vehicle", format!("/vehicles/{vehicle}")),
        ("customer", format!("/customers/{customer}")),
    ];
    fixed
        .map(|(name, address)| Screen {
            name,
            address: address.to_owned(),
        })
        .into_iter()
        .chain(of_records.map(|(name, address)| Screen { name, address }))
        .collect()
}

/// A customer whose card has something to show, and the car of theirs that is due: of those on
/// which something is due, the first whose owner has notes and several cars.
fn customer_with_history(data: &Path) -> (String, String) {
    let due = answer(data, &["due", "--within", "60"]);
    let due = due.as_array().expect("a list");
    let richest = due.iter().take(60).max_by_key(|vehicle| {
        let owner = text(vehicle, "customer_id");
        let notes = count(&answer(data, &["note", "list", "--customer", owner]));
        let cars = count(&answer(data, &["vehicle", "list", "--customer", owner])["results"]);
        let services = answer(data, &["service", "list", "--vehicle", text(vehicle, "id")]);
        notes.min(3) * 2 + cars.min(3) * 2 + count(&services).min(5)
    });
    let richest = richest.expect("something is due");
    (
        text(richest, "customer_id").to_owned(),
        text(richest, "id").to_owned(),
    )
}

fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().expect("a text")
}

fn count(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}

fn first_id(list: &Value) -> String {
    text(&list[0], "id").to_owned()
}

fn set(data: &Path, setting: &str) {
    run_cli(data, &["settings", "set", setting]);
}

fn answer(data: &Path, arguments: &[&str]) -> Value {
    let arguments = [&["--json"], arguments].concat();
    serde_json::from_str(&run_cli(data, &arguments)).expect("JSON")
}

async fn wait_for_theme(desk: &Desk, theme: &str) {
    desk.wait_for(&format!("the {theme} theme"), || async {
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

async fn go_to(desk: &Desk, address: &str) {
    let _: Option<bool> = desk
        .script("location.hash = arguments[0]", vec![json!(address)])
        .await;
    settle(desk).await;
}

/// Waits until the page stops changing: the same text in two looks, nothing busy or moving.
async fn settle(desk: &Desk) {
    let before = std::cell::RefCell::new(String::new());
    desk.wait_for("a page at rest", || async {
        let resting: bool = desk
            .script(
                "return document.querySelector('[aria-busy=true]') === null
                     && (document.querySelector('main h1, main article')?.innerText ?? '') !== ''
                     && document.getAnimations().every((one) => one.playState !== 'running')",
                vec![],
            )
            .await;
        let now = desk.visible_text().await;
        let same = !now.is_empty() && before.replace(now.clone()) == now;
        (resting && same).then_some(())
    })
    .await;
}

async fn keep(desk: &Desk, folder: &Path, name: &str) {
    let path = folder.join(name);
    std::fs::write(&path, desk.picture().await).expect("the picture is written");
    println!("{}", path.display());
}
