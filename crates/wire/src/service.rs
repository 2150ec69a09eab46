//! The service history of a customer.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value as Json, json};
use servease_domain::{Record, money};

use crate::record;
use crate::vehicle;

/// The sum of all records, whichever page of them is shown: currency → minor units.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Totals {
    pub services: u64,
    pub spent: BTreeMap<String, i64>,
}

impl Totals {
    /// The currency in which most was spent, or the garage's own when nothing was.
    fn main_currency<'a>(&'a self, garage: &'a str) -> &'a str {
        self.spent
            .iter()
            .max_by_key(|(_, units)| **units)
            .map_or(garage, |(currency, _)| currency.as_str())
    }
}

/// The answer of `service-history/`. `services` newest first; `vehicles` are those whose next
/// service is planned. `currency` is the garage's. Amounts in several currencies are never
/// added up: `total_spent` is in the one most was spent in, `totals` has them all.
pub fn history(
    customer: &Record,
    totals: &Totals,
    services: &[Record],
    vehicles: &[Record],
    currency: &str,
    today: NaiveDate,
) -> Json {
    let main = totals.main_currency(currency);
    let spent = totals.spent.get(main).copied().unwrap_or(0);
    let all: Map<String, Json> = totals
        .spent
        .iter()
        .map(|(code, units)| (code.clone(), Json::String(money::decimal(*units, code))))
        .collect();
    let upcoming: Vec<Json> = vehicles
        .iter()
        .map(|vehicle| {
            let mut json = vehicle::service_status(vehicle, today);
            if let (Some(json), Json::Object(basic)) =
                (json.as_object_mut(), vehicle::basic(vehicle))
            {
                json.extend(basic.into_iter().filter(|(name, _)| name != "id"));
            }
            json
        })
        .collect();
    json!({
        "customer_id": customer.id,
        "total_services": totals.services,
        "total_spent": money::decimal(spent, main),
        "currency": main,
        "totals": all,
        "last_service_date": record::one(customer, "last_service_date"),
        "services": services.iter().map(record::full).collect::<Vec<_>>(),
        "upcoming_services": upcoming,
    })
}
