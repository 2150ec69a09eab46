//! Every noun: adding, showing, editing, deleting, taking back.

use serde_json::{Value as Json, json};

use crate::support::{Folder, id, names};

#[test]
fn a_customer_is_added_shown_edited_deleted_and_brought_back() {
    let folder = Folder::new();
    let added = folder.add_customer(json!({
        "first_name": " Ann ", "last_name": "Ng", "email": "Ann@Example.com",
        "phone": "(212) 555-0142", "city": "Albany",
        "preferences": {"sms_notifications": false, "preferred_language": "de"},
    }));
    let ann = id(&added);
    assert_eq!(added["first_name"], "Ann");
    assert_eq!(added["full_name"], "Ann Ng");
    assert_eq!(added["phone"], "+12125550142");
    assert_eq!(added["is_active"], true);
    assert_eq!(added["is_verified"], false);
    assert_eq!(added["vehicles"], json!([]));
    assert_eq!(added["recent_documents"], json!([]));
    assert_eq!(added["preferences"]["sms_notifications"], false);
    assert_eq!(added["preferences"]["preferred_language"], "de");
    assert_eq!(folder.json(&["customer", "show", &ann]), added);

    let edited = folder.json(&[
        "customer",
        "edit",
        &ann,
        "--set",
        "city=Troy",
        "zip_code=12180",
        "--set",
        "is_verified=true",
        "--set",
        "email=",
    ]);
    assert_eq!(edited["city"], "Troy");
    assert_eq!(edited["zip_code"], "12180");
    assert_eq!(edited["is_verified"], true);
    assert_eq!(edited["email"], "");
    assert_eq!(edited["phone"], "+12125550142");

    let vehicle = folder.focus(&ann);
    let shown = folder.json(&["customer", "show", &ann]);
    assert_eq!(shown["active_vehicles_count"], 1);
    assert_eq!(
        names(&shown["vehicles"][0]),
        ["color", "id", "license_plate", "make", "model", "year"]
    );

    let gone = folder.json(&["customer", "delete", &ann]);
    assert_eq!(gone, json!({"id": ann, "deleted": true}));
    for args in [["customer", "show", &ann], ["vehicle", "show", &vehicle]] {
        assert_eq!(folder.error(&args)["code"], "not_found");
    }
    let undone = folder.json(&["undo"]);
    assert_eq!(undone["action"], "delete");
    assert_eq!(undone["id"], ann.as_str());
    assert_eq!(folder.json(&["customer", "show", &ann])["city"], "Troy");
    assert_eq!(folder.json(&["vehicle", "show", &vehicle])["make"], "Ford");
}

#[test]
fn a_record_may_come_from_a_file_and_go_back_as_it_came() {
    let folder = Folder::new();
    let ann = folder.ann();
    let shown = folder.json(&["customer", "show", &ann]);
    folder.json(&["customer", "delete", &ann]);
    let file = folder.path().join("ann.json");
    // With the byte order mark that Windows editors write.
    std::fs::write(&file, format!("\u{feff}{shown}")).unwrap();
    let again = folder.json(&["customer", "add", "--from", file.to_str().unwrap()]);
    assert_eq!(again["phone"], shown["phone"]);
    assert_eq!(
        again["preferences"]["timezone"],
        shown["preferences"]["timezone"]
    );
    assert_ne!(again["id"], shown["id"]);
}

#[test]
fn ids_may_be_in_any_case_with_or_without_dashes() {
    let folder = Folder::new();
    let ann = folder.ann();
    for spelling in [ann.to_uppercase(), ann.replace('-', "")] {
        assert_eq!(
            folder.json(&["customer", "show", &spelling])["id"],
            ann.as_str()
        );
    }
}

