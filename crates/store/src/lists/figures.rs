//! Counts over the whole garage.

use chrono::{DateTime, Utc};
use servease_domain::value::instant_text;
use sqlx::SqliteConnection;

use crate::Result;

/// What `customers/stats/` of the contract counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CustomerFigures {
    pub total: i64,
    pub active: i64,
    pub verified: i64,
    pub business: i64,
    /// Customers since `new_since` or later.
    pub new: i64,
}

pub async fn customer_figures(
    conn: &mut SqliteConnection,
    new_since: DateTime<Utc>,
) -> Result<CustomerFigures> {
    let (total, active, verified, business, new) = sqlx::query_as(
        "SELECT count(*), coalesce(sum(is_active), 0), coalesce(sum(is_verified), 0), \
         coalesce(sum(is_business_customer), 0), \
         (SELECT count(*) FROM customers WHERE customer_since >= ? AND deleted_at IS NULL) \
         FROM customers WHERE deleted_at IS NULL",
    )
    .bind(instant_text(&new_since))
    .fetch_one(conn)
    .await?;
    Ok(CustomerFigures {
        total,
        active,
        verified,
        business,
        new,
    })
}

/// The garage's own service types, most used first, at most `limit`.
pub async fn service_types(conn: &mut SqliteConnection, limit: u32) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT service_type FROM service_records WHERE deleted_at IS NULL \
         GROUP BY service_type ORDER BY count(*) DESC, service_type LIMIT ?",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?)
}
