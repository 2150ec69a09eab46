//! Looking things up.

use std::collections::HashSet;

use servease_domain::EntityKind;
use servease_domain::query::Query;
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use super::want::{Tiers, Want};
use crate::{Result, StoreError};

/// How many of the most recent parts are looked at before the tiers are asked one by one. If
/// there are no more, they are all: ranking them is then the whole answer. Three screens of
/// the search box; reading them costs about as much as one question.
const SAMPLE: usize = 64;

/// A record that a search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Found {
    pub kind: EntityKind,
    pub id: Uuid,
}

/// The live customers and vehicles that match every word of the query, best first, at most
/// `limit`. Blank text has no [`Query`] and finds nothing.
pub async fn search(conn: &mut SqliteConnection, query: &Query, limit: u32) -> Result<Vec<Found>> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let tiers = Tiers::of(query);
    let mut finds = Finds::new(limit);
    for want in &tiers.whole {
        finds.take(newest(conn, want, limit).await?);
        if finds.are_enough() {
            return Ok(finds.list);
        }
    }
    let sample_size = limit.max(SAMPLE);
    let mut parts = newest(conn, &tiers.part, sample_size).await?;
    if parts.len() < sample_size {
        parts.sort_by_cached_key(|(_, text)| tiers.rank(text));
    } else {
        // There are many, so each tier that is not empty is filled after a short walk.
        for want in &tiers.begun {
            finds.take(newest(conn, want, limit).await?);
            if finds.are_enough() {
                return Ok(finds.list);
            }
        }
    }
    finds.take(parts);
    Ok(finds.list)
}

/// Finds in the order in which they came, each once, no more than wanted.
struct Finds {
    list: Vec<Found>,
    seen: HashSet<Uuid>,
    limit: usize,
}

impl Finds {
    fn new(limit: usize) -> Finds {
        Finds {
            list: Vec::new(),
            seen: HashSet::new(),
            limit,
        }
    }

    fn take(&mut self, found: Vec<(Found, String)>) {
        for (found, _) in found {
            if self.list.len() < self.limit && self.seen.insert(found.id) {
                self.list.push(found);
            }
        }
    }

    fn are_enough(&self) -> bool {
        self.list.len() == self.limit
    }
}

/// The entries that hold what is wanted, most recently changed first, with their texts.
async fn newest(
    conn: &mut SqliteConnection,
    want: &Want,
    limit: usize,
) -> Result<Vec<(Found, String)>> {
    let mut needles = Vec::new();
    let sql = format!(
        "SELECT e.kind, e.record_id, e.text \
         FROM search_grams AS g JOIN search_entries AS e ON e.number = g.rowid \
         WHERE g.search_grams MATCH ? AND {} ORDER BY g.rowid DESC LIMIT ?",
        want.condition(&mut needles)
    );
    let mut query =
        sqlx::query_as::<_, (String, Uuid, String)>(AssertSqlSafe(sql)).bind(want.expression());
    for needle in needles {
        query = query.bind(needle);
    }
    query
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?
        .into_iter()
        .map(|(kind, id, text)| {
            let kind = EntityKind::from_name(&kind)
                .ok_or_else(|| StoreError::Damaged(format!("search_entries.kind: {kind}")))?;
            Ok((Found { kind, id }, text))
        })
        .collect()
}

/// What restricts a list to the records that a search finds: an SQL condition on the column
/// `id`, and what it binds in this order.
pub(crate) fn matching(kind: EntityKind, query: &Query) -> (String, Vec<String>) {
    let want = Tiers::of(query).part;
    let mut needles = Vec::new();
    let condition = want.condition(&mut needles);
    let sql = format!(
        "id IN (SELECT e.record_id \
         FROM search_grams AS g JOIN search_entries AS e ON e.number = g.rowid \
         WHERE g.search_grams MATCH ? AND e.kind = '{}' AND {condition})",
        kind.name()
    );
    let bound = std::iter::once(want.expression())
        .chain(needles.into_iter().map(str::to_owned))
        .collect();
    (sql, bound)
}
