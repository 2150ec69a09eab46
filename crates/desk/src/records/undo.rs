//! Taking back what was done, and bringing it back: any step, across restarts.
//!
//! Undo never slips. What is taken back is what was done last on this desk and still stands; where
//! that cannot be, undo names it, says why, and stops. Of a step whose records went with another
//! one (a colleague deleted the customer of the note) nothing is left to take back, and undo says
//! that once, too: whoever pressed the key meant this step and no older one. Only the next press
//! goes on past it.

use servease_store::{Connection, State, log, steps};
use uuid::Uuid;

use crate::garage::context::Work;
use crate::records::built_on::{merge_of, refuse_if_built_on};
use crate::records::discards::{
    Discard, find_last_discard, find_last_undone, is_told_gone, load, tell_gone,
};
use crate::records::step_lines::step_line;
use crate::records::taking_back::{self, TakenBack};
use crate::records::views::Undone;
use crate::{Desk, Failure, Result};

/// Fields of a vehicle beside which the step made other records, ownerships: without the field,
/// those must stay too.
const INSEPARABLE: &[&str] = &["customer_id"];

/// What comes next, looking back from now.
enum Next {
    /// A step to be taken back, and the number with which the step begins that led to it.
    Step {
        step: Uuid,
        first: i64,
    },
    /// An edit that was given up, or is waiting again.
    Discard(Uuid),
    Nothing,
}

impl Desk {
    /// Takes back what was done last on this desk and still stands: a step, or the giving up
    /// of an edit.
    ///
    /// Errors: NothingToUndo; NotUndone with the step and why it stays: Superseded, BuiltOn,
    /// NothingLeft, Invalid.
    pub async fn undo(&self) -> Result<Undone> {
        let mut before = i64::MAX;
        loop {
            let next = next_to_undo(&mut *self.store.read().await?, before).await?;
            let (step, first) = match next {
                Next::Step { step, first } => (step, first),
                Next::Discard(id) => return self.undo_discard(id).await,
                Next::Nothing => return Err(Failure::NothingToUndo),
            };
            match self.take_back(step, false).await {
                Err(Failure::NothingLeft) if self.was_told_gone(step).await? => before = first,
                Err(why) => return Err(self.not_undone(step, why).await?),
                done => return done,
            }
        }
    }

    /// Does again what was taken back last on this desk and is not done again yet, by the same
    /// checks as an undo. What was done since stays and does not stand in the way: whoever undid
    /// by mistake, and went on working before noticing, gets it back all the same.
    ///
    /// Errors: NothingToRedo; NotUndone as for [`Desk::undo`].
    pub async fn redo(&self) -> Result<Undone> {
        let next = next_to_redo(&mut *self.store.read().await?).await?;
        match next {
            Next::Step { step, .. } => match self.take_back(step, false).await {
                Err(why) => Err(self.not_undone(step, why).await?),
                done => done,
            },
            Next::Discard(id) => self.discard_again(id).await,
            Next::Nothing => Err(Failure::NothingToRedo),
        }
    }

    /// Takes back one step; of an undo, that is a redo. Fields that were changed again since keep
    /// their newer value; when there is nothing else to take back, that is an error. A reading or
    /// a transfer is taken back whole or not at all.
    ///
    /// Errors: NothingToUndo (no such step, or taken back already); BuiltOn (records stand on what
    /// the step made); Superseded; NothingLeft; Invalid (a unique value has another holder now, or
    /// what the record belongs to is gone).
    pub async fn undo_step(&self, step: Uuid) -> Result<Undone> {
        let discards = load(&mut *self.store.read().await?).await?;
        let is_waiting_again = |it: &Discard| it.id == step && it.undone_after.is_some();
        if discards.iter().any(is_waiting_again) {
            return self.discard_again(step).await;
        }
        self.take_back(step, false).await
    }

