//! What is coming as a calendar file, for calendars that people already use.

use servease_domain::alerts::{AlertState, TABLE};
use servease_domain::standing;
use servease_wire::calendar::{self, Entry, Span};

use super::causes::{self, Notes};
use super::standing::Company;
use crate::db::{Db, DbError};
use servease_locale::Locale;

/// A larger file no calendar reads; the most urgent are in it.
pub const EVENTS_MAX: usize = 10_000;

/// So many records are in memory at once.
const AT_ONCE: usize = 500;

/// The file, as a desk exports it. Nobody knows who reads it: private notes are not in it, nor what
/// sensitive documents are called.
pub async fn file(db: &Db, company: &Company, words: &Locale) -> Result<String, DbError> {
    let moment = &company.moment;
    let span = Span::around(moment.today);
    let kinds = TABLE.map(|about| about.kind);
    let mut link = db.read().await?;
    let mut found = company
        .alerts(&mut link, Some(span.days_ahead()), &kinds, Notes::Public)
        .await?;
    let is_recent = |date| span.is_recent(date);
    found.retain(|it| it.state != AlertState::Done && it.cause.date.is_some_and(is_recent));
    standing::sort(&mut found, moment);
    if found.len() > EVENTS_MAX {
        tracing::warn!(count = found.len(), EVENTS_MAX, "the calendar is too long");
        found.truncate(EVENTS_MAX);
    }
    let mut entries = Vec::with_capacity(found.len());
    for found in found.chunks(AT_ONCE) {
        let about = found
            .iter()
            .map(|it| (it.cause.kind.about().entity, it.cause.record));
        let mut subjects = causes::subjects(&mut link, about).await?;
        causes::keep_to_oneself(&mut subjects);
        for line in standing::lines(found, &subjects, moment) {
            if let Some(date) = span.holds(&line) {
                entries.push(Entry::of(&line, date, words.calendar_entry(&line)));
            }
        }
    }
    let name = &company.garage.garage_name;
    Ok(calendar::file(
        "ServEase Central",
        name,
        entries.into_iter(),
        moment.now,
    ))
}
