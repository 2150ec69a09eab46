//! Opening, closing and opening twice.

use std::process::Command;
use std::time::Instant;

use servease_tests::display::Picture;
use servease_tests::window::{Desk, PATIENCE, Role, desk_program, run_cli};

/// Where the window stands on the screen.
async fn place(desk: &Desk) -> (i64, i64) {
    desk.script("return [screenX, screenY]", vec![]).await
}

/// How large the page is.
async fn page_size(desk: &Desk) -> (i64, i64) {
    desk.script("return [innerWidth, innerHeight]", vec![])
        .await
}

#[tokio::test]
async fn window_opens_on_our_page() {
    let mut desk = Desk::open().await;
    let title: String = desk.script("return document.title", vec![]).await;
    assert!(title.contains("ServEase"), "{title}");
    let address: String = desk.script("return location.origin", vec![]).await;
    assert_eq!(address, "tauri://localhost");
    desk.close().await;
}

#[tokio::test]
async fn second_start_on_the_same_folder_leaves_the_window_to_the_first() {
    let mut desk = Desk::open().await;
    let folder = desk.folder().display().to_string();
    let started = Instant::now();
    let second = desk.run_beside(&desk_program(), &["--data-dir", &folder]);
    assert!(second.status.success(), "{second:?}");
    assert!(started.elapsed() < PATIENCE);
    let said = String::from_utf8_lossy(&second.stdout);
    assert!(said.contains("already open"), "{said}");
    desk.close().await;
}

#[tokio::test]
async fn window_closes_when_an_installer_asks() {
    let desk = Desk::open().await;
    let folder = desk.folder().display().to_string();
    let asked = desk.run_beside(&desk_program(), &["--close", "--data-dir", &folder]);
    assert!(asked.status.success(), "{asked:?}");
    // Its database is closed, not only its window.
    assert!(!desk.folder().join("servease.db-wal").exists());
    let again = desk.run_beside(&desk_program(), &["--close", "--data-dir", &folder]);
    assert!(again.status.success(), "{again:?}");
}

#[test]
fn without_a_screen_it_says_so_in_words_and_leaves_the_data() {
    let folder = tempfile::tempdir().unwrap();
    for display in [None, Some(":4711")] {
        let mut desk = Command::new(desk_program());
        desk.arg("--data-dir")
            .arg(folder.path().join("data"))
            .env("LANG", "de_DE.UTF-8")
            .env("XDG_RUNTIME_DIR", folder.path())
            .env_remove("LC_ALL")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DISPLAY")
            .envs(display.map(|name| ("DISPLAY", name)));
        let output = desk.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("Es gibt keinen Bildschirm"), "{said}");
        assert!(said.contains(&*folder.path().to_string_lossy()), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[tokio::test]
async fn window_comes_back_in_the_size_and_at_the_place_it_had() {
    let mut desk = Desk::open().await;
    desk.move_to(210, 120, 1400, 900).await;
    desk.wait_for("the new size and place", || async {
        (page_size(&desk).await == (1400, 900) && place(&desk).await == (210, 120)).then_some(())
    })
    .await;
    desk.restart().await;
    desk.wait_for("the remembered size and place", || async {
        (page_size(&desk).await == (1400, 900) && place(&desk).await == (210, 120)).then_some(())
    })
    .await;
    desk.close().await;
}

#[tokio::test]
async fn window_opens_again_after_a_power_cut() {
    let mut desk = Desk::open().await;
    desk.kill().await;
    desk.launch().await;
    let title: String = desk.script("return document.title", vec![]).await;
    assert!(title.contains("ServEase"), "{title}");
    desk.close().await;
}

#[tokio::test]
async fn page_cannot_run_what_the_policy_forbids() {
    let mut desk = Desk::open().await;
    let ran: bool = desk
        .script(
            "const script = document.createElement('script');
             script.textContent = 'window.intruder = true';
             document.head.append(script);
             return window.intruder === true",
            vec![],
        )
        .await;
    assert!(!ran, "an inline script ran");
    desk.close().await;
}

#[tokio::test]
async fn dark_window_opens_without_a_white_flash() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    run_cli(
        folder.path(),
        &["settings", "set", "theme=dark", "language=en"],
    );
    let mut desk = Desk::open_on(folder.path()).await;
    desk.see(Role::Combobox, "Find").await;
    desk.close().await;
    let pictures = desk.launch_watched().await;
    let whitest = pictures
        .iter()
        .map(Picture::share_of_white)
        .fold(0.0, f64::max);
    assert!(whitest < 0.1, "{whitest} of the screen was white once");
    let last = pictures.last().expect("a picture");
    assert!(last.shades() > 8, "the window is not there");
    desk.close().await;
}
