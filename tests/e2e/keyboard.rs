//! What every key means, wherever the focus is.

use servease_tests::window::{Desk, Role};

use crate::garage::{Garage, go_to};

#[tokio::test]
async fn tab_goes_on_and_shift_tab_goes_back() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, "/customers/new").await;
    desk.wait_for("the focus on the first field", || async {
        (desk.focused().await.starts_with("textbox \"Phone")).then_some(())
    })
    .await;
    desk.press("Tab").await;
    assert!(desk.focused().await.starts_with("textbox \"E-mail"));
    desk.press("Shift+Tab").await;
    assert!(desk.focused().await.starts_with("textbox \"Phone"));
    desk.close().await;
}

#[tokio::test]
async fn letters_are_text_in_a_field_and_shortcuts_elsewhere() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    desk.wait_for("the focus on the search box", || async {
        (desk.focused().await == "combobox \"Find\"").then_some(())
    })
    .await;
    // The box has the focus from the start: the key that leads to it is no text.
    desk.press("/").await;
    desk.type_text("c").await;
    assert_eq!(desk.value(Role::Combobox, "Find").await, "c");

    go_to(&desk, &format!("/customers/{}", garage.customer)).await;
    desk.see(Role::Heading, "Ada Byron").await;
    desk.press("C").await;
    desk.see(Role::Combobox, "Which car").await;
    desk.close().await;
}

#[tokio::test]
async fn letters_do_what_the_sheet_says() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, &format!("/customers/{}", garage.customer)).await;
    desk.see(Role::Heading, "Ada Byron").await;

    desk.press("?").await;
    desk.see(Role::Dialog, "Shortcuts").await;
    let sheet = desk.visible_text().await;
    for does in [
        "Edit",
        "Add vehicle",
        "Add note",
        "History",
        "Move down",
        "Undo the last change",
    ] {
        assert!(sheet.contains(does), "{does}: {sheet}");
    }
    desk.press("Escape").await;
    desk.see_no(Role::Dialog, "Shortcuts").await;

    // Down to the car and into it, up again and back.
    desk.press("J").await;
    see_focus(&desk, "link \"ABC 1234").await;
    desk.press("J").await;
    desk.press("K").await;
    see_focus(&desk, "link \"ABC 1234").await;
    desk.press("Enter").await;
    desk.see(Role::Heading, "Toyota Corolla").await;
    desk.press("Escape").await;
    desk.see(Role::Heading, "Ada Byron").await;
    see_focus(&desk, "link \"ABC 1234").await;

    desk.press("E").await;
    desk.wait_for("a field that is edited", || async {
        desk.focused().await.starts_with("textbox").then_some(())
    })
    .await;
    desk.press("Escape").await;
    desk.wait_for("the field as text", || async {
        desk.focused().await.starts_with("button").then_some(())
    })
    .await;

    desk.press("N").await;
    desk.see(Role::Heading, "New vehicle").await;
    desk.wait_for("the focus in the form", || async {
        desk.focused().await.starts_with("textbox").then_some(())
    })
    .await;
    desk.press("Escape").await;
    desk.see(Role::Heading, "Ada Byron").await;
    desk.close().await;
}

async fn see_focus(desk: &Desk, wanted: &str) {
    desk.wait_for(&format!("the focus on {wanted}"), || async {
        desk.focused().await.starts_with(wanted).then_some(())
    })
    .await;
}
