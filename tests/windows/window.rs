//! The window without a web view: a box says so, and the data is untouched.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use servease_tests::display::{Display, ScreenSize};
use servease_tests::processes::Desk;
use servease_tests::programs::desk_program;

const PATIENCE: Duration = Duration::from_secs(60);

/// Ids of windows with this in their title.
fn windows(display: &Display, title: &str) -> Vec<String> {
    let mut search = Command::new("xdotool");
    search.args(["search", "--name", title]);
    display.attach(&mut search);
    let output = search.output().expect("xdotool");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_missing_web_view_is_said_in_a_box_and_loses_nothing() {
    let desk = Desk::new();
    let ann = desk.customer("Ann", "Ng");
    let display = Display::start(ScreenSize::FIRST_WINDOW).unwrap();
    let mut command = Command::new(desk_program());
    command
        .arg("--data-dir")
        .arg(desk.folder())
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    display.attach(&mut command);
    let mut window = command.spawn().unwrap();
    let began = Instant::now();
    while windows(&display, "ServEase Desk cannot open its window").is_empty() {
        assert!(began.elapsed() < PATIENCE, "no box");
        assert!(window.try_wait().unwrap().is_none(), "it has ended");
        std::thread::yield_now();
    }
    let mut answer = Command::new("xdotool");
    answer.args(["key", "Return"]);
    display.attach(&mut answer);
    while window.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < PATIENCE, "the box does not close");
        // Whoever pressed it before the box had the focus presses again.
        answer.status().unwrap();
    }
    let output = window.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("WebView2"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!(desk.show("customer", &ann)["last_name"], "Ng");
}
