//! Answers that are read part by part. A field of a newer program that is nested too deep, or a
//! date that no calendar has, makes one entry unreadable, not the page around it.

use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{ChangesAnswer, Entry, Row, RowsAnswer, Unreadable};

#[derive(Deserialize)]
pub(super) struct Changes {
    epoch: String,
    entries: Vec<Box<RawValue>>,
    cursor: i64,
    #[serde(default)]
    stamp: i64,
    seq: i64,
}

/// The least that can be known of an entry.
#[derive(Deserialize)]
struct Number {
    seq: i64,
}

impl TryFrom<Changes> for ChangesAnswer {
    type Error = serde_json::Error;

    fn try_from(page: Changes) -> Result<ChangesAnswer, serde_json::Error> {
        let mut entries = Vec::with_capacity(page.entries.len());
        let mut unreadable = Vec::new();
        for text in &page.entries {
            match serde_json::from_str::<Entry>(text.get()) {
                Ok(entry) => entries.push(entry),
                Err(_) => unreadable.push(Unreadable {
                    seq: serde_json::from_str::<Number>(text.get())?.seq,
                    text: text.get().to_owned(),
                }),
            }
        }
        Ok(ChangesAnswer {
            epoch: page.epoch,
            entries,
            unreadable,
            cursor: page.cursor,
            stamp: page.stamp,
            seq: page.seq,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct Rows {
    epoch: String,
    seq: i64,
    #[serde(default)]
    stamp: i64,
    rows: Vec<Box<RawValue>>,
    total: u64,
    is_last: bool,
}

/// The least that can be known of a row: where the next page begins.
#[derive(Deserialize)]
struct Name {
    entity: String,
    record: Uuid,
    seq: i64,
}

impl TryFrom<Rows> for RowsAnswer {
    type Error = serde_json::Error;

    fn try_from(page: Rows) -> Result<RowsAnswer, serde_json::Error> {
        let mut rows = Vec::with_capacity(page.rows.len());
        for text in &page.rows {
            rows.push(match serde_json::from_str::<Row>(text.get()) {
                Ok(row) => row,
                Err(_) => name_only(serde_json::from_str(text.get())?),
            });
        }
        Ok(RowsAnswer {
            epoch: page.epoch,
            seq: page.seq,
            stamp: page.stamp,
            rows,
            total: page.total,
            is_last: page.is_last,
        })
    }
}

fn name_only(name: Name) -> Row {
    Row {
        entity: name.entity,
        record: name.record,
        seq: name.seq,
        values: serde_json::Map::new(),
        created_at: chrono::DateTime::UNIX_EPOCH,
        updated_at: chrono::DateTime::UNIX_EPOCH,
        deleted_at: None,
        deleted_with: None,
        duplicate_of: None,
        is_unreadable: true,
    }
}
