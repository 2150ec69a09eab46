//! Every screen in both themes, and at twice the size.

use servease_tests::window::{Desk, Role};

use crate::garage::{Garage, go_to};

/// The garage of the tests, with something that speaks.
fn garage() -> Garage {
    let garage = Garage::new();
    let expired = "registration_expiry_date=2020-01-05";
    garage.cli_json(&["vehicle", "edit", &garage.vehicle, "--set", expired]);
    garage
}

#[tokio::test]
async fn every_screen_is_accessible_in_both_themes() {
    let garage = garage();
    let mut desk = garage.open().await;
    for theme in ["light", "dark"] {
        desk.cli(&["settings", "set", &format!("theme={theme}")]);
        desk.wait_for("the theme", || async {
            let shown: Option<String> = desk
                .script(
                    "return document.documentElement.dataset.theme ?? null",
                    vec![],
                )
                .await;
            (shown.as_deref() == Some(theme)).then_some(())
        })
        .await;
        for address in addresses(&garage) {
            go_to(&desk, &address).await;
            see_page(&desk).await;
            desk.assert_accessible(&format!("{address}, {theme}")).await;
        }
        desk.press("?").await;
        desk.see(Role::Dialog, "Shortcuts").await;
        desk.assert_accessible(&format!("shortcuts, {theme}")).await;
        desk.press("Escape").await;
        desk.see_no(Role::Dialog, "Shortcuts").await;
    }
    desk.close().await;
}

#[tokio::test]
async fn at_twice_the_size_nothing_runs_out_of_the_window() {
    let garage = garage();
    let mut desk = garage.open().await;
    // 1280 × 800 at 200 % leaves the page this much.
    desk.resize(640, 400).await;
    for address in addresses(&garage) {
        go_to(&desk, &address).await;
        see_page(&desk).await;
        let (needs, has): (i64, i64) = desk
            .script(
                "const page = document.querySelector('main');
                 return [Math.max(page.scrollWidth - page.clientWidth,
                                  document.documentElement.scrollWidth - innerWidth), innerWidth]",
                vec![],
            )
            .await;
        assert!(needs <= 0, "{address} is {needs} px too wide for {has} px");
    }
    desk.close().await;
}

fn addresses(garage: &Garage) -> Vec<String> {
    let mut all: Vec<_> = [
        "/",
        "/check-in",
        "/check-in/new",
        "/customers",
        "/customers/new",
        "/vehicles",
        "/vehicles/new",
        "/alerts",
        "/alerts/calendar",
        "/sync",
        "/settings",
    ]
    .map(str::to_owned)
    .into();
    all.push(format!("/check-in/{}", garage.vehicle));
    all.push(format!("/customers/{}", garage.customer));
    all.push(format!("/vehicles/{}", garage.vehicle));
    all
}

/// The page of this address has its content.
async fn see_page(desk: &Desk) {
    desk.wait_for("the page", || async {
        let filled: bool = desk
            .script(
                "return document.querySelector('main h1, main article h1') !== null
                     && document.querySelector('main').innerText.trim() !== ''",
                vec![],
            )
            .await;
        filled.then_some(())
    })
    .await;
}
