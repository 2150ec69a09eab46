//! A vehicle: full, basic, and its service status.

use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value as Json, json};
use servease_domain::Record;

use crate::record::{fields, one, put, times};

/// Years since the model year; null when the year is unknown, 0 for next year's model.
fn age(vehicle: &Record, today: NaiveDate) -> Json {
    vehicle.get("year").as_integer().map_or(Json::Null, |year| {
        Json::from((i64::from(today.year()) - year).max(0))
    })
}

/// Due by date (today or before) or by mileage (reached), as the contract defines it.
pub fn is_service_due(vehicle: &Record, today: NaiveDate) -> bool {
    let by_date = vehicle
        .get("next_service_due_date")
        .as_date()
        .is_some_and(|due| due <= today);
    let by_mileage = vehicle
        .get("next_service_due_mileage")
        .as_integer()
        .is_some_and(|due| vehicle.get("current_mileage").as_integer().unwrap_or(0) >= due);
    by_date || by_mileage
}

/// Every field, and what is derived from them.
pub fn full(vehicle: &Record, today: NaiveDate) -> Json {
    let mut json = Map::new();
    put(&mut json, [("id", Json::String(vehicle.id.to_string()))]);
    json.extend(fields(vehicle));
    put(
        &mut json,
        [
            ("vehicle_age", age(vehicle, today)),
            ("is_service_due", Json::Bool(is_service_due(vehicle, today))),
        ],
    );
    times(&mut json, vehicle);
    Json::Object(json)
}

/// What stands in lists of a customer's vehicles.
pub fn basic(vehicle: &Record) -> Json {
    let mut json = Map::new();
    put(&mut json, [("id", Json::String(vehicle.id.to_string()))]);
    for name in ["make", "model", "year", "color", "license_plate"] {
        put(&mut json, [(name, one(vehicle, name))]);
    }
    Json::Object(json)
}

/// The answer of `service-status/`.
pub fn service_status(vehicle: &Record, today: NaiveDate) -> Json {
    let remaining = vehicle
        .get("next_service_due_mileage")
        .as_integer()
        .map(|due| due - vehicle.get("current_mileage").as_integer().unwrap_or(0));
    json!({
        "vehicle_id": vehicle.id,
        "is_service_due": is_service_due(vehicle, today),
        "last_service_date": one(vehicle, "last_service_date"),
        "last_service_mileage": one(vehicle, "last_service_mileage"),
        "next_service_due_date": one(vehicle, "next_service_due_date"),
        "next_service_due_mileage": one(vehicle, "next_service_due_mileage"),
        "current_mileage": one(vehicle, "current_mileage"),
        "service_interval_remaining": remaining,
    })
}
