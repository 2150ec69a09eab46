//! Edits that somebody gave up, so that undo can take that back and redo give them up again.

use serde::{Deserialize, Serialize};
use servease_store::{Connection, StoreError, settings};
use uuid::Uuid;

use crate::Result;

/// An edit that was given up. Discards are no mutations, since Central never hears of them:
/// their place among the steps is kept beside the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Discard {
    pub id: Uuid,
    /// All mutations that were given up with it.
    pub mutations: Vec<Uuid>,
    /// The newest mutation of that moment: steps after it are undone first.
    pub after: i64,
    /// The newest mutation when it was taken back, while it is: undos after it are redone first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_after: Option<i64>,
}

const DISCARDS: &str = "undo.discards";

/// Steps of which undo has said that nothing is left of them.
const GONE: &str = "undo.gone";

/// More than anybody takes back one by one.
pub(crate) const KEPT_MAX: usize = 50;

/// Errors: Damaged.
pub(crate) async fn load(conn: &mut Connection) -> Result<Vec<Discard>> {
    load_list(conn, DISCARDS).await
}

pub(crate) async fn keep(conn: &mut Connection, discards: &[Discard]) -> Result<()> {
    keep_list(conn, DISCARDS, discards).await
}

/// The newest edit that was given up and is, if that was after the mutation of this number.
pub(crate) async fn find_last_discard(conn: &mut Connection, number: i64) -> Result<Option<Uuid>> {
    let discards = load(conn).await?;
    Ok(discards
        .iter()
        .rfind(|discard| discard.undone_after.is_none())
        .filter(|discard| discard.after >= number)
        .map(|discard| discard.id))
}

/// The edit whose giving up was taken back last, if that was after the mutation of this number.
pub(crate) async fn find_last_undone(conn: &mut Connection, number: i64) -> Result<Option<Uuid>> {
    let discards = load(conn).await?;
    Ok(discards
        .iter()
        .filter_map(|discard| Some((discard.undone_after?, discard.id)))
        .filter(|(undone_after, _)| *undone_after >= number)
        .max()
        .map(|(_, id)| id))
}

/// Whether undo has said of a step that nothing is left of it.
pub(crate) async fn is_told_gone(conn: &mut Connection, step: Uuid) -> Result<bool> {
    Ok(load_list::<Uuid>(conn, GONE).await?.contains(&step))
}

/// Remembers that undo has said so, and of which steps it did before.
pub(crate) async fn tell_gone(conn: &mut Connection, step: Uuid) -> Result<()> {
    let mut gone: Vec<Uuid> = load_list(conn, GONE).await?;
    gone.push(step);
    if gone.len() > KEPT_MAX {
        gone.remove(0);
    }
    keep_list(conn, GONE, &gone).await
}

async fn load_list<T: for<'d> Deserialize<'d>>(conn: &mut Connection, key: &str) -> Result<Vec<T>> {
    let Some(text) = settings::find(conn, key).await? else {
        return Ok(Vec::new());
    };
    let damaged = |_| StoreError::Damaged(format!("settings.{key}"));
    Ok(serde_json::from_str(&text).map_err(damaged)?)
}

async fn keep_list<T: Serialize>(conn: &mut Connection, key: &str, list: &[T]) -> Result<()> {
    let damaged = |_| StoreError::Damaged(format!("settings.{key}"));
    let text = serde_json::to_string(list).map_err(damaged)?;
    Ok(settings::set(conn, key, &text).await?)
}
