//! Long lists: sorted, narrowed, walked through.

use serde_json::Value;
use servease_tests::window::{Desk, Role, run_cli};

use crate::garage::go_to;

#[tokio::test]
async fn list_is_sorted_narrowed_and_walked_with_the_keyboard() {
    let (_folder, mut desk) = demo("400").await;
    go_to(&desk, "/customers").await;
    desk.see_text("400 customers").await;
    let first = first_row(&desk).await;
    desk.click(Role::Button, "Name").await;
    desk.wait_for("another order", || async {
        (first_row(&desk).await != first).then_some(())
    })
    .await;
    desk.assert_accessible("list of customers").await;

    desk.press("J").await;
    desk.press("J").await;
    desk.press("K").await;
    let chosen = selected(&desk).await;
    desk.press("Enter").await;
    desk.see(Role::Button, "Add vehicle").await;
    desk.press("Escape").await;
    desk.see_text("400 customers").await;
    desk.wait_for("the row that was chosen", || async {
        (selected(&desk).await == chosen).then_some(())
    })
    .await;

    desk.wait_for("the focus on the list", || async {
        desk.focused().await.starts_with("grid").then_some(())
    })
    .await;
    desk.press("End").await;
    desk.wait_for("the last row", || async {
        let index: Option<u32> = desk
            .script(
                "return Number(document.querySelector('[role=row][aria-selected=true]')?.ariaRowIndex ?? 0)",
                vec![],
            )
            .await;
        (index == Some(401)).then_some(())
    })
    .await;
    desk.wait_for("its text", || async {
        (!selected(&desk).await.is_empty()).then_some(())
    })
    .await;

    desk.fill(Role::Textbox, "Filter customers", "zzzz").await;
    desk.see_text("Nothing matches these filters.").await;
    desk.click(Role::Button, "Clear filters").await;
    desk.see_text("400 customers").await;
    desk.close().await;
}

#[tokio::test]
async fn each_filter_of_the_contract_narrows_its_list() {
    let (folder, mut desk) = demo("120").await;
    let answer = |arguments: &[&str]| -> Value {
        let arguments = [&["--json"], arguments].concat();
        serde_json::from_str(&run_cli(folder.path(), &arguments)).expect("JSON")
    };
    let stats = answer(&["stats"]);
    let figure = |name: &str| stats[name].as_u64().expect("a figure");
    let inactive = figure("total_customers") - figure("active_customers");
    assert!(inactive > 0, "the demo has inactive customers");
    go_to(&desk, "/customers").await;
    see_count(&desk, 120, "customer").await;
    for (filter, choice, count) in [
        ("Status", "Inactive", inactive),
        ("Verified", "Yes", figure("verified_customers")),
        ("Business", "Yes", figure("business_customers")),
    ] {
        desk.click(Role::Combobox, filter).await;
        desk.click(Role::Option, choice).await;
        see_count(&desk, count, "customer").await;
        desk.click(Role::Button, "Clear filters").await;
        see_count(&desk, 120, "customer").await;
    }
    let people = everything(&answer, "customer");
    let washington = matching(&people, |one| one["state"] == "Washington");
    desk.fill(Role::Textbox, "State", "washington").await;
    see_count(&desk, washington, "customer").await;

    let cars = everything(&answer, "vehicle");
    let total = cars.len() as u64;
    go_to(&desk, "/vehicles").await;
    see_count(&desk, total, "vehicle").await;
    for (filter, choice, count) in [
        (
            "Fuel",
            "Diesel",
            matching(&cars, |car| car["fuel_type"] == "diesel"),
        ),
        (
            "Status",
            "Inactive",
            matching(&cars, |car| car["is_active"] == false),
        ),
        (
            "Under warranty",
            "Yes",
            matching(&cars, |car| car["is_under_warranty"] == true),
        ),
    ] {
        desk.click(Role::Combobox, filter).await;
        desk.click(Role::Option, choice).await;
        see_count(&desk, count, "vehicle").await;
        desk.click(Role::Button, "Clear filters").await;
        see_count(&desk, total, "vehicle").await;
    }
    let hondas = matching(&cars, |car| car["make"] == "Honda");
    desk.fill(Role::Textbox, "Make", "honda").await;
    see_count(&desk, hondas, "vehicle").await;
    desk.close().await;
}

async fn see_count(desk: &Desk, count: u64, noun: &str) {
    let plural = if count == 1 { "" } else { "s" };
    match count {
        0 => desk.see_text("Nothing matches these filters.").await,
        _ => desk.see_text(&format!("\n{count} {noun}{plural}\n")).await,
    }
}

/// All pages of a list.
fn everything(answer: &dyn Fn(&[&str]) -> Value, noun: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1.. {
        let found = answer(&[noun, "list", "--page", &page.to_string()]);
        all.extend(found["results"].as_array().expect("rows").iter().cloned());
        if found["next"].is_null() {
            break;
        }
    }
    all
}

fn matching(rows: &[Value], wanted: impl Fn(&Value) -> bool) -> u64 {
    rows.iter().filter(|row| wanted(row)).count() as u64
}

async fn demo(customers: &str) -> (tempfile::TempDir, Desk) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    run_cli(
        folder.path(),
        &["demo", "--customers", customers, "--seed", "1"],
    );
    run_cli(folder.path(), &["settings", "set", "language=en"]);
    let desk = Desk::open_on(folder.path()).await;
    desk.see(Role::Combobox, "Find").await;
    (folder, desk)
}

async fn first_row(desk: &Desk) -> String {
    text_of(desk, "[role=row][aria-rowindex=\"2\"]").await
}

async fn selected(desk: &Desk) -> String {
    text_of(desk, "[role=row][aria-selected=true]").await
}

async fn text_of(desk: &Desk, selector: &str) -> String {
    desk.script(
        "return document.querySelector(arguments[0])?.innerText.trim() ?? ''",
        vec![serde_json::json!(selector)],
    )
    .await
}
