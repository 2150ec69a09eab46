//! What a step is called: what was done, to which record, and where that is seen.

use servease_domain::{Conflict, EntityKind};
use servease_store::{Action, Connection, Mutation, State, log, rows, steps};
use uuid::Uuid;

use crate::records::built_on::merge_of;
use crate::records::titles::{card_of, title_of};
use crate::records::views::{CardOf, Did, StepLine};
use crate::{Failure, Result};

/// What taking back a step would take back: an undo is told by what it had undone.
///
/// Errors: NothingToUndo when the log does not know the step.
pub(crate) async fn step_line(conn: &mut Connection, step: Uuid) -> Result<StepLine> {
    let descent = steps::descent(conn, step).await?;
    let mut mutations = log::list_step(conn, descent.origin).await?;
    if mutations.is_empty() {
        // The log of this desk begins later.
        mutations = log::list_step(conn, step).await?;
    }
    mutations.retain(|mutation| mutation.state != State::Discarded);
    let line = step_line_of(conn, &mutations, step).await?;
    Ok(StepLine {
        is_redo: descent.is_undo(),
        ..line
    })
}

/// A step by its mutations.
pub(crate) async fn step_line_of(
    conn: &mut Connection,
    mutations: &[Mutation],
    step: Uuid,
) -> Result<StepLine> {
    let main = most_telling(mutations).ok_or(Failure::NothingToUndo)?;
    let (kind, id) = seen_on(conn, main).await?;
    Ok(StepLine {
        step,
        did: did(mutations, main),
        action: main.action,
        kind,
        id,
        title: title_of(conn, kind, id).await?,
        card: live_card_of(conn, kind, id).await?,
        at: main.at,
        author: main.author_name.clone(),
        is_redo: false,
    })
}

/// The card of a record, where somebody can look at it.
pub(crate) async fn live_card_of(
    conn: &mut Connection,
    kind: EntityKind,
    id: Uuid,
) -> Result<Option<CardOf>> {
    let Some(card) = card_of(conn, kind, id).await? else {
        return Ok(None);
    };
    let shown = rows::find_heir(conn, card.kind, card.id).await?;
    Ok(shown.map(|record| CardOf {
        id: record.id,
        ..card
    }))
}

/// What a decision is about is the record of its conflict.
async fn seen_on(conn: &mut Connection, main: &Mutation) -> Result<(EntityKind, Uuid)> {
    let itself = (main.kind, main.record_id);
    if main.kind != EntityKind::Conflict {
        return Ok(itself);
    }
    let Some(record) = rows::find_any(conn, main.kind, main.record_id).await? else {
        return Ok(itself);
    };
    let conflict: Conflict = record.to();
    let about = EntityKind::from_name(&conflict.record_kind).zip(conflict.record_id.parse().ok());
    Ok(about.unwrap_or(itself))
}

fn did(step: &[Mutation], main: &Mutation) -> Did {
    let is_decision = step
        .iter()
        .any(|it| it.kind == EntityKind::Conflict && it.action == Action::Update);
    if merge_of(step).is_some() {
        return Did::Merged;
    }
    if is_decision {
        return Did::ConflictDecided;
    }
    match main.action {
        Action::Create if main.kind == EntityKind::MileageReading => Did::OdometerRead,
        Action::Create => Did::Added,
        Action::Update
            if main.kind == EntityKind::Vehicle && main.after.contains_key("customer_id") =>
        {
            Did::Transferred
        }
        Action::Update => Did::Changed,
        Action::Delete => Did::Deleted,
        Action::Restore => Did::BroughtBack,
    }
}

/// Of a step's mutations, the one that people mean: what they made, deleted or edited, not
/// what followed from it. Of a merge, the record that went.
fn most_telling(mutations: &[Mutation]) -> Option<&Mutation> {
    if let Some((_, gone, _)) = merge_of(mutations) {
        let mut of_gone = mutations.iter().filter(|it| it.record_id == gone);
        return of_gone.rfind(|it| it.deleted_with.is_none());
    }
    let rank = |mutation: &&Mutation| match mutation.kind {
        EntityKind::Customer if mutation.action == Action::Update && mutations.len() > 1 => 5,
        EntityKind::Preferences | EntityKind::Ownership if mutations.len() > 1 => 6,
        EntityKind::MileageReading => 4,
        EntityKind::Vehicle if mutation.action == Action::Update => 3,
        EntityKind::Vehicle if mutation.action == Action::Create => 1,
        _ => 0,
    };
    mutations.iter().min_by_key(rank)
}
