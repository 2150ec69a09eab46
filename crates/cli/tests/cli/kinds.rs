//! The table of what people really type (`crates/domain/tests/kinds`), given to the program. Two
//! garages of it: every row would start hundreds of programs.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::support::{Folder, id};

fn rows(garage: &str) -> Vec<Json> {
    let rows: Vec<Json> =
        serde_json::from_str(include_str!("../../../domain/tests/kinds/table.json")).unwrap();
    rows.into_iter()
        .filter(|row| row["garage"] == garage)
        .collect()
}

fn open(name: &str) -> Folder {
    let garages: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(include_str!("../../../domain/tests/kinds/garages.json")).unwrap();
    let folder = Folder::new();
    let mut args = vec!["settings".to_owned(), "set".to_owned()];
    args.extend(
        garages[name]
            .iter()
            .map(|(key, value)| format!("{key}={value}")),
    );
    folder.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    folder
}

#[test]
fn what_is_typed_in_japan_and_in_america_is_stored_refused_and_found() {
    for garage in ["jp", "us"] {
        let folder = open(garage);
        let owner = folder.ann();
        let car = folder.focus(&owner);
        for (number, row) in rows(garage).iter().enumerate() {
            let (args, base) = match row["entity"].as_str().unwrap() {
                "customer" => (
                    vec!["customer", "add", "--from", "-"],
                    json!({"first_name": "Test", "last_name": "Person",
                        "email": format!("row{number}@example.com")}),
                ),
                "vehicle" => (
                    vec![
                        "vehicle",
                        "add",
                        "--customer",
                        owner.as_str(),
                        "--from",
                        "-",
                    ],
                    json!({"make": "Any", "model": "Car", "license_plate": format!("K {number}")}),
                ),
                "service_record" => (
                    vec!["service", "add", "--vehicle", car.as_str(), "--from", "-"],
                    json!({}),
                ),
                // Notes come as arguments, services are not edited here.
                _ => continue,
            };
            if row["edit"].is_object() {
                continue;
            }
            let mut input = base.as_object().cloned().unwrap();
            input.extend(row["input"].as_object().cloned().unwrap());
            let input = Json::Object(input);
            if let Some(refused) = row["refused"].as_array() {
                let error = folder.error_from(&args, &input.to_string());
                let problems = error["problems"].as_array().unwrap();
                assert!(
                    problems
                        .iter()
                        .any(|it| it["field"] == refused[0] && it["code"] == refused[1]),
                    "{row}: {error}"
                );
                continue;
            }
            let made = folder.json_from(&args, &input);
            for (field, expected) in row["stored"].as_object().into_iter().flatten() {
                assert_eq!(made[field], *expected, "{field} of {row}");
            }
            for typed in row["found_by"].as_array().into_iter().flatten() {
                let typed = typed.as_str().unwrap();
                let hits = folder.json(&["search", typed]);
                let hits = hits.as_array().or(hits["results"].as_array()).unwrap();
                assert!(
                    hits.iter().any(|hit| hit["id"] == made["id"]),
                    "{typed} finds {row}"
                );
            }
        }
    }
}

#[test]
fn files_in_the_encodings_of_windows_are_read() {
    let folder = Folder::new();
    let text = |name: &str| {
        json!({"first_name": name, "last_name": "Müller 山田", "email": format!("{name}@example.com")})
            .to_string()
    };
    let utf16 = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    };
    let with = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    for (name, bytes) in [
        (
            "le",
            with(b"\xff\xfe", utf16(&text("le"), u16::to_le_bytes)),
        ),
        (
            "be",
            with(b"\xfe\xff", utf16(&text("be"), u16::to_be_bytes)),
        ),
        ("lebare", utf16(&text("lebare"), u16::to_le_bytes)),
        ("bebare", utf16(&text("bebare"), u16::to_be_bytes)),
        ("bom", with(b"\xef\xbb\xbf", text("bom").into_bytes())),
        ("plain", text("plain").into_bytes()),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let made = folder.json(&["customer", "add", "--from", file.to_str().unwrap()]);
        assert_eq!(made["first_name"], name);
        assert_eq!(made["last_name"], "Müller 山田", "{name}");
        assert!(!id(&made).is_empty());
    }
    // Latin-1 is neither: it is said.
    let file = folder.path().join("latin1");
    std::fs::write(&file, b"{\"first_name\": \"J\xf6rg\"}").unwrap();
    let error = folder.error(&["customer", "add", "--from", file.to_str().unwrap()]);
    assert!(
        error["message"].as_str().unwrap().contains("UTF-16"),
        "{error}"
    );
}
