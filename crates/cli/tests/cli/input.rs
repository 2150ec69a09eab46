//! Bad input: unknown ids, wrong types, over-long text, text that breaks things. Each has a
//! clear message and changes nothing.

use serde_json::{Map, Value as Json, json};
use servease_domain::{EntityKind, Kind};

use crate::support::{Folder, NOBODY, failure, id, names};

/// Emoji with a joiner, markup, right-to-left text and quotes in eight characters: short
/// enough for the shortest text field.
const NASTY: &str = "👩\u{200d}<b>ع&'\"";

fn add(folder: &Folder, fields: &Json) -> Json {
    folder.error_from(&["customer", "add", "--from", "-"], &fields.to_string())
}

#[test]
fn unknown_ids_are_not_found() {
    let folder = Folder::new();
    let ann = folder.ann();
    let focus = folder.focus(&ann);
    let note = id(&folder.json(&[
        "note",
        "add",
        "--customer",
        &ann,
        "--title",
        "T",
        "--content",
        "C",
    ]));
    for nobody in [NOBODY, "1", "not-an-id", "", "ünï", "{}", &note] {
        let wrong = nobody;
        for args in [
            &["customer", "show", wrong][..],
            &["customer", "edit", wrong, "--set", "city=X"],
            &["customer", "delete", wrong],
            &["vehicle", "show", wrong],
            &["vehicle", "edit", wrong, "--set", "color=X"],
            &["vehicle", "delete", wrong],
            &["vehicle", "mileage", wrong, "1"],
            &["vehicle", "transfer", wrong, "--to", &ann],
            &["vehicle", "transfer", &focus, "--to", wrong],
            &["vehicle", "list", "--customer", wrong],
            &["preferences", "show", wrong],
            &[
                "preferences",
                "edit",
                wrong,
                "--set",
                "sms_notifications=no",
            ],
            &[
                "note",
                "add",
                "--customer",
                wrong,
                "--title",
                "T",
                "--content",
                "C",
            ],
            &["note", "list", "--customer", wrong],
            &["service", "list", "--vehicle", wrong],
            &["service", "delete", wrong],
        ] {
            let error = folder.error(args);
            assert_eq!(error["code"], "not_found", "{args:?}");
            assert!(
                error["message"].as_str().unwrap().contains(wrong),
                "{args:?}"
            );
        }
        for args in [
            ["vehicle", "add", "--customer", wrong, "--from", "-"],
            ["service", "add", "--vehicle", wrong, "--from", "-"],
        ] {
            assert_eq!(
                folder.error_from(&args, "{}")["code"],
                "not_found",
                "{args:?}"
            );
        }
    }
    for wrong in [NOBODY, "nope"] {
        for args in [
            &["note", "edit", wrong, "--set", "title=X"][..],
            &["note", "delete", wrong],
            &["history", wrong],
        ] {
            assert_eq!(folder.error(args)["code"], "not_found", "{args:?}");
        }
    }
    // A record's references are fields, and reported as such.
    let error = folder.error_from(
        &["service", "add", "--vehicle", &focus, "--from", "-"],
        &json!({"service_type": "Oil", "employee_id": NOBODY}).to_string(),
    );
    assert_eq!(error["code"], "invalid");
    assert_eq!(names(&error["fields"]), ["employee_id"]);
}

#[test]
fn every_problem_is_reported_at_once() {
    let folder = Folder::new();
    let error = add(
        &folder,
        &json!({
            "first_name": {"a": 1}, "last_name": ["x"], "email": "not an address",
            "phone": "12", "is_active": "maybe", "customer_since": "yesterday",
            "apartment_unit": "12345678901", "shoe_size": 42,
            "preferences": {"preferred_language": "tlh", "preferred_service_time": "noon"},
        }),
    );
    assert_eq!(error["code"], "invalid");
    assert_eq!(
        names(&error["fields"]),
        [
            "apartment_unit",
            "customer_since",
            "email",
            "first_name",
            "is_active",
            "last_name",
            "phone",
            "preferred_language",
            "preferred_service_time",
            "shoe_size",
        ]
    );
    for messages in error["fields"].as_object().unwrap().values() {
        let messages = messages.as_array().unwrap();
        assert!(!messages.is_empty());
        // A message, not the id of one that nobody wrote.
        assert!(
            messages
                .iter()
                .all(|text| !text.as_str().unwrap().starts_with("problem-"))
        );
    }
    assert_eq!(folder.json(&["customer", "list"])["count"], 0);
}