#[test]
fn a_vehicle_is_added_shown_edited_and_deleted() {
    let folder = Folder::new();
    let ann = folder.ann();
    let added = folder.add_vehicle(
        &ann,
        json!({
            "make": "Ford", "model": "Focus", "year": 2019, "license_plate": "ab-12 c",
            "fuel_type": "diesel", "current_mileage": "41000",
            "next_service_due_date": "2020-01-31", "service_interval_months": 12,
        }),
    );
    let focus = id(&added);
    assert_eq!(added["customer_id"], ann.as_str());
    assert_eq!(added["license_plate"], "ab-12 c");
    assert_eq!(added["current_mileage"], 41_000);
    assert_eq!(added["is_service_due"], true);
    assert!(added["vehicle_age"].as_i64().unwrap() >= 5);
    assert_eq!(folder.json(&["vehicle", "show", &focus]), added);

    let edited = folder.json(&[
        "vehicle",
        "edit",
        &focus,
        "--set",
        "color=red",
        "--set",
        "next_service_due_date=",
        "--set",
        "year=2020",
    ]);
    assert_eq!(edited["color"], "red");
    assert_eq!(edited["year"], 2020);
    assert_eq!(edited["next_service_due_date"], Json::Null);
    assert_eq!(edited["is_service_due"], false);

    folder.json(&["vehicle", "delete", &focus]);
    assert_eq!(
        folder.error(&["vehicle", "show", &focus])["code"],
        "not_found"
    );
    assert_eq!(
        folder.json(&["customer", "show", &ann])["vehicles"],
        json!([])
    );
}

#[test]
fn the_odometer_asks_refuses_and_is_corrected() {
    let folder = Folder::new();
    let focus = folder.focus(&folder.ann());
    assert_eq!(
        folder.json(&["vehicle", "mileage", &focus, "40500"])["current_mileage"],
        40_500
    );
    // The same again is true today as well.
    folder.json(&["vehicle", "mileage", &focus, "40500"]);

    let doubt = folder.error(&["vehicle", "mileage", &focus, "405000"]);
    assert_eq!(doubt["code"], "mileage_improbable");
    assert_eq!(names(&doubt["fields"]), ["mileage"]);
    let lower = folder.error(&["vehicle", "mileage", &focus, "30000"]);
    assert_eq!(lower["code"], "invalid");
    assert_eq!(names(&lower["fields"]), ["mileage"]);
    assert_eq!(lower["problems"][0]["code"], "mileage_below_last");
    for bad in ["-5", "abc", "1.5", "", "10000000", "99999999999999999999"] {
        let error = folder.error(&["vehicle", "mileage", &focus, bad]);
        assert_eq!(error["code"], "invalid", "{bad}");
        assert_eq!(names(&error["fields"]), ["mileage"], "{bad}");
    }
    assert_eq!(
        folder.json(&["vehicle", "show", &focus])["current_mileage"],
        40_500
    );

    let correction = ["vehicle", "mileage", &focus, "30000", "--correction"];
    let unexplained = folder.error(&correction);
    assert_eq!(names(&unexplained["fields"]), ["reason"]);
    let mut explained = correction.to_vec();
    explained.extend(["--reason", "misread"]);
    assert_eq!(folder.json(&explained)["current_mileage"], 30_000);
    let confirmed = folder.json(&["vehicle", "mileage", &focus, "405000", "--confirm"]);
    assert_eq!(confirmed["current_mileage"], 405_000);
    folder.json(&["undo"]);
    assert_eq!(
        folder.json(&["vehicle", "show", &focus])["current_mileage"],
        30_000
    );
    // An edit of the field is a reading like any other.
    let edit = ["vehicle", "edit", &focus, "--set", "current_mileage=405000"];
    assert_eq!(folder.error(&edit)["code"], "mileage_improbable");
    let mut confirmed = edit.to_vec();
    confirmed.push("--confirm");
    assert_eq!(folder.json(&confirmed)["current_mileage"], 405_000);
}

