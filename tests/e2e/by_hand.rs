//! What stood in a receptionist's way once, one test for each.

use serde_json::{Value, json};
use servease_tests::window::{Desk, Role};

use crate::garage::{Garage, go_to};

async fn on(garage: &Garage, path: &str) -> Desk {
    let desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, path).await;
    desk
}

async fn see_focus(desk: &Desk, wanted: &str) {
    desk.wait_for(&format!("the focus on {wanted}"), || async {
        desk.focused().await.contains(wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn enter_takes_the_first_suggestion_and_ctrl_enter_saves() {
    let garage = Garage::new();
    let mut desk = on(&garage, &format!("/vehicles/{}", garage.vehicle)).await;
    desk.see(Role::Heading, "Toyota Corolla").await;
    desk.press("N").await;
    desk.see(Role::Dialog, "Record service").await;
    desk.fill(Role::Combobox, "Service", "Oil change").await;
    desk.press("Ctrl+Enter").await;
    desk.see_text("Oil change recorded").await;
    desk.see_no(Role::Dialog, "Record service").await;

    desk.press("N").await;
    desk.see(Role::Dialog, "Record service").await;
    desk.fill(Role::Combobox, "Service", "oil").await;
    desk.see(Role::Option, "Oil change").await;
    desk.press("Enter").await;
    desk.wait_for("the suggestion in the field", || async {
        (desk.value(Role::Combobox, "Service").await == "Oil change").then_some(())
    })
    .await;
    desk.see(Role::Dialog, "Record service").await;
    desk.press("Ctrl+Enter").await;
    desk.see_no(Role::Dialog, "Record service").await;
    desk.see_text("2 services").await;
    desk.close().await;
}

#[tokio::test]
async fn undo_and_what_comes_of_it_are_one_toast() {
    let garage = Garage::new();
    let mut desk = on(&garage, &format!("/vehicles/{}", garage.vehicle)).await;
    desk.see(Role::Heading, "Toyota Corolla").await;
    desk.press("N").await;
    desk.fill(Role::Combobox, "Service", "Oil change").await;
    desk.press("Ctrl+Enter").await;
    desk.see_text("Oil change recorded").await;
    desk.click(Role::Button, "Undo").await;
    desk.see_no_text("Oil change recorded").await;
    let toasts: u64 = desk
        .script(
            "return document.querySelectorAll('.toasts .toast').length",
            vec![],
        )
        .await;
    assert_eq!(toasts, 1);
    desk.see_text("No services yet").await;
    desk.close().await;
}

#[tokio::test]
async fn undone_step_is_done_again_by_its_key_and_shown_where_it_is() {
    let garage = Garage::new();
    let mut desk = on(&garage, &format!("/vehicles/{}", garage.vehicle)).await;
    desk.see(Role::Heading, "Toyota Corolla").await;
    desk.press("N").await;
    desk.fill(Role::Combobox, "Service", "Oil change").await;
    desk.press("Ctrl+Enter").await;
    desk.see_text("Oil change recorded").await;
    desk.press_key("ctrl+z");
    desk.see_text("Oil change taken back").await;
    desk.see_text("No services yet").await;
    // The same keys with Shift do it again, and do not undo one step more.
    desk.press_key("ctrl+shift+z");
    desk.see_text("Oil change: done again").await;
    desk.see_text("1 service").await;

    // What is taken back out of sight says where it is.
    go_to(&desk, "/settings").await;
    desk.see(Role::Heading, "Settings").await;
    desk.press_key("ctrl+z");
    desk.see_text("Oil change taken back").await;
    desk.see(Role::Button, "Redo").await;
    let toasts: u64 = desk
        .script(
            "return document.querySelectorAll('.toasts .toast').length",
            vec![],
        )
        .await;
    assert_eq!(toasts, 1);
    desk.click(Role::Button, "Show").await;
    desk.see(Role::Heading, "Toyota Corolla").await;
    desk.see_text("No services yet").await;
    desk.close().await;
}

#[tokio::test]
async fn correction_that_began_at_check_in_ends_there_and_goes_with_its_undo() {
    let garage = Garage::new();
    let mut desk = on(&garage, &format!("/check-in/{}", garage.vehicle)).await;
    see_focus(&desk, "Odometer").await;
    desk.type_text("41000").await;
    desk.press("Enter").await;
    desk.click(Role::Button, "Correct the odometer").await;
    desk.fill(Role::Textbox, "Reason", "two digits were swapped")
        .await;
    desk.press("Enter").await;
    desk.see(Role::Region, "Checked in").await;
    desk.press("Ctrl+Z").await;
    desk.see_no(Role::Region, "Checked in").await;
    desk.see(Role::Textbox, "Odometer").await;
    desk.close().await;
}

#[tokio::test]
async fn unknown_text_goes_into_the_field_that_it_was_meant_for() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    for (typed, field, value) in [
        ("charles@example.com", "E-mail", "charles@example.com"),
        ("Charles Babbage", "Last name", "Babbage"),
        ("5UXRB0800ND001265", "VIN", "5UXRB0800ND001265"),
        ("(614) 555-0177", "Phone", "(614) 555-0177"),
        ("QQ 777", "Plate", "QQ 777"),
    ] {
        go_to(&desk, "/").await;
        desk.fill(Role::Combobox, "Find", typed).await;
        desk.click(Role::Button, "Check in a new car").await;
        desk.wait_for(&format!("{typed} in {field}"), || async {
            (desk.value(Role::Textbox, field).await == value).then_some(())
        })
        .await;
        desk.see_text(&format!("“{typed}” went into")).await;
        if field != "Plate" {
            assert_eq!(desk.value(Role::Textbox, "Plate").await, "", "{typed}");
        }
        if desk.find(Role::Button, "Discard draft").await.is_some() {
            desk.click(Role::Button, "Discard draft").await;
        }
    }
    desk.close().await;
}

#[tokio::test]
async fn refused_edit_stays_beside_its_field_when_the_page_is_left() {
    let garage = Garage::new();
    let path = format!("/customers/{}", garage.customer);
    let mut desk = on(&garage, &path).await;
    desk.click(Role::Button, "E-mail ada@example.com").await;
    desk.see(Role::Textbox, "E-mail").await;
    desk.press("Ctrl+A").await;
    desk.type_text("not an address").await;
    desk.press("Enter").await;
    desk.see(Role::Alert, "").await;
    go_to(&desk, "/settings").await;
    desk.see(Role::Heading, "Settings").await;
    go_to(&desk, &path).await;
    desk.see_text("Not saved: “not an address”").await;
    desk.assert_accessible("refused edit").await;
    desk.restart().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, &path).await;
    desk.see_text("Not saved: “not an address”").await;
    desk.click(Role::Button, "Discard").await;
    desk.see_no_text("Not saved").await;
    desk.close().await;
}

#[tokio::test]
async fn picked_owner_is_followed_by_the_button_that_transfers() {
    let garage = Garage::new();
    garage.customer(&json!({
        "first_name": "Charles", "last_name": "Babbage", "phone": "(614) 555-0199",
    }));
    let mut desk = on(&garage, &format!("/vehicles/{}", garage.vehicle)).await;
    desk.click(Role::Button, "Transfer").await;
    desk.fill(Role::Combobox, "New owner", "babbage").await;
    desk.see(Role::Option, "Charles Babbage").await;
    desk.press("Enter").await;
    see_focus(&desk, "Transfer to Charles Babbage").await;
    desk.press("Enter").await;
    desk.see_text("transferred to Charles Babbage").await;
    desk.close().await;
}

#[tokio::test]
async fn taken_customer_is_followed_by_the_first_field_of_the_car() {
    let garage = Garage::new();
    let mut desk = on(&garage, "/check-in/new").await;
    desk.fill(Role::Textbox, "Phone", "(614) 555-0111").await;
    desk.click(Role::Button, "Use this customer").await;
    see_focus(&desk, "Plate").await;
    desk.close().await;
}

#[tokio::test]
async fn deleting_and_saving_leave_the_focus_somewhere() {
    let garage = Garage::new();
    let mut desk = on(&garage, &format!("/customers/{}", garage.customer)).await;
    desk.press("A").await;
    desk.fill(Role::Textbox, "Title", "Call back").await;
    desk.fill(Role::Textbox, "Text", "after six").await;
    desk.press("Ctrl+Enter").await;
    desk.see_no(Role::Dialog, "Add note").await;
    see_some_focus(&desk).await;
    desk.click(Role::Button, "Call back").await;
    desk.click(Role::Button, "Delete").await;
    desk.see_no(Role::Dialog, "Note").await;
    see_some_focus(&desk).await;
    desk.close().await;
}

async fn see_some_focus(desk: &Desk) {
    desk.wait_for("a focus", || async {
        let lost: bool = desk
            .script(
                "return document.activeElement === null || document.activeElement === document.body",
                vec![],
            )
            .await;
        (!lost).then_some(())
    })
    .await;
}

#[tokio::test]
async fn every_control_of_a_note_is_reached_by_tab() {
    let garage = Garage::new();
    let mut desk = on(&garage, &format!("/customers/{}", garage.customer)).await;
    desk.press("A").await;
    desk.see(Role::Dialog, "Add note").await;
    let mut met = Vec::new();
    for _ in 0..12 {
        met.push(desk.focused().await);
        desk.press("Tab").await;
    }
    for wanted in [
        "Title",
        "Text",
        "Important",
        "Pinned",
        "Private",
        "Follow",
        "Save",
        "Close",
    ] {
        assert!(
            met.iter().any(|one| one.contains(wanted)),
            "{wanted}: {met:?}"
        );
    }
    desk.close().await;
}

#[tokio::test]
async fn long_names_move_nothing_out_of_the_window() {
    let garage = Garage::new();
    let long = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewiss";
    let customer = garage.customer(&json!({
        "first_name": long, "last_name": long, "phone": "(614) 555-0188",
        "email": format!("{}@example.com", &long[..60]), "company_name": format!("{long}{long}"),
    }));
    let car = garage.vehicle(
        &customer,
        &json!({"make": &long[..50], "model": long, "license_plate": "LONG 1"}),
    );
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    desk.resize(1024, 700).await;
    for path in [
        format!("/customers/{customer}"),
        format!("/vehicles/{car}"),
        format!("/check-in/{car}"),
        "/customers".to_owned(),
        "/vehicles".to_owned(),
        "/".to_owned(),
    ] {
        go_to(&desk, &path).await;
        desk.wait_for("the page", || async {
            let loaded: bool = desk
                .script(
                    "return location.hash === '#' + arguments[0]
                         && document.querySelector('main h1') !== null
                         && !document.querySelector('main').ariaBusy",
                    vec![json!(path)],
                )
                .await;
            loaded.then_some(())
        })
        .await;
        let wide: Vec<String> = desk
            .script(
                "return [document.documentElement, ...document.querySelectorAll('main, main *')]
                     .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
                         && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
                     .map((one) => `${one.tagName}.${one.className}`)",
                vec![],
            )
            .await;
        assert!(wide.is_empty(), "{path}: {wide:?}");
    }
    desk.close().await;
}

#[tokio::test]
async fn what_is_due_is_read_whole_in_german() {
    let garage = Garage::new();
    #[expect(
        clippy::disallowed_methods,
        reason = "the desk reads the clock, and so must whoever says what it will show"
    )]
    let today = chrono::Utc::now().date_naive();
    let ago = |days: i64| (today - chrono::Duration::days(days)).to_string();
    let car = garage.vehicle(
        &garage.customer,
        &json!({
            "make": "Volkswagen", "model": "Multivan Comfortline", "license_plate": "HH AB 1234",
            "current_mileage": 123_456, "next_service_due_mileage": 122_000,
            "next_service_due_date": ago(118), "registration_expiry_date": ago(18),
            "insurance_expiry_date": ago(17), "warranty_expiry_date": ago(16),
        }),
    );
    garage.vehicle(
        &garage.customer,
        &json!({
            "make": "Volkswagen", "model": "Golf", "license_plate": "HH AB 1235",
            "insurance_expiry_date": ago(118),
        }),
    );
    let mut desk = garage.open().await;
    desk.cli(&["settings", "set", "language=de"]);
    desk.see(Role::Combobox, "Suchen").await;
    desk.resize(1024, 700).await;
    for path in [
        "/".to_owned(),
        "/vehicles".to_owned(),
        format!("/customers/{}", garage.customer),
        format!("/vehicles/{car}"),
        format!("/check-in/{car}"),
    ] {
        go_to(&desk, &path).await;
        desk.wait_for(&format!("what is due on {path}"), || async {
            let shown: bool = desk
                .script(
                    "return location.hash === '#' + arguments[0]
                         && document.querySelector('main .due svg') !== null",
                    vec![json!(path)],
                )
                .await;
            shown.then_some(())
        })
        .await;
        let cut: Vec<String> = desk
            .script(
                "const cut = [];
                 for (const due of document.querySelectorAll('main .due')) {
                     for (let one = due; one.tagName !== 'MAIN'; one = one.parentElement) {
                         if (getComputedStyle(one).overflowX === 'visible') continue;
                         const words = due.getBoundingClientRect();
                         const place = one.getBoundingClientRect();
                         const inner = due.querySelector('span') ?? due;
                         if (words.right > place.right + 1 || words.left < place.left - 1
                             || inner.scrollWidth > inner.clientWidth + 1)
                             cut.push(due.innerText);
                     }
                 }
                 return cut",
                vec![],
            )
            .await;
        assert!(cut.is_empty(), "{path}: {cut:?}");
    }
    desk.close().await;
}

