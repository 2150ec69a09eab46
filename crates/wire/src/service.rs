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
    /// The garage's own currency where anything was spent in it, or nothing at all; else the first of
    /// the others. Amounts of different currencies say nothing about which is more.
    fn main_currency<'a>(&'a self, garage: &'a str) -> &'a str {
        let first = self.spent.keys().next().map_or(garage, String::as_str);
        if self.spent.contains_key(garage) {
            garage
        } else {
            first
        }
    }
}

/// The answer of `service-history/`. `services` newest first; `vehicles` are those whose next
/// service is planned. `currency` is the garage's. Amounts in several currencies are never
/// added up: `total_spent` is in the garage's own, `totals` has them all.
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

#[cfg(test)]
mod tests {
    use super::Totals;

    #[test]
    fn the_garages_own_currency_is_the_main_one_where_anything_was_spent_in_it() {
        let totals = |spent: &[(&str, i64)]| Totals {
            services: 1,
            spent: spent
                .iter()
                .map(|(code, units)| ((*code).to_owned(), *units))
                .collect(),
        };
        for (spent, main) in [
            (&[][..], "EUR"),
            (&[("EUR", 1_000), ("JPY", 15_000)], "EUR"),
            (&[("JPY", 15_000)], "JPY"),
            (&[("CHF", 1), ("USD", 2)], "CHF"),
            (&[("EUR", 0), ("KRW", 9_000)], "EUR"),
        ] {
            assert_eq!(totals(spent).main_currency("EUR"), main);
        }
    }
}
