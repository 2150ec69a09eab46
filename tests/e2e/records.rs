//! Customers and vehicles as cards: edited in place, undone, transferred, deleted.

use serde_json::json;
use servease_tests::window::{Desk, Role};

use crate::garage::{Garage, go_to};

#[tokio::test]
async fn field_is_edited_in_place_and_undone() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    open_customer(&desk, &garage.customer).await;
    edit(&desk, "City", "Columbus", "Dublin").await;
    desk.press("Escape").await;
    desk.see(Role::Button, "City Columbus").await;

    edit(&desk, "City", "Columbus", "Dublin").await;
    desk.press("Enter").await;
    desk.see(Role::Button, "City Dublin").await;
    assert_eq!(garage.shown("customer", &garage.customer)["city"], "Dublin");

    desk.press("H").await;
    desk.see(Role::Dialog, "History").await;
    desk.see_text("Grace Hopper").await;
    desk.see_text("Dublin").await;
    desk.assert_accessible("history").await;
    desk.press("Escape").await;
    desk.see_no(Role::Dialog, "History").await;

    desk.press("Ctrl+Z").await;
    desk.see(Role::Button, "City Columbus").await;
    assert_eq!(
        garage.shown("customer", &garage.customer)["city"],
        "Columbus"
    );
    desk.close().await;
}

#[tokio::test]
async fn refused_text_stays_where_it_was_typed() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    open_customer(&desk, &garage.customer).await;
    edit(&desk, "E-mail", "ada@example.com", "not an address").await;
    desk.press("Enter").await;
    desk.see_text("Not an e-mail address.").await;
    assert_eq!(desk.value(Role::Textbox, "E-mail").await, "not an address");
    desk.assert_accessible("refused").await;
    desk.press("Escape").await;
    desk.see(Role::Button, "E-mail ada@example.com").await;
    desk.close().await;
}

#[tokio::test]
async fn car_changes_hands_and_its_former_owner_is_named() {
    let garage = Garage::new();
    garage.customer(&json!({
        "first_name": "Charles", "last_name": "Babbage", "phone": "(614) 555-0122",
    }));
    let mut desk = garage.open().await;
    open_vehicle(&desk, &garage.vehicle).await;
    desk.press("T").await;
    desk.fill(Role::Combobox, "New owner", "babb").await;
    desk.see(Role::Option, "Charles Babbage").await;
    desk.press("Down").await;
    desk.press("Enter").await;
    desk.click(Role::Button, "Transfer to Charles Babbage")
        .await;
    desk.see_text("transferred to Charles Babbage").await;
    desk.see_text("Former owners").await;
    desk.see(Role::Link, "Ada Byron").await;
    desk.close().await;
}

#[tokio::test]
async fn what_holds_no_longer_is_cleared_with_the_transfer_and_comes_back_with_its_undo() {
    let garage = Garage::new();
    garage.customer(&json!({
        "first_name": "Charles", "last_name": "Babbage", "phone": "(614) 555-0122",
    }));
    let mut desk = garage.open().await;
    let dates = [
        "registration_expiry_date=2031-06-04",
        "insurance_company=Acme",
        "insurance_expiry_date=2031-05-03",
    ];
    for set in dates {
        desk.cli(&["vehicle", "edit", &garage.vehicle, "--set", set]);
    }
    let shown = || desk.cli(&["--json", "vehicle", "show", &garage.vehicle]);
    open_vehicle(&desk, &garage.vehicle).await;
    desk.press("T").await;
    desk.fill(Role::Combobox, "New owner", "babb").await;
    desk.see(Role::Option, "Charles Babbage").await;
    desk.press("Enter").await;
    desk.see_text("Still holds for the new owner").await;
    desk.assert_accessible("transfer").await;
    desk.click(Role::Checkbox, "Registration").await;
    desk.click(Role::Button, "Transfer to Charles Babbage")
        .await;
    desk.see_text("transferred to Charles Babbage").await;
    assert!(shown().contains("2031-06-04"), "{}", shown());
    assert!(!shown().contains("Acme"), "{}", shown());
    assert!(!shown().contains("2031-05-03"), "{}", shown());
    desk.click(Role::Button, "Undo").await;
    desk.see_no_text("Former owners").await;
    assert!(shown().contains("Acme"), "{}", shown());
    assert!(shown().contains("2031-05-03"), "{}", shown());
    desk.close().await;
}

