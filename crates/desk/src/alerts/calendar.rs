//! What is coming as a calendar file (RFC 5545), for calendars that people already use.

use chrono::{DateTime, Months, NaiveDate, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, Property};
use servease_domain::alerts::AlertState;
use servease_domain::due::DueReason;

use crate::alerts::standing::{self, Scope};
use crate::alerts::views::AlertLine;
use crate::{Desk, Result};

/// More than the year that calendars are looked at for.
const MONTHS_AHEAD: u32 = 13;

/// What has passed is shown for so long, until somebody deals with it.
const MONTHS_PAST: u32 = 3;

/// Whoever reads it wants to know who wrote it.
const PRODUCT: &str = "-//ServEase//ServEase Desk//EN";

impl Desk {
    /// Everything with a date from three months ago to thirteen months ahead that nobody has dealt
    /// with, an all-day event each, with the same id in every export. `words` says what an alert is
    /// about, in somebody's language, and not how far off it is: the file is read later.
    pub async fn calendar(&self, words: &(dyn Fn(&AlertLine) -> String + Sync)) -> Result<String> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let months = |day: NaiveDate, ahead: u32| day.checked_add_months(Months::new(ahead));
        let last = months(garage.today, MONTHS_AHEAD).unwrap_or(garage.today);
        let first = garage.today.checked_sub_months(Months::new(MONTHS_PAST));
        let ahead = last.signed_duration_since(garage.today).num_days();
        let scope = Scope::Ahead(u32::try_from(ahead).unwrap_or_default());
        let mut found = standing::all(&mut conn, &garage, scope).await?;
        found.retain(|it| it.state != AlertState::Done);
        let lines = standing::lines(&mut conn, &garage, found).await?;
        let mut calendar = Calendar::empty();
        for (name, value) in [
            ("VERSION", "2.0"),
            ("PRODID", PRODUCT),
            ("CALSCALE", "GREGORIAN"),
        ] {
            calendar.append_property(Property::new(name, value));
        }
        if !garage.settings.garage_name.is_empty() {
            calendar.name(&garage.settings.garage_name);
        }
        for line in &lines {
            let Some(DueReason::Date { date, .. }) = line.due.map(|due| due.reason) else {
                continue;
            };
            if first.is_none_or(|first| first <= date) {
                calendar.push(event(line, date, garage.now, &words(line)));
            }
        }
        Ok(calendar.to_string())
    }
}

fn event(line: &AlertLine, date: NaiveDate, now: DateTime<Utc>, words: &str) -> Event {
    // An all-day event ends on the day after its last one, and later than it begins.
    let end = date.succ_opt().unwrap_or(date);
    // The library folds and escapes, but leaves a carriage return as it is.
    let plain = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
    let about = [&line.customer, &line.phone];
    let about: Vec<&str> = about
        .into_iter()
        .map(String::as_str)
        .filter(|it| !it.is_empty())
        .collect();
    Event::new()
        .uid(&format!("{}@servease", line.id))
        .timestamp(now)
        .starts(date)
        .ends(end)
        .summary(&plain(words))
        .description(&plain(&about.join("\n")))
        .add_property("TRANSP", "TRANSPARENT")
        .done()
}
