//! Signing in, and staying signed in.
//!
//! Each sign-in is a family of refresh tokens; each use of one answers its successor. A used
//! token may be repeated until its successor has been used, since answers get lost; after
//! that somebody else holds a copy, and the family ends.

use chrono::{DateTime, TimeDelta, Utc};
use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::passwords::Passwords;
use super::tokens::{REFRESH_DAYS, Refresh, Tokens};
use super::users::User;
use super::{throttle, users};
use crate::db::{Db, DbError};
use crate::failure::ApiFailure;

/// One answer whether the account, the password or its state is wrong: nobody learns
/// which accounts there are.
const WRONG: ApiFailure =
    ApiFailure::Unauthorized("No active account found with the given credentials");

const BAD_TOKEN: ApiFailure = ApiFailure::Unauthorized("Token is invalid or expired");

/// Checks the password and starts a family.
///
/// Errors: [`ApiFailure::Unauthorized`]; [`ApiFailure::TooManyAttempts`] after failures.
pub async fn sign_in(
    db: &Db,
    passwords: &Passwords,
    tokens: &Tokens,
    (email, password): (&str, &str),
    address: &str,
    now: DateTime<Utc>,
) -> Result<Json, ApiFailure> {
    let subjects = throttle::subjects(email, address);
    let retry_after_s = throttle::attempt(db, &subjects, now).await?;
    if retry_after_s > 0 {
        return Err(ApiFailure::TooManyAttempts { retry_after_s });
    }
    let mut link = db.read().await?;
    let user = users::find_by_email(&mut link, email).await?;
    drop(link);
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let fits = passwords.matches(password.to_owned(), hash).await?;
    let Some(user) = user.filter(|user| fits && user.is_active) else {
        return Err(WRONG);
    };
    let family = Uuid::now_v7();
    let expires_at = now + TimeDelta::days(REFRESH_DAYS);
    let mut link = db.write().await?;
    throttle::succeeded(&mut link, &subjects).await?;
    let mut forget = Query::delete();
    forget
        .from_table("refresh_families")
        .and_where(Expr::col("expires_at").lt(now));
    link.run(&forget).await?;
    let mut insert = Query::insert();
    insert
        .into_table("refresh_families")
        .columns([
            "id",
            "user_id",
            "used_generation",
            "is_revoked",
            "expires_at",
        ])
        .values_panic([
            Expr::val(family),
            Expr::val(user.id),
            Expr::val(0_i64),
            Expr::val(false),
            Expr::val(expires_at),
        ]);
    link.run(&insert).await?;
    link.commit().await?;
    let first = Refresh {
        family,
        generation: 1,
    };
    Ok(json!({
        "id": user.id,
        "user_id": user.id,
        // The employee who stands for the account.
        "employee_id": user.id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "user_role": user.role.name(),
        "role": user.role.name(),
        "tokens": {
            "access": tokens.access(&user, now)?,
            "refresh": tokens.refresh(&user, first, expires_at)?,
        },
    }))
}

/// What a family makes of a token.
enum Use {
    /// Take this generation as used and answer its successor.
    Fresh,
    /// The last answer was lost: answer a successor again.
    Repeated,
    /// Somebody else has gone on with it.
    Stolen,
}

fn judge(used_generation: i64, generation: i64) -> Use {
    match generation - used_generation {
        0 => Use::Repeated,
        ..0 => Use::Stolen,
        _ => Use::Fresh,
    }
}

/// Answers a new pair.
///
/// Errors: [`ApiFailure::Unauthorized`], which ends the family if the token's successor had
/// been used.
pub async fn refresh(
    db: &Db,
    tokens: &Tokens,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Json, ApiFailure> {
    let refresh = tokens.read_refresh(token).ok_or(BAD_TOKEN)?;
    let mut link = db.write().await?;
    let mut select = Query::select();
    select
        .columns(["user_id", "used_generation", "is_revoked", "expires_at"])
        .from("refresh_families")
        .and_where(Expr::col("id").eq(refresh.family))
        .lock_exclusive();
    let row = link.row(&select).await?.ok_or(BAD_TOKEN)?;
    let expires_at = row.instant(3)?.unwrap_or(now);
    if row.flag(2)?.unwrap_or(true) || expires_at <= now {
        return Err(BAD_TOKEN);
    }
    let user: Option<User> = match row.id(0)? {
        Some(id) => users::find(&mut link, id).await?,
        None => None,
    };
    let user = user.filter(|user| user.is_active).ok_or(BAD_TOKEN)?;
    match judge(row.integer(1)?.unwrap_or(0), refresh.generation) {
        Use::Stolen => {
            set(&mut link, refresh.family, "is_revoked", Expr::val(true)).await?;
            link.commit().await?;
            tracing::warn!(family = %refresh.family, "a refresh token was used again: family ended");
            return Err(BAD_TOKEN);
        }
        Use::Repeated => {}
        Use::Fresh => {
            let used = Expr::val(refresh.generation);
            set(&mut link, refresh.family, "used_generation", used).await?;
            // The family lives on as long as it is used.
            let expiry = Expr::val(now + TimeDelta::days(REFRESH_DAYS));
            set(&mut link, refresh.family, "expires_at", expiry).await?;
        }
    }
    link.commit().await?;
    let next = Refresh {
        family: refresh.family,
        generation: refresh.generation + 1,
    };
    Ok(json!({
        "access": tokens.access(&user, now)?,
        "refresh": tokens.refresh(&user, next, now + TimeDelta::days(REFRESH_DAYS))?,
    }))
}

async fn set(
    link: &mut crate::db::Link,
    family: Uuid,
    column: &'static str,
    value: Expr,
) -> Result<(), DbError> {
    let mut update = Query::update();
    update
        .table("refresh_families")
        .value(column, value)
        .and_where(Expr::col("id").eq(family));
    link.run(&update).await?;
    Ok(())
}
