//! Language and theme change what is shown, at once.

use servease_tests::window::Role;

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
