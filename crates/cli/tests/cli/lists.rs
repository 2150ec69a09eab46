//! Lists in the contract's envelope, what is due, figures.

use serde_json::{Value as Json, json};

use crate::support::{Folder, NOBODY, id, names};

fn full_names(list: &Json) -> Vec<&str> {
    list["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["full_name"].as_str().unwrap())
        .collect()
}

#[test]
fn customers_come_in_pages_of_twenty_newest_first() {
    let folder = Folder::new();
    let empty = folder.json(&["customer", "list"]);
    assert_eq!(
        empty,
        json!({"count": 0, "next": null, "previous": null, "results": []})
    );
    for number in 1..=41 {
        folder.add_customer(json!({
            "first_name": "C", "last_name": format!("{number:02}"),
            "email": format!("c{number}@example.com"),
        }));
    }
    let first = folder.json(&["customer", "list"]);
    assert_eq!(first["count"], 41);
    assert_eq!(
        (&first["next"], &first["previous"]),
        (&json!("?page=2"), &Json::Null)
    );
    assert_eq!(full_names(&first).len(), 20);
    assert_eq!(full_names(&first)[0], "C 41");
    assert_eq!(
        names(&first["results"][0]),
        [
            "active_vehicles_count",
            "city",
            "customer_since",
            "email",
            "first_name",
            "full_name",
            "id",
            "is_active",
            "last_name",
            "phone",
            "state",
            "user_id",
        ]
    );
    let second = folder.json(&["customer", "list", "--page", "2"]);
    assert_eq!(
        (&second["next"], &second["previous"]),
        (&json!("?page=3"), &json!("?page=1"))
    );
    let last = folder.json(&["customer", "list", "--page", "last"]);
    assert_eq!(full_names(&last), ["C 01"]);
    assert_eq!(last["next"], Json::Null);
    for page in ["4", "0", "-1", "x", "99999999999"] {
        let page = format!("--page={page}");
        assert_eq!(
            folder.error(&["customer", "list", &page])["code"],
            "not_found",
            "{page}"
        );
    }
}

#[test]
fn every_word_must_stand_in_a_searched_field() {
    let folder = Folder::new();
    folder.add_customer(json!({
        "first_name": "Ann", "last_name": "Ng", "email": "ann@example.com",
        "company_name": "100%_Taxi",
    }));
    folder.add_customer(json!({"first_name": "Ben", "last_name": "Ng", "phone": "212 555 0142"}));
    for (search, found) in [
        ("ng", vec!["Ben Ng", "Ann Ng"]),
        ("NG ann", vec!["Ann Ng"]),
        ("5550142", vec!["Ben Ng"]),
        ("100%_taxi", vec!["Ann Ng"]),
        ("ng zed", vec![]),
        ("   ", vec!["Ben Ng", "Ann Ng"]),
        ("'; DROP TABLE customers; --", vec![]),
        ("-zq", vec![]),
    ] {
        let list = folder.json(&["customer", "list", "--search", search]);
        assert_eq!(full_names(&list), found, "{search}");
        assert_eq!(list["count"], found.len(), "{search}");
    }
}

#[test]
fn vehicles_are_listed_in_full() {
    let folder = Folder::new();
    let ann = folder.ann();
    let focus = folder.focus(&ann);
    let list = folder.json(&["vehicle", "list"]);
    assert_eq!(list["count"], 1);
    assert_eq!(
        list["results"][0],
        folder.json(&["vehicle", "show", &focus])
    );
    assert_eq!(
        folder.json(&["vehicle", "list", "--customer", &ann])["count"],
        1
    );
    let nobody = folder.error(&["vehicle", "list", "--customer", NOBODY]);
    assert_eq!(nobody["code"], "not_found");
}

#[test]
fn what_is_due_comes_most_urgent_first() {
    let folder = Folder::new();
    let ann = folder.ann();
    assert_eq!(folder.json(&["due"]), json!([]));
    let add = |plate: &str, due: Json| {
        let mut fields = json!({"make": "M", "model": "X", "license_plate": plate});
        fields
            .as_object_mut()
            .unwrap()
            .extend(due.as_object().unwrap().clone());
        id(&folder.add_vehicle(&ann, fields))
    };
    let never = add("NEVER", json!({}));
    let far = add("FAR", json!({"next_service_due_date": "2099-01-01"}));
    let old = add("OLD", json!({"next_service_due_date": "2020-01-01"}));
    let older = add("OLDER", json!({"registration_expiry_date": "2010-01-01"}));
    let due = folder.json(&["due"]);
    let plates: Vec<&str> = due
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["license_plate"].as_str().unwrap())
        .collect();
    assert_eq!(plates, ["OLDER", "OLD"]);
    assert_eq!(due[0]["id"], older.as_str());
    assert_eq!(due[1]["id"], old.as_str());
    assert_eq!(due[0]["owner"], "Ann Ng");
    assert_eq!(due[1]["is_service_due"], true);
    let within = folder.json(&["due", "--within", "4000000000"]);
    assert!(!within.to_string().contains(&never) && within.to_string().contains(&far));
}

