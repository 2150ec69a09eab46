//! What was handed over about customers, as it is listed.

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Order, Query};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::outbox::TABLE;
use crate::db::{Db, DbError, Link, Row};

/// A message as it is listed.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification(pub Json);

const LISTED: [&str; 12] = [
    "id",
    "event",
    "idempotency_key",
    "alert_id",
    "alert_kind",
    "record_id",
    "stage",
    "state",
    "attempts",
    "answer",
    "created_at",
    "finished_at",
];

/// How many messages are about some customers.
pub async fn count_of_customers(link: &mut Link, customers: &[Uuid]) -> Result<u64, DbError> {
    let mut select = Query::select();
    select
        .expr(Expr::col("id").count())
        .from(TABLE)
        .and_where(Expr::col("customer_id").is_in(customers.iter().copied()));
    let row = link.row(&select).await?;
    let count = row.map_or(Ok(None), |row| row.integer(0))?.unwrap_or(0);
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Messages about some customers, newest first.
pub async fn of_customers(
    link: &mut Link,
    customers: &[Uuid],
    offset: u64,
    limit: u64,
) -> Result<Vec<Notification>, DbError> {
    let mut select = Query::select();
    select
        .columns(LISTED)
        .column("body")
        .from(TABLE)
        .and_where(Expr::col("customer_id").is_in(customers.iter().copied()))
        .order_by("position", Order::Desc)
        .offset(offset)
        .limit(limit);
    let rows = link.rows(&select).await?;
    rows.iter().map(notification_of).collect()
}

fn notification_of(row: &Row) -> Result<Notification, DbError> {
    let body: Option<Json> = row
        .text(12)?
        .and_then(|text| serde_json::from_str(&text).ok());
    let said = |of: &str, name: &str| {
        let value = body.as_ref().and_then(|body| body.get(of)?.get(name));
        value.cloned().unwrap_or_else(|| "".into())
    };
    Ok(Notification(json!({
        "id": row.id(0)?,
        "event": row.text(1)?,
        "idempotency_key": row.text(2)?,
        "alert": row.id(3)?,
        "kind": row.text(4)?,
        "record": row.id(5)?,
        "stage": row.integer(6)?,
        "text": said("alert", "text"),
        "channel": said("preferences", "channel"),
        "state": row.text(7)?,
        "attempts": row.integer(8)?,
        "answer": row.text(9)?,
        "created_at": row.instant(10)?,
        "finished_at": row.instant(11)?,
    })))
}

/// Forgets what is over and older than is kept.
pub async fn forget_before(db: &Db, limit: DateTime<Utc>) -> Result<(), DbError> {
    let mut link = db.write().await?;
    let mut delete = Query::delete();
    delete
        .from_table(TABLE)
        .and_where(Expr::col("is_open").eq(false))
        .and_where(Expr::col("finished_at").lt(limit));
    link.run(&delete).await?;
    link.commit().await
}
