//! Failed sign-ins slow further ones down, per account and per address. The counts live in
//! the database, so that several instances see the same.

use chrono::{DateTime, TimeDelta, Utc};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use sha2::{Digest, Sha256};

use super::users;
use crate::db::{Db, DbError, Link};

/// Typing errors that cost nothing.
const FREE_PER_ACCOUNT: i64 = 5;

/// A garage's desks share one address.
const FREE_PER_ADDRESS: i64 = 20;

/// A quarter of an hour between guesses makes guessing hopeless and a forgotten password
/// bearable.
const LONGEST_WAIT_S: i64 = 900;

/// After this long without a failure everything is forgotten.
const FORGET_AFTER_S: i64 = 3_600;

/// What failures are counted by. Addresses of accounts are kept as hashes only.
pub fn subjects(email: &str, address: &str) -> [(String, i64); 2] {
    let hash = Sha256::digest(users::folded(email).as_bytes());
    let hex = hex::encode(hash);
    [
        (format!("account:{hex}"), FREE_PER_ACCOUNT),
        (format!("address:{address}"), FREE_PER_ADDRESS),
    ]
}

/// What wrong tokens of calendars are counted by: apart from sign-ins, so that a calendar whose token
/// was revoked keeps nobody at its address from signing in.
pub fn calendar_subjects(address: &str) -> [(String, i64); 1] {
    [(format!("calendar:{address}"), FREE_PER_ADDRESS)]
}

/// How long to wait after this many failures: 1 s, 2 s, 4 s …
fn wait_s(failures: i64, free: i64) -> i64 {
    match failures - free {
        ..0 => 0,
        over @ 0..10 => Ord::min(1 << over, LONGEST_WAIT_S),
        _ => LONGEST_WAIT_S,
    }
}

/// Asks for an attempt. It is counted as a failure at once, so that many attempts at the same
/// moment do not all pass; [`succeeded`] takes that back. Answers the seconds to wait where it
/// is not allowed yet, 0 where it is.
pub async fn attempt(
    db: &Db,
    subjects: &[(String, i64)],
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let mut link = db.write().await?;
    let wait_s = wait(&mut link, subjects, now).await?;
    if wait_s == 0 {
        count(&mut link, subjects, now).await?;
    }
    link.commit().await?;
    Ok(wait_s)
}

async fn wait(
    link: &mut Link,
    subjects: &[(String, i64)],
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let mut longest = 0;
    for (subject, free) in subjects {
        let mut select = Query::select();
        select
            .columns(["failures", "last_at"])
            .from("sign_in_failures")
            .and_where(Expr::col("subject").eq(subject.as_str()))
            .lock_exclusive();
        let Some(row) = link.row(&select).await? else {
            continue;
        };
        let last_at = row.instant(1)?.unwrap_or(now);
        let until = last_at + TimeDelta::seconds(wait_s(row.integer(0)?.unwrap_or(0), *free));
        // Rounded up: "0 seconds" would invite an attempt that is refused.
        longest = Ord::max(longest, (until - now).num_milliseconds());
    }
    Ok(u64::try_from(longest).unwrap_or(0).div_ceil(1_000))
}

async fn count(
    link: &mut Link,
    subjects: &[(String, i64)],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut forget = Query::delete();
    forget
        .from_table("sign_in_failures")
        .and_where(Expr::col("last_at").lt(now - TimeDelta::seconds(FORGET_AFTER_S)));
    link.run(&forget).await?;
    for (subject, _) in subjects {
        let mut insert = Query::insert();
        insert
            .into_table("sign_in_failures")
            .columns(["subject", "failures", "last_at"])
            .values_panic([
                Expr::val(subject.as_str()),
                Expr::val(1_i64),
                Expr::val(now),
            ])
            .on_conflict(
                OnConflict::column("subject")
                    .value(
                        "failures",
                        Expr::col(("sign_in_failures", "failures")).add(1),
                    )
                    .update_column("last_at")
                    .to_owned(),
            );
        link.run(&insert).await?;
    }
    Ok(())
}

/// Takes a counted attempt back: the account starts anew, the address as it was.
pub async fn succeeded(link: &mut Link, subjects: &[(String, i64); 2]) -> Result<(), DbError> {
    let [(account, _), (address, _)] = subjects;
    let mut delete = Query::delete();
    delete
        .from_table("sign_in_failures")
        .and_where(Expr::col("subject").eq(account.as_str()));
    link.run(&delete).await?;
    let mut update = Query::update();
    update
        .table("sign_in_failures")
        .value("failures", Expr::col("failures").sub(1))
        .and_where(Expr::col("subject").eq(address.as_str()))
        .and_where(Expr::col("failures").gt(0));
    link.run(&update).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::wait_s;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (3..9).map(|failures| wait_s(failures, 5)).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8]);
        assert_eq!(wait_s(1_000_000, 5), 900);
    }
}