#[test]
fn what_must_be_there_is_asked_for() {
    let folder = Folder::new();
    let error = add(&folder, &json!({}));
    assert_eq!(
        names(&error["fields"]),
        ["first_name", "last_name", "non_field_errors"]
    );
    let blank = add(
        &folder,
        &json!({"first_name": "  ", "last_name": null, "phone": " "}),
    );
    assert_eq!(
        names(&blank["fields"]),
        ["first_name", "last_name", "non_field_errors"]
    );
    let ann = folder.ann();
    let vehicle = folder.error_from(&["vehicle", "add", "--customer", &ann, "--from", "-"], "{}");
    assert_eq!(
        names(&vehicle["fields"]),
        ["make", "model", "non_field_errors"]
    );
    let edit = folder.error(&["customer", "edit", &ann, "--set", "phone="]);
    assert_eq!(names(&edit["fields"]), ["non_field_errors"]);
    let focus = folder.focus(&ann);
    let service = folder.error_from(
        &["service", "add", "--vehicle", &focus, "--from", "-"],
        "{}",
    );
    assert_eq!(names(&service["fields"]), ["service_type"]);
}

#[test]
fn record_may_be_named_before_or_after_what_is_set() {
    let folder = Folder::new();
    let ann = folder.ann();
    let before = folder.json(&["customer", "edit", "--set", "city=Troy", &ann]);
    assert_eq!(before["city"], "Troy");
    let set = ["--set", "city=Waco", "zip_code=76701"];
    let after = folder.json(&[&["customer", "edit", &ann][..], &set].concat());
    assert_eq!(
        (&after["city"], &after["zip_code"]),
        (&json!("Waco"), &json!("76701"))
    );
}

#[test]
fn preferences_that_are_no_object_are_refused() {
    let folder = Folder::new();
    for preferences in [json!("email"), json!([1]), json!(true)] {
        let error = add(
            &folder,
            &json!({
                "first_name": "Ann", "last_name": "Ng", "phone": "2125550142",
                "preferences": preferences,
            }),
        );
        assert_eq!(names(&error["fields"]), ["preferences"]);
        assert_eq!(error["problems"][0]["code"], "not_an_object");
    }
    let ann = folder.ann();
    let edit = folder.error(&["customer", "edit", &ann, "--set", "preferences=email"]);
    assert_eq!(names(&edit["fields"]), ["preferences"]);
}

#[test]
fn wrong_types_of_a_vehicle_are_named() {
    let folder = Folder::new();
    let ann = folder.ann();
    let error = folder.error_from(
        &["vehicle", "add", "--customer", &ann, "--from", "-"],
        &json!({
            "make": true, "model": "M", "license_plate": "P", "year": 1899,
            "current_mileage": -1, "fuel_type": "plutonium", "transmission": 7,
            "purchase_date": "2024-02-30", "insurance_expiry_date": 20_240_101,
            "service_interval_months": 1.5, "vin": "IOQ",
        })
        .to_string(),
    );
    assert_eq!(
        names(&error["fields"]),
        [
            "current_mileage",
            "fuel_type",
            "insurance_expiry_date",
            "make",
            "purchase_date",
            "service_interval_months",
            "transmission",
            "vin",
            "year",
        ]
    );
    let vin = folder.error_from(
        &["vehicle", "add", "--customer", &ann, "--from", "-"],
        // A North American VIN whose check digit is wrong.
        r#"{"make": "F", "model": "M", "vin": "1FAHP2EW2AG116585"}"#,
    );
    assert_eq!(vin["problems"][0]["code"], "vin_check_digit");
}

#[test]
fn fields_that_do_not_exist_or_never_change_are_refused() {
    let folder = Folder::new();
    let ann = folder.ann();
    let unknown = folder.error(&["customer", "edit", &ann, "--set", "shoe_size=42"]);
    assert_eq!(unknown["problems"][0]["code"], "unknown_field");
    assert_eq!(names(&unknown["fields"]), ["shoe_size"]);
}

