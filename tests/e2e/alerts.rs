//! The desk speaks up: real notifications of the real window, pressed, handled and withdrawn.

use serde_json::json;
use servease_tests::window::{Central, Desk, Role, Toasts, Tray};

use crate::garage::{Garage, go_to};
use crate::sync;

/// The garage of the tests, where it is the same day as here.
fn garage() -> Garage {
    let garage = Garage::new();
    garage.cli_json(&["settings", "set", "timezone=UTC"]);
    garage
}

/// A day so many days from today.
fn day(ahead: i64) -> String {
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
    (now.date_naive() + chrono::TimeDelta::days(ahead)).to_string()
}

async fn told(desk: &Desk, toasts: &Toasts, words: &str) {
    desk.wait_for(words, || async {
        toasts.printed().contains(words).then_some(())
    })
    .await;
}

async fn on_screen(desk: &Desk, toasts: &Toasts, count: u32) {
    desk.wait_for(&format!("{count} notifications"), || async {
        (desk.toasts_displayed(toasts) == Some(count)).then_some(())
    })
    .await;
}

fn expire(garage: &Garage, vehicle: &str, ahead: i64) {
    let set = format!("registration_expiry_date={}", day(ahead));
    garage.cli_json(&["vehicle", "edit", vehicle, "--set", &set]);
}

#[tokio::test]
async fn notification_says_what_falls_due_and_a_press_opens_the_record() {
    let garage = garage();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    let toasts = desk.start_toasts();
    expire(&garage, &garage.vehicle, -1);
    told(&desk, &toasts, "summary: 'Registration: Expired yesterday'").await;
    let printed = toasts.printed();
    assert!(printed.contains("body: 'ABC 1234"), "{printed}");
    assert!(!printed.contains("Ada"), "nobody's name: {printed}");
    assert!(printed.contains("urgency: CRITICAL"), "{printed}");
    desk.press_toast(&toasts);
    desk.see(Role::Heading, "Toyota Corolla").await;
    on_screen(&desk, &toasts, 0).await;

    // Handled somewhere else: what is on the screen goes.
    expire(&garage, &garage.vehicle, 5);
    told(&desk, &toasts, "summary: 'Registration: Expires in 5 days'").await;
    on_screen(&desk, &toasts, 1).await;
    expire(&garage, &garage.vehicle, 300);
    on_screen(&desk, &toasts, 0).await;
    desk.close().await;
}

#[tokio::test]
async fn buttons_of_a_notification_put_off_and_finish() {
    let garage = garage();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    let toasts = desk.start_toasts();
    let states = |state: &str| {
        let answer = garage.cli_json(&["alerts", "list", "--state", state]);
        answer.as_array().map_or(0, Vec::len)
    };
    for (ahead, button, state) in [(5, "Tomorrow", "snoozed"), (6, "Done", "done")] {
        expire(&garage, &garage.vehicle, ahead);
        told(&desk, &toasts, &format!("Expires in {ahead} days")).await;
        on_screen(&desk, &toasts, 1).await;
        desk.press_toast_button(&toasts, button);
        desk.wait_for(state, || async { (states(state) == 1).then_some(()) })
            .await;
        on_screen(&desk, &toasts, 0).await;
    }
    desk.close().await;
}

#[tokio::test]
async fn what_came_due_while_the_pc_was_off_is_one_notification_that_opens_the_list() {
    let garage = garage();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    let toasts = desk.start_toasts();
    desk.close().await;
    for place in 1..=5 {
        let fields = json!({
            "make": "Ford", "model": "Focus", "license_plate": format!("OFF {place}"),
            "insurance_expiry_date": day(place),
        });
        garage.vehicle(&garage.customer, &fields);
    }
    desk.launch().await;
    told(&desk, &toasts, "summary: '5 alerts'").await;
    told(&desk, &toasts, "body: 'Insurance: 5'").await;
    on_screen(&desk, &toasts, 1).await;
    desk.press_toast(&toasts);
    desk.see(Role::Heading, "Alerts").await;
    desk.close().await;
}

/// A closed window goes on where there is a tray, tells so once, and comes back from there; the
/// tray ends the program.
#[tokio::test]
async fn closed_window_goes_on_in_the_tray_and_comes_back() {
    let garage = garage();
    expire(&garage, &garage.vehicle, 3);
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    let toasts = desk.start_toasts();
    let tray = Tray::start(&desk).await;
    desk.wait_for("the count", || async {
        tray.labels()
            .await
            .iter()
            .any(|label| label == "1 alert")
            .then_some(())
    })
    .await;
    desk.close_window();
    desk.wait_for_hidden().await;
    told(&desk, &toasts, "ServEase Desk goes on in the background").await;
    // It still tells.
    expire(&garage, &garage.vehicle, -3);
    told(&desk, &toasts, "Expired 3 days ago").await;
    tray.choose("Open ServEase Desk").await;
    desk.wait_for_shown().await;
    desk.close_window();
    desk.wait_for_hidden().await;
    let printed = toasts.printed();
    assert_eq!(
        printed.matches("summary: 'ServEase Desk goes on").count(),
        1,
        "{printed}"
    );
    tray.choose("Quit").await;
    desk.wait_for_end().await;
}

#[tokio::test]
async fn without_a_tray_a_closed_window_ends_the_program() {
    let garage = garage();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    desk.close_window();
    desk.wait_for_end().await;
}

/// Once, and again when it is so again; what is well is said by silence.
#[tokio::test]
async fn syncing_that_waits_for_somebody_says_so_until_it_is_well() {
    let mut central = Central::start();
    let garage = garage();
    let mut desk = garage.open().await;
    sync::sign_in(&desk, &central).await;
    let toasts = desk.start_toasts();
    central.stop();
    go_to(&desk, &format!("/customers/{}", garage.customer)).await;
    sync::edit(&desk, "City", "Columbus", "Dublin").await;
    desk.see(Role::Link, "Offline, 1 change waiting").await;
    let too_long = json!({"city": "Dublin ".repeat(60)});
    sync::write_into_outbox(garage.path(), &too_long).await;
    central.resume();
    sync::sync_now(&desk).await;
    told(&desk, &toasts, "summary: 'Syncing needs you'").await;
    on_screen(&desk, &toasts, 1).await;

    go_to(&desk, "/alerts").await;
    desk.press_toast(&toasts);
    desk.see_text("City: Too long").await;
    on_screen(&desk, &toasts, 0).await;

    desk.press("J").await;
    desk.press("X").await;
    desk.see(Role::Link, "Synced just now").await;
    desk.press("Ctrl+Z").await;
    desk.see(Role::Link, "Needs attention: 1").await;
    on_screen(&desk, &toasts, 1).await;
    desk.press("J").await;
    desk.press("X").await;
    desk.see(Role::Link, "Synced just now").await;
    on_screen(&desk, &toasts, 0).await;
    desk.close().await;
}
