//! What all desks of a garage have in common: unit, currency, zone, name, what "soon" means.

use serde_json::{Value as Json, json};
use servease_tests::processes::{Company, Desk};

fn settings(desk: &Desk) -> Json {
    desk.json(&["settings", "show"])
}

fn set(desk: &Desk, change: &str) -> Json {
    desk.json(&["settings", "set", change])
}

#[test]
fn two_desks_share_unit_and_zone_and_an_undo_reaches_both() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    company.settle(&[&front, &back]);
    set(&front, "distance_unit=km");
    set(&front, "theme=dark");
    company.settle(&[&front, &back]);
    assert_eq!(settings(&back)["distance_unit"], "km");
    assert_eq!(settings(&back)["theme"], "system", "this is the PC's");
    // Different settings on both, while apart.
    set(&front, "timezone=Europe/Berlin");
    set(&back, "soon_days=14");
    company.settle(&[&front, &back]);
    for desk in [&front, &back] {
        let now = settings(desk);
        assert_eq!(
            (&now["timezone"], &now["soon_days"]),
            (&json!("Europe/Berlin"), &json!(14))
        );
        assert_eq!(desk.json(&["conflicts", "list"]), json!([]));
    }
    // The same one: both are told, and one decides.
    set(&front, "timezone=Asia/Tokyo");
    set(&back, "timezone=Europe/Paris");
    company.settle(&[&front, &back]);
    let conflicts = back.json(&["conflicts", "list"]);
    assert_eq!(conflicts[0]["field"], "timezone");
    let id = conflicts[0]["id"].as_str().unwrap();
    back.json(&["conflicts", "resolve", id, "--keep", "theirs"]);
    company.settle(&[&front, &back]);
    for desk in [&front, &back] {
        assert_eq!(settings(desk)["timezone"], "Asia/Tokyo");
    }
    let unit = set(&back, "distance_unit=mi");
    assert_eq!(unit["distance_unit"], "mi");
    company.settle(&[&front, &back]);
    back.json(&["undo"]);
    company.settle(&[&front, &back]);
    for desk in [&front, &back] {
        assert_eq!(settings(desk)["distance_unit"], "km");
    }
}

#[test]
fn a_fresh_desks_defaults_never_overwrite_a_configured_garage() {
    let company = Company::new();
    let front = company.desk();
    front.json(&[
        "settings",
        "set",
        "country=DE",
        "currency=EUR",
        "timezone=Europe/Berlin",
        "distance_unit=km",
    ]);
    company.settle(&[&front]);
    let fresh = company.desk();
    company.settle(&[&front, &fresh]);
    for desk in [&front, &fresh] {
        let now = settings(desk);
        assert_eq!(now["country"], "DE");
        assert_eq!(now["timezone"], "Europe/Berlin");
        assert_eq!(desk.json(&["conflicts", "list"]), json!([]));
    }
}

#[test]
fn what_a_desk_had_before_it_joined_gives_way_to_what_is_settled_and_is_told() {
    let company = Company::new();
    let front = company.desk();
    set(&front, "currency=EUR");
    company.settle(&[&front]);
    // This one was alone for a year.
    let back = Desk::new();
    back.json(&["settings", "set", "currency=CHF", "garage_name=Bei Bo"]);
    company.sign_in(&back);
    company.settle(&[&front, &back]);
    for desk in [&front, &back] {
        let now = settings(desk);
        assert_eq!(now["currency"], "EUR");
        assert_eq!(now["garage_name"], "Bei Bo", "nobody had settled it");
    }
    let conflicts = back.json(&["conflicts", "list"]);
    assert_eq!(
        (&conflicts[0]["field"], &conflicts[0]["mine"]),
        (&json!("currency"), &json!("CHF"))
    );
    // Whoever changes it afterwards is heard.
    set(&back, "currency=USD");
    company.settle(&[&front, &back]);
    assert_eq!(settings(&front)["currency"], "USD");
}

#[test]
fn who_is_signed_in_signs_until_somebody_is_chosen_and_who_has_left_never() {
    let company = Company::new();
    let front = company.desk();
    company.settle(&[&front]);
    let ann = front.customer("Ada", "Byron");
    assert_eq!(front.json(&["history", &ann])[0]["author"], "Ann Ng");
    let eve = front.json(&["employee", "add", "--name", "Eve"]);
    let id = eve["id"].as_str().unwrap();
    front.json(&["employee", "deactivate", id]);
    let refused = front.error(&["--as", "Eve", "undo"]);
    assert_eq!(refused["code"], "invalid", "{refused}");
    let chosen = format!("employee_id={id}");
    let refused = front.error(&["settings", "set", &chosen]);
    assert_eq!(refused["code"], "invalid", "{refused}");
}
