//! Customers with preferences, and every second one with a car, through the change sequence.

use sea_query::{Order, Query};
use servease_central::changes::{Author, Changeset};
use servease_central::db::Db;
use servease_domain::{EntityKind, Record, Value, Values};
use uuid::Uuid;

use crate::{Outcome, now};

const FIRST: [&str; 12] = [
    "Ada", "Bob", "Carla", "Dmitri", "Eve", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kira",
    "Liam",
];
const LAST: [&str; 14] = [
    "Lovelace", "Smith", "Müller", "Okafor", "Tanaka", "Garcia", "Novak", "Rossi", "Dubois",
    "Kowalski", "Andersen", "Silva", "Kim", "Haddad",
];

/// How many go into one transaction.
const AT_ONCE: usize = 5_000;

/// The last name of the customer with this number; some have the same.
pub fn last_name(number: usize) -> String {
    format!("{}{}", LAST[(number / 7) % LAST.len()], number % 1_000)
}

/// Makes them where there are none yet; their ids.
pub async fn fill(db: &Db, customers: usize) -> Outcome<Vec<Uuid>> {
    let mut ids = there(db).await?;
    if !ids.is_empty() {
        return Ok(ids);
    }
    let mut number = 0;
    while number < customers {
        let mut work = Changeset::begin(db, Author::default(), now()).await?;
        for _ in 0..AT_ONCE.min(customers - number) {
            ids.push(one(&mut work, number).await?);
            number += 1;
        }
        work.commit().await?;
    }
    Ok(ids)
}

async fn there(db: &Db) -> Outcome<Vec<Uuid>> {
    let mut select = Query::select();
    select
        .column("id")
        .from(EntityKind::Customer.table())
        .order_by("id", Order::Asc);
    let rows = db.read().await?.rows(&select).await?;
    let ids: Result<Vec<Option<Uuid>>, _> = rows.iter().map(|row| row.id(0)).collect();
    Ok(ids?.into_iter().flatten().collect())
}

async fn one(work: &mut Changeset, number: usize) -> Outcome<Uuid> {
    let text = |value: String| Value::Text(value);
    let (id, at) = (Uuid::now_v7(), now());
    let first = FIRST[number % FIRST.len()];
    let last = last_name(number);
    let values = Values::from([
        ("first_name", text(first.to_owned())),
        ("last_name", text(last.clone())),
        (
            "email",
            text(format!("{first}.{last}.{number}@example.com")),
        ),
        ("phone", text(format!("+1555{number:07}"))),
        ("city", text("Springfield".to_owned())),
        ("state", text(["NY", "CA", "TX"][number % 3].to_owned())),
    ]);
    work.create(Record::new(EntityKind::Customer, id, values, at))
        .await?;
    let owner = Value::Id(id);
    let values = Values::from([("customer_id", owner.clone())]);
    work.create(Record::new(EntityKind::Preferences, id, values, at))
        .await?;
    if number.is_multiple_of(2) {
        let values = Values::from([
            ("customer_id", owner),
            ("make", text("VW".to_owned())),
            ("model", text("Golf".to_owned())),
            ("license_plate", text(format!("B-{number}"))),
        ]);
        work.create(Record::new(EntityKind::Vehicle, Uuid::now_v7(), values, at))
            .await?;
    }
    Ok(id)
}