    /// As [`Desk::undo_step`]. `is_on_purpose`: records that were built on the step are known,
    /// and left where they are.
    pub(crate) async fn take_back(&self, step: Uuid, is_on_purpose: bool) -> Result<Undone> {
        let mut work = self.begin().await?;
        let mut mutations = log::list_step(work.conn(), step).await?;
        // What was given up holds nothing that could be taken back, and a trace stays.
        mutations.retain(|it| it.state != State::Discarded && !it.kind.about().is_trace);
        if mutations.is_empty() || steps::is_undone(work.conn(), step).await? {
            return Err(Failure::NothingToUndo);
        }
        if !is_on_purpose {
            refuse_if_built_on(work.conn(), &mutations).await?;
        }
        work.step = work.step.undoing(step);
        let TakenBack { fields, kept } = taking_back::take_back(&mut work, &mutations).await?;
        // What a merge moved and somebody moved on stays where it is.
        let is_whole = merge_of(&mutations).is_none();
        if is_whole && kept.iter().any(|it| INSEPARABLE.contains(&it.as_str())) {
            return Err(Failure::Superseded { fields: kept });
        }
        let line = step_line(work.conn(), step).await?;
        match work.step.commit().await? {
            Some(redo) => Ok(Undone {
                step,
                did: line.did,
                action: line.action,
                kind: line.kind,
                id: line.id,
                title: line.title,
                card: line.card,
                fields,
                kept,
                is_redo: line.is_redo,
                redo: Some(redo),
                is_of_discard: false,
            }),
            None if kept.is_empty() => Err(Failure::NothingLeft),
            None => Err(Failure::Superseded { fields: kept }),
        }
    }

    /// Whether undo has said before that nothing is left of a step; from now on it has.
    async fn was_told_gone(&self, step: Uuid) -> Result<bool> {
        let mut tx = self.store.begin_plain().await?;
        if is_told_gone(&mut tx, step).await? {
            return Ok(true);
        }
        tell_gone(&mut tx, step).await?;
        self.store.commit(tx, Vec::new()).await?;
        Ok(false)
    }

    /// Names the step beside the reason for which it stays; what went wrong with the database or
    /// the disk has nothing to do with it.
    async fn not_undone(&self, step: Uuid, why: Failure) -> Result<Failure> {
        if !why.is_of_undo() {
            return Ok(why);
        }
        let mut conn = self.store.read().await?;
        let step = step_line(&mut conn, step).await?;
        Ok(Failure::NotUndone {
            step: Box::new(step),
            why: Box::new(why),
        })
    }
}

/// Takes a merge back within a step that decides so. Errors: as for [`Desk::undo_step`].
pub(crate) async fn unmerge(work: &mut Work<'_>, id: Uuid) -> Result<()> {
    let step = steps::find_merge(work.conn(), id).await?;
    let step = step.ok_or(Failure::NothingToUndo)?;
    let mut mutations = log::list_step(work.conn(), step).await?;
    mutations.retain(|mutation| mutation.state != State::Discarded);
    work.step.undo_with(step);
    taking_back::take_back(work, &mutations).await?;
    Ok(())
}

async fn next_to_undo(conn: &mut Connection, mut before: i64) -> Result<Next> {
    loop {
        let at = steps::find_before(conn, before).await?;
        if let Some(id) = find_last_discard(conn, at.map_or(0, |at| at.last)).await? {
            return Ok(Next::Discard(id));
        }
        let Some(at) = at else {
            return Ok(Next::Nothing);
        };
        let descent = steps::descent(conn, at.step).await?;
        if !descent.is_undo() && !steps::is_undone(conn, descent.origin).await? {
            return Ok(Next::Step {
                step: descent.origin,
                first: at.first,
            });
        }
        before = at.first;
    }
}

async fn next_to_redo(conn: &mut Connection) -> Result<Next> {
    let mut before = i64::MAX;
    loop {
        let at = steps::find_before(conn, before).await?;
        if let Some(id) = find_last_undone(conn, at.map_or(0, |at| at.last)).await?
            && log::find_open(conn, id).await?.is_some()
        {
            return Ok(Next::Discard(id));
        }
        let Some(at) = at else {
            return Ok(Next::Nothing);
        };
        let descent = steps::descent(conn, at.step).await?;
        if descent.is_undo() && !steps::is_undone(conn, at.step).await? {
            return Ok(Next::Step {
                step: at.step,
                first: at.first,
            });
        }
        before = at.first;
    }
}