#[tokio::test]
async fn desk_that_is_alone_says_nothing_of_sending() {
    let garage = Garage::new();
    let mut desk = on(&garage, "/sync").await;
    desk.see(Role::Button, "Connect to a server").await;
    assert!(!desk.visible_text().await.contains("Waiting to be sent"));
    desk.click(Role::Button, "Connect to a server").await;
    see_focus(&desk, "Server").await;
    let top: f64 = desk
        .script(
            "const heading = [...document.querySelectorAll('h2')]
                 .find((one) => one.innerText.trim() === 'Server');
             return heading.getBoundingClientRect().top
                 - document.querySelector('main').getBoundingClientRect().top",
            vec![],
        )
        .await;
    assert!(top >= 0.0, "the heading is {top} above the page");
    desk.close().await;
}

#[tokio::test]
async fn words_say_what_is_there() {
    let garage = Garage::new();
    let unread = garage.vehicle(
        &garage.customer,
        &json!({"make": "Fiat", "model": "Panda", "license_plate": "NEW 1"}),
    );
    let mut desk = on(&garage, &format!("/check-in/{unread}")).await;
    desk.see_text("No reading yet").await;
    go_to(&desk, &format!("/vehicles/{unread}")).await;
    desk.see(Role::Heading, "Fiat Panda").await;
    desk.press("N").await;
    desk.fill(Role::Combobox, "Service", "Check").await;
    desk.press("Ctrl+Enter").await;
    desk.see_text("1 service").await;
    desk.see_no(Role::Dialog, "Record service").await;
    assert!(!desk.visible_text().await.contains("1 service,"));
    desk.press("H").await;
    desk.see(Role::Dialog, "History").await;
    let history = desk.visible_text().await;
    let raw = history
        .split_whitespace()
        .any(|word| word.contains('T') && word.ends_with('Z') && word.contains(':'));
    assert!(!raw, "{history}");
    desk.press("Escape").await;
    go_to(&desk, &format!("/customers/{}", garage.customer)).await;
    desk.see(Role::Button, "Mark customer as verified").await;
    go_to(&desk, "/vehicles/new").await;
    desk.see_text("Make (required)").await;
    desk.close().await;
}

