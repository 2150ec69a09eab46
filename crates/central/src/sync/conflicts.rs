//! Conflict records: whose value is in use, whose is not. They are written with the merge and
//! reach the desks through the feed like any other record.

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Order, Query};
use serde_json::Value as Json;
use servease_domain::{EntityKind, Record, Value, Values};
use servease_wire::sync::Mutation;
use uuid::Uuid;

use super::seen::Seen;
use crate::changes::Changeset;
use crate::db::{self, DbError};
use crate::store::records::{self, Stored};

/// The name under which a deletion against an edit is told.
pub use servease_wire::sync::DELETED;
/// The name under which a repeated e-mail or VIN is told.
pub const DUPLICATE: &str = "duplicate";
/// The name under which a record is told that may repeat another.
pub use servease_wire::sync::POSSIBLE_DUPLICATE;

/// Conflict ids follow from what they are about, so that one that is sent again after Central
/// was restored is the same.
const NAMESPACE: Uuid = Uuid::from_u128(0x1d1c_53a9_7be0_4c57_9a0e_5d0f_7d0a_93c6);

pub fn id_of(mutation: Uuid, field: &str) -> Uuid {
    let mut name = mutation.as_bytes().to_vec();
    name.extend_from_slice(field.as_bytes());
    Uuid::new_v5(&NAMESPACE, &name)
}

/// One side of a conflict.
#[derive(Debug, Clone, Default)]
pub struct Side {
    pub value: Json,
    pub by: String,
    pub at: Option<DateTime<Utc>>,
}

/// The side of an arriving mutation.
pub fn arriving(mutation: &Mutation, value: Json) -> Side {
    Side {
        value,
        by: mutation.author.name.clone(),
        at: Some(mutation.at),
    }
}

/// The side of the change with this number.
pub async fn standing(
    work: &mut Changeset,
    seq: Option<i64>,
    value: Json,
) -> Result<Side, DbError> {
    let mut side = Side {
        value,
        ..Side::default()
    };
    let Some(seq) = seq else {
        return Ok(side);
    };
    let mut select = Query::select();
    select
        .columns(["author_name", "at"])
        .from("changes")
        .and_where(Expr::col("seq").eq(seq));
    if let Some(row) = work.link().await?.row(&select).await? {
        side.by = row.text(0)?.unwrap_or_default();
        side.at = row.instant(1)?;
    }
    Ok(side)
}

/// Who deleted a record: the number of that change and the desk.
pub async fn deletion(
    work: &mut Changeset,
    kind: EntityKind,
    record: Uuid,
) -> Result<Option<(i64, Option<String>)>, DbError> {
    let mut select = Query::select();
    select
        .columns(["seq", "desk_id"])
        .from("changes")
        .and_where(Expr::col("record_id").eq(record))
        .and_where(Expr::col("entity").eq(kind.name()))
        .and_where(Expr::col("kind").eq("delete"))
        .order_by("seq", Order::Desc)
        .limit(1);
    match work.link().await?.row(&select).await? {
        Some(row) => Ok(row.integer(0)?.zip(Some(row.text(1)?))),
        None => Ok(None),
    }
}

/// Writes a conflict, unless it is there already. After Central was restored, another desk may
/// have passed on what the same edit overruled the first time; what it overrules now is another
/// value, and somebody is told of that one too.
pub async fn write(
    work: &mut Changeset,
    seen: &mut Seen,
    id: Uuid,
    about: &Stored,
    field: &str,
    kept: Side,
    lost: Side,
) -> Result<(), DbError> {
    if about.record.kind.about().is_never_asked_about {
        return Ok(());
    }
    let lost_text = lost.value.to_string();
    let mut id = id;
    if let Some(there) = seen.find(work, EntityKind::Conflict, id).await? {
        let is_of_another_value = there.record.get("record_id").as_text()
            == about.record.id.to_string()
            && ["kept", "lost"]
                .iter()
                .all(|side| there.record.get(side).as_text() != lost_text);
        if !is_of_another_value {
            return Ok(());
        }
        id = id_of(id, &lost_text);
        if seen.find(work, EntityKind::Conflict, id).await?.is_some() {
            return Ok(());
        }
    }
    let customer = customer_of(work, &about.record).await?;
    let text = |text: &str| Value::Text(text.to_owned());
    let instant = |at: Option<DateTime<Utc>>| at.map_or(Value::Null, Value::Instant);
    let values = Values::from([
        ("record_kind", text(about.record.kind.name())),
        ("record_id", text(&about.record.id.to_string())),
        ("customer_id", customer.map_or(Value::Null, Value::Id)),
        ("field", text(field)),
        ("kept", text(&kept.value.to_string())),
        ("lost", text(&lost_text)),
        ("kept_by", text(&kept.by)),
        ("lost_by", text(&lost.by)),
        ("kept_at", instant(kept.at)),
        ("lost_at", instant(lost.at)),
    ]);
    let record = Record::new(EntityKind::Conflict, id, values, work.now);
    seen.put(work.create(record).await?);
    Ok(())
}

/// Ends the open conflicts about what a client has written: whoever writes over HTTP knows what
/// Central holds, and has decided them. [`DELETED`] stands for a deletion.
pub async fn end<'a>(
    work: &mut Changeset,
    kind: EntityKind,
    record: Uuid,
    written: impl Iterator<Item = &'a str>,
) -> Result<(), DbError> {
    let mut names = Vec::new();
    for name in written {
        names.push(name.to_owned());
        let group = kind.field(name).and_then(|field| field.together);
        names.extend(group.map(str::to_owned));
    }
    if names.is_empty() {
        return Ok(());
    }
    let mut open = records::select_live(EntityKind::Conflict);
    open.and_where(Expr::col("record_id").eq(record.to_string()))
        .and_where(Expr::col("record_kind").eq(kind.name()))
        .and_where(db::is_word("state", "open"))
        .and_where(Expr::col("field").is_in(names))
        .order_by("id", Order::Asc);
    let edited = Values::from([("state", Value::Text("edited".to_owned()))]);
    for conflict in records::fetch(work.link().await?, EntityKind::Conflict, &open).await? {
        work.update(&conflict, &edited).await?;
    }
    Ok(())
}

async fn customer_of(work: &mut Changeset, record: &Record) -> Result<Option<Uuid>, DbError> {
    if let Some(id) = record.customer() {
        return Ok(Some(id));
    }
    let Some(vehicle) = record.get("vehicle_id").as_id() else {
        return Ok(None);
    };
    let vehicle =
        records::find_any_for_update(work.link().await?, EntityKind::Vehicle, vehicle).await?;
    Ok(vehicle.and_then(|vehicle| vehicle.record.get("customer_id").as_id()))
}
