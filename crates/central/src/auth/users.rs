//! Accounts. They are made on the command line; nothing here is reachable over HTTP.

use chrono::{DateTime, Utc};
use sea_query::{Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use servease_domain::{EntityKind, Record, Value, Values};
use uuid::Uuid;

use crate::caller::Role;
use crate::changes::{Author, Changeset};
use crate::db::{Db, DbError, Link, Row};

#[derive(Debug, Clone)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub password_hash: String,
    pub role: Role,
    pub first_name: String,
    pub last_name: String,
    pub is_active: bool,
}

impl User {
    /// What stands on the user's changes.
    pub fn name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        match name.trim() {
            "" => self.email.clone(),
            name => name.to_owned(),
        }
    }
}

const COLUMNS: [&str; 7] = [
    "id",
    "email",
    "password_hash",
    "role",
    "first_name",
    "last_name",
    "is_active",
];

fn select() -> SelectStatement {
    let mut select = Query::select();
    select.columns(COLUMNS).from("users");
    select
}

fn decode(row: &Row) -> Result<User, DbError> {
    let text = |column| -> Result<String, DbError> { Ok(row.text(column)?.unwrap_or_default()) };
    Ok(User {
        id: row.id(0)?.unwrap_or_default(),
        email: text(1)?,
        password_hash: text(2)?,
        // The column is checked by the database; the least is the safe reading of anything else.
        role: Role::from_name(&text(3)?).unwrap_or(Role::Customer),
        first_name: text(4)?,
        last_name: text(5)?,
        is_active: row.flag(6)?.unwrap_or(false),
    })
}

/// The one form in which addresses of accounts are compared, here and where attempts are
/// counted: what two spellings share, they share in both.
pub fn folded(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The databases fold some letters and not others, each in its way: what they find counts only
/// where it is the same by [`folded`].
pub async fn find_by_email(link: &mut Link, email: &str) -> Result<Option<User>, DbError> {
    let mut statement = select();
    let wanted = folded(email);
    statement.cond_where(
        Condition::any()
            .add(Func::lower(Expr::col("email")).eq(Func::lower(Expr::val(email.trim()))))
            .add(Func::lower(Expr::col("email")).eq(wanted.as_str())),
    );
    let rows = link.rows(&statement).await?;
    let users: Result<Vec<User>, DbError> = rows.iter().map(decode).collect();
    Ok(users?
        .into_iter()
        .find(|user| folded(&user.email) == wanted))
}

pub async fn find(link: &mut Link, id: Uuid) -> Result<Option<User>, DbError> {
    let mut statement = select();
    statement.and_where(Expr::col("id").eq(id));
    let row = link.row(&statement).await?;
    row.map(|row| decode(&row)).transpose()
}

/// By e-mail address.
pub async fn list(link: &mut Link) -> Result<Vec<User>, DbError> {
    let mut statement = select();
    statement.order_by("email", Order::Asc);
    link.rows(&statement).await?.iter().map(decode).collect()
}

/// Adds an account; staff get an employee record of the same id, so that their name stands
/// on what they change.
///
/// Errors: [`DbError::Unique`] if the address has an account.
pub async fn add(db: &Db, user: &User, now: DateTime<Utc>) -> Result<(), DbError> {
    let author = Author {
        name: "servease-central".to_owned(),
        ..Author::default()
    };
    let mut work = Changeset::begin(db, author, now).await?;
    let mut insert = Query::insert();
    insert
        .into_table("users")
        .columns(COLUMNS.into_iter().chain(["created_at"]))
        .values_panic([
            Expr::val(user.id),
            Expr::val(user.email.trim()),
            Expr::val(user.password_hash.clone()),
            Expr::val(user.role.name()),
            Expr::val(user.first_name.clone()),
            Expr::val(user.last_name.clone()),
            Expr::val(user.is_active),
            Expr::val(now),
        ]);
    work.link().await?.run(&insert).await?;
    if user.role != Role::Customer {
        let values = Values::from([
            ("name", Value::Text(user.name())),
            ("role", Value::Text(user.role.name().to_owned())),
        ]);
        work.create(Record::new(EntityKind::Employee, user.id, values, now))
            .await?;
    }
    work.commit().await?;
    Ok(())
}

/// Closes an account: its sign-ins end at once. Answers whether there was such an account.
pub async fn disable(db: &Db, email: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let mut work = Changeset::begin(db, Author::default(), now).await?;
    let Some(user) = find_by_email(work.link().await?, email).await? else {
        return Ok(false);
    };
    let mut update = Query::update();
    update
        .table("users")
        .value("is_active", false)
        .and_where(Expr::col("id").eq(user.id));
    work.link().await?.run(&update).await?;
    let mut revoke = Query::update();
    revoke
        .table("refresh_families")
        .value("is_revoked", true)
        .and_where(Expr::col("user_id").eq(user.id));
    work.link().await?.run(&revoke).await?;
    work.commit().await?;
    Ok(true)
}
