//! What every key means, wherever the focus is.

use servease_tests::window::Role;

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
