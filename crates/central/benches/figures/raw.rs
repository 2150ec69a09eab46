//! The floor of a create: the rows that it writes (the customer, their preferences, a line of
//! the sequence for each), committed raw in one transaction, with the same settings.

use std::time::{Duration, Instant};

use sea_query::{Expr, InsertStatement, Query};
use serde_json::json;
use servease_central::changes;
use servease_central::db::Db;
use servease_central::store::blocks;
use uuid::Uuid;

use crate::{Outcome, now};

/// The median in milliseconds. The counter and the stretches of the lists are set right
/// afterwards, so that the data can be used again.
pub async fn create_ms(db: &Db, length: Duration) -> Outcome<f64> {
    let mut seq = changes::last_seq(&mut db.read().await?).await?;
    let mut times_ms = Vec::new();
    let started = Instant::now();
    while started.elapsed() < length {
        let id = Uuid::now_v7();
        let rows = [
            customer(id, seq + 1),
            line("customer", id, seq + 1),
            preferences(id, seq + 2),
            line("preferences", id, seq + 2),
        ];
        seq += 2;
        let begun = Instant::now();
        let mut link = db.write().await?;
        for row in &rows {
            link.run(row).await?;
        }
        link.commit().await?;
        times_ms.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    let mut link = db.write().await?;
    link.lift_time_limit().await?;
    let mut update = Query::update();
    update.table("counters").value("value", seq);
    link.run(&update).await?;
    blocks::rebuild(&mut link).await?;
    link.commit().await?;
    times_ms.sort_by(f64::total_cmp);
    Ok(times_ms[times_ms.len() / 2])
}

fn insert(table: &'static str, columns: Vec<(&'static str, Expr)>) -> InsertStatement {
    let (names, values): (Vec<&str>, Vec<Expr>) = columns.into_iter().unzip();
    let mut insert = Query::insert();
    insert.into_table(table).columns(names).values_panic(values);
    insert
}

fn customer(id: Uuid, seq: i64) -> InsertStatement {
    let at = now();
    let email = format!("{}@example.com", id.simple());
    insert(
        "customers",
        vec![
            ("id", Expr::val(id)),
            ("first_name", Expr::val("Raw")),
            ("last_name", Expr::val("Customer")),
            ("email", Expr::val(email.as_str())),
            ("phone", Expr::val("+15550123456")),
            ("country", Expr::val("United States")),
            ("is_active", Expr::val(true)),
            ("is_verified", Expr::val(false)),
            ("is_business_customer", Expr::val(false)),
            ("customer_since", Expr::val(at)),
            ("created_at", Expr::val(at)),
            ("updated_at", Expr::val(at)),
            ("seq", Expr::val(seq)),
            (
                "field_versions",
                Expr::val(json!({"first_name": seq, "email": seq})),
            ),
            (
                "search_text",
                Expr::val(format!("raw\ncustomer\n{email}\n+15550123456")),
            ),
        ],
    )
}

fn preferences(id: Uuid, seq: i64) -> InsertStatement {
    let at = now();
    let mut columns: Vec<(&'static str, Expr)> = [
        "email_notifications",
        "sms_notifications",
        "push_notifications",
        "phone_call_notifications",
        "postal_mail_notifications",
        "marketing_emails",
        "promotional_sms",
        "service_reminders",
        "appointment_reminders",
        "data_sharing_consent",
        "analytics_consent",
    ]
    .into_iter()
    .map(|name| (name, Expr::val(true)))
    .collect();
    columns.extend([
        ("id", Expr::val(id)),
        ("customer_id", Expr::val(id)),
        ("created_at", Expr::val(at)),
        ("updated_at", Expr::val(at)),
        ("seq", Expr::val(seq)),
        ("field_versions", Expr::val(json!({"customer_id": seq}))),
    ]);
    insert("preferences", columns)
}

fn line(entity: &'static str, id: Uuid, seq: i64) -> InsertStatement {
    let after = json!({"first_name": "Raw", "last_name": "Customer", "phone": "+15550123456"});
    insert(
        "changes",
        vec![
            ("seq", Expr::val(seq)),
            ("entity", Expr::val(entity)),
            ("record_id", Expr::val(id)),
            ("customer_id", Expr::val(id)),
            ("kind", Expr::val("create")),
            ("author_name", Expr::val("Raw")),
            ("at", Expr::val(now())),
            ("before", Expr::val(json!({}))),
            ("after", Expr::val(after)),
        ],
    )
}
