//! Requests that were answered, with their answers: repeating one is harmless.
//!
//! The sync extension keeps its mutations in the same table.

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Value as Json, json};

use crate::db::{DbError, Link};
use crate::failure::ApiFailure;

/// What a command came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    pub status: u16,
    /// None: an empty body (204).
    pub body: Option<Json>,
    /// The record's last change, for its ETag.
    pub seq: Option<i64>,
}

impl Done {
    pub fn ok(body: Json, seq: i64) -> Done {
        Done {
            status: 200,
            body: Some(body),
            seq: Some(seq),
        }
    }

    pub fn created(body: Json, seq: i64) -> Done {
        Done {
            status: 201,
            ..Done::ok(body, seq)
        }
    }

    pub fn deleted() -> Done {
        Done {
            status: 204,
            body: None,
            seq: None,
        }
    }
}

/// The answer that was given under this key.
///
/// Errors: [`ApiFailure::KeyReused`] if other content was sent under it.
pub async fn find(link: &mut Link, key: &str, digest: &str) -> Result<Option<Done>, ApiFailure> {
    let mut select = Query::select();
    select
        .columns(["digest", "answer"])
        .from("ledger")
        .and_where(Expr::col("mutation_id").eq(key));
    let Some(row) = link.row(&select).await? else {
        return Ok(None);
    };
    if row.text(0)?.as_deref() != Some(digest) {
        return Err(ApiFailure::KeyReused);
    }
    let place = || format!("ledger.answer of {key}");
    let answer = row.object(1, place)?;
    Ok(Some(Done {
        status: answer
            .get("status")
            .and_then(Json::as_u64)
            .and_then(|status| u16::try_from(status).ok())
            .ok_or_else(|| DbError::Damaged(place()))?,
        body: answer.get("body").filter(|body| !body.is_null()).cloned(),
        seq: answer.get("seq").and_then(Json::as_i64),
    }))
}

/// Keeps an answer, in the transaction of what it answers.
pub async fn keep(
    link: &mut Link,
    key: &str,
    digest: &str,
    done: &Done,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let answer = json!({"status": done.status, "body": done.body, "seq": done.seq});
    let mut insert = Query::insert();
    insert
        .into_table("ledger")
        .columns(["mutation_id", "digest", "answer", "at"])
        .values_panic([
            Expr::val(key),
            Expr::val(digest),
            Expr::val(answer),
            Expr::val(now),
        ]);
    link.run(&insert).await?;
    Ok(())
}

/// Forgets answers that nobody asks for any more.
pub async fn forget_before(link: &mut Link, limit: DateTime<Utc>) -> Result<u64, DbError> {
    let mut delete = Query::delete();
    delete
        .from_table("ledger")
        .and_where(Expr::col("at").lt(limit));
    link.run(&delete).await
}
