//! Long lists: sorted, narrowed, walked through.

use serde_json::Value;
use servease_tests::window::{Desk, Role, run_cli};

use crate::garage::{add_customer, go_to};

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

    // The first step leads to the first row.
    desk.press("J").await;
    see_row(&desk, 2).await;
    desk.press("J").await;
    see_row(&desk, 3).await;
    desk.press("K").await;
    see_row(&desk, 2).await;
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
    see_row(&desk, 401).await;
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

async fn active_row(desk: &Desk) -> String {
    let active = "const row = document.querySelector('[role=row][aria-selected=true]');
                  return row?.getAttribute('aria-rowindex') ?? ''";
    desk.script(active, vec![]).await
}

#[tokio::test]
async fn active_row_is_never_behind_the_head_or_below_the_edge() {
    let (_folder, mut desk) = demo("120").await;
    desk.resize(1024, 700).await;
    go_to(&desk, "/customers").await;
    desk.see_text("120 customers").await;
    for (key, times) in [("j", 40), ("k", 30), ("End", 1), ("k", 3), ("Home", 1)] {
        for _ in 0..times {
            // At the pace of a hand: what comes faster is a scanner's.
            let before = active_row(&desk).await;
            desk.press_key(key);
            desk.wait_for("another active row", || async {
                (active_row(&desk).await != before).then_some(())
            })
            .await;
        }
        desk.wait_for(
            &format!("the row in sight after {times} × {key}"),
            || async {
                let in_sight: bool = desk
                    .script(
                        "const row = document.querySelector('[role=row][aria-selected=true]');
                     const head = document.querySelector('.list .head').getBoundingClientRect();
                     const list = document.querySelector('.list').getBoundingClientRect();
                     const at = row?.getBoundingClientRect();
                     return at !== undefined && at.top >= head.bottom - 1
                         && at.bottom <= list.bottom + 1",
                        vec![],
                    )
                    .await;
                in_sight.then_some(())
            },
        )
        .await;
    }
    desk.press_key("End");
    see_row(&desk, 121).await;
    // The rail leads back to where the list was left.
    desk.click(Role::Link, "Settings").await;
    desk.see(Role::Heading, "Settings").await;
    desk.click(Role::Link, "Customers").await;
    desk.see_text("120 customers").await;
    see_row(&desk, 121).await;
    desk.close().await;
}

#[tokio::test]
async fn what_does_not_fit_into_its_cell_is_shown_whole_while_the_mouse_rests_on_it() {
    let (folder, mut desk) = demo("20").await;
    let long = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren";
    let input = serde_json::json!({
        "first_name": "Hubert", "last_name": long, "phone": "(614) 555-0188",
    });
    add_customer(folder.path(), &input);
    desk.resize(1024, 700).await;
    go_to(&desk, "/customers").await;
    desk.see_text("21 customers").await;
    desk.fill(Role::Textbox, "Filter customers", "wolfe").await;
    desk.see_text("1 customer").await;
    let (x, y): (i64, i64) = desk
        .script(
            "const row = document.querySelector('.list .line').getBoundingClientRect();
             return [Math.round(row.left + 60), Math.round(row.top + row.height / 2)]",
            vec![],
        )
        .await;
    desk.point_at(x, y + 200);
    desk.point_at(x, y);
    desk.wait_for("the whole name", || async {
        let whole = text_of(&desk, ".list .whole").await;
        whole.contains(long).then_some(())
    })
    .await;
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

/// Waits until the row with this number is the one that keys act on, whole between the head of
/// the list and its lower edge.
async fn see_row(desk: &Desk, index: u32) {
    desk.wait_for(&format!("row {index}, in sight"), || async {
        let found: Option<u32> = desk
            .script(
                "const row = document.querySelector('[role=row][aria-selected=true]');
                 if (!row) return null;
                 const list = row.closest('[role=grid]').getBoundingClientRect();
                 const head = document.querySelector('[role=columnheader]').parentElement;
                 const { top, bottom } = row.getBoundingClientRect();
                 const isSeen = top >= head.getBoundingClientRect().bottom - 1
                     && bottom <= list.bottom + 1;
                 return isSeen ? Number(row.ariaRowIndex) : null",
                vec![],
            )
            .await;
        (found == Some(index)).then_some(())
    })
    .await;
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
