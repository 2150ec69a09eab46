//! The list of customers.

use std::collections::HashMap;

use servease_domain::{Customer, EntityKind, Record};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use super::filter::{Conditions, Filter, Order, Orders};
use super::{Page, window};
use crate::{Result, bulk};

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
];

/// Rows `offset .. offset + limit` of the filtered list.
pub async fn customers(
    conn: &mut SqliteConnection,
    filter: &Filter<'_>,
    offset: u32,
    limit: u32,
) -> Result<Page<CustomerRow>> {
    let kind = EntityKind::Customer;
    let conditions = Conditions::default().fields(kind, filter.fields).search(
        kind,
        filter.search,
        filter.country,
    );
    let order = Order::read(kind, filter.ordering, ORDERS, BY_NAME);
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
