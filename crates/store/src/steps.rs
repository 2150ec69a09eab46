//! Steps of the log: what one action of a person changed together, which of them stand, and
//! which comes next when somebody takes back or brings back.
//!
//! A step is taken back exactly while a step that takes it back stands. Taking back an undo
//! brings back (a redo) so, and taking back the redo takes back again, however often.

use std::collections::{HashMap, HashSet};

use servease_domain::EntityKind;
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::Result;

/// Steps that take back one step, and those that take back these, and so on. Every one cost
/// somebody a key press; a log that says more is damaged or made up.
const UNDOERS_MAX: usize = 4_096;

/// A step in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepAt {
    pub step: Uuid,
    /// The numbers of its first and of its last mutation.
    pub first: i64,
    pub last: i64,
}

/// Where a step comes from, when it takes back another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descent {
    /// What somebody did: a step that takes back nothing itself.
    pub origin: Uuid,
    /// 0 for the origin, 1 for an undo, 2 for a redo, and so on.
    pub depth: usize,
}

impl Descent {
    /// Whether the step, while it stands, leaves undone what its origin did.
    pub fn is_undo(self) -> bool {
        self.depth % 2 == 1
    }
}

/// The newest step made on this desk, and not given up, of the mutations before a number. What only
/// leaves a trace of what people do is no step of theirs.
pub async fn find_before(conn: &mut SqliteConnection, number: i64) -> Result<Option<StepAt>> {
    let traces: Vec<&str> = EntityKind::ALL
        .into_iter()
        .filter(|kind| kind.about().is_trace)
        .map(EntityKind::name)
        .collect();
    let found: Option<Uuid> = sqlx::query_scalar(
        "SELECT step FROM mutations \
         WHERE origin = 'here' AND state <> 'discarded' AND number < ? \
         AND entity NOT IN (SELECT value FROM json_each(?)) \
         ORDER BY number DESC LIMIT 1",
    )
    .bind(number)
    .bind(serde_json::json!(traces).to_string())
    .fetch_optional(&mut *conn)
    .await?;
    let Some(step) = found else {
        return Ok(None);
    };
    let (first, last) = sqlx::query_as(
        "SELECT min(number), max(number) FROM mutations WHERE step = ? AND origin = 'here'",
    )
    .bind(step)
    .fetch_one(conn)
    .await?;
    Ok(Some(StepAt { step, first, last }))
}

/// Follows what a step takes back to where it began.
pub async fn descent(conn: &mut SqliteConnection, step: Uuid) -> Result<Descent> {
    let mut found = Descent {
        origin: step,
        depth: 0,
    };
    let mut seen = HashSet::from([step]);
    loop {
        let undoes: Option<Uuid> = sqlx::query_scalar(
            "SELECT undoes FROM mutations WHERE step = ? AND undoes IS NOT NULL LIMIT 1",
        )
        .bind(found.origin)
        .fetch_optional(&mut *conn)
        .await?;
        match undoes {
            Some(next) if seen.insert(next) => {
                found.origin = next;
                found.depth += 1;
            }
            // A ring, which nothing makes, ends here too.
            _ => return Ok(found),
        }
    }
}

/// Whether a step is taken back: another step that takes it back stands.
pub async fn is_undone(conn: &mut SqliteConnection, step: Uuid) -> Result<bool> {
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "WITH RECURSIVE undoers (step, of) AS ( \
           SELECT step, undoes FROM mutations WHERE undoes = ?1 AND state <> 'discarded' \
           UNION \
           SELECT m.step, m.undoes FROM mutations AS m JOIN undoers AS u ON m.undoes = u.step \
           WHERE m.state <> 'discarded') \
         SELECT step, of FROM undoers LIMIT ?2",
    )
    .bind(step)
    .bind(i64::try_from(UNDOERS_MAX).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    // Only the first step of the recursion can be the one that was asked for.
    let mut open: HashMap<Uuid, HashSet<Uuid>> = HashMap::new();
    for (undoer, of) in rows {
        open.entry(of).or_default().insert(undoer);
    }
    if open.is_empty() {
        return Ok(false);
    }
    let mut undone = HashMap::new();
    let mut stack = vec![step];
    while let Some(at) = stack.last().copied() {
        let undoers = open.get(&at);
        let unknown: Vec<Uuid> = undoers
            .into_iter()
            .flatten()
            .filter(|it| !undone.contains_key(*it) && !stack.contains(it))
            .copied()
            .collect();
        if unknown.is_empty() {
            let is_undone = undoers
                .into_iter()
                .flatten()
                .any(|it| undone.get(it) == Some(&false));
            undone.insert(at, is_undone);
            stack.pop();
        } else {
            stack.extend(unknown);
        }
    }
    Ok(undone.get(&step) == Some(&true))
}

/// The step in which a record was merged away last, unless that was taken back.
pub async fn find_merge(conn: &mut SqliteConnection, id: Uuid) -> Result<Option<Uuid>> {
    let merges: Vec<Uuid> = sqlx::query_scalar(
        "SELECT step FROM mutations WHERE record_id = ? AND action = 'update' \
           AND state <> 'discarded' AND after ->> '$.merged_into' IS NOT NULL \
         ORDER BY number DESC LIMIT 100",
    )
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    for step in merges {
        if !is_undone(conn, step).await? {
            return Ok(Some(step));
        }
    }
    Ok(None)
}

/// Who wrote a record first, as far as the log of this desk goes back.
pub async fn author_of(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    id: Uuid,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(
        "SELECT author_name FROM mutations WHERE record_id = ? AND entity = ? \
         AND action = 'create' AND state <> 'discarded' ORDER BY number LIMIT 1",
    )
    .bind(id)
    .bind(kind.name())
    .fetch_optional(conn)
    .await?)
}
