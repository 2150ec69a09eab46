//! What PowerShell and old editors write, and what is answered to them.

use std::fs;

use serde_json::Value as Json;
use servease_tests::central::run;
use servease_tests::processes::Desk;
use tempfile::TempDir;

const WALK_IN: &str = "{\r\n  \"first_name\": \"Jürgen 車\",\r\n  \"last_name\": \"Groß\",\r\n  \"phone\": \"+49 30 901820\"\r\n}\r\n";

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some('\u{feff}');
    mark.into_iter()
        .chain(text.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect()
}

#[test]
fn records_come_in_every_encoding_that_powershell_writes() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("Kunde ü.json");
    let name = file.display().to_string();
    for bytes in [
        WALK_IN.as_bytes().to_vec(),
        ["\u{feff}", WALK_IN].concat().into_bytes(),
        utf16(WALK_IN, true),
        utf16(WALK_IN, false),
    ] {
        let desk = Desk::new();
        fs::write(&file, bytes).unwrap();
        let added = desk.json(&["customer", "add", "--from", &name]);
        assert_eq!(added["first_name"], "Jürgen 車");
        assert_eq!(added["last_name"], "Groß");
    }
}

#[test]
fn answers_are_utf8_whatever_the_code_page() {
    let desk = Desk::new();
    desk.customer("Jürgen 車", "Groß");
    let output = run(desk.command(&["customer", "list"]), "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Jürgen 車"), "{text}");
    let output = desk.output(&["customer", "list"], "");
    let json: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["results"][0]["last_name"], "Groß");
}