#[test]
fn figures_are_those_of_the_contract() {
    let folder = Folder::new();
    let zero = folder.json(&["stats"]);
    assert_eq!(zero["total_customers"], 0);
    assert_eq!(zero["verification_rate"].as_f64(), Some(0.0));
    let ann = folder.ann();
    folder.add_customer(json!({
        "first_name": "Ben", "last_name": "Ode", "email": "b@example.com",
        "is_business_customer": true, "customer_since": "2001-01-01",
    }));
    folder.add_customer(json!({
        "first_name": "Cleo", "last_name": "Poe", "email": "c@example.com", "is_active": false,
    }));
    folder.json(&["customer", "edit", &ann, "--set", "is_verified=true"]);
    let stats = folder.json(&["stats"]);
    assert_eq!(stats["total_customers"], 3);
    assert_eq!(stats["active_customers"], 2);
    assert_eq!(stats["verified_customers"], 1);
    assert_eq!(stats["business_customers"], 1);
    assert_eq!(stats["new_customers_last_30_days"], 2);
    assert_eq!(stats["verification_rate"], 33.33);
    assert_eq!(stats["business_customer_rate"], 33.33);
}

#[test]
fn one_box_finds_people_and_cars_by_any_part() {
    let folder = Folder::new();
    let ann = id(&folder.add_customer(json!({
        "first_name": "Søren", "last_name": "Müller-Lüdenscheidt", "phone": "(212) 555-0142",
        "email": "soren@example.com", "company_name": "Taxi Nord",
    })));
    let golf = id(&folder.add_vehicle(
        &ann,
        json!({
            "make": "VW", "model": "Golf", "license_plate": "HH-AB 123", "vin": "WVWZZZ1JZ3W386752",
        }),
    ));
    for (text, found) in [
        ("soren muller", &ann),
        ("lüden", &ann),
        ("555 0142", &ann),
        ("+1 212-555", &ann),
        ("nord taxi", &ann),
        ("SOREN@EXAMPLE", &ann),
        ("hhab1", &golf),
        ("ab-123", &golf),
        ("3w3867", &golf),
    ] {
        let hits = folder.json(&["search", text]);
        let hit = hits
            .as_array()
            .unwrap()
            .iter()
            .find(|hit| hit["id"] == found.as_str())
            .unwrap_or_else(|| panic!("{text}: {hits}"));
        assert_eq!(names(hit), ["id", "kind", "subtitle", "title"], "{text}");
    }
    assert_eq!(
        folder
            .json(&["search", "s", "--limit", "1"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for nothing in ["", "   ", "zzzz", "-", "%", "\"", "' OR 1=1 --", "*", "🚗"] {
        assert_eq!(folder.json(&["search", nothing]), json!([]), "{nothing}");
    }
    folder.json(&["customer", "delete", &ann]);
    assert_eq!(folder.json(&["search", "soren"]), json!([]));
    folder.json(&["undo"]);
    assert_eq!(folder.json(&["search", "hhab1"])[0]["id"], golf.as_str());
}

#[test]
fn a_demo_garage_fills_an_empty_folder_and_no_other() {
    let folder = Folder::new();
    let counts = folder.json(&["demo", "--customers", "50", "--seed", "7"]);
    assert_eq!(counts["customers"], 50);
    assert_eq!(folder.json(&["customer", "list"])["count"], 50);
    assert_eq!(
        folder.json(&["vehicle", "list"])["count"],
        counts["vehicles"]
    );
    assert!(!folder.json(&["due"]).as_array().unwrap().is_empty());
    assert_eq!(folder.json(&["doctor"])["ok"], true);
    assert_eq!(folder.error(&["demo"])["code"], "not_empty");
    // What is in it is found, has a history and can be edited.
    let list = folder.json(&["customer", "list"]);
    let first = &list["results"][0];
    let (name, who) = (first["full_name"].as_str().unwrap(), id(first));
    assert!(folder.json(&["search", name]).to_string().contains(&who));
    assert!(
        !folder
            .json(&["history", &who])
            .as_array()
            .unwrap()
            .is_empty()
    );
    folder.json(&["customer", "edit", &who, "--set", "city=Troy"]);

    // The same seed makes the same people.
    let names = |folder: &Folder| -> Vec<String> {
        let list = folder.json(&["customer", "list", "--page", "2"]);
        full_names(&list).into_iter().map(str::to_owned).collect()
    };
    let (again, other) = (Folder::new(), Folder::new());
    again.json(&["demo", "--customers", "50", "--seed", "7"]);
    other.json(&["demo", "--customers", "50", "--seed", "8"]);
    assert_eq!(names(&folder), names(&again));
    assert_ne!(names(&folder), names(&other));

    let mine = Folder::new();
    mine.ann();
    assert_eq!(mine.error(&["demo"])["code"], "not_empty");
    assert_eq!(mine.json(&["customer", "list"])["count"], 1);
}
