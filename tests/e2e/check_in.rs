//! A car comes in.

use servease_tests::window::{Desk, Role};

use crate::garage::{Garage, go_to};

#[tokio::test]
async fn known_car_takes_its_plate_and_its_mileage() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    open_known(&desk, "abc1234").await;
    desk.assert_accessible("check in").await;
    desk.type_text("42500").await;
    desk.press("Enter").await;
    desk.see_text("Checked in").await;
    assert_eq!(
        garage.shown("vehicle", &garage.vehicle)["current_mileage"],
        42_500
    );

    desk.click(Role::Button, "Undo").await;
    desk.wait_for("the old mileage", || async {
        (garage.shown("vehicle", &garage.vehicle)["current_mileage"] == 42_000).then_some(())
    })
    .await;
    desk.close().await;
}

#[tokio::test]
async fn improbable_mileage_asks_before_it_is_kept() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    open_known(&desk, "abc1234").await;
    desk.type_text("420000").await;
    desk.press("Enter").await;
    desk.click(Role::Button, "Save anyway").await;
    desk.see_text("Checked in").await;
    assert_eq!(
        garage.shown("vehicle", &garage.vehicle)["current_mileage"],
        420_000
    );
    desk.close().await;
}

#[tokio::test]
async fn lower_mileage_is_refused_in_words_and_kept_as_a_correction() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    open_known(&desk, "abc1234").await;
    desk.type_text("41000").await;
    desk.press("Enter").await;
    desk.see_text("The last reading was 42,000").await;
    assert_eq!(desk.value(Role::Textbox, "Odometer").await, "41000");

    desk.click(Role::Button, "Correct the odometer").await;
    desk.see(Role::Dialog, "Update odometer").await;
    desk.assert_accessible("odometer").await;
    desk.fill(Role::Textbox, "Reason", "two digits were swapped")
        .await;
    desk.press("Enter").await;
    // A correction that began at the counter checks the car in.
    desk.see(Role::Region, "Checked in").await;
    assert_eq!(
        garage.shown("vehicle", &garage.vehicle)["current_mileage"],
        41_000
    );
    desk.close().await;
}

#[tokio::test]
async fn unknown_car_takes_one_form() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, "/check-in").await;
    desk.fill(Role::Combobox, "Which car", "NEW 777").await;
    desk.see_text("“NEW 777” is not here yet.").await;
    desk.press("Enter").await;
    desk.fill(Role::Textbox, "First name", "Charles").await;
    assert_eq!(desk.value(Role::Textbox, "Plate").await, "NEW 777");
    desk.fill(Role::Textbox, "Last name", "Babbage").await;
    desk.fill(Role::Textbox, "Phone", "(614) 555-0111").await;
    desk.see_text("Same phone").await;
    desk.fill(Role::Textbox, "Phone", "(614) 555-0122").await;
    desk.see_no_text("Same phone").await;

    desk.fill(Role::Textbox, "VIN", "1HGCM82633A004352").await;
    desk.wait_for("the maker from the VIN", || async {
        (desk.value(Role::Textbox, "Make").await == "Honda").then_some(())
    })
    .await;
    desk.fill(Role::Textbox, "Model", "Accord").await;
    desk.assert_accessible("new car").await;
    desk.click(Role::Button, "Check in").await;
    desk.see(Role::Heading, "Honda Accord").await;
    let found = desk.cli(&["search", "babbage"]);
    assert!(found.contains("Charles Babbage"), "{found}");
    desk.close().await;
}

#[tokio::test]
async fn draft_survives_a_power_cut() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, "/check-in/new").await;
    desk.fill(Role::Textbox, "First name", "Charles").await;
    desk.fill(Role::Textbox, "Last name", "Babbage").await;
    // Leaving the form writes it; the pause in typing that also does is not waited for.
    go_to(&desk, "/settings").await;
    desk.see(Role::Heading, "Settings").await;
    go_to(&desk, "/check-in/new").await;
    desk.see_text("Draft restored").await;
    // What is shown again was written.
    desk.wait_for("the whole draft", || async {
        let first = desk.value(Role::Textbox, "First name").await;
        let last = desk.value(Role::Textbox, "Last name").await;
        (first == "Charles" && last == "Babbage").then_some(())
    })
    .await;
    desk.kill().await;
    desk.launch().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, "/check-in/new").await;
    desk.see_text("Draft restored").await;
    assert_eq!(desk.value(Role::Textbox, "First name").await, "Charles");
    assert_eq!(desk.value(Role::Textbox, "Last name").await, "Babbage");
    desk.click(Role::Button, "Discard draft").await;
    desk.see_no_text("Draft restored").await;
    desk.close().await;
}

async fn open_known(desk: &Desk, plate: &str) {
    desk.see(Role::Combobox, "Find").await;
    go_to(desk, "/check-in").await;
    desk.fill(Role::Combobox, "Which car", plate).await;
    desk.see(Role::Option, "ABC 1234").await;
    desk.press("Enter").await;
    desk.see(Role::Textbox, "Odometer").await;
    desk.wait_for("the focus on the odometer", || async {
        desk.focused().await.contains("Odometer").then_some(())
    })
    .await;
}
