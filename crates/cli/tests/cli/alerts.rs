//! Alerts and the calendar on the command line.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::{Value as Json, json};
use servease_desk::Clock;

use crate::support::{Folder, NOBODY};

#[test]
fn what_is_due_is_raised_once_answered_and_exported() {
    let folder = Folder::new();
    let ann = folder.ann();
    let car = folder.focus(&ann);
    folder.json(&[
        "vehicle",
        "edit",
        &car,
        "--set",
        "registration_expiry_date=2031-05-20",
    ]);
    assert_eq!(folder.json(&["alerts", "list"]), json!([]));

    let check = |at: &str| folder.json(&["alerts", "check", "--at", at]);
    assert_eq!(check("2031-04-19"), json!({"raised": [], "withdrawn": []}));
    let first = check("2031-05-10");
    let alert = &first["raised"][0];
    for (name, expected) in [
        ("kind", json!("registration")),
        ("record", json!(car)),
        ("state", json!("raised")),
        ("customer", json!("Ann Ng")),
        ("phone", json!("+12125550142")),
        (
            "text",
            json!("Registration: Expires in 10 days, AB-12 C Ford Focus"),
        ),
    ] {
        assert_eq!(alert[name], expected, "{name}");
    }
    assert_eq!(alert["due"]["reason"]["date"], "2031-05-20");
    assert_eq!(check("2031-05-10"), json!({"raised": [], "withdrawn": []}));
    assert_eq!(
        check("2031-05-14T12:00:00Z")["raised"][0]["id"],
        alert["id"]
    );

    let id = alert["id"].as_str().unwrap();
    let scheduled = folder.json(&["alerts", "list", "--state", "scheduled", "--within", "3650"]);
    assert_eq!(scheduled[0]["id"], alert["id"]);
    let snoozed = folder.json(&["alerts", "snooze", id, "--until", "2031-05-16"]);
    assert_eq!(snoozed["state"], "snoozed");
    assert_eq!(check("2031-05-15")["raised"], json!([]));
    assert_eq!(check("2031-05-17")["raised"][0]["id"], alert["id"]);
    assert_eq!(folder.json(&["alerts", "done", id])["state"], "done");
    assert_eq!(check("2031-05-18")["withdrawn"][0]["state"], "withdrawn");
    folder.json(&["undo"]);
    assert_eq!(check("2031-05-18")["raised"][0]["id"], alert["id"]);

    let soon = (Clock::system().now() + chrono::Duration::days(40)).date_naive();
    let set = format!("insurance_expiry_date={soon}");
    folder.json(&["vehicle", "edit", &car, "--set", &set]);
    let file = folder.path().join("what is due.ics");
    let name = file.to_str().unwrap();
    for _ in 0..2 {
        let written = folder.json(&["calendar", "export", "--out", name]);
        assert_eq!(written, json!({"file": name, "events": 1}));
    }
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(
        text.contains("SUMMARY:Insurance: AB-12 C Ford Focus"),
        "{text}"
    );
}

#[test]
fn a_desk_without_a_window_says_each_alert_in_a_line() {
    let folder = Folder::new();
    let ann = folder.ann();
    let car = folder.focus(&ann);
    let set = |day: &str| {
        let set = format!("registration_expiry_date={day}");
        folder.json(&["vehicle", "edit", &car, "--set", &set]);
    };
    let today = Clock::system().now().date_naive();
    set(&today.to_string());
    let mut command = folder.command(&["--json", "alerts", "watch"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Json { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    assert_eq!(next()["state"], "raised");
    // Another program changes it.
    set("2035-01-01");
    assert_eq!(next()["state"], "withdrawn");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_is_no_alert_or_no_day_is_said() {
    let folder = Folder::new();
    let missing = folder.error(&["alerts", "done", NOBODY]);
    assert_eq!(missing["code"], "not_found");
    let wrong = folder.error(&["alerts", "check", "--at", "soon"]);
    assert_eq!(wrong["code"], "invalid");
    let nowhere = folder.path().join("none").join("x.ics");
    let unwritten = folder.error(&["calendar", "export", "--out", nowhere.to_str().unwrap()]);
    assert_eq!(unwritten["code"], "output");
}