#[tokio::test]
async fn deleted_customer_comes_back_with_undo() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    open_customer(&desk, &garage.customer).await;
    desk.click(Role::Button, "More actions").await;
    desk.see_text("Delete customer").await;
    let _: Option<bool> = desk
        .script(
            "[...document.querySelectorAll('[role=menuitem]')]
                 .find((item) => item.textContent.includes('Delete customer')).click()",
            vec![],
        )
        .await;
    desk.see_text("Ada Byron deleted").await;
    let found = desk.cli(&["--json", "search", "byron"]);
    assert_eq!(found.trim(), "[]");
    desk.click(Role::Button, "Undo").await;
    desk.see_text("Ada Byron is back").await;
    let found = desk.cli(&["--json", "search", "byron"]);
    assert!(found.contains("Ada Byron"), "{found}");
    desk.close().await;
}

#[tokio::test]
async fn recorded_service_sets_when_the_next_is_due() {
    let garage = Garage::new();
    let car = garage.vehicle(
        &garage.customer,
        &json!({
            "make": "Honda", "model": "Fit", "license_plate": "FIT 1",
            "current_mileage": 10_000, "service_interval_distance": 5_000,
        }),
    );
    let mut desk = garage.open().await;
    open_vehicle(&desk, &car).await;
    desk.press("S").await;
    desk.see(Role::Dialog, "Record service").await;
    desk.assert_accessible("service").await;
    desk.fill(Role::Combobox, "Service", "Oil change").await;
    // What the save would ask is said when the field is left.
    desk.fill(Role::Textbox, "Odometer", "900000").await;
    desk.press("Tab").await;
    desk.see_text("more than last time").await;
    desk.fill(Role::Textbox, "Odometer", "10200").await;
    desk.press("Enter").await;
    desk.see_text("Oil change recorded").await;
    desk.wait_for("the next service", || async {
        (garage.shown("vehicle", &car)["next_service_due_mileage"] == 15_200).then_some(())
    })
    .await;
    desk.see_text("15,200 mi").await;
    desk.close().await;
}

#[tokio::test]
async fn important_note_is_written_and_shown() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    open_customer(&desk, &garage.customer).await;
    desk.press("A").await;
    desk.see(Role::Dialog, "Add note").await;
    desk.assert_accessible("note").await;
    desk.fill(Role::Textbox, "Title", "Calls back late").await;
    desk.fill(Role::Textbox, "Text", "Only after six").await;
    desk.press("Ctrl+Enter").await;
    desk.see_no(Role::Dialog, "Add note").await;
    desk.see_text("Only after six").await;
    let notes = desk.cli(&["--json", "note", "list", "--customer", &garage.customer]);
    assert!(notes.contains("Calls back late"), "{notes}");
    desk.close().await;
}

#[tokio::test]
async fn change_from_the_command_line_appears_by_itself() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    open_customer(&desk, &garage.customer).await;
    desk.cli(&["customer", "edit", &garage.customer, "--set", "city=Toledo"]);
    desk.see(Role::Button, "City Toledo").await;
    desk.close().await;
}

#[tokio::test]
async fn text_of_any_kind_shows_as_text() {
    let garage = Garage::new();
    let odd = garage.customer(&json!({
        "first_name": "<img src=x onerror=\"window.intruder=1\">", "last_name": "🚗 שלום",
        "phone": "(614) 555-0133", "city": "<b>bold</b>",
    }));
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, &format!("/customers/{odd}")).await;
    desk.see_text("<img src=x onerror=\"window.intruder=1\">")
        .await;
    desk.see_text("<b>bold</b>").await;
    desk.see_text("🚗 שלום").await;
    let intruded: bool = desk
        .script(
            "return window.intruder === 1 || document.querySelector('main img, main b') !== null",
            vec![],
        )
        .await;
    assert!(!intruded, "the text became markup");
    desk.close().await;
}

async fn open_customer(desk: &Desk, id: &str) {
    desk.see(Role::Combobox, "Find").await;
    go_to(desk, &format!("/customers/{id}")).await;
    desk.see(Role::Heading, "Ada Byron").await;
}

async fn open_vehicle(desk: &Desk, id: &str) {
    desk.see(Role::Combobox, "Find").await;
    go_to(desk, &format!("/vehicles/{id}")).await;
    desk.see(Role::Button, "Record service").await;
}

/// Opens a value for editing and types in its place.
async fn edit(desk: &Desk, field: &str, shown: &str, text: &str) {
    desk.click(Role::Button, &format!("{field} {shown}")).await;
    desk.see(Role::Textbox, field).await;
    desk.press("Ctrl+A").await;
    desk.type_text(text).await;
}
