//! The garage's settings: checked, all or none.

use std::collections::BTreeMap;

use serde_json::json;
use servease_domain::{Code, EntityKind};

use crate::shop::{Shop, invalid};

fn changes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_garage_is_american_until_it_says_otherwise() {
    let shop = Shop::new().await;
    let settings = shop.desk.settings().await.unwrap();
    assert_eq!(settings.country, "US");
    assert_eq!(settings.timezone, "America/New_York");
    assert_eq!(settings.distance_unit, "mi");
    assert_eq!(settings.currency, "USD");
    assert_eq!(
        (settings.language.as_str(), settings.theme.as_str()),
        ("", "system")
    );
    assert_eq!(settings.employee_id, None);
}

#[tokio::test]
async fn what_is_set_is_kept_in_its_usual_spelling() {
    let shop = Shop::new().await;
    let eve = shop.employee("Eve").await;
    let id = eve.to_string();
    let wanted = changes(&[
        ("garage_name", "  Bei Jürgen 🚗 "),
        ("country", "de"),
        ("timezone", "Europe/Berlin"),
        ("distance_unit", "km"),
        ("currency", "eur"),
        ("language", "de"),
        ("theme", "dark"),
        ("employee_id", &id),
    ]);
    let settings = shop.desk.save_settings(&wanted).await.unwrap();
    assert_eq!(settings.garage_name, "Bei Jürgen 🚗");
    assert_eq!(
        (settings.country.as_str(), settings.currency.as_str()),
        ("DE", "EUR")
    );
    assert_eq!(settings.employee_id, Some(eve));
    assert_eq!(shop.desk.settings().await.unwrap(), settings);
    let cleared = changes(&[("employee_id", ""), ("language", "")]);
    let settings = shop.desk.save_settings(&cleared).await.unwrap();
    assert_eq!(
        (settings.employee_id, settings.language.as_str()),
        (None, "")
    );
}

#[tokio::test]
async fn one_wrong_setting_leaves_all_as_they_were() {
    let shop = Shop::new().await;
    let long = "x".repeat(201);
    for (key, value, code) in [
        ("garage_name", long.as_str(), Code::TooLong),
        ("garage_name", "a\0b", Code::ControlCharacter),
        ("country", "XX", Code::NotAChoice),
        ("country", "", Code::Required),
        ("timezone", "Mars/Base", Code::NotATimeZone),
        ("distance_unit", "leagues", Code::NotAChoice),
        ("currency", "DOLLARS", Code::NotACurrency),
        ("language", "tlh", Code::NotAChoice),
        ("theme", "pink", Code::NotAChoice),
        ("employee_id", "Eve", Code::NotAnId),
        (
            "employee_id",
            "00000000-0000-0000-0000-000000000000",
            Code::NotFound,
        ),
        ("no_such_key", "x", Code::UnknownField),
    ] {
        let mut wanted = changes(&[(key, value)]);
        if key != "theme" {
            wanted.insert("theme".to_owned(), "dark".to_owned());
        }
        let found = invalid(shop.desk.save_settings(&wanted).await);
        assert_eq!(found, [(key.to_owned(), code)], "{key}={value}");
        assert_eq!(shop.desk.settings().await.unwrap().theme, "system");
    }
}

#[tokio::test]
async fn the_garages_time_zone_decides_what_day_it_is() {
    let shop = Shop::new().await;
    // 15:00 UTC on the 10th is the 11th in Auckland.
    let zone = changes(&[("timezone", "Pacific/Auckland")]);
    assert_eq!(shop.desk.today().await.unwrap().to_string(), "2025-03-10");
    shop.desk.save_settings(&zone).await.unwrap();
    assert_eq!(shop.desk.today().await.unwrap().to_string(), "2025-03-11");
}

#[tokio::test]
async fn numbers_and_amounts_are_read_as_in_the_garages_country() {
    let shop = Shop::new().await;
    let german = changes(&[
        ("country", "DE"),
        ("currency", "EUR"),
        ("timezone", "Europe/Berlin"),
    ]);
    shop.desk.save_settings(&german).await.unwrap();
    let fields = json!({"first_name": "A", "last_name": "B", "phone": "030 901820"});
    let id = shop.create(EntityKind::Customer, fields).await.unwrap().id;
    let customer = shop.get_customer(id).await;
    assert_eq!(
        (customer.phone.as_str(), customer.country.as_str()),
        ("+4930901820", "Germany")
    );
    let own = shop.desk.preferences(id).await.unwrap();
    assert_eq!(own.get("currency").as_text(), "EUR");
    assert_eq!(own.get("timezone").as_text(), "Europe/Berlin");
}

#[tokio::test]
async fn the_first_run_ends_with_the_first_customer_or_setting() {
    let shop = Shop::new().await;
    let folder = std::path::Path::new("/somewhere");
    let session = shop
        .desk
        .session(folder, Some("tlh".to_owned()))
        .await
        .unwrap();
    assert!(session.is_first_run && !session.is_demo);
    assert_eq!(session.system_language, None);
    shop.customer("Ann").await;
    let session = shop
        .desk
        .session(folder, Some("fr".to_owned()))
        .await
        .unwrap();
    assert!(!session.is_first_run);
    assert_eq!(session.counts.customers, 1);
    assert_eq!(session.system_language.as_deref(), Some("fr"));
    let other = Shop::new().await;
    other
        .desk
        .save_settings(&changes(&[("garage_name", "X")]))
        .await
        .unwrap();
    assert!(!other.desk.session(folder, None).await.unwrap().is_first_run);
}
