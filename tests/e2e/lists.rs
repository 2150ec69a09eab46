//! Long lists: sorted, narrowed, walked through.

use servease_tests::window::{Desk, Role, run_cli};

use crate::garage::go_to;

#[tokio::test]
async fn list_is_sorted_narrowed_and_walked_with_the_keyboard() {
    let (_folder, mut desk) = demo("400").await;
    go_to(&desk, "/customers").await;
    desk.see_text("400 customers").await;
    let first = first_row(&desk).await;
    desk.click(Role::Button, "Name").await;
    desk.wait_for("another order", || async {
        (first_row(&desk).await != first).then_some(())
    })
    .await;
    desk.assert_accessible("list of customers").await;

    desk.press("J").await;
    desk.press("J").await;
    desk.press("K").await;
    let chosen = selected(&desk).await;
    desk.press("Enter").await;
    desk.see(Role::Button, "Add vehicle").await;
    desk.press("Escape").await;
    desk.see_text("400 customers").await;
    desk.wait_for("the row that was chosen", || async {
        (selected(&desk).await == chosen).then_some(())
    })
    .await;

    desk.wait_for("the focus on the list", || async {
        desk.focused().await.starts_with("grid").then_some(())
    })
    .await;
    desk.press("End").await;
    desk.wait_for("the last row", || async {
        let index: Option<u32> = desk
            .script(
                "return Number(document.querySelector('[role=row][aria-selected=true]')?.ariaRowIndex ?? 0)",
                vec![],
            )
            .await;
        (index == Some(401)).then_some(())
    })
    .await;
    desk.wait_for("its text", || async {
        (!selected(&desk).await.is_empty()).then_some(())
    })
    .await;

    desk.fill(Role::Textbox, "Filter customers", "zzzz").await;
    desk.see_text("Nothing matches these filters.").await;
    desk.click(Role::Button, "Clear filters").await;
    desk.see_text("400 customers").await;
    desk.close().await;
}

async fn demo(customers: &str) -> (tempfile::TempDir, Desk) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    run_cli(
        folder.path(),
        &["demo", "--customers", customers, "--seed", "1"],
    );
    run_cli(folder.path(), &["settings", "set", "language=en"]);
    let desk = Desk::open_on(folder.path()).await;
    desk.see(Role::Combobox, "Find").await;
    (folder, desk)
}

async fn first_row(desk: &Desk) -> String {
    text_of(desk, "[role=row][aria-rowindex=\"2\"]").await
}

async fn selected(desk: &Desk) -> String {
    text_of(desk, "[role=row][aria-selected=true]").await
}

async fn text_of(desk: &Desk, selector: &str) -> String {
    desk.script(
        "return document.querySelector(arguments[0])?.innerText.trim() ?? ''",
        vec![serde_json::json!(selector)],
    )
    .await
}
