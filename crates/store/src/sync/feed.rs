//! Entries of Central's feed, applied to the rows and written into the log.

use std::collections::HashSet;

use servease_domain::EntityKind;
use servease_wire::sync::{Change, ChangesAnswer, Checkpoint, Entry, WireAction};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::batch::{Batch, Dangling};
use super::contents::{self, Contents};
use super::guards::{self, Guard};
use super::{aside, discard, lines, state};
use crate::{Changed, Result, consequences, stored};

/// What a page of the feed came to.
#[derive(Debug)]
pub enum Taken {
    Applied {
        changed: Vec<Changed>,
        /// Changes that others made.
        pulled: u64,
        /// Changes that this program could not take in.
        set_aside: u64,
    },
    /// Central says that this desk made changes of which it knows nothing: ask for the page
    /// in full. Nothing was applied.
    NeedsFull {
        /// Another installation uses this desk's id, or used it before this one was restored
        /// from a backup: take a new one.
        is_stranger: bool,
    },
}

/// Applies a page that follows `cursor`, and moves the cursor. `epoch` is the one that the
/// desk knows. Errors leave the transaction
/// to be rolled back: the page is asked for again.
pub async fn apply(
    conn: &mut SqliteConnection,
    cursor: i64,
    page: &ChangesAnswer,
    epoch: Option<&str>,
) -> Result<Taken> {
    let known = lines::known(conn, &page.entries).await?;
    let own = page.entries.iter().filter(|entry| entry.change.is_none());
    let mut needs_full = false;
    let mut is_stranger = false;
    for entry in own {
        match known.get(&entry.id) {
            Some(known) => needs_full |= known.is_discarded || known.is_rejected,
            None => is_stranger = true,
        }
    }
    if needs_full || is_stranger {
        return Ok(Taken::NeedsFull { is_stranger });
    }

    let refused = known.iter().filter(|(_, known)| known.is_rejected);
    for (id, _) in refused {
        discard::accept_refused(conn, *id).await?;
    }
    let mut batch = Batch::default();
    let mut fresh = Vec::new();
    let mut known_again = Vec::new();
    let mut unfit: Vec<(i64, String, &str)> = page
        .unreadable
        .iter()
        .map(|entry| (entry.seq, entry.text.clone(), "form"))
        .collect();
    let told: Vec<(&Entry, &Change)> = page
        .entries
        .iter()
        .filter_map(|entry| Some((entry, entry.change.as_ref()?)))
        .collect();
    let named = told.iter().map(|(_, change)| change.record);
    let guards = guards::load(conn, cursor, named).await?;
    let news: Vec<Option<News>> = told.iter().map(|(_, change)| News::of(change)).collect();
    for news in news.iter().flatten() {
        batch.want(news.kind, news.record);
        for contents in news.was.iter().chain([&news.is]) {
            batch.want_references(news.kind, &contents.values);
        }
    }
    batch.read(conn).await?;
    let touched: Vec<Changed> = news
        .iter()
        .flatten()
        .map(|news| Changed {
            kind: news.kind,
            id: news.record,
        })
        .collect();
    let mut seen_in_page = HashSet::new();
    for ((entry, change), news) in told.into_iter().zip(news) {
        let guard = guards.of(&change.entity, change.record);
        if is_of_nothing_here(&batch, change) {
            continue;
        }
        let took = match news {
            Some(news) => take(&mut batch, entry.seq, change, news, guard),
            None => Err(unknown(change)),
        };
        match took {
            // Central did not say what was done: passed on after a restore it would be a deletion.
            Ok(()) if takes_from_sight(change) => {}
            Ok(()) if known.contains_key(&entry.id) => known_again.push(entry),
            // A Central of before told one change twice when another desk had passed it on.
            Ok(()) if !seen_in_page.insert(entry.id) => {}
            Ok(()) => fresh.push((entry, change)),
            Err(reason) => unfit.push((entry.seq, stored::text_of(entry)?, reason)),
        }
    }
    let mut changed = batch.write(conn).await?;
    // Rows that were read page by page may hold a change already, and not yet what follows.
    let unsettled: Vec<Changed> = touched
        .into_iter()
        .filter(|it| !changed.contains(it))
        .collect();
    changed.extend(consequences::settle(conn, &unsettled).await?);
    aside::put(conn, &unfit).await?;
    lines::append(conn, &fresh).await?;
    lines::revive(conn, &known_again).await?;
    let numbered = page.entries.iter().filter(|entry| {
        let known = known.get(&entry.id);
        known.is_some_and(|known| known.has_no_line)
    });
    lines::number(conn, numbered).await?;
    if page.cursor != cursor || epoch != Some(page.epoch.as_str()) {
        state::save_cursor(conn, &page.epoch, page.cursor).await?;
        let place = Checkpoint {
            seq: page.cursor,
            stamp: page.stamp,
        };
        state::save_place(conn, place).await?;
    }
    Ok(Taken::Applied {
        changed,
        pulled: fresh.len() as u64,
        set_aside: unfit.len() as u64,
    })
}

