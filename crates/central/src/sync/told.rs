//! What of a change is told to an account.
//!
//! A private note is nobody else's business: its changes are left out, and where it was shown before
//! it goes away. When it is opened it is told as a whole, and nothing of what it was before.

use std::collections::{HashMap, HashSet};

use sea_query::{Expr, ExprTrait};
use serde_json::{Map, Value as Json};
use servease_domain::EntityKind;
use servease_domain::rights::Account;
use servease_wire::sync::{Change, Entry, WireAction};
use uuid::Uuid;

use super::NAMESPACE;
use super::hidden::Hidden;
use crate::changes::whole;
use crate::db::{DbError, Link};
use crate::store::records;

/// The entries of a page as an account is told of them; None: not at all. The others of a page, and
/// what admins are told, cost nothing.
pub async fn told(
    link: &mut Link,
    account: Account,
    entries: Vec<Entry>,
) -> Result<Vec<Option<Entry>>, DbError> {
    if account.is_admin {
        return Ok(entries.into_iter().map(Some).collect());
    }
    let named_here = entries.iter().filter_map(named);
    let hidden = Hidden::among(link, account, named_here).await?;
    let wanted = entries.iter().filter_map(|entry| {
        let change = entry.change.as_ref()?;
        let kind = EntityKind::from_name(&change.entity)?;
        is_whole(&hidden, kind, entry.seq, change).then_some((kind, change.record))
    });
    let whole_of = read_whole(link, wanted.collect()).await?;
    let told = entries.into_iter().map(|entry| {
        let Some((kind, id)) = named(&entry) else {
            return Some(entry);
        };
        let change = entry.change.as_ref()?;
        if hidden.has(kind, id) {
            let was_shown = kind == EntityKind::Note && change.action == WireAction::Update;
            let is_turned = was_shown && change.after.contains_key("is_private");
            return is_turned.then(|| rewritten(&entry, WireAction::Delete, Map::new()));
        }
        if is_whole(&hidden, kind, entry.seq, change)
            && let Some(whole) = whole_of.get(&(kind, id))
        {
            return Some(rewritten(&entry, WireAction::Create, whole.clone()));
        }
        let is_of_before = hidden.open_since(id).is_some_and(|since| entry.seq < since);
        (!is_of_before).then_some(entry)
    });
    Ok(told.collect())
}

fn named(entry: &Entry) -> Option<(EntityKind, Uuid)> {
    let change = entry.change.as_ref()?;
    Some((EntityKind::from_name(&change.entity)?, change.record))
}

/// Whether whoever reads the change may know nothing of its record: it opens a note, or the record is
/// a conflict about one that may have been private.
fn is_whole(hidden: &Hidden, kind: EntityKind, seq: i64, change: &Change) -> bool {
    let is_first = match kind {
        EntityKind::Note => hidden.open_since(change.record) == Some(seq),
        EntityKind::Conflict => hidden.is_about_note(change.record),
        _ => false,
    };
    is_first && change.action == WireAction::Update
}

async fn read_whole(
    link: &mut Link,
    wanted: HashSet<(EntityKind, Uuid)>,
) -> Result<HashMap<(EntityKind, Uuid), Map<String, Json>>, DbError> {
    let mut found = HashMap::new();
    for kind in [EntityKind::Note, EntityKind::Conflict] {
        let of_kind = wanted.iter().filter(|(wanted, _)| *wanted == kind);
        let ids: Vec<Uuid> = of_kind.map(|(_, id)| *id).collect();
        if ids.is_empty() {
            continue;
        }
        let mut select = records::select(kind);
        select.and_where(Expr::col("id").is_in(ids));
        for record in records::fetch_records(link, kind, &select).await? {
            found.insert((kind, record.id), whole(&record));
        }
    }
    Ok(found)
}

/// The change as another one of the same record. Without what was and is, a deletion says that the
/// record is gone for whoever had seen it. It has an id of its own: passed on after a restore it must
/// not stand for the change of which it does not tell.
fn rewritten(entry: &Entry, action: WireAction, after: Map<String, Json>) -> Entry {
    let change = entry.change.as_ref().map(|change| Change {
        action,
        before: Map::new(),
        after,
        ..change.clone()
    });
    Entry {
        id: Uuid::new_v5(&NAMESPACE, entry.id.as_bytes()),
        change,
        ..entry.clone()
    }
}