#[test]
fn a_transfer_keeps_of_the_former_owners_papers_what_it_is_told_to_keep() {
    let folder = Folder::new();
    let ann = folder.ann();
    let ben = id(&folder.add_customer(
        json!({"first_name": "Ben", "last_name": "Ode", "email": "ben@example.com"}),
    ));
    let focus = folder.focus(&ann);
    let set = "registration_expiry_date=2031-06-04";
    folder.json(&["vehicle", "edit", &focus, "--set", set]);
    let set = "insurance_expiry_date=2031-05-03";
    folder.json(&["vehicle", "edit", &focus, "--set", set]);
    let transfer = [
        "vehicle",
        "transfer",
        &focus,
        "--to",
        &ben,
        "--keep-insurance",
    ];
    let moved = folder.json(&transfer);
    assert_eq!(moved["insurance_expiry_date"], "2031-05-03");
    assert_eq!(moved["registration_expiry_date"], serde_json::Value::Null);
}

#[test]
fn a_transfer_moves_the_vehicle_with_its_history() {
    let folder = Folder::new();
    let ann = folder.ann();
    let ben = id(&folder.add_customer(
        json!({"first_name": "Ben", "last_name": "Ode", "email": "ben@example.com"}),
    ));
    let focus = folder.focus(&ann);
    folder.json_from(
        &["service", "add", "--vehicle", &focus, "--from", "-"],
        &json!({"service_type": "Oil"}),
    );
    let moved = folder.json(&["vehicle", "transfer", &focus, "--to", &ben]);
    assert_eq!(moved["customer_id"], ben.as_str());
    assert_eq!(
        folder
            .json(&["service", "list", "--vehicle", &focus])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        folder.json(&["vehicle", "list", "--customer", &ann])["count"],
        0
    );
    assert_eq!(
        folder.json(&["vehicle", "list", "--customer", &ben])["count"],
        1
    );
    let history = folder.json(&["history", &focus]);
    let owner = history
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|entry| entry["changes"].as_array().unwrap())
        .find(|change| change["field"] == "customer_id" && change["from"] == ann.as_str())
        .unwrap();
    assert_eq!(owner["to"], ben.as_str());
    assert_eq!(owner["from_title"], "Ann Ng");
    folder.json(&["undo"]);
    assert_eq!(
        folder.json(&["vehicle", "show", &focus])["customer_id"],
        ann.as_str()
    );
}

#[test]
fn preferences_are_shown_and_edited() {
    let folder = Folder::new();
    let ann = folder.ann();
    let shown = folder.json(&["preferences", "show", &ann]);
    assert_eq!(shown["email_notifications"], true);
    assert_eq!(shown["preferred_contact_method"], "email");
    let edited = folder.json(&[
        "preferences",
        "edit",
        &ann,
        "--set",
        "preferred_service_time=8:30",
        "--set",
        "preferred_service_day=monday",
        "--set",
        "marketing_emails=yes",
    ]);
    assert_eq!(edited["preferred_service_time"], "08:30:00");
    assert_eq!(edited["preferred_service_day"], "monday");
    assert_eq!(edited["marketing_emails"], true);
    assert_eq!(folder.json(&["preferences", "show", &ann]), edited);
    assert_eq!(
        folder.json(&["customer", "show", &ann])["preferences"],
        edited
    );
    let bad = folder.error(&["preferences", "edit", &ann, "--set", "timezone=Mars/Base"]);
    assert_eq!(names(&bad["fields"]), ["timezone"]);
}

