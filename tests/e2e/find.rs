//! One box finds everything.

use servease_tests::window::{Desk, Role};

use crate::garage::{Garage, go_to};

#[tokio::test]
async fn plate_phone_and_name_lead_to_the_record() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    for (typed, opens) in [
        ("abc-12", "Toyota Corolla"),
        ("614.555.0111", "Ada Byron"),
        ("byr", "Ada Byron"),
    ] {
        look_for(&desk, typed).await;
        desk.press("Enter").await;
        desk.see(Role::Heading, opens).await;
        desk.press("Escape").await;
        // The question stands there again, for the next hit or another try. The bar of the
        // record had a box of the same name, so the heading has to be gone.
        desk.see_no(Role::Heading, opens).await;
        assert_eq!(desk.value(Role::Combobox, "Find").await, typed);
        see_focus(&desk, "combobox \"Find\"").await;
        stays_focused(&desk, "combobox \"Find\"").await;
    }
    desk.close().await;
}

#[tokio::test]
async fn enter_right_after_the_last_letter_opens_what_was_typed() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    look_for(&desk, "byr").await;
    desk.press("Ctrl+A").await;
    // No look in between: the hits of "byr" still stand there.
    desk.type_text("abc1234").await;
    desk.press("Enter").await;
    desk.see(Role::Heading, "Toyota Corolla").await;
    desk.close().await;
}

#[tokio::test]
async fn escape_goes_back_and_the_focus_with_it() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    go_to(&desk, &format!("/customers/{}", garage.customer)).await;
    desk.see(Role::Heading, "Ada Byron").await;
    for chord in ["/", "Ctrl+K"] {
        let here = desk.focused().await;
        desk.press("J").await;
        // A key waits a moment to be known as one of a hand.
        let before = desk
            .wait_for("J to move on to a line", || async {
                let focused = desk.focused().await;
                let is_line = !focused.is_empty() && focused != "main \"\"";
                (is_line && focused != here).then_some(focused)
            })
            .await;
        desk.press(chord).await;
        see_focus(&desk, "combobox \"Find\"").await;
        desk.press("Escape").await;
        see_focus(&desk, &before).await;
    }
    desk.close().await;
}

#[tokio::test]
async fn what_is_not_found_says_what_comes_next() {
    let garage = Garage::new();
    let mut desk = garage.open().await;
    desk.see(Role::Combobox, "Find").await;
    desk.press("Ctrl+K").await;
    desk.type_text("ZZZ 999").await;
    desk.see_text("Nothing found for “ZZZ 999”.").await;
    desk.see(Role::Button, "Check in a new car").await;
    desk.assert_accessible("nothing found").await;
    desk.close().await;
}

async fn look_for(desk: &Desk, typed: &str) {
    desk.see(Role::Combobox, "Find").await;
    desk.press("Ctrl+K").await;
    desk.press("Ctrl+A").await;
    desk.type_text(typed).await;
    desk.wait_for("a hit", || async {
        let text: String = desk.value(Role::Combobox, "Find").await;
        let hit = desk.find(Role::Option, "").await.is_some();
        (text == typed && hit).then_some(())
    })
    .await;
}

/// Whatever is put back after a return is put back within a second of frames: until then nothing
/// may take the focus away.
async fn stays_focused(desk: &Desk, wanted: &str) {
    let _: Option<bool> = desk
        .script(
            "window.lost = null; window.frames_seen = 0;
             const look = () => {
                 if (document.activeElement?.getAttribute('role') !== 'combobox')
                     window.lost ??= document.activeElement?.outerHTML.slice(0, 80) ?? 'none';
                 window.frames_seen += 1;
                 if (window.frames_seen < 20) requestAnimationFrame(look);
             };
             requestAnimationFrame(look)",
            vec![],
        )
        .await;
    desk.wait_for("twenty frames", || async {
        let seen: u32 = desk.script("return window.frames_seen", vec![]).await;
        (seen >= 20).then_some(())
    })
    .await;
    let lost: Option<String> = desk.script("return window.lost", vec![]).await;
    assert_eq!(lost, None, "{wanted} lost the focus");
}

async fn see_focus(desk: &Desk, wanted: &str) {
    desk.wait_for(&format!("the focus on {wanted}"), || async {
        (desk.focused().await == wanted).then_some(())
    })
    .await;
}
