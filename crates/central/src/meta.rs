//! What the service remembers about itself: its epoch and its signing secret.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngCore as _;
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use uuid::Uuid;

use crate::db::{Db, DbError, Link};

const EPOCH: &str = "epoch";
const RESTORED: &str = "restored_at";
const SECRET: &str = "jwt_secret";
const DESCRIPTION: &str = "description";
const FORMS: &str = "forms";

async fn find(link: &mut Link, name: &str) -> Result<Option<String>, DbError> {
    let mut select = Query::select();
    select
        .column("value")
        .from("meta")
        .and_where(Expr::col("name").eq(name));
    match link.row(&select).await? {
        Some(row) => row.text(0),
        None => Ok(None),
    }
}

/// Of several instances that start at once, the first one's value counts for all.
async fn find_or_set(db: &Db, name: &str, new: String) -> Result<String, DbError> {
    if let Some(value) = find(&mut db.read().await?, name).await? {
        return Ok(value);
    }
    let mut link = db.write().await?;
    let mut insert = Query::insert();
    insert
        .into_table("meta")
        .columns(["name", "value"])
        .values_panic([Expr::val(name), Expr::val(new.as_str())])
        .on_conflict(OnConflict::column("name").do_nothing().to_owned());
    link.run(&insert).await?;
    link.commit().await?;
    Ok(find(&mut db.read().await?, name).await?.unwrap_or(new))
}

/// Names this history of the data: a restored backup goes on under another.
pub async fn epoch(db: &Db) -> Result<String, DbError> {
    find_or_set(db, EPOCH, new_epoch()).await
}

fn new_epoch() -> String {
    let mut id = Uuid::new_v4().simple().to_string();
    id.truncate(16);
    id
}

/// Begins a new epoch: after a restore.
pub async fn renew_epoch(link: &mut Link) -> Result<(), DbError> {
    set(link, RESTORED, "").await?;
    set(link, EPOCH, &new_epoch()).await
}

/// How long desks may pass on what a restored Central has lost: longer than anybody is on holiday.
const PASSING_ON: TimeDelta = TimeDelta::days(60);

/// Whether the data was restored lately. The time counts from when the service first asks.
pub async fn is_restored(db: &Db, now: DateTime<Utc>) -> Result<bool, DbError> {
    let Some(at) = find(&mut db.read().await?, RESTORED).await? else {
        return Ok(false);
    };
    if at.is_empty() {
        let mut link = db.write().await?;
        set(&mut link, RESTORED, &now.to_rfc3339()).await?;
        link.commit().await?;
        return Ok(true);
    }
    Ok(DateTime::parse_from_rfc3339(&at).is_ok_and(|at| now < at.to_utc() + PASSING_ON))
}

async fn set(link: &mut Link, name: &str, value: &str) -> Result<(), DbError> {
    let mut insert = Query::insert();
    insert
        .into_table("meta")
        .columns(["name", "value"])
        .values_panic([Expr::val(name), Expr::val(value)])
        .on_conflict(OnConflict::column("name").update_column("value").to_owned());
    link.run(&insert).await?;
    Ok(())
}

/// Which entities and fields the program knew that last looked for what it could adopt.
pub async fn description(db: &Db) -> Result<Option<String>, DbError> {
    find(&mut db.read().await?, DESCRIPTION).await
}

pub async fn save_description(db: &Db, description: &str) -> Result<(), DbError> {
    let mut link = db.write().await?;
    set(&mut link, DESCRIPTION, description).await?;
    link.commit().await
}

/// By which rules the columns were made that follow from others.
pub async fn forms(db: &Db) -> Result<Option<String>, DbError> {
    find(&mut db.read().await?, FORMS).await
}

pub async fn save_forms(db: &Db, forms: &str) -> Result<(), DbError> {
    let mut link = db.write().await?;
    set(&mut link, FORMS, forms).await?;
    link.commit().await
}

/// The secret that tokens are signed with where the operator gave none: 256 random bits, in
/// the database, so that all instances share it.
pub async fn secret(db: &Db) -> Result<String, DbError> {
    let mut random = [0_u8; 32];
    rand::rng().fill_bytes(&mut random);
    find_or_set(db, SECRET, hex::encode(random)).await
}