#[test]
fn notes_are_added_listed_edited_and_deleted() {
    let folder = Folder::new();
    let ann = folder.ann();
    let first = folder.json(&[
        "note",
        "add",
        "--customer",
        &ann,
        "--title",
        "Brakes",
        "--content",
        "-squeal\nloudly",
        "--type",
        "complaint",
        "--important",
        "--private",
    ]);
    assert_eq!(first["customer_id"], ann.as_str());
    assert_eq!(first["note_type"], "complaint");
    assert_eq!(first["content"], "-squeal\nloudly");
    assert_eq!(
        (&first["is_important"], &first["is_private"]),
        (&json!(true), &json!(true))
    );
    let second = folder.json(&[
        "note",
        "add",
        "--customer",
        &ann,
        "--title",
        "Later",
        "--content",
        "x",
    ]);
    assert_eq!(second["note_type"], "general");
    let list = folder.json(&["note", "list", "--customer", &ann]);
    assert_eq!(list, json!([second, first]));
    let edited = folder.json(&["note", "edit", &id(&first), "--set", "is_important=false"]);
    assert_eq!(edited["is_important"], false);
    folder.json(&["note", "delete", &id(&second)]);
    assert_eq!(
        folder.json(&["note", "list", "--customer", &ann]),
        json!([edited])
    );
    let bad = folder.error(&[
        "note",
        "add",
        "--customer",
        &ann,
        "--title",
        "T",
        "--content",
        "C",
        "--type",
        "gossip",
    ]);
    assert_eq!(names(&bad["fields"]), ["note_type"]);
}