#[test]
fn input_that_is_no_json_object_is_refused() {
    let folder = Folder::new();
    let deep = "[".repeat(100_000);
    for bad in [
        "",
        "{",
        "nonsense",
        "{\"a\": 1,}",
        "{\"first_name\": \"\u{1}\"}",
        &deep,
    ] {
        let error = folder.error_from(&["customer", "add", "--from", "-"], bad);
        assert_eq!(error["code"], "invalid", "{:.20}", bad);
    }
    for bad in ["[]", "null", "1", "\"text\""] {
        let error = folder.error_from(&["customer", "add", "--from", "-"], bad);
        assert_eq!(error["code"], "invalid", "{bad}");
        assert_eq!(names(&error["fields"]), ["non_field_errors"], "{bad}");
    }
    let control = folder.error_from(
        &["customer", "add", "--from", "-"],
        r#"{"first_name": "A\u0000B", "last_name": "N", "phone": "2125550142"}"#,
    );
    assert_eq!(control["problems"][0]["code"], "control_character");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = Folder::new();
    for bad in ["/no/such/file.json", folder.path().to_str().unwrap()] {
        let error = folder.error(&["customer", "add", "--from", bad]);
        assert_eq!(error["code"], "input");
        assert!(error["message"].as_str().unwrap().contains(bad));
    }
    let binary = folder.path().join("binary");
    std::fs::write(&binary, [0xff, 0xfe, 0x00]).unwrap();
    let error = folder.error(&["customer", "add", "--from", binary.to_str().unwrap()]);
    assert_eq!(error["code"], "invalid");
    let endless = folder.error(&["customer", "add", "--from", "/dev/zero"]);
    assert_eq!(endless["code"], "input");
}

/// Every plain text field of an entity that a client may set, with its limit.
fn text_fields(kind: EntityKind) -> Vec<(&'static str, usize)> {
    kind.fields()
        .iter()
        .filter(|field| {
            !field.system
                && matches!(
                    field.kind,
                    Kind::Text { .. } | Kind::LongText | Kind::Plate { .. }
                )
        })
        .filter_map(|field| Some((field.name, field.kind.max_length()?)))
        .collect()
}

/// Adds a record of each entity with `text(limit)` in every text field.
fn add_all(
    folder: &Folder,
    text: impl Fn(usize) -> String,
) -> Vec<(EntityKind, Result<Json, Json>)> {
    let fields = |kind: EntityKind| -> Map<String, Json> {
        text_fields(kind)
            .into_iter()
            .map(|(name, limit)| (name.to_owned(), Json::String(text(limit))))
            .collect()
    };
    let outcome = |args: &[&str], fields: &Map<String, Json>| {
        let input = Json::Object(fields.clone()).to_string();
        let output = folder.output(args, &input);
        if output.status.success() {
            Ok(serde_json::from_slice(&output.stdout).unwrap())
        } else {
            Err(failure(&output, 1, args))
        }
    };
    let mut customer = fields(EntityKind::Customer);
    let email = format!("a{}@example.com", text(10).len());
    customer.insert("email".to_owned(), json!(email));
    let ann = folder.ann();
    let focus = folder.focus(&ann);
    let note = fields(EntityKind::Note);
    let employee = fields(EntityKind::Employee);
    let said = |from: &Map<String, Json>, name: &str| from[name].as_str().unwrap().to_owned();
    vec![
        (
            EntityKind::Customer,
            outcome(&["customer", "add", "--from", "-"], &customer),
        ),
        (
            EntityKind::Vehicle,
            outcome(
                &["vehicle", "add", "--customer", &ann, "--from", "-"],
                &fields(EntityKind::Vehicle),
            ),
        ),
        (
            EntityKind::ServiceRecord,
            outcome(
                &["service", "add", "--vehicle", &focus, "--from", "-"],
                &fields(EntityKind::ServiceRecord),
            ),
        ),
        (
            EntityKind::Note,
            outcome(
                &[
                    "note",
                    "add",
                    "--customer",
                    &ann,
                    "--title",
                    &said(&note, "title"),
                    "--content",
                    &said(&note, "content"),
                ],
                &Map::new(),
            ),
        ),
        (
            EntityKind::Employee,
            outcome(
                &[
                    "employee",
                    "add",
                    "--name",
                    &said(&employee, "name"),
                    "--role",
                    &said(&employee, "role"),
                ],
                &Map::new(),
            ),
        ),
    ]
}

