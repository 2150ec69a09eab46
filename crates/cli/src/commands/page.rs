//! Pages of a list, in the contract's envelope.

use serde_json::Value as Json;
use servease_desk::Page;
use servease_wire as wire;

use crate::answer::Answer;
use crate::error::CliError;
use crate::text;

/// Rows on a page, as in the contract.
const PAGE_SIZE: u32 = wire::PAGE_SIZE as u32;

/// Which page is asked for: a number from 1, or `last`.
pub fn wanted(text: Option<&str>) -> Result<Wanted, CliError> {
    match text.map(str::trim) {
        None => Ok(Wanted::Number(1)),
        Some("last") => Ok(Wanted::Last),
        // A page whose rows cannot be counted to is out of range like any other.
        Some(number) => match number.parse::<u32>() {
            Ok(number) if number > 0 && number.checked_mul(PAGE_SIZE).is_some() => {
                Ok(Wanted::Number(number))
            }
            _ => Err(CliError::NoSuchPage),
        },
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Number(u32),
    Last,
}

/// One page, as it was read.
#[derive(Debug)]
pub struct Rows<T> {
    number: u32,
    page: Page<T>,
}

impl<T> Rows<T> {
    /// Reads a page through `read(offset, limit)`. Errors: NoSuchPage.
    pub async fn load(
        wanted: Wanted,
        read: impl AsyncFn(u32, u32) -> servease_desk::Result<Page<T>>,
    ) -> Result<Rows<T>, CliError> {
        let number = match wanted {
            Wanted::Number(number) => number,
            Wanted::Last => last_page(read(0, 0).await?.total),
        };
        let page = read((number - 1) * PAGE_SIZE, PAGE_SIZE).await?;
        if number > last_page(page.total) {
            return Err(CliError::NoSuchPage);
        }
        Ok(Rows { number, page })
    }

    /// `{count, next, previous, results}`. There are no URLs here: `next` and `previous` are
    /// the query of the page beside (`?page=2`), or null.
    pub fn answer(&self, columns: &[&str], form: impl Fn(&T) -> Json) -> Answer {
        let pages = last_page(self.page.total);
        let link = |page: u32| format!("?page={page}");
        let next = (self.number < pages).then(|| link(self.number + 1));
        let previous = (self.number > 1).then(|| link(self.number - 1));
        let rows: Vec<Json> = self.page.rows.iter().map(form).collect();
        let mut text = text::table(&rows, columns);
        if pages > 1 {
            text.push_str(&format!("{}/{pages} ({})\n", self.number, self.page.total));
        }
        let total = self.page.total.unsigned_abs();
        Answer::new(wire::list::page(total, next, previous, rows), text)
    }
}

/// An empty list has one page.
fn last_page(total: i64) -> u32 {
    let pages = wire::list::page_count(total.unsigned_abs(), u64::from(PAGE_SIZE));
    u32::try_from(pages).unwrap_or(u32::MAX)
}
