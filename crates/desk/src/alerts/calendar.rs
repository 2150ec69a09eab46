//! What is coming as a calendar file, for calendars that people already use.

use servease_domain::alerts::AlertState;
use servease_wire::calendar::{self, Entry, Span};

use crate::alerts::standing::{self, Scope};
use crate::alerts::views::AlertLine;
use crate::{Desk, Result};

impl Desk {
    /// Everything in the span of a calendar file that nobody has dealt with, with the same id in
    /// every export. `words` says what an alert is about, in somebody's language, and not how far
    /// off it is: the file is read later.
    pub async fn calendar(&self, words: &(dyn Fn(&AlertLine) -> String + Sync)) -> Result<String> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let span = Span::around(garage.today);
        let mut found = standing::all(&mut conn, &garage, Scope::Ahead(span.days_ahead())).await?;
        found.retain(|it| it.state != AlertState::Done);
        let lines = standing::lines(&mut conn, &garage, found).await?;
        let entries = lines.iter().filter_map(|line| {
            span.holds(line)
                .map(|date| Entry::of(line, date, words(line)))
        });
        let name = &garage.settings.garage_name;
        Ok(calendar::file("ServEase Desk", name, entries, garage.now))
    }
}
