//! A screen loads again when something that it shows has changed, once, and marks what others did.

use servease_tests::window::{Desk, Role};

use crate::garage::{Garage, go_to};

/// Counts what the page asks the desk for, by the name of the command.
async fn count_questions(desk: &Desk) {
    let _: Option<bool> = desk
        .script(
            "window.asked = {};
             const plain = window.fetch;
             window.fetch = (to, ...rest) => {
                 const command = String(to?.url ?? to).split('/').at(-1);
                 window.asked[command] = (window.asked[command] ?? 0) + 1;
                 return plain(to, ...rest);
             };",
            vec![],
        )
        .await;
}

async fn asked(desk: &Desk, command: &str) -> u64 {
    desk.script(
        "return window.asked[arguments[0]] ?? 0",
        vec![command.into()],
    )
    .await
}

/// Two rounds of whoever looks for commits of other programs.
async fn after_a_while(desk: &Desk) {
    let began = std::time::Instant::now();
    desk.wait_for("two looks at the database", || async {
        (began.elapsed().as_millis() > 700).then_some(())
    })
    .await;
}

async fn on_customer(garage: &Garage) -> Desk {
    let desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, &format!("/customers/{}", garage.customer)).await;
    desk.see(Role::Button, "City Columbus").await;
    count_questions(&desk).await;
    desk
}

#[tokio::test]
async fn own_save_loads_the_screen_once_and_is_no_news() {
    let garage = Garage::new();
    let mut desk = on_customer(&garage).await;
    desk.click(Role::Button, "City Columbus").await;
    desk.type_text("Dayton").await;
    desk.press("Enter").await;
    desk.see(Role::Button, "City Dayton").await;
    after_a_while(&desk).await;
    assert_eq!(asked(&desk, "customer_card").await, 1);
    assert_eq!(marked(&desk).await, 0);
    desk.close().await;
}

#[tokio::test]
async fn draft_and_what_is_shown_nowhere_load_nothing() {
    let garage = Garage::new();
    let mut desk = on_customer(&garage).await;
    desk.press("A").await;
    desk.fill(Role::Textbox, "Title", "Call back").await;
    desk.wait_for("the draft", || async {
        (asked(&desk, "draft_save").await > 0).then_some(())
    })
    .await;
    let other = garage.customer(&serde_json::json!({
        "first_name": "Charles", "last_name": "Babbage", "phone": "(614) 555-0199",
    }));
    assert!(!other.is_empty());
    after_a_while(&desk).await;
    assert_eq!(asked(&desk, "customer_card").await, 0);
    desk.close().await;
}

#[tokio::test]
async fn what_another_program_changed_is_loaded_once_and_marked() {
    let garage = Garage::new();
    let mut desk = on_customer(&garage).await;
    desk.cli(&["customer", "edit", &garage.customer, "--set", "city=Akron"]);
    desk.wait_for("the mark at the city", || async {
        let marked: bool = desk
            .script(
                "return document.querySelector('[data-field=city].arrived') !== null
                     && document.querySelector('[data-field=city]').innerText.includes('Akron')",
                vec![],
            )
            .await;
        marked.then_some(())
    })
    .await;
    assert_eq!(marked(&desk).await, 1);
    after_a_while(&desk).await;
    assert_eq!(asked(&desk, "customer_card").await, 1);
    desk.close().await;
}

#[tokio::test]
async fn what_follows_from_an_own_service_is_no_news_and_from_anothers_is() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    go_to(&desk, &format!("/vehicles/{}", garage.vehicle)).await;
    desk.see(Role::Heading, "Toyota Corolla").await;
    desk.see_text("42,000 mi").await;
    count_questions(&desk).await;
    desk.press("N").await;
    desk.fill(Role::Combobox, "Service", "Oil change").await;
    desk.fill(Role::Textbox, "Odometer", "43,500").await;
    desk.press("Ctrl+Enter").await;
    desk.see_text("Oil change recorded").await;
    desk.see_text("43,500 mi").await;
    after_a_while(&desk).await;
    assert_eq!(asked(&desk, "vehicle_card").await, 1);
    assert_eq!(marked(&desk).await, 0);

    // The list shows what followed, too: of the car itself nothing stands in the log.
    go_to(&desk, "/vehicles").await;
    desk.see_text("43,500 mi").await;
    garage.service(
        &garage.vehicle,
        &serde_json::json!({"service_type": "Brakes", "mileage": 44_100}),
    );
    desk.see_text("44,100 mi").await;
    desk.close().await;
}

async fn marked(desk: &Desk) -> u64 {
    desk.script(
        "return document.querySelectorAll('.arrived, .has-arrived').length",
        vec![],
    )
    .await
}
