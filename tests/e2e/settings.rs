//! Language and theme change what is shown, at once.

use servease_tests::window::{Desk, Role};

use crate::garage::{Garage, go_to};

#[tokio::test]
async fn language_and_theme_change_at_once() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, "/settings").await;
    desk.see(Role::Heading, "Settings").await;
    desk.click(Role::Combobox, "Language English").await;
    desk.click(Role::Option, "Deutsch").await;
    desk.see(Role::Heading, "Einstellungen").await;
    let language: String = desk
        .script("return document.documentElement.lang", vec![])
        .await;
    assert!(language.starts_with("de"), "{language}");

    desk.click(Role::Radio, "Dunkel").await;
    desk.wait_for("the dark theme", || async {
        let theme: Option<String> = desk
            .script(
                "return document.documentElement.dataset.theme ?? null",
                vec![],
            )
            .await;
        (theme.as_deref() == Some("dark")).then_some(())
    })
    .await;
    desk.assert_accessible("settings in German, dark").await;
    desk.restart().await;
    desk.see(Role::Link, "Einstellungen").await;
    desk.close().await;
}

#[tokio::test]
async fn garage_is_described_and_its_customs_show() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, "/settings").await;
    desk.see(Role::Heading, "Settings").await;

    change(&desk, Role::Textbox, "Garage name", "Werkstatt Mitte").await;
    change(&desk, Role::Combobox, "Country", "Germany").await;
    change(&desk, Role::Combobox, "Time zone", "Europe/Berlin").await;
    change(&desk, Role::Combobox, "Currency", "EUR").await;
    desk.click(
        Role::Combobox,
        "Distances (numbers are not converted) Miles",
    )
    .await;
    desk.click(Role::Option, "Kilometres").await;
    desk.wait_for("the settings", || async {
        let kept = desk.cli(&["--json", "settings", "show"]);
        let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
        (kept["garage_name"] == "Werkstatt Mitte"
            && kept["country"] == "DE"
            && kept["timezone"] == "Europe/Berlin"
            && kept["currency"] == "EUR"
            && kept["distance_unit"] == "km")
            .then_some(())
    })
    .await;
    desk.see_text("Werkstatt Mitte").await;
    go_to(&desk, &format!("/vehicles/{}", garage.vehicle)).await;
    desk.see_text("42.000 km").await;

    // A national number is one of the garage's country from now on.
    let made = garage.customer(&serde_json::json!({
        "first_name": "Emmy", "last_name": "Noether", "phone": "030 901820",
    }));
    assert_eq!(garage.shown("customer", &made)["phone"], "+4930901820");
    desk.close().await;
}

#[tokio::test]
async fn whoever_works_stands_on_what_they_change() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, "/settings").await;
    desk.fill(Role::Textbox, "Name", "Katherine Johnson").await;
    desk.press("Enter").await;
    desk.click(Role::Radio, "Katherine Johnson").await;
    desk.see(Role::Button, "Working: Katherine Johnson").await;

    go_to(&desk, &format!("/customers/{}", garage.customer)).await;
    desk.see(Role::Heading, "Ada Byron").await;
    desk.click(Role::Button, "City Columbus").await;
    desk.see(Role::Textbox, "City").await;
    desk.press("Ctrl+A").await;
    desk.type_text("Dublin").await;
    desk.press("Enter").await;
    desk.see(Role::Button, "City Dublin").await;
    let history = desk.cli(&["--json", "history", &garage.customer]);
    let history: serde_json::Value = serde_json::from_str(&history).expect("JSON");
    assert_eq!(history[0]["author"], "Katherine Johnson");
    assert_eq!(history[0]["changes"][0]["field"], "city");
    desk.close().await;
}

/// Edits a setting where it stands.
async fn change(desk: &Desk, role: Role, name: &str, text: &str) {
    desk.click(Role::Button, name).await;
    desk.see(role, name).await;
    desk.press("Ctrl+A").await;
    desk.type_text(text).await;
    desk.press("Enter").await;
    desk.see(Role::Button, &format!("{name} {text}")).await;
}
