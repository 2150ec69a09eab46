//! Alerts: what people must act on, what they did about it, and what this desk has told them.
//!
//! That something is due follows from dates and odometers and is never stored; what somebody did
//! about it is a record that syncs; what this PC has told is its own business.

mod answers;
mod calendar;
mod calendar_file;
mod check;
mod coming;
pub(crate) mod notices;
mod standing;
pub mod views;
mod watch;

pub use calendar_file::calendar_file;
pub use notices::Notices;
pub use watch::AlertWatch;

use chrono::{DateTime, Utc};
use servease_domain::alerts::AlertState;
use servease_domain::when::When;
use servease_domain::{Code, Problem};

use crate::alerts::standing::Scope;
use crate::alerts::views::{AlertLine, AlertPage, AlertQuery};
use crate::{Desk, Failure, Result};

impl Desk {
    /// Alerts in these states, most urgent first. Those that are scheduled are looked for so many
    /// days ahead.
    pub async fn alerts(&self, states: &[AlertState], ahead_days: u32) -> Result<Vec<AlertLine>> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let is_ahead =
            states.contains(&AlertState::Scheduled) || states.contains(&AlertState::Done);
        let scope = match is_ahead {
            true => Scope::Ahead(ahead_days),
            false => Scope::Speaking,
        };
        let mut found = standing::all(&mut conn, &garage, scope).await?;
        found.retain(|it| states.contains(&it.state));
        standing::lines(&mut conn, &garage, found).await
    }

    /// What the inbox shows: the most urgent of what is asked for, and how many there are.
    pub async fn alert_page(&self, query: &AlertQuery) -> Result<AlertPage> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let is_ahead = query.states.contains(&AlertState::Scheduled)
            || query.states.contains(&AlertState::Done);
        let scope = match is_ahead {
            true => Scope::Ahead(query.within_days),
            false => Scope::Speaking,
        };
        let mut found = standing::all(&mut conn, &garage, scope).await?;
        let count = |state| found.iter().filter(|it| it.state == state).count() as u64;
        let (raised, seen, snoozed) = (
            count(AlertState::Raised),
            count(AlertState::Seen),
            count(AlertState::Snoozed),
        );
        found.retain(|it| {
            query.states.contains(&it.state)
                && (query.kinds.is_empty() || query.kinds.contains(&it.cause.kind))
        });
        let total = found.len() as u64;
        standing::keep_most_urgent(&mut found, &garage, query.limit as usize);
        Ok(AlertPage {
            lines: standing::lines(&mut conn, &garage, found).await?,
            total,
            raised,
            seen,
            snoozed,
        })
    }

    /// How many alerts speak now.
    pub async fn alert_count(&self) -> Result<u64> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let found = standing::all(&mut conn, &garage, Scope::Speaking).await?;
        let raised = found.iter().filter(|it| it.state == AlertState::Raised);
        Ok(raised.count() as u64)
    }

    /// A moment as people write it. A day is its beginning at the garage.
    ///
    /// Errors: Invalid.
    pub async fn read_moment(&self, field: &'static str, text: &str) -> Result<DateTime<Utc>> {
        let mut conn = self.store.read().await?;
        let calendar = self.garage(&mut conn).await?.calendar;
        match When::read(text) {
            Some(When::Day(day)) => Ok(calendar.start_of(day)),
            Some(When::Moment(moment)) => Ok(moment),
            None => Err(Failure::Invalid(vec![
                Problem::new(field, Code::NotAnInstant).with("found", text),
            ])),
        }
    }
}
