//! What is coming as a calendar file (RFC 5545): the form in which a desk exports it and Central
//! feeds it to other calendars.

use chrono::{DateTime, Months, NaiveDate, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, Property};
use servease_domain::due::DueReason;
use servease_domain::standing::AlertLine;

/// More than the year that calendars are looked at for.
const MONTHS_AHEAD: u32 = 13;

/// What has passed is shown for so long, until somebody deals with it.
const MONTHS_PAST: u32 = 3;

/// The days of a calendar file, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    today: NaiveDate,
    first: Option<NaiveDate>,
    last: NaiveDate,
}

impl Span {
    pub fn around(today: NaiveDate) -> Span {
        Span {
            today,
            first: today.checked_sub_months(Months::new(MONTHS_PAST)),
            last: today
                .checked_add_months(Months::new(MONTHS_AHEAD))
                .unwrap_or(today),
        }
    }

    /// How far it reaches from today.
    pub fn days_ahead(&self) -> u32 {
        let days = self.last.signed_duration_since(self.today).num_days();
        u32::try_from(days).unwrap_or(0)
    }

    /// Whether a date is not too long ago.
    pub fn is_recent(&self, date: NaiveDate) -> bool {
        self.first.is_none_or(|first| first <= date)
    }

    /// The date of an alert that has its place in the file.
    pub fn holds(&self, line: &AlertLine) -> Option<NaiveDate> {
        match line.due?.reason {
            DueReason::Date { date, .. } => self.is_recent(date).then_some(date),
            DueReason::Mileage { .. } => None,
        }
    }
}

/// One all-day event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    uid: String,
    date: NaiveDate,
    summary: String,
    description: String,
}

impl Entry {
    /// Of an alert, with the same id in every file, wherever it is written.
    pub fn of(line: &AlertLine, date: NaiveDate, summary: String) -> Entry {
        let about = [&line.customer, &line.phone];
        let about: Vec<&str> = about
            .into_iter()
            .map(String::as_str)
            .filter(|it| !it.is_empty())
            .collect();
        Entry {
            uid: format!("{}@servease", line.id),
            date,
            summary,
            description: about.join("\n"),
        }
    }

    fn event(&self, now: DateTime<Utc>) -> Event {
        // An all-day event ends on the day after its last one, and later than it begins.
        let end = self.date.succ_opt().unwrap_or(self.date);
        Event::new()
            .uid(&self.uid)
            .timestamp(now)
            .starts(self.date)
            .ends(end)
            .summary(&plain(&self.summary))
            .description(&plain(&self.description))
            .add_property("TRANSP", "TRANSPARENT")
            .done()
    }
}

/// The library folds and escapes, but leaves a carriage return as it is.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The whole file. `program` is who wrote it, which whoever reads it wants to know; a garage without
/// a name leaves the calendar without one.
pub fn file(
    program: &str,
    garage_name: &str,
    entries: impl Iterator<Item = Entry>,
    now: DateTime<Utc>,
) -> String {
    let mut calendar = Calendar::empty();
    let product = format!("-//ServEase//{program}//EN");
    for (name, value) in [
        ("VERSION", "2.0"),
        ("PRODID", product.as_str()),
        ("CALSCALE", "GREGORIAN"),
    ] {
        calendar.append_property(Property::new(name, value));
    }
    if !garage_name.is_empty() {
        calendar.name(&plain(garage_name));
    }
    for entry in entries {
        calendar.push(entry.event(now));
    }
    calendar.to_string()
}
