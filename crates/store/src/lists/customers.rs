//! The list of customers.

use std::collections::HashMap;

use servease_domain::{Customer, EntityKind, Record};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use super::filter::{Conditions, Order, Orders};
use super::{Page, window};
use crate::{Result, bulk};

/// Which customers, in which order. None and blank: not filtered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomerFilter<'a> {
    pub search: &'a str,
    /// In which phone numbers are searched for as they are dialled there; blank: unknown.
    pub country: &'a str,
    pub is_active: Option<bool>,
    pub is_verified: Option<bool>,
    pub is_business_customer: Option<bool>,
    pub state: Option<&'a str>,
    /// As in the contract (`last_name,-created_at`); blank: by name.
    pub ordering: &'a str,
}

/// A customer with the number of active vehicles.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerRow {
    pub customer: Customer,
    pub record: Record,
    pub active_vehicles: i64,
}

const BY_NAME: &str = "last_name";
const ORDERS: Orders = &[
    ("last_name", &["last_name_sort", "first_name_sort"]),
    ("first_name", &["first_name_sort", "last_name_sort"]),
    ("created_at", &["created_at"]),
    ("customer_since", &["customer_since"]),
];

/// Rows `offset .. offset + limit` of the filtered list.
pub async fn customers(
    conn: &mut SqliteConnection,
    filter: &CustomerFilter<'_>,
    offset: u32,
    limit: u32,
) -> Result<Page<CustomerRow>> {
    let conditions = Conditions::default()
        .flag("is_active", filter.is_active)
        .flag("is_verified", filter.is_verified)
        .flag("is_business_customer", filter.is_business_customer)
        .text("state", filter.state)
        .search(EntityKind::Customer, filter.search, filter.country);
    let order = Order::read(filter.ordering, ORDERS, BY_NAME);
    let kind = EntityKind::Customer;
    let total = conditions.count(conn, kind).await?;
    let ids = conditions
        .ids(conn, kind, &order, total, window(offset, limit))
        .await?;
    let mut records = bulk::find(conn, kind, &ids).await?;
    let active = active_vehicles(conn, &ids).await?;
    let rows = ids
        .iter()
        .filter_map(|id| records.remove(id))
        .map(|record| CustomerRow {
            customer: record.to(),
            active_vehicles: active.get(&record.id).copied().unwrap_or(0),
            record,
        })
        .collect();
    Ok(Page { total, rows })
}

async fn active_vehicles(
    conn: &mut SqliteConnection,
    owners: &[Uuid],
) -> Result<HashMap<Uuid, i64>> {
    let sql = format!(
        "SELECT customer_id, count(*) FROM vehicles \
         WHERE customer_id IN ({}) AND deleted_at IS NULL AND is_active = 1 GROUP BY customer_id",
        bulk::marks(owners.len())
    );
    let mut query = sqlx::query_as(AssertSqlSafe(sql));
    for owner in owners {
        query = query.bind(*owner);
    }
    let counts: Vec<(Uuid, i64)> = query.fetch_all(conn).await?;
    Ok(counts.into_iter().collect())
}