/// What a change says of its record, taken apart. What it was is needed where a deletion
/// brings a whole record.
struct News {
    kind: EntityKind,
    record: Uuid,
    was: Option<Contents>,
    is: Contents,
}

impl News {
    /// None: of a kind that this program does not know.
    fn of(change: &Change) -> Option<News> {
        let kind = EntityKind::from_name(&change.entity)?;
        (change.action != WireAction::Unknown).then(|| News {
            kind,
            record: change.record,
            was: (change.action == WireAction::Delete)
                .then(|| contents::take_apart(kind, &change.before)),
            is: contents::take_apart(kind, &change.after),
        })
    }
}

/// Whether a change only takes a record from this account's sight. A deletion says what it deletes.
fn takes_from_sight(change: &Change) -> bool {
    change.action == WireAction::Delete && change.before.is_empty()
}

/// Whether a change only takes a record from this account's sight, and it was never here.
fn is_of_nothing_here(batch: &Batch, change: &Change) -> bool {
    takes_from_sight(change)
        && EntityKind::from_name(&change.entity)
            .is_some_and(|kind| batch.get(kind, change.record).is_none())
}

/// Why a change cannot be taken in.
fn unknown(change: &Change) -> &'static str {
    match EntityKind::from_name(&change.entity) {
        Some(_) => "action",
        None => "entity",
    }
}

fn take(
    batch: &mut Batch,
    seq: i64,
    change: &Change,
    news: News,
    guard: Option<&Guard>,
) -> Result<(), &'static str> {
    let (kind, key) = (news.kind, (news.kind, news.record));
    if contents::holds_nothing(kind, &news.is.values) {
        return Err("value");
    }
    if batch.get(kind, news.record).is_none() {
        return insert(batch, change, news);
    }
    let mut contents = news.is;
    let covers_standing = guard.is_some_and(|guard| guard.covers_standing(seq));
    let is_written = matches!(change.action, WireAction::Create | WireAction::Update);
    let at = is_written.then_some(change.at);
    if change.action == WireAction::Create {
        // A field that is not named holds its default: the record may hold something else.
        let whole = contents::new_record(kind, change.record, contents, change.at);
        contents = Contents {
            values: whole.values,
            extra: whole.extra,
            duplicate_of: Some(whole.duplicate_of),
            deleted_with: None,
        };
    }
    if is_written {
        let is_open = |name: &str| guard.is_none_or(|guard| !guard.covers(name, seq));
        contents.values.retain(|name, _| is_open(name));
        batch
            .set(key, &contents.values, at)
            .map_err(|Dangling| "reference")?;
        if change.action == WireAction::Create {
            batch.set_extra(key, contents.extra, is_open);
        } else {
            contents.extra.retain(|name, _| is_open(name));
            batch.keep_extra(key, contents.extra);
        }
        if let Some(of) = contents.duplicate_of.filter(|_| !covers_standing) {
            batch.set_duplicate(key, of);
        }
    }
    let dead = match change.action {
        WireAction::Delete => Some(Some((change.at, contents.deleted_with))),
        WireAction::Create | WireAction::Restore => Some(None),
        _ => None,
    };
    if let Some(dead) = dead.filter(|_| !covers_standing) {
        batch.set_alive(key, dead, at);
    }
    Ok(())
}

/// A record that the desk does not have: it begins with a `create`, or, where that was long
/// ago, with the whole record that deletions and restorations carry.
fn insert(batch: &mut Batch, change: &Change, news: News) -> Result<(), &'static str> {
    let deleted_with = news.is.deleted_with;
    let whole = match change.action {
        WireAction::Create | WireAction::Restore => Some(news.is),
        WireAction::Delete => news.was,
        _ => None,
    };
    let whole = whole.ok_or("record")?;
    let mut record = contents::new_record(news.kind, change.record, whole, change.at);
    if change.action == WireAction::Delete {
        record.deleted_at = Some(change.at);
        record.deleted_with = deleted_with;
    }
    if contents::holds_nothing(news.kind, &record.values) {
        return Err("value");
    }
    batch.insert(record).map_err(|Dangling| "reference")
}
