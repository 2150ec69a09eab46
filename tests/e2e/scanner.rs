//! A scanner is a keyboard that types a whole code in no time: it leads to a car, whatever is on
//! the screen, and never does what its letters would do by hand.

use serde_json::json;
use servease_tests::window::{Desk, Role};

use crate::garage::{Garage, go_to};

const VIN: &str = "1HGCM82633A004352";
/// As in the issue: its letters open a form, check in and end one.
const UNKNOWN: &str = "5UXRB0800ND001265";

fn with_honda() -> (Garage, String) {
    let garage = Garage::new();
    let honda = garage.vehicle(
        &garage.customer,
        &json!({"make": "Honda", "model": "Accord", "vin": VIN, "license_plate": "HON 1"}),
    );
    (garage, honda)
}

async fn on_page(garage: &Garage, path: &str, heading: &str) -> Desk {
    let desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, path).await;
    desk.see(Role::Heading, heading).await;
    desk
}

#[tokio::test]
async fn scanned_vin_opens_its_car_and_presses_no_shortcut() {
    let (garage, _) = with_honda();
    let page = format!("/vehicles/{}", garage.vehicle);
    let mut desk = on_page(&garage, &page, "Toyota Corolla").await;
    desk.scan(VIN, "Return");
    desk.see(Role::Heading, "Honda Accord").await;
    assert!(desk.find(Role::Dialog, "").await.is_none());
    // A scanner that ends with a tab does the same.
    go_to(&desk, &page).await;
    desk.see(Role::Heading, "Toyota Corolla").await;
    desk.scan(VIN, "Tab");
    desk.see(Role::Heading, "Honda Accord").await;
    desk.close().await;
}

#[tokio::test]
async fn unknown_vin_goes_into_the_form_and_records_no_service() {
    let (garage, _) = with_honda();
    let page = format!("/vehicles/{}", garage.vehicle);
    let mut desk = on_page(&garage, &page, "Toyota Corolla").await;
    desk.scan(UNKNOWN, "Return");
    desk.see(Role::Textbox, "VIN").await;
    assert_eq!(desk.value(Role::Textbox, "VIN").await, UNKNOWN);
    desk.see_text(&format!("“{UNKNOWN}” went into VIN.")).await;
    let services = garage.shown("vehicle", &garage.vehicle);
    assert_eq!(services["last_service_date"], json!(null));
    desk.close().await;
}

#[tokio::test]
async fn next_car_is_scanned_while_the_odometer_of_this_one_is_asked_for() {
    let (garage, _) = with_honda();
    let page = format!("/check-in/{}", garage.vehicle);
    let mut desk = on_page(&garage, &page, "Check in: ABC 1234 Toyota Corolla").await;
    desk.wait_for("the focus on the odometer", || async {
        desk.focused().await.contains("Odometer").then_some(())
    })
    .await;
    desk.scan(VIN, "Return");
    desk.see(Role::Heading, "Check in: HON 1 Honda Accord")
        .await;
    assert_eq!(
        garage.shown("vehicle", &garage.vehicle)["current_mileage"],
        42_000
    );
    desk.close().await;
}

#[tokio::test]
async fn code_scanned_into_a_field_stays_there_and_sends_no_form() {
    let garage = Garage::new();
    let mut desk = on_page(&garage, "/check-in/new", "Check in a new car").await;
    desk.fill(Role::Textbox, "First name", "Charles").await;
    desk.fill(Role::Textbox, "VIN", "").await;
    desk.scan(UNKNOWN, "Return");
    desk.wait_for("the focus on the next field", || async {
        desk.focused().await.contains("Make").then_some(())
    })
    .await;
    assert_eq!(desk.value(Role::Textbox, "VIN").await, UNKNOWN);
    assert!(!desk.visible_text().await.contains("Last name is needed"));
    desk.close().await;
}

#[tokio::test]
async fn letters_pressed_by_hand_still_do_what_they_say() {
    let garage = Garage::new();
    let page = format!("/vehicles/{}", garage.vehicle);
    let mut desk = on_page(&garage, &page, "Toyota Corolla").await;
    desk.type_by_hand("n");
    desk.see(Role::Dialog, "Record service").await;
    desk.close().await;
}

#[tokio::test]
async fn code_scanned_into_the_search_box_opens_what_it_finds() {
    let (garage, _) = with_honda();
    let mut desk = garage.open().await;
    desk.wait_for("the focus on the search box", || async {
        (desk.focused().await == "combobox \"Find\"").then_some(())
    })
    .await;
    desk.scan(VIN, "Return");
    desk.see(Role::Heading, "Honda Accord").await;
    desk.close().await;
}

#[tokio::test]
async fn enter_by_hand_in_a_vin_field_moves_on_and_saves_nothing() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, "/check-in/new").await;
    desk.fill(Role::Textbox, "VIN", VIN).await;
    desk.press("Enter").await;
    desk.wait_for("the focus in the field after the VIN", || async {
        let focused = desk.focused().await;
        (focused.starts_with("textbox") || focused.starts_with("combobox"))
            .then_some(focused)
            .filter(|focused| !focused.contains("VIN"))
    })
    .await;
    assert_eq!(desk.value(Role::Textbox, "VIN").await, VIN);
    // A form that was sent would say what is missing in it.
    desk.see_no_text("needed").await;
    desk.close().await;
}

/// The code of a licence, line by line.
const LICENCE: &[&str] = &[
    "@",
    "",
    "ANSI 636023080102DL00410278DLDAQSX123456",
    "DCSO'BRIEN",
    "DACMARY",
    "DDEN",
    "DBA05032031",
    "DAG2300 W BROAD ST",
    "DAICOLUMBUS",
    "DAJOH",
    "DAK432150000",
    "DCGUSA",
];

#[tokio::test]
async fn a_licence_fills_in_the_form_for_a_customer_and_saves_nothing() {
    let (garage, _) = with_honda();
    let page = format!("/vehicles/{}", garage.vehicle);
    let mut desk = on_page(&garage, &page, "Toyota Corolla").await;
    desk.scan_lines(LICENCE);
    desk.see(Role::Textbox, "First name").await;
    desk.see_text("The licence is valid until").await;
    assert_eq!(desk.value(Role::Textbox, "First name").await, "Mary");
    assert_eq!(desk.value(Role::Textbox, "Last name").await, "O'Brien");
    assert_eq!(desk.value(Role::Textbox, "City").await, "Columbus");
    desk.assert_accessible("a licence").await;
    let found = desk.cli(&["--json", "search", "brien"]);
    assert_eq!(found.trim(), "[]", "somebody looks at it first");
    // Again, into the form that is open, while the focus is in one of its fields.
    desk.fill(Role::Textbox, "First name", "Somebody").await;
    desk.scan_lines(LICENCE);
    desk.wait_for("the name of the licence", || async {
        let name = desk.value(Role::Textbox, "First name").await;
        (name == "Mary").then_some(())
    })
    .await;
    desk.close().await;
}
