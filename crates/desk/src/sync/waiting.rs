//! Edits that Central has not confirmed: what waits, why, and what to do about it.

use servease_domain::{Code, EntityKind};
use servease_store::sync::{discard, outbox};
use servease_store::{Connection, State, log, rows};
use servease_wire::sync::Obstacle;
use uuid::Uuid;

use crate::documents::lane::Decision;
use crate::failure::refuse;
use crate::records::discards::{self, Discard, KEPT_MAX};
use crate::records::rules::check_others;
use crate::records::step_lines::step_line_of;
use crate::records::titles::{card_of, title_of};
use crate::records::views::Undone;
use crate::sync::views::{FieldError, WaitingEdit, WaitingReason};
use crate::{Desk, Failure, Result};

/// More than a screen shows of what waits; the number of all is in the status.
const LISTED_MAX: i64 = 500;

impl Desk {
    /// What waits, first what needs somebody, then the oldest; at most 500.
    pub async fn waiting_edits(&self) -> Result<Vec<WaitingEdit>> {
        let mut conn = self.store.read().await?;
        let mut edits = Vec::new();
        for line in outbox::list_waiting(&mut conn, LISTED_MAX).await? {
            let errors = line
                .answer
                .iter()
                .flat_map(|answer| &answer.errors)
                .flat_map(|(field, codes)| {
                    codes
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(|code| FieldError {
                            field: line.kind.known_name(field).unwrap_or(field).to_owned(),
                            code: code.as_str().unwrap_or_default().to_owned(),
                        })
                })
                .collect();
            let problem = line.answer.as_ref().and_then(|answer| answer.problem);
            edits.push(WaitingEdit {
                id: line.id,
                kind: line.kind,
                record_id: line.record_id,
                title: title_of(&mut conn, line.kind, line.record_id).await?,
                card: card_of(&mut conn, line.kind, line.record_id).await?,
                action: line.action,
                fields: known(line.kind, line.fields.iter()),
                at: line.at,
                author: line.author,
                reason: reason(line.state, problem),
                errors,
            });
        }
        drop(conn);
        self.list_refused_files(&mut edits).await?;
        Ok(edits)
    }

    /// Files that Central does not take stand first, under the id of their document.
    async fn list_refused_files(&self, edits: &mut Vec<WaitingEdit>) -> Result<()> {
        let refused = self.refused_files().await?;
        let mut conn = self.store.read().await?;
        for (document, why) in refused {
            let kind = EntityKind::Document;
            let edit = WaitingEdit {
                id: document.id,
                kind,
                record_id: document.id,
                title: title_of(&mut conn, kind, document.id).await?,
                card: card_of(&mut conn, kind, document.id).await?,
                action: servease_domain::Action::Create,
                fields: vec!["file".to_owned()],
                at: document.created_at,
                author: String::new(),
                reason: WaitingReason::Rejected,
                errors: vec![FieldError {
                    field: "file".to_owned(),
                    code: why,
                }],
            };
            edits.insert(0, edit);
        }
        Ok(())
    }

    /// Sends a refused edit, or a refused file by its document, once more with the next run.
    /// Errors: NothingToUndo when no such edit waits.
    pub async fn retry_edit(&self, id: Uuid) -> Result<()> {
        if self.decide_file(id, Decision::Retry).await? {
            return Ok(());
        }
        let mut tx = self.store.begin_plain().await?;
        if !outbox::retry(&mut tx, id).await? {
            return Err(Failure::NothingToUndo);
        }
        Ok(self.store.commit(tx, Vec::new()).await?)
    }

    /// Gives a waiting edit up: its record goes back to what Central holds. Undo takes that
    /// back. A refused file that is given up stays on this PC, and is not sent any more. Errors:
    /// NothingToUndo when no such edit waits, and of a trace of what people did unless Central
    /// refuses it: nobody takes that back.
    pub async fn discard_edit(&self, id: Uuid) -> Result<()> {
        if self.decide_file(id, Decision::GiveUp).await? {
            return Ok(());
        }
        let mut tx = self.store.begin_plain().await?;
        let open = log::find_open(&mut tx, id).await?;
        if open.is_some_and(|it| it.kind.about().is_trace && it.state != State::Rejected) {
            return Err(Failure::NothingToUndo);
        }
        let done = discard::discard(&mut tx, id)
            .await?
            .ok_or(Failure::NothingToUndo)?;
        let mut discards = discards::load(&mut tx).await?;
        discards.retain(|discard| discard.id != id);
        discards.push(Discard {
            id,
            mutations: done.mutations,
            after: log::last_number(&mut tx).await?,
            undone_after: None,
        });
        if discards.len() > KEPT_MAX {
            discards.remove(0);
        }
        discards::keep(&mut tx, &discards).await?;
        Ok(self.store.commit_own(tx, done.changed).await?)
    }

