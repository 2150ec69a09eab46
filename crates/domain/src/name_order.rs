//! Where customers stand in lists of names.

use crate::names::sort_key;
use crate::record::Record;

/// Where a customer stands in a list by last name: by the only name of somebody who has one, and by
/// the company where no person is known.
pub fn last_name_sort(customer: &Record) -> String {
    sort_key_of(customer, ["last_name", "first_name", "company_name"])
}

/// The same in a list by first name.
pub fn first_name_sort(customer: &Record) -> String {
    sort_key_of(customer, ["first_name", "last_name", "company_name"])
}

/// What [`last_name_sort`] and [`first_name_sort`] are made of.
pub const SORTED_BY: [&str; 3] = ["first_name", "last_name", "company_name"];

fn sort_key_of(customer: &Record, names: [&str; 3]) -> String {
    let name = names
        .into_iter()
        .map(|name| customer.get(name).as_text())
        .find(|name| !name.is_empty());
    sort_key(name.unwrap_or_default())
}
