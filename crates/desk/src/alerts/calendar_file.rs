//! The calendar as a file in the data folder, for a calendar program on the same PC.

use std::fs;
use std::path::{Path, PathBuf};

use servease_platform::files;

use crate::alerts::views::AlertLine;
use crate::folder::CALENDAR;
use crate::{Desk, Failure, Result};

/// Where the calendar of a data folder lies.
pub fn calendar_file(folder: &Path) -> PathBuf {
    folder.join(CALENDAR)
}

impl Desk {
    /// Writes the calendar of [`Desk::calendar`] into the data folder, where it says something
    /// else than the one that is there. Answers whether it does.
    ///
    /// Errors: Folder.
    pub async fn keep_calendar(
        &self,
        folder: &Path,
        words: &(dyn Fn(&AlertLine) -> String + Sync),
    ) -> Result<bool> {
        let calendar = self.calendar(words).await?;
        let file = calendar_file(folder);
        tokio::task::spawn_blocking(move || {
            let known = fs::read_to_string(&file).is_ok_and(|old| is_same(&old, &calendar));
            if known {
                return Ok(false);
            }
            files::write(&file, calendar.as_bytes()).map_err(Failure::Folder)?;
            Ok(true)
        })
        .await
        .map_err(|ended| Failure::Folder(ended.into()))?
    }
}

/// When it was written says nothing of what is in it.
fn is_same(one: &str, other: &str) -> bool {
    let content = |text: &'_ str| -> Vec<String> {
        text.lines()
            .filter(|line| !line.starts_with("DTSTAMP:"))
            .map(str::to_owned)
            .collect()
    };
    content(one) == content(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_moment_of_writing_may_differ() {
        let text = |stamp: &str, day: &str| format!("DTSTAMP:{stamp}\r\nDTSTART:{day}\r\n");
        assert!(is_same(&text("1", "20260501"), &text("2", "20260501")));
        assert!(!is_same(&text("1", "20260501"), &text("1", "20260502")));
    }
}