#[tokio::test]
async fn lists_are_reached_from_their_filter_and_sorted_by_keyboard() {
    let garage = Garage::new();
    for number in 0..30 {
        garage.customer(&json!({
            "first_name": "Ann", "last_name": format!("Smith{number:02}"),
            "email": format!("ann{number}@example.com"),
        }));
    }
    let mut desk = on(&garage, "/customers").await;
    desk.see_text("31 customers").await;
    desk.fill(Role::Textbox, "Filter customers", "smith").await;
    desk.see_text("30 customers").await;
    desk.press("Enter").await;
    see_focus(&desk, "grid").await;
    see_selected(&desk, "Smith00").await;
    desk.press("Down").await;
    see_selected(&desk, "Smith01").await;
    desk.press("Tab").await;
    see_focus(&desk, "Name").await;
    desk.press("Enter").await;
    desk.wait_for("the other order", || async {
        let first: String = desk
            .script(
                "return document.querySelector('[aria-rowindex=\"2\"]')?.innerText ?? ''",
                vec![],
            )
            .await;
        first.contains("Smith29").then_some(())
    })
    .await;
    // The rail leads back to the list as it was.
    desk.click(Role::Link, "Settings").await;
    desk.see(Role::Heading, "Settings").await;
    desk.click(Role::Link, "Customers").await;
    desk.see_text("30 customers").await;
    assert_eq!(desk.value(Role::Textbox, "Filter customers").await, "smith");
    desk.close().await;
}

async fn see_selected(desk: &Desk, wanted: &str) {
    desk.wait_for(&format!("{wanted} to be the active row"), || async {
        let row: Value = desk
            .script(
                "return document.querySelector('[role=row][aria-selected=true]')?.innerText ?? ''",
                vec![],
            )
            .await;
        row.as_str()
            .is_some_and(|row| row.contains(wanted))
            .then_some(())
    })
    .await;
}
