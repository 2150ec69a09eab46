//! The key that ends a composition of an input method does nothing else, in any input.

use servease_tests::window::{Desk, Role};

use crate::garage::{Garage, go_to};

/// As WebKit tells of it: the end of the composition first, then a key of which only its old
/// number says whose it was.
const COMPOSE_AND_ENTER: &str = "
    const field = document.activeElement;
    field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    field.value = arguments[0];
    field.dispatchEvent(new InputEvent('input', { bubbles: true, data: arguments[0] }));
    field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: arguments[0] }));
    const key = new KeyboardEvent('keydown', {
        key: 'Enter', code: 'Enter', keyCode: arguments[1], bubbles: true, cancelable: true,
    });
    return field.dispatchEvent(key)";

async fn compose(desk: &Desk, text: &str, code: u32) -> bool {
    desk.script(
        COMPOSE_AND_ENTER,
        vec![text.into(), serde_json::json!(code)],
    )
    .await
}

#[tokio::test]
async fn enter_that_ends_a_composition_keeps_a_field_open() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, &format!("/customers/{}", garage.customer)).await;
    desk.click(Role::Button, "City Columbus").await;
    desk.see(Role::Textbox, "City").await;
    for (text, code) in [("東京", 229), ("大阪", 13)] {
        assert!(
            !compose(&desk, text, code).await,
            "the key was left to others"
        );
        assert_eq!(desk.value(Role::Textbox, "City").await, text);
    }
    assert_eq!(
        garage.shown("customer", &garage.customer)["city"],
        "Columbus"
    );
    // The Enter after it is one.
    desk.press("Enter").await;
    desk.see(Role::Button, "City 大阪").await;
    assert_eq!(garage.shown("customer", &garage.customer)["city"], "大阪");
    desk.close().await;
}

#[tokio::test]
async fn enter_that_ends_a_composition_picks_and_sends_nothing() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.wait_for("the focus on the search box", || async {
        (desk.focused().await == "combobox \"Find\"").then_some(())
    })
    .await;
    assert!(!compose(&desk, "Byron", 229).await);
    desk.see(Role::Option, "Ada Byron").await;
    go_to(&desk, "/customers/new").await;
    desk.fill(Role::Textbox, "First name", "").await;
    assert!(!compose(&desk, "花子", 229).await);
    assert!(!desk.visible_text().await.contains("Last name is needed"));
    desk.see(Role::Heading, "New customer").await;
    desk.close().await;
}