    /// Lets a file that was given up wait again. False: none was, of this document.
    pub async fn take_up_file(&self, document: Uuid) -> Result<bool> {
        self.decide_file(document, Decision::TakeUp).await
    }

    /// Takes a discard back. Errors: NothingToUndo when no such edit was given up; Invalid when
    /// what it holds has another holder by now.
    pub async fn undo_discard(&self, id: Uuid) -> Result<Undone> {
        let mut tx = self.store.begin_plain().await?;
        let mut discards = discards::load(&mut tx).await?;
        let after = log::last_number(&mut tx).await?;
        let discard = discards
            .iter_mut()
            .rfind(|discard| discard.id == id && discard.undone_after.is_none())
            .ok_or(Failure::NothingToUndo)?;
        discard.undone_after = Some(after);
        let changed = discard::undiscard(&mut tx, &discard.mutations)
            .await?
            .ok_or(Failure::NothingToUndo)?;
        for it in &changed {
            let record = rows::find(&mut tx, it.kind, it.id).await?;
            if let Some(record) = record.filter(|it| it.duplicate_of.is_none()) {
                let mut problems = check_others(&mut tx, &record, &record.values).await?;
                problems.retain(|problem| problem.code == Code::Unique);
                refuse(problems, Vec::new(), true)?;
            }
        }
        let undone = undone_of(&mut tx, id, false).await?;
        discards::keep(&mut tx, &discards).await?;
        self.store.commit_own(tx, changed).await?;
        Ok(undone)
    }

    /// Gives an edit up again, after that was taken back. Errors: NothingLeft when Central has
    /// accepted the edit meanwhile.
    pub(crate) async fn discard_again(&self, id: Uuid) -> Result<Undone> {
        match self.discard_edit(id).await {
            Err(Failure::NothingToUndo) => return Err(Failure::NothingLeft),
            other => other?,
        }
        undone_of(&mut *self.store.read().await?, id, true).await
    }
}

/// What came of giving up an edit that was taken back, or done again.
async fn undone_of(conn: &mut Connection, id: Uuid, is_redo: bool) -> Result<Undone> {
    let edit = log::find(conn, id).await?.ok_or(Failure::NothingToUndo)?;
    let line = step_line_of(conn, std::slice::from_ref(&edit), edit.step).await?;
    Ok(Undone {
        step: edit.step,
        did: line.did,
        action: line.action,
        kind: line.kind,
        id: line.id,
        title: line.title,
        card: line.card,
        fields: known(edit.kind, edit.after.keys()),
        kept: Vec::new(),
        is_redo,
        redo: Some(id),
        is_of_discard: true,
    })
}

/// These fields by the names under which people know them.
fn known<'a>(
    kind: EntityKind,
    names: impl Iterator<Item = &'a (impl AsRef<str> + ?Sized + 'a)>,
) -> Vec<String> {
    names
        .filter_map(|name| kind.known_name(name.as_ref()).map(str::to_owned))
        .collect()
}

fn reason(state: State, problem: Option<Obstacle>) -> WaitingReason {
    match (state, problem) {
        (State::Parked, Some(Obstacle::Behind)) => WaitingReason::Behind,
        (State::Parked, _) => WaitingReason::MissingReference,
        (State::Rejected, Some(Obstacle::IdReused)) => WaitingReason::IdReused,
        (State::Rejected, Some(Obstacle::UnknownEntity)) => WaitingReason::ServerTooOld,
        (State::Rejected, Some(Obstacle::Failed)) => WaitingReason::ServerFailed,
        (State::Rejected, _) => WaitingReason::Rejected,
        _ => WaitingReason::NotSent,
    }
}