#[test]
fn emoji_right_to_left_text_and_markup_come_back_as_they_went_in() {
    let folder = Folder::new();
    for (kind, outcome) in add_all(&folder, |_| NASTY.to_owned()) {
        let added = outcome.unwrap();
        for (name, _) in text_fields(kind) {
            assert_eq!(added[name], NASTY, "{} {name}", kind.name());
        }
        if kind == EntityKind::Customer {
            let customer = id(&added);
            assert_eq!(folder.json(&["customer", "show", &customer]), added);
            let changed = NASTY.replace('b', "i");
            for (name, _) in text_fields(kind) {
                let set = format!("{name}={changed}");
                let edited = folder.json(&["customer", "edit", &customer, "--set", &set]);
                assert_eq!(edited[name], changed.as_str(), "{name}");
            }
            let history = folder.json(&["history", &customer]);
            assert_eq!(history[0]["changes"][0]["from"], NASTY);
            // The terminal is given it too.
            assert!(
                folder
                    .text(&["customer", "show", &customer])
                    .contains(&changed)
            );
        }
    }
    let settings = folder.json(&["settings", "set", &format!("garage_name={NASTY}")]);
    assert_eq!(settings["garage_name"], NASTY);
}

#[test]
fn text_up_to_its_limit_in_characters_is_stored_and_one_more_is_refused() {
    let folder = Folder::new();
    // Bytes are not what is counted. An argument of a program ends at 128 KiB, so the long
    // ones are of one byte each.
    let wide = |limit: usize| if limit > 1_000 { "x" } else { "🚗" }.repeat(limit);
    for (kind, outcome) in add_all(&folder, wide) {
        let added = outcome.unwrap();
        for (name, limit) in text_fields(kind) {
            assert_eq!(
                added[name].as_str().unwrap().chars().count(),
                limit,
                "{name}"
            );
        }
    }
    let longer = |limit: usize| wide(limit) + "!";
    for (kind, outcome) in add_all(&Folder::new(), longer) {
        let error = outcome.unwrap_err();
        assert_eq!(error["code"], "invalid");
        for (name, limit) in text_fields(kind) {
            let problem = error["problems"]
                .as_array()
                .unwrap()
                .iter()
                .find(|problem| problem["field"] == name)
                .unwrap_or_else(|| panic!("{} {name}", kind.name()));
            assert_eq!(problem["code"], "too_long");
            assert_eq!(problem["args"]["max"], limit.to_string());
        }
    }
}

#[test]
fn an_email_and_a_vin_belong_to_one_record() {
    let folder = Folder::new();
    let ann = id(&folder
        .add_customer(json!({"first_name": "Ann", "last_name": "Ng", "email": "Ann@Example.com"})));
    let again = add(
        &folder,
        &json!({"first_name": "Ben", "last_name": "Ode", "email": "ann@example.COM"}),
    );
    assert_eq!(again["problems"][0]["code"], "unique");
    assert!(
        again["fields"]["email"][0]
            .as_str()
            .unwrap()
            .contains("Ann Ng")
    );
    let vin = json!({"make": "VW", "model": "Golf", "vin": "WVWZZZ1JZ3W386752"});
    let golf = id(&folder.add_vehicle(&ann, vin.clone()));
    let twice = folder.error_from(
        &["vehicle", "add", "--customer", &ann, "--from", "-"],
        &vin.to_string().replace("WVWZZZ", "wvwzzz"),
    );
    assert_eq!(names(&twice["fields"]), ["vin"]);
    // What is deleted stands in nobody's way, but cannot come back then.
    folder.json(&["vehicle", "delete", &golf]);
    let newer = id(&folder.add_vehicle(&ann, vin));
    assert_ne!(newer, golf);
}
