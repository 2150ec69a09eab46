//! A customer in its several forms, preferences and the figures over all customers.

use chrono::NaiveDate;
use serde_json::{Map, Value as Json, json};
use servease_domain::Record;

use crate::record::{fields, one, put, times};
use crate::{record, vehicle};

/// "First Last" as the contract has it, whatever the script; the company where no person is known.
pub fn full_name(customer: &Record) -> String {
    let text = |name| customer.get(name).as_text();
    let person = format!("{} {}", text("first_name"), text("last_name"));
    match person.trim() {
        "" => text("company_name").to_owned(),
        person => person.to_owned(),
    }
}

/// "street, unit, city, state, zip", without what is not there.
pub fn full_address(customer: &Record) -> String {
    [
        "street_address",
        "apartment_unit",
        "city",
        "state",
        "zip_code",
    ]
    .into_iter()
    .map(|name| customer.get(name).as_text())
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join(", ")
}

/// What a full form or a dashboard shows beside the customer. The documents are in their
/// own form already, since only the service knows their URLs.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// Every vehicle for the full form, the active ones for the dashboard.
    pub vehicles: &'a [Record],
    pub active_vehicles_count: u64,
    pub preferences: &'a Record,
    /// Newest first: five for the full form, three for the dashboard.
    pub recent_documents: Vec<Json>,
}

/// Every field, and what is derived from them and from the surroundings.
pub fn full(customer: &Record, around: Surroundings<'_>) -> Json {
    let mut json = Map::new();
    put(&mut json, [("id", Json::String(customer.id.to_string()))]);
    json.extend(fields(customer));
    let vehicles = around.vehicles.iter().map(vehicle::basic).collect();
    put(
        &mut json,
        [
            ("full_name", Json::String(full_name(customer))),
            ("full_address", Json::String(full_address(customer))),
            ("active_vehicles_count", around.active_vehicles_count.into()),
            ("vehicles", Json::Array(vehicles)),
            ("preferences", preferences(around.preferences)),
            ("recent_documents", Json::Array(around.recent_documents)),
        ],
    );
    times(&mut json, customer);
    Json::Object(json)
}

/// What stands in a list.
pub fn basic(customer: &Record, active_vehicles_count: u64) -> Json {
    let mut json = Map::new();
    put(
        &mut json,
        [
            ("id", Json::String(customer.id.to_string())),
            ("user_id", one(customer, "user_id")),
            ("first_name", one(customer, "first_name")),
            ("last_name", one(customer, "last_name")),
            ("full_name", Json::String(full_name(customer))),
            ("email", one(customer, "email")),
            ("phone", one(customer, "phone")),
            ("city", one(customer, "city")),
            ("state", one(customer, "state")),
            ("is_active", one(customer, "is_active")),
            ("active_vehicles_count", active_vehicles_count.into()),
            ("customer_since", one(customer, "customer_since")),
        ],
    );
    Json::Object(json)
}

/// One screen's worth. `important_notes` are the newest three that are not private.
pub fn dashboard(
    customer: &Record,
    around: Surroundings<'_>,
    important_notes: &[Record],
    today: NaiveDate,
) -> Json {
    let due: Vec<Json> = around
        .vehicles
        .iter()
        .filter(|record| vehicle::is_service_due(record, today))
        .map(vehicle::basic)
        .collect();
    let vehicles: Vec<Json> = around
        .vehicles
        .iter()
        .map(|record| vehicle::full(record, today))
        .collect();
    let notes: Vec<Json> = important_notes.iter().map(record::full).collect();
    json!({
        "id": customer.id,
        "full_name": full_name(customer),
        "email": one(customer, "email"),
        "phone": one(customer, "phone"),
        "last_service_date": one(customer, "last_service_date"),
        "vehicles": vehicles,
        "preferences": preferences(around.preferences),
        "active_vehicles_count": around.active_vehicles_count,
        "vehicles_due_for_service": due,
        "recent_documents": around.recent_documents,
        "important_notes": notes,
    })
}

/// Preferences have the customer's id and show none of their own.
pub fn preferences(preferences: &Record) -> Json {
    let mut json = fields(preferences);
    times(&mut json, preferences);
    Json::Object(json)
}

/// The answer of `verify/`.
pub fn verified(customer: &Record) -> Json {
    json!({
        "message": "Customer verified successfully",
        "customer_id": customer.id,
        "is_verified": true,
    })
}

/// The answer of `deactivate/`.
pub fn deactivated(customer: &Record) -> Json {
    json!({
        "message": "Customer deactivated successfully",
        "customer_id": customer.id,
        "is_active": false,
    })
}

/// Figures over all customers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    pub total: u64,
    pub active: u64,
    pub verified: u64,
    pub business: u64,
    pub new_last_30_days: u64,
}

impl Stats {
    /// Rates are in percent, with two decimals.
    pub fn to_json(self) -> Json {
        let rate = |part: u64| {
            if self.total == 0 {
                return 0.0;
            }
            (part as f64 * 10_000.0 / self.total as f64).round() / 100.0
        };
        json!({
            "total_customers": self.total,
            "active_customers": self.active,
            "verified_customers": self.verified,
            "business_customers": self.business,
            "new_customers_last_30_days": self.new_last_30_days,
            "verification_rate": rate(self.verified),
            "business_customer_rate": rate(self.business),
        })
    }
}
