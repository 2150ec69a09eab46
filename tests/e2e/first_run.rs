//! An empty folder, the garage's name, the first customer: without a mouse.

use servease_tests::window::{Desk, Role};

#[tokio::test]
async fn first_customer_is_saved_with_the_keyboard_alone() {
    let mut desk = Desk::open().await;
    desk.see(Role::Heading, "Your garage").await;
    desk.assert_accessible("first start").await;

    tab_to(&desk, "textbox \"Garage name\"").await;
    desk.type_text("Maple Street Garage").await;
    tab_to(&desk, "textbox \"Your name\"").await;
    desk.type_text("Grace").await;
    desk.press("Enter").await;
    desk.see(Role::Heading, "Ready").await;
    desk.see_text("Maple Street Garage").await;

    tab_to(&desk, "button \"New customer\"").await;
    desk.press("Enter").await;
    desk.see(Role::Textbox, "First name").await;
    tab_to(&desk, "textbox \"First name\"").await;
    desk.type_text("Ada").await;
    tab_to(&desk, "textbox \"Last name\"").await;
    desk.type_text("Byron").await;
    tab_to(&desk, "textbox \"Phone\"").await;
    desk.type_text("614 555 0111").await;
    desk.press("Enter").await;

    desk.see(Role::Heading, "Ada Byron").await;
    // After the first save the focus is somewhere, and the next key does something.
    desk.wait_for("a focus", || async {
        (!desk.focused().await.is_empty()).then_some(())
    })
    .await;
    desk.press_key("n");
    desk.see(Role::Heading, "New vehicle").await;
    let found = desk.cli(&["search", "byron"]);
    assert!(found.contains("Ada Byron"), "{found}");
    desk.close().await;
}

/// Presses Tab until the focus is where it should be.
async fn tab_to(desk: &Desk, wanted: &str) {
    for _ in 0..60 {
        if desk
            .focused()
            .await
            .starts_with(wanted.trim_end_matches('"'))
        {
            return;
        }
        desk.press("Tab").await;
    }
    let focused = desk.focused().await;
    assert_eq!(focused, wanted, "Tab never came there");
}
