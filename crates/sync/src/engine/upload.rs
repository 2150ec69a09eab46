//! Sending what waits. While the desk writes down what Central made of one batch, Central works
//! on the next one.

use std::collections::HashSet;

use servease_store::sync::outbox::{self, Outgoing, Place};
use servease_store::sync::{answers, state};
use servease_wire::sync::{Checkpoint, PROTOCOL, Push, PushAnswer};
use uuid::Uuid;

use super::Run;
use crate::failure::SyncFailure;
use crate::progress::{OnProgress, Progress};
use crate::remote::Remote;

impl<R: Remote> Run<'_, R> {
    /// Sends batch after batch, for as long as the next one can be sent before the answers to
    /// the last are written down. A crash repeats at most these two: Central's ledger makes that
    /// harmless.
    ///
    /// `waiting`: how many there are, for the progress; counting them after every batch would
    /// take longer than sending them.
    pub(super) async fn push(
        &mut self,
        state: state::SyncState,
        waiting: i64,
        on_progress: OnProgress<'_>,
    ) -> Result<(), SyncFailure> {
        let Some(desk) = state.desk else {
            return Err(SyncFailure::Stuck("no identity"));
        };
        let mut left = u64::try_from(waiting).unwrap_or(0);
        self.show_upload(left, on_progress);
        let mut batch = self.next_batch(Place::FIRST).await?;
        if batch.is_empty() {
            // Everything that waits is behind something parked.
            return self.park_rest().await;
        }
        let remote = self.remote;
        let mut message = Push {
            protocol: PROTOCOL,
            desk,
            epoch: state.epoch,
            known: state.known,
            mutations: mutations(&batch),
        };
        let (answer, following) = tokio::join!(remote.push(&message), self.batch_behind(&batch));
        let (mut answer, mut following) = (answer?, following?);
        while !following.is_empty() {
            message.epoch = Some(answer.epoch.clone());
            message.known = place_of(&answer).or(message.known);
            message.mutations = mutations(&following);
            let settle_and_prepare = async {
                if self.settle(&batch, &answer).await? {
                    self.batch_behind(&following).await
                } else {
                    Ok(Vec::new())
                }
            };
            let (next_answer, behind) = tokio::join!(remote.push(&message), settle_and_prepare);
            let behind = behind?;
            left = left.saturating_sub(batch.len() as u64);
            self.show_upload(left, on_progress);
            answer = next_answer?;
            batch = std::mem::replace(&mut following, behind);
        }
        self.settle(&batch, &answer).await?;
        Ok(())
    }

    fn show_upload(&self, left: u64, on_progress: OnProgress<'_>) {
        on_progress(Progress::Pushing {
            done: self.answered,
            total: self.answered + left,
        });
    }

    async fn next_batch(&self, after: Place) -> Result<Vec<Outgoing>, SyncFailure> {
        let mut conn = self.store.read().await?;
        let (mutations, bytes) = (self.limits.mutations, self.limits.bytes);
        Ok(outbox::list_next(&mut conn, after, mutations, bytes).await?)
    }

    /// What can be sent while `batch` is on its way: what concerns other records, since how a
    /// mutation goes out depends on what became of the earlier ones of its record. Empty where
    /// that is too little to be worth a request.
    async fn batch_behind(&self, batch: &[Outgoing]) -> Result<Vec<Outgoing>, SyncFailure> {
        let Some(last) = batch.last() else {
            return Ok(Vec::new());
        };
        let mut next = self.next_batch(last.place()).await?;
        let under_way: HashSet<(&str, Uuid)> = batch.iter().map(name_of).collect();
        let others = next
            .iter()
            .position(|out| under_way.contains(&name_of(out)))
            .unwrap_or(next.len());
        next.truncate(if others * 2 < next.len() { 0 } else { others });
        Ok(next)
    }

    /// Writes down what Central made of a batch. Answers whether this desk has taken in everything
    /// up to the answer: if not, others have changed something, and that is read before more is
    /// sent.
    async fn settle(
        &mut self,
        sent: &[Outgoing],
        answer: &PushAnswer,
    ) -> Result<bool, SyncFailure> {
        if answer.answers.is_empty() {
            return Err(SyncFailure::Stuck("no mutation was answered"));
        }
        let mut tx = self.store.begin_plain().await?;
        let applied = answers::apply(&mut tx, sent, &answer.answers).await?;
        if let Some(place) = place_of(answer) {
            state::save_place(&mut tx, place).await?;
        }
        // Another program may have pulled or gone back meanwhile. And whatever was given up
        // while it was on its way comes back with the feed.
        let now = state::load(&mut tx).await?;
        let is_same_past = now
            .epoch
            .as_ref()
            .is_none_or(|epoch| *epoch == answer.epoch);
        let is_whole = is_same_past && !applied.was_overtaken;
        let cursor = match answer.own_after {
            Some(after) if is_whole && after == now.cursor => answer.seq,
            _ => now.cursor,
        };
        if now.epoch.is_none() || cursor != now.cursor {
            let epoch = now.epoch.as_deref().unwrap_or(&answer.epoch);
            state::save_cursor(&mut tx, epoch, cursor).await?;
        }
        self.store.commit(tx, applied.changed).await?;
        self.report.pushed += applied.accepted;
        self.report.merged += applied.merged;
        self.report.conflicts += applied.conflicts;
        self.report.duplicates += applied.duplicates;
        self.answered += answer.answers.len() as u64;
        self.known.has_news |= applied.accepted > 0;
        self.known.seq = Some(answer.seq);
        Ok(cursor == answer.seq)
    }

    async fn park_rest(&self) -> Result<(), SyncFailure> {
        let mut tx = self.store.begin_plain().await?;
        outbox::park_waiting(&mut tx).await?;
        Ok(self.store.commit(tx, Vec::new()).await?)
    }
}

fn mutations(batch: &[Outgoing]) -> Vec<servease_wire::sync::Mutation> {
    batch.iter().map(|out| out.mutation.clone()).collect()
}

/// Preferences share the id of their customer: an id alone names no record.
fn name_of(out: &Outgoing) -> (&str, Uuid) {
    (&out.mutation.entity, out.mutation.record)
}

fn place_of(answer: &PushAnswer) -> Option<Checkpoint> {
    (answer.seq > 0).then_some(Checkpoint {
        seq: answer.seq,
        stamp: answer.stamp,
    })
}
