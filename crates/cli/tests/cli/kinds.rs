//! The table of what people really type (`crates/domain/tests/kinds`), given to the program.

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

/// A garage that rows are typed into.
struct Garage {
    folder: Folder,
    owner: String,
    car: String,
}

impl Garage {
    fn open(name: &str) -> Garage {
        let folder = open(name);
        let owner = folder.ann();
        let car = folder.focus(&owner);
        Garage { folder, owner, car }
    }

    /// The command that adds the record of a row, and what it reads.
    fn adding(&self, row: &Json, number: usize) -> (Vec<String>, Json) {
        let input = &row["input"];
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let (args, base) = match row["entity"].as_str().unwrap() {
            "customer" => (
                words(&["customer", "add", "--from", "-"]),
                json!({"first_name": "Test", "last_name": "Person",
                    "email": format!("row{number}@example.com")}),
            ),
            "vehicle" => (
                words(&["vehicle", "add", "--customer", &self.owner, "--from", "-"]),
                json!({"make": "Any", "model": "Car", "license_plate": format!("K {number}")}),
            ),
            "note" => {
                let said = |name: &str| input[name].as_str().unwrap();
                let (title, content) = (said("title"), said("content"));
                return (
                    words(&[
                        "note",
                        "add",
                        "--customer",
                        &self.owner,
                        "--title",
                        title,
                        "--content",
                        content,
                    ]),
                    Json::Null,
                );
            }
            "service_record" => (
                words(&["service", "add", "--vehicle", &self.car, "--from", "-"]),
                json!({}),
            ),
            other => panic!("no command adds a {other}"),
        };
        let mut fields = base.as_object().cloned().unwrap();
        fields.extend(input.as_object().cloned().unwrap());
        (args, Json::Object(fields))
    }

    fn tell(&self, row: &Json, number: usize) {
        let (args, input) = self.adding(row, number);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let refused = row["refused"].as_array();
        // No command edits a service.
        if row["edit"].is_object() && row["entity"] == "service_record" {
            return;
        }
        if let Some(refused) = refused.filter(|_| !row["edit"].is_object()) {
            let error = self.folder.error_from(&args, &input.to_string());
            let problems = error["problems"].as_array().unwrap();
            assert!(
                problems
                    .iter()
                    .any(|it| it["field"] == refused[0] && it["code"] == refused[1]),
                "{row}: {error}"
            );
            return;
        }
        let mut stored = self.folder.json_from(&args, &input);
        if let Some(edit) = row["edit"].as_object() {
            let entity = row["entity"].as_str().unwrap();
            let id = id(&stored);
            let mut args = vec![entity.to_owned(), "edit".to_owned(), id];
            for (field, value) in edit {
                let value = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                args.extend(["--set".to_owned(), format!("{field}={value}")]);
            }
            stored = self
                .folder
                .json(&args.iter().map(String::as_str).collect::<Vec<_>>());
        }
        for (field, expected) in row["stored"].as_object().into_iter().flatten() {
            assert_eq!(stored[field], *expected, "{field} of {row}");
        }
        for typed in row["found_by"].as_array().into_iter().flatten() {
            let typed = typed.as_str().unwrap();
            let hits = self.folder.json(&["search", typed]);
            let hits = hits.as_array().or(hits["results"].as_array()).unwrap();
            assert!(
                hits.iter().any(|hit| hit["id"] == stored["id"]),
                "{typed} finds {row}"
            );
        }
    }
}

#[test]
fn every_row_is_stored_or_refused_and_found_as_it_says() {
    let garages: BTreeMap<String, Json> =
        serde_json::from_str(include_str!("../../../domain/tests/kinds/garages.json")).unwrap();
    let names: Vec<String> = garages.into_keys().collect();
    std::thread::scope(|scope| {
        for some in names.chunks(names.len().div_ceil(4)) {
            scope.spawn(move || {
                for name in some {
                    let garage = Garage::open(name);
                    for (number, row) in rows(name).iter().enumerate() {
                        garage.tell(row, number);
                    }
                }
            });
        }
    });
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
