//! Customers and how they want to be reached.

use chrono::{DateTime, Utc};
use servease_domain::{EntityKind, Record, Value, Values};
use uuid::Uuid;

use super::chance::Chance;
use super::words::{
    COMPANY_FIRST, COMPANY_FORM, COMPANY_LAST, FIRST_NAMES, LAST_NAMES, MAIL_DOMAINS, ORIGINS,
    STREETS, TOWNS, Town,
};

/// A customer with the language they speak.
pub(super) struct Person {
    pub record: Record,
    pub language: &'static str,
    pub is_business: bool,
}

/// `number` keeps e-mail addresses apart.
pub(super) fn customer(chance: &mut Chance, number: u32, created_at: DateTime<Utc>) -> Person {
    let mut said = Values::new();
    let mut set = |name: &'static str, value: String| {
        said.insert(name, Value::Text(value));
    };
    let (first, last, latin, language) = name(chance);
    set("first_name", first);
    set("last_name", last);
    // Most live nearby.
    let town = if chance.percent(70) {
        chance.one(&TOWNS[..6])
    } else {
        chance.common_first(TOWNS)
    };
    let phone = phone(chance, town);
    let has_phone = chance.percent(96);
    if has_phone {
        set("phone", phone);
    }
    if chance.percent(12) {
        set("secondary_phone", self::phone(chance, town));
    }
    let is_business = chance.percent(12);
    let company = is_business.then(|| company(chance));
    if !has_phone || chance.percent(85) {
        set("email", email(chance, &latin, company.as_deref(), number));
    }
    if chance.percent(78) {
        let street = *chance.one(STREETS);
        set(
            "street_address",
            format!("{} {street}", chance.between(10, 9_999)),
        );
        if chance.percent(15) {
            set("apartment_unit", format!("Apt {}", chance.between(1, 40)));
        }
        set("city", town.city.to_owned());
        set("state", town.state.to_owned());
        set("zip_code", format!("{}{}", town.zip, chance.digits(2)));
    }
    if let Some(company) = company {
        set("company_name", company);
        if chance.percent(60) {
            set(
                "business_tax_id",
                format!("{}-{}", chance.digits(2), chance.digits(7)),
            );
        }
    }
    if chance.percent(20) {
        let name = *chance.common_first(FIRST_NAMES);
        set("emergency_contact_name", name.to_owned());
        set("emergency_contact_phone", self::phone(chance, town));
        let relation = *chance.one(&["spouse", "parent", "sibling", "friend", "child"]);
        set("emergency_contact_relationship", relation.to_owned());
    }
    said.insert("is_business_customer", Value::Flag(is_business));
    said.insert("is_active", Value::Flag(chance.percent(95)));
    said.insert("is_verified", Value::Flag(chance.percent(60)));
    let id = chance.id(created_at);
    Person {
        record: Record::new(EntityKind::Customer, id, said, created_at),
        language,
        is_business,
    }
}

pub(super) fn preferences(chance: &mut Chance, customer: &Person) -> Record {
    let method = chance.weighted(
        &[
            ("phone", 40),
            ("sms", 35),
            ("email", 20),
            ("mail", 3),
            ("app", 2),
        ],
        |(_, weight)| *weight,
    );
    let mut said = Values::from([
        ("customer_id", Value::Id(customer.record.id)),
        ("preferred_contact_method", Value::Text(method.0.to_owned())),
        (
            "preferred_language",
            Value::Text(customer.language.to_owned()),
        ),
        ("timezone", Value::Text("America/New_York".to_owned())),
        ("marketing_emails", Value::Flag(chance.percent(25))),
    ]);
    if chance.percent(20) {
        let day = *chance.one(&["monday", "wednesday", "friday", "saturday"]);
        said.insert("preferred_service_day", Value::Text(day.to_owned()));
        let hour = u32::try_from(chance.between(8, 16)).unwrap_or(8);
        if let Some(time) = chrono::NaiveTime::from_hms_opt(hour, 30, 0) {
            said.insert("preferred_service_time", Value::Time(time));
        }
    }
    let created_at = customer.record.created_at;
    // Preferences have the customer's id.
    let id: Uuid = customer.record.id;
    Record::new(EntityKind::Preferences, id, said, created_at)
}

/// First and last name, both in Latin letters, and the language.
fn name(chance: &mut Chance) -> (String, String, (String, String), &'static str) {
    if chance.percent(8) {
        let origin = chance.one(ORIGINS);
        let (first, last) = (chance.one(origin.first), chance.one(origin.last));
        let latin = (first.latin.to_owned(), last.latin.to_owned());
        return (
            first.written.to_owned(),
            last.written.to_owned(),
            latin,
            origin.language,
        );
    }
    let first = *chance.common_first(FIRST_NAMES);
    let last = *chance.common_first(LAST_NAMES);
    let latin = |name: &str| {
        name.chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase()
    };
    let language = if chance.percent(5) { "es" } else { "en" };
    (
        first.to_owned(),
        last.to_owned(),
        (latin(first), latin(last)),
        language,
    )
}

/// The exchange 555 belongs to nobody.
fn phone(chance: &mut Chance, town: &Town) -> String {
    // Numbers set aside for fiction in Britain and Germany.
    if chance.percent(1) {
        return format!(
            "+44207946{}",
            chance.digits(4).replacen(|_: char| true, "0", 1)
        );
    }
    if chance.percent(1) {
        return format!("+493023125{}", chance.digits(3));
    }
    let area = *chance.one(town.area);
    format!("+1{area}555{}", chance.digits(4))
}

fn email(
    chance: &mut Chance,
    (first, last): &(String, String),
    company: Option<&str>,
    number: u32,
) -> String {
    if let Some(company) = company {
        let domain: String = company
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase();
        return format!("{first}.{last}{number}@{domain}.example");
    }
    let domain = *chance.common_first(MAIL_DOMAINS);
    match chance.between(0, 2) {
        0 => format!("{first}.{last}{number}@{domain}"),
        1 => format!("{last}{number}@{domain}"),
        _ => format!("{first}_{number}@{domain}"),
    }
}

fn company(chance: &mut Chance) -> String {
    let first = *chance.one(COMPANY_FIRST);
    let last = *chance.one(COMPANY_LAST);
    match chance.percent(70) {
        true => format!("{first} {last} {}", chance.one(COMPANY_FORM)),
        false => format!("{first} {last}"),
    }
}