#[test]
fn a_service_sets_what_is_due_next() {
    let folder = Folder::new();
    let ann = folder.ann();
    let focus = id(&folder.add_vehicle(
        &ann,
        json!({
            "make": "Ford", "model": "Focus", "license_plate": "X1",
            "service_interval_months": 12, "service_interval_distance": 10_000,
        }),
    ));
    let add = ["service", "add", "--vehicle", &focus, "--from", "-"];
    let done = folder.json_from(
        &add,
        &json!({"service_type": "Oil", "cost": "89.90", "mileage": 12_000,
                "description": "5W-30", "performed_at": "2024-05-01T10:00:00Z"}),
    );
    assert_eq!(done["vehicle_id"], focus.as_str());
    assert_eq!(done["customer_id"], ann.as_str());
    assert_eq!(
        (&done["cost"], &done["currency"]),
        (&json!("89.90"), &json!("USD"))
    );
    let vehicle = folder.json(&["vehicle", "show", &focus]);
    assert_eq!(vehicle["last_service_date"], "2024-05-01T10:00:00Z");
    assert_eq!(vehicle["next_service_due_date"], "2025-05-01");
    assert_eq!(vehicle["next_service_due_mileage"], 22_000);
    assert_eq!(vehicle["current_mileage"], 12_000);
    let second = folder.json_from(&add, &json!({"service_type": "Tyres"}));
    assert_eq!(
        folder.json(&["service", "list", "--vehicle", &focus]),
        json!([second, done])
    );
    folder.json(&["service", "delete", &id(&second)]);
    assert_eq!(
        folder.json(&["service", "list", "--vehicle", &focus]),
        json!([done])
    );

    let doubt = folder.error_from(&add, r#"{"service_type": "Oil", "mileage": 99999}"#);
    assert_eq!(doubt["code"], "mileage_improbable");
    let mut confirmed = add.to_vec();
    confirmed.push("--confirm");
    folder.json_from(
        &confirmed,
        &json!({"service_type": "Oil", "mileage": 99_999}),
    );
}

#[test]
fn an_employees_name_stands_on_what_they_change() {
    let folder = Folder::new();
    let eve = folder.json(&["employee", "add", "--name", "Eve Ito", "--role", "Desk"]);
    assert_eq!(
        (&eve["name"], &eve["role"]),
        (&json!("Eve Ito"), &json!("Desk"))
    );
    folder.json(&["employee", "add", "--name", "Bob"]);
    folder.json(&["employee", "add", "--name", "bob"]);
    let list = folder.json(&["employee", "list"]);
    assert_eq!(list.as_array().unwrap().len(), 3);
    assert_eq!(list[0], eve);

    let ann = folder.ann();
    for (who, city) in [(id(&eve), "Troy"), ("eve ito".to_owned(), "Utica")] {
        let set = format!("city={city}");
        folder.json(&["--as", &who, "customer", "edit", &ann, "--set", &set]);
        let history = folder.json(&["history", &ann]);
        assert_eq!(history[0]["author"], "Eve Ito");
        assert_eq!(history[0]["changes"][0]["to"], city);
    }
    let note = folder.json(&[
        "note",
        "add",
        "--customer",
        &ann,
        "--title",
        "T",
        "--content",
        "C",
        "--as",
        "Eve Ito",
    ]);
    assert_eq!(note["created_by"], eve["id"]);

    let stranger = folder.error(&["--as", "Mallory", "customer", "show", &ann]);
    assert_eq!(stranger["code"], "not_found");
    let which = folder.error(&["--as", "Bob", "customer", "show", &ann]);
    assert_eq!(which["code"], "invalid");
    // Who is working may also be a setting.
    folder.json(&["settings", "set", &format!("employee_id={}", id(&eve))]);
    folder.json(&["customer", "edit", &ann, "--set", "city=Rome"]);
    assert_eq!(folder.json(&["history", &ann])[0]["author"], "Eve Ito");
}

#[test]
fn settings_are_shown_and_set_all_or_none() {
    let folder = Folder::new();
    let shown = folder.json(&["settings", "show"]);
    assert_eq!(shown["country"], "US");
    assert_eq!(shown["distance_unit"], "mi");
    let set = folder.json(&[
        "settings",
        "set",
        "country=de",
        "garage_name=Bei Jürgen",
        "currency=EUR",
    ]);
    assert_eq!(set["country"], "DE");
    assert_eq!(set["garage_name"], "Bei Jürgen");
    assert_eq!(folder.json(&["settings", "show"]), set);
    let bad = folder.error(&[
        "settings",
        "set",
        "garage_name=X",
        "theme=pink",
        "no_such=1",
    ]);
    assert_eq!(bad["code"], "invalid");
    assert_eq!(names(&bad["fields"]), ["no_such", "theme"]);
    assert_eq!(folder.json(&["settings", "show"]), set);

    // National numbers are read in the garage's country from now on.
    let ben =
        folder.add_customer(json!({"first_name": "Ben", "last_name": "Öz", "phone": "030 901820"}));
    assert_eq!(ben["phone"], "+4930901820");
    assert_eq!(ben["country"], "Germany");
}

#[test]
fn history_says_who_changed_what_and_undo_takes_it_back_step_by_step() {
    let folder = Folder::new();
    let ann = folder.ann();
    folder.json(&["customer", "edit", &ann, "--set", "city=Troy"]);
    folder.json(&["customer", "edit", &ann, "--set", "city=Utica"]);
    let history = folder.json(&["history", &ann]);
    assert_eq!(history[0]["action"], "update");
    assert_eq!(history[0]["changes"][0]["field"], "city");
    assert_eq!(history[0]["changes"][0]["from"], "Troy");
    assert_eq!(history[0]["changes"][0]["to"], "Utica");
    for expected in ["Troy", ""] {
        let undone = folder.json(&["undo"]);
        assert_eq!(undone["fields"], json!(["city"]));
        assert_eq!(folder.json(&["customer", "show", &ann])["city"], expected);
    }
    let undone = folder.json(&["undo"]);
    assert_eq!(undone["action"], "create");
    assert_eq!(folder.error(&["undo"])["code"], "nothing_to_undo");
    // Also what is deleted has a history.
    assert_eq!(folder.json(&["history", &ann])[0]["action"], "delete");
}

#[test]
fn nothing_changed_is_no_failure_and_no_step() {
    let folder = Folder::new();
    let ann = folder.ann();
    folder.json(&["customer", "edit", &ann, "--set", "first_name=Ann"]);
    assert_eq!(folder.json(&["undo"])["action"], "create");
}

#[test]
fn doubtful_phones_are_stored_with_a_warning() {
    let folder = Folder::new();
    let added = folder
        .add_customer(json!({"first_name": "A", "last_name": "B", "phone": "+1 999 999 9999"}));
    assert_eq!(added["phone"], "+19999999999");
    assert_eq!(names(&added["warnings"]), ["phone"]);
}
