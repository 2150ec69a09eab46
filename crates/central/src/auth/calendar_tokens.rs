//! Tokens that open the calendar of what is coming, and nothing else. A calendar program keeps a
//! token in its address, so that each has one of its own, which can be revoked without the others.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngCore as _;
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::users;
use crate::db::{Db, DbError, Link, Row};

/// 256 bits, in hexadecimal.
const TOKEN_CHARS: usize = 64;

/// More calendars than anybody's garage has.
pub const TOKENS_MAX: usize = 100;

/// A name is for people who look for the one to revoke.
pub const NAME_MAX_CHARS: usize = 100;

/// Calendars ask every few minutes: when one did last is written down no more often than this.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A token as it is listed: itself it is known only to whoever was given it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarToken {
    pub id: Uuid,
    pub name: String,
    /// In which the calendar is written.
    pub language: String,
    /// The account that made it; none: the operator.
    pub user_id: Option<String>,
    pub user_name: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

impl CalendarToken {
    pub fn new(name: &str, language: &str, now: DateTime<Utc>) -> CalendarToken {
        CalendarToken {
            id: Uuid::now_v7(),
            name: name.to_owned(),
            language: language.to_owned(),
            user_id: None,
            user_name: String::new(),
            created_at: now,
            last_used_at: None,
        }
    }
}

const COLUMNS: [&str; 7] = [
    "id",
    "name",
    "language",
    "user_id",
    "user_name",
    "created_at",
    "last_used_at",
];

fn select() -> SelectStatement {
    let mut select = Query::select();
    select.columns(COLUMNS).from("calendar_tokens");
    select
}

fn decode(row: &Row) -> Result<CalendarToken, DbError> {
    let damaged = || DbError::Damaged("calendar_tokens".to_owned());
    Ok(CalendarToken {
        id: row.id(0)?.ok_or_else(damaged)?,
        name: row.text(1)?.ok_or_else(damaged)?,
        language: row.text(2)?.ok_or_else(damaged)?,
        user_id: row.text(3)?,
        user_name: row.text(4)?.ok_or_else(damaged)?,
        created_at: row.instant(5)?.ok_or_else(damaged)?,
        last_used_at: row.instant(6)?,
    })
}

/// A token is as random as a key: one round of hashing is enough, nobody tries them all.
fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Adds one. Answers what opens the calendar, which is kept nowhere; none where there are too many.
pub async fn add(db: &Db, token: &CalendarToken) -> Result<Option<String>, DbError> {
    let mut random = [0_u8; TOKEN_CHARS / 2];
    rand::rng().fill_bytes(&mut random);
    let secret = hex::encode(random);
    let mut link = db.write().await?;
    if list(&mut link).await?.len() >= TOKENS_MAX {
        return Ok(None);
    }
    let mut insert = Query::insert();
    insert
        .into_table("calendar_tokens")
        .columns(COLUMNS.into_iter().chain(["hash"]))
        .values_panic([
            Expr::val(token.id),
            Expr::val(token.name.as_str()),
            Expr::val(token.language.as_str()),
            Expr::val(token.user_id.clone()),
            Expr::val(token.user_name.as_str()),
            Expr::val(token.created_at),
            Expr::val(token.last_used_at),
            Expr::val(hash(&secret)),
        ]);
    link.run(&insert).await?;
    link.commit().await?;
    Ok(Some(secret))
}

/// All of them, oldest first.
pub async fn list(link: &mut Link) -> Result<Vec<CalendarToken>, DbError> {
    let mut statement = select();
    statement
        .order_by("created_at", Order::Asc)
        .order_by("id", Order::Asc);
    link.rows(&statement).await?.iter().map(decode).collect()
}

/// Revokes one. Answers whether it was there.
pub async fn revoke(db: &Db, id: Uuid) -> Result<bool, DbError> {
    let mut link = db.write().await?;
    let mut delete = Query::delete();
    delete
        .from_table("calendar_tokens")
        .and_where(Expr::col("id").eq(id));
    let count = link.run(&delete).await?;
    link.commit().await?;
    Ok(count > 0)
}

/// The one that a request brings, if it opens anything: it does not once the account that made it
/// is closed.
pub async fn find(link: &mut Link, secret: &str) -> Result<Option<CalendarToken>, DbError> {
    let is_token =
        secret.len() == TOKEN_CHARS && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_token {
        return Ok(None);
    }
    let mut statement = select();
    statement.and_where(Expr::col("hash").eq(hash(secret)));
    let Some(row) = link.row(&statement).await? else {
        return Ok(None);
    };
    let token = decode(&row)?;
    let maker = token.user_id.as_deref().and_then(servease_wire::id::parse);
    if let Some(id) = maker {
        let user = users::find(link, id).await?;
        if user.is_some_and(|user| !user.is_active) {
            return Ok(None);
        }
    }
    Ok(Some(token))
}

/// Notes that it was used, unless that was noted just before.
pub async fn note_use(db: &Db, token: &CalendarToken, now: DateTime<Utc>) -> Result<(), DbError> {
    if token
        .last_used_at
        .is_some_and(|last| (now - last).abs() < NOTED_EVERY)
    {
        return Ok(());
    }
    let mut link = db.write().await?;
    let mut update = Query::update();
    update
        .table("calendar_tokens")
        .value("last_used_at", now)
        .and_where(Expr::col("id").eq(token.id));
    link.run(&update).await?;
    link.commit().await
}
