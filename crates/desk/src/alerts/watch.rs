//! Looking for alerts as long as somebody listens: when something changes, and when a day begins or
//! a silence ends. In between nothing is done.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use servease_domain::EntityKind;
use servease_store::alerts as stored;
use uuid::Uuid;

use crate::alerts::check::Look;
use crate::alerts::views::Checked;
use crate::{Desk, News, Result, Watch};

/// The clock is read so often, since a PC that sleeps stops what waits, and people set clocks.
/// Nothing else is looked at.
const CLOCK_EVERY: Duration = Duration::from_secs(60);

/// After many changes at once everything is looked at.
const FEW: usize = 200;

/// Tells of alerts as they come due.
#[derive(Debug)]
pub struct AlertWatch {
    desk: Desk,
    changes: Watch,
    clock_every: Duration,
    look: Option<Look>,
    /// The next moment at which something comes due by itself, as it was seen from then.
    next: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Desk {
    /// Begins to watch: the first answer is what has come due since this desk looked last.
    pub async fn watch_alerts(&self) -> Result<AlertWatch> {
        Ok(AlertWatch {
            desk: self.clone(),
            changes: self.watch().await?,
            clock_every: CLOCK_EVERY,
            look: Some(Look::Everywhere),
            next: None,
        })
    }

    /// The beginning of the garage's next day, or the end of a silence before it.
    async fn next_moment(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let tomorrow = garage.calendar.day(now).succ_opt();
        let tomorrow = tomorrow.map_or(now + TimeDelta::days(1), |day| {
            garage.calendar.start_of(day)
        });
        let silence = stored::next_end_of_silence(&mut conn, now).await?;
        Ok(silence.map_or(tomorrow, |end| end.min(tomorrow)))
    }
}

impl AlertWatch {
    /// Reads the clock more or less often.
    pub fn reading_the_clock_every(self, clock_every: Duration) -> AlertWatch {
        AlertWatch {
            clock_every,
            ..self
        }
    }

    /// Waits until there is something to raise or to withdraw. Dropping the future is safe: what was
    /// not answered is not noted as told.
    pub async fn next(&mut self) -> Result<Checked> {
        loop {
            if let Some(look) = &self.look {
                let checked = self.desk.look_for_alerts(None, look).await?;
                let now = self.desk.clock.now();
                self.next = Some((now, self.desk.next_moment(now).await?));
                self.look = None;
                if checked != Checked::default() {
                    return Ok(checked);
                }
            }
            tokio::select! {
                news = self.changes.next() => {
                    let news = news?;
                    // Whoever drops this future before it is known where has it looked for all the
                    // same: the news does not come twice.
                    self.look = Some(Look::Everywhere);
                    self.look = self.concerned(&news).await?;
                }
                () = tokio::time::sleep(self.clock_every) => {
                    let now = self.desk.clock.now();
                    // A clock that was set back has other days before it.
                    let is_time = self.next.is_none_or(|(seen, next)| now >= next || now < seen);
                    self.look = is_time.then_some(Look::Everywhere);
                }
            }
        }
    }

    /// Where to look after a change. None: nothing that alerts depend on.
    async fn concerned(&self, news: &News) -> Result<Option<Look>> {
        let is_wide = |kind| kind == EntityKind::Garage;
        if news.everything
            || news.records.len() > FEW
            || news.records.iter().any(|it| is_wide(it.kind))
        {
            return Ok(Some(Look::Everywhere));
        }
        let (mut records, mut customers) = (HashSet::new(), Vec::new());
        for it in &news.records {
            match it.kind {
                // Who left is silent with all that they have.
                EntityKind::Customer => customers.push(it.id),
                EntityKind::Vehicle | EntityKind::Note => _ = records.insert((it.kind, it.id)),
                EntityKind::Document => {
                    // What it renews counts no longer.
                    let named = it.of.iter().copied().chain([it.id]);
                    records.extend(named.map(|id| (EntityKind::Document, id)));
                }
                EntityKind::Alert => {
                    let subjects = [EntityKind::Vehicle, EntityKind::Document, EntityKind::Note];
                    for kind in subjects {
                        records.extend(it.of.iter().map(|id| (kind, *id)));
                    }
                }
                _ => {}
            }
        }
        if !customers.is_empty() {
            let mut conn = self.desk.store.read().await?;
            records.extend(stored::records_of(&mut conn, customers.into_iter()).await?);
            if records.len() > FEW {
                return Ok(Some(Look::Everywhere));
            }
        }
        let vehicles: Vec<Uuid> = records
            .iter()
            .filter(|(kind, _)| *kind == EntityKind::Vehicle)
            .map(|(_, id)| *id)
            .collect();
        if !vehicles.is_empty() {
            let mut conn = self.desk.store.read().await?;
            let papers = stored::papers_of(&mut conn, vehicles.into_iter()).await?;
            records.extend(papers.into_iter().map(|id| (EntityKind::Document, id)));
        }
        Ok((!records.is_empty()).then_some(Look::At(records)))
    }
}
