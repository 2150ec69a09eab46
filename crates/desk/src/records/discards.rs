//! Edits that somebody gave up, so that undo can take that back.

use serde::{Deserialize, Serialize};
use servease_store::{Connection, settings};
use uuid::Uuid;

use crate::Result;

/// An edit that was given up. Discards are no mutations, since Central never hears of them:
/// their place among the steps is kept beside the log.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Discard {
    pub id: Uuid,
    /// All mutations that were given up with it.
    pub mutations: Vec<Uuid>,
    /// The newest mutation of that moment: steps after it are undone first.
    pub after: i64,
}

const DISCARDS: &str = "undo.discards";

/// More than anybody takes back one by one.
pub(crate) const KEPT_MAX: usize = 50;

pub(crate) async fn load(conn: &mut Connection) -> Result<Vec<Discard>> {
    Ok(settings::find(conn, DISCARDS)
        .await?
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

pub(crate) async fn keep(conn: &mut Connection, discards: &[Discard]) -> Result<()> {
    let text = serde_json::to_string(discards).unwrap_or_default();
    Ok(settings::set(conn, DISCARDS, &text).await?)
}

/// The newest edit that was given up, if that was after the mutation of this number.
pub(crate) async fn find_last_discard(conn: &mut Connection, number: i64) -> Result<Option<Uuid>> {
    let discards = load(conn).await?;
    Ok(discards
        .last()
        .filter(|discard| discard.after >= number)
        .map(|discard| discard.id))
}
