//! Pages that end by their bytes: a thousand long records are no page, a thousand short ones are.

use serde_json::{Map, Value as Json};

/// A page of a thousand usual changes has 0.7 MiB. One with more than this ends, whatever was
/// asked for.
const PAGE_BYTES: usize = 2 * 1024 * 1024;

/// What is read before it is known how long it is: at most 16 times what one push may bring.
const FIRST: usize = 16;

/// What one statement aims at.
const READ_BYTES: usize = PAGE_BYTES / 4;

/// How much a page holds, and how much to read next.
#[derive(Debug)]
pub struct Page {
    limit: usize,
    items: usize,
    bytes: usize,
}

impl Page {
    pub fn new(limit: usize) -> Page {
        Page {
            limit,
            items: 0,
            bytes: 0,
        }
    }

    pub fn is_full(&self) -> bool {
        self.items >= self.limit || self.bytes >= PAGE_BYTES
    }

    /// How many items to read with the next statement.
    pub fn next(&self) -> usize {
        let by_bytes = match self.items {
            0 => FIRST,
            items => READ_BYTES / (self.bytes / items).max(1),
        };
        by_bytes.min(self.limit - self.items.min(self.limit)).max(1)
    }

    pub fn add(&mut self, bytes: usize) {
        self.items += 1;
        self.bytes += bytes;
    }
}

/// About how long an object is as JSON.
pub fn length(object: &Map<String, Json>) -> usize {
    object
        .iter()
        .map(|(name, json)| name.len() + 4 + length_of(json))
        .sum()
}

fn length_of(json: &Json) -> usize {
    match json {
        Json::String(text) => text.len() + 2,
        Json::Array(items) => items.iter().map(|item| length_of(item) + 1).sum(),
        Json::Object(fields) => length(fields),
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many statements and items make a page of items that long.
    fn filled(bytes: usize) -> (usize, usize) {
        let mut page = Page::new(1_000);
        let mut statements = 0;
        while !page.is_full() {
            statements += 1;
            for _ in 0..page.next() {
                if page.is_full() {
                    break;
                }
                page.add(bytes);
            }
        }
        (statements, page.items)
    }

    #[test]
    fn short_items_fill_a_page_in_few_statements_and_long_ones_end_it() {
        assert_eq!(filled(500), (2, 1_000));
        assert_eq!(filled(256 * 1024), (1, 8));
        assert_eq!(filled(8 * 1024 * 1024), (1, 1));
    }
}
