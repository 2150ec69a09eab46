//! What is coming, day by day, for the calendar of the window.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use servease_domain::alerts::{AlertKind, AlertState};

use crate::alerts::standing::{self, Scope, Standing};
use crate::alerts::views::{AlertDay, AlertLine};
use crate::garage::context::Garage;
use crate::{Desk, Result};

/// As many as anybody reads of a day or a week.
const LINES_MAX: usize = 500;

impl Desk {
    /// How many alerts have their date on each day from `first` to `last`, by kind; days without
    /// any are not named. What is dealt with is not counted.
    pub async fn alert_days(&self, first: NaiveDate, last: NaiveDate) -> Result<Vec<AlertDay>> {
        let (_, found) = self.dated(first, last).await?;
        let mut days = BTreeMap::<(NaiveDate, AlertKind), u64>::new();
        for it in &found {
            if let Some(date) = it.cause.date {
                *days.entry((date, it.cause.kind)).or_default() += 1;
            }
        }
        Ok(days
            .into_iter()
            .map(|((date, kind), count)| AlertDay { date, kind, count })
            .collect())
    }

    /// Those alerts themselves, most urgent first.
    pub async fn alerts_between(
        &self,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<AlertLine>> {
        let (garage, mut found) = self.dated(first, last).await?;
        standing::keep_most_urgent(&mut found, &garage, LINES_MAX);
        let mut conn = self.store.read().await?;
        standing::lines(&mut conn, &garage, found).await
    }

    async fn dated(&self, first: NaiveDate, last: NaiveDate) -> Result<(Garage, Vec<Standing>)> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let ahead = last.signed_duration_since(garage.today).num_days();
        let scope = Scope::Ahead(u32::try_from(ahead).unwrap_or(0));
        let mut found = standing::all(&mut conn, &garage, scope).await?;
        found.retain(|it| {
            let is_within = it
                .cause
                .date
                .is_some_and(|date| first <= date && date <= last);
            is_within && it.state != AlertState::Done
        });
        Ok((garage, found))
    }
}
