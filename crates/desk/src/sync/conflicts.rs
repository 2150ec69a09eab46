//! Conflicts: two people changed the same thing without knowing of each other. Deciding one
//! is an edit like any other: it is undone, synced and kept in the history.
//!
//! What is in use is what the record holds, whatever the conflict said when it arose. Beside it
//! stands the value that is not, and can be taken for as long as it is valid.

use serde_json::{Map, Value as Json};
use servease_domain::{
    Conflict, EntityKind, Field, Kind, Record, Value, Values, merge, money, phone,
};
use servease_store::sync::conflicts::{self, DELETED};
use servease_store::{Connection, StoreError, log, rows};
use uuid::Uuid;

use crate::garage::context::Work;
use crate::records::input::{Input, Reader};
use crate::records::titles::{card_of, title_of};
use crate::records::views::Saved;
use crate::records::{undo, write_edit};
use crate::sync::duplicates;
use crate::sync::views::{ConflictView, Resolution};
use crate::{Desk, Failure, Result};

impl Desk {
    /// Conflicts that nobody has decided, oldest first.
    pub async fn conflicts(&self) -> Result<Vec<ConflictView>> {
        let mut conn = self.store.read().await?;
        let mut views = Vec::new();
        for record in conflicts::list_open(&mut conn).await? {
            views.extend(view(&mut conn, &record).await?);
        }
        Ok(views)
    }

    /// Decides a conflict. What is in use stays in use, or the other value takes its place.
    ///
    /// Errors: NotFound; Invalid when the value breaks a rule by now.
    pub async fn resolve_conflict(&self, id: Uuid, resolution: &Resolution) -> Result<Saved> {
        let mut work = self.begin().await?;
        resolve(&mut work, id, resolution).await?;
        work.save(id).await
    }

    /// Decides all open conflicts of a record at once, in one step. Errors: as for one.
    pub async fn resolve_conflicts_of(
        &self,
        record_id: Uuid,
        resolution: &Resolution,
    ) -> Result<Saved> {
        let mut work = self.begin().await?;
        let open = conflicts::list_open(work.conn()).await?;
        for record in open {
            let is_open = rows::find(work.conn(), EntityKind::Conflict, record.id)
                .await?
                .is_some_and(|now| now.get("state").as_text() == "open");
            let conflict: Conflict = record.to();
            if is_open && conflict.record_id == record_id.to_string() {
                resolve(&mut work, record.id, resolution).await?;
            }
        }
        work.save(record_id).await
    }
}

async fn resolve(work: &mut Work<'_>, id: Uuid, resolution: &Resolution) -> Result<()> {
    let not_found = || Failure::not_found(EntityKind::Conflict, id);
    let mut conflict = rows::find(work.conn(), EntityKind::Conflict, id)
        .await?
        .ok_or_else(not_found)?;
    let sides = Sides::read(work.conn(), &conflict)
        .await?
        .ok_or_else(not_found)?;
    let state = match resolution {
        Resolution::Mine if sides.is_mine_in_use => "kept",
        Resolution::Theirs if !sides.is_mine_in_use => "kept",
        Resolution::Edit(_) => conflicts::EDITED,
        Resolution::Mine | Resolution::Theirs => "taken",
    };
    // Decided first, so that what is written now is not taken for an edit that ends it.
    let decided = Values::from([("state", Value::Text(state.to_owned()))]);
    work.step.update(&mut conflict, &decided, false).await?;
    match (state, resolution) {
        ("kept", _) => Ok(()),
        (_, Resolution::Edit(value)) => {
            let fields = sides.input(value);
            let input = Reader::of(work).read_edit(&sides.record, &fields).await?;
            decide(work, sides.record, input).await
        }
        _ => match sides.other {
            Side::Deleted(is_deleted) => stand(work, sides.record, is_deleted).await,
            // Records are merged and parted with all that belongs to them.
            Side::Values(values) if sides.name == MERGED => {
                match values.get(MERGED).and_then(Value::as_id) {
                    Some(keep) => {
                        duplicates::merge(work, keep, sides.record.id).await?;
                        Ok(())
                    }
                    None => undo::unmerge(work, sides.record.id).await,
                }
            }
            Side::Values(values) => {
                let input = Reader::of(work).take(&sides.record, values).await?;
                decide(work, sides.record, input).await
            }
        },
    }
}

/// The field that says into which record one was merged.
const MERGED: &str = "merged_into";

/// Deletes a record, or brings it back.
async fn stand(work: &mut Work<'_>, mut record: Record, is_deleted: bool) -> Result<()> {
    match (is_deleted, record.is_deleted()) {
        (true, false) => work.step.delete(&mut record).await?,
        (false, true) => work.step.restore(&mut record).await?,
        _ => {}
    }
    Ok(())
}

/// Writes the value that was chosen, by the rules of any edit. Who decides has seen both: a doubt
/// is not asked about again.
async fn decide(work: &mut Work<'_>, record: Record, input: Input) -> Result<()> {
    input.refuse(true)?;
    write_edit(work, record, input).await
}

/// What one side of a conflict says.
#[derive(Debug, Clone, PartialEq)]
enum Side {
    Deleted(bool),
    /// Of one field, or of those that belong together.
    Values(Values),
}

impl Side {
    /// None: of a field that this program does not know.
    fn read(conflict: Uuid, kind: EntityKind, name: &str, text: &str) -> Result<Option<Side>> {
        let damaged = || StoreError::Damaged(format!("conflicts: {name} of conflict {conflict}"));
        let json: Json = serde_json::from_str(text).map_err(|_| damaged())?;
        if name == DELETED {
            let is_deleted = json.as_bool().ok_or_else(damaged)?;
            return Ok(Some(Side::Deleted(is_deleted)));
        }
        let fields: Vec<&Field> = kind.fields_named(name).collect();
        let values: Values = fields
            .iter()
            .filter_map(|field| {
                let told = match &json {
                    Json::Object(told) => told.get(field.name)?,
                    plain if field.name == name => plain,
                    _ => return None,
                };
                Some((field.name, Value::from_json(&field.kind, told)?))
            })
            .collect();
        Ok((!values.is_empty()).then_some(Side::Values(values)))
    }

    /// What the record holds of what this side is about.
    fn of(&self, record: &Record) -> Side {
        match self {
            Side::Deleted(_) => Side::Deleted(record.is_deleted()),
            Side::Values(values) => Side::Values(
                values
                    .keys()
                    .map(|name| (*name, record.get(name).clone()))
                    .collect(),
            ),
        }
    }

    fn is_same(&self, kind: EntityKind, other: &Side) -> bool {
        match (self, other) {
            (Side::Deleted(one), Side::Deleted(other)) => one == other,
            (Side::Values(one), Side::Values(other)) => one.iter().all(|(name, value)| {
                let field = kind.field(name);
                let there = other.get(name).unwrap_or(&Value::Null);
                field.is_some_and(|field| merge::is_same(&field.kind, value, there))
            }),
            _ => false,
        }
    }

    async fn is_mine(&self, conn: &mut Connection, record: &Record) -> Result<bool> {
        Ok(match self {
            Side::Deleted(is_deleted) => {
                conflicts::deleted_here(conn, record.kind, record.id).await? == *is_deleted
            }
            Side::Values(values) => {
                conflicts::wrote_here(conn, record.kind, record.id, values).await?
            }
        })
    }

    /// As screens are given it: an amount with its decimals, a number with its extension, of several
    /// fields an object.
    fn shown(&self, record: &Record, name: &str) -> Json {
        let currency = record.get("currency").as_text();
        let plain = |field: &str, value: &Value| match (record.kind.field(field), value) {
            (Some(it), Value::Integer(units)) if it.kind == Kind::Money => {
                Json::String(money::decimal(*units, currency))
            }
            _ => value.to_json(),
        };
        match self {
            Side::Deleted(is_deleted) => Json::Bool(*is_deleted),
            Side::Values(values) => match values.get(name) {
                Some(Value::Text(number)) if values.len() > 1 => {
                    let behind = values.iter().filter(|(field, _)| **field != name);
                    let behind = behind.map(|(_, extension)| extension.as_text());
                    Json::String(phone::joined(number, behind.collect::<String>().as_str()))
                }
                Some(value) => plain(name, value),
                None => values
                    .iter()
                    .map(|(field, value)| ((*field).to_owned(), plain(field, value)))
                    .collect(),
            },
        }
    }

    /// What the record is called to which this side refers.
    async fn title(&self, conn: &mut Connection, kind: EntityKind) -> Result<Option<String>> {
        if let Side::Values(values) = self
            && let Some((name, Value::Id(id))) = values.first_key_value()
            && let Some(Kind::Reference(to)) = kind.field(name).map(|field| field.kind)
        {
            return Ok(Some(title_of(conn, to, *id).await?));
        }
        Ok(None)
    }
}

/// Who wrote a side, and when.
type Signed = (String, Option<chrono::DateTime<chrono::Utc>>);

/// The two sides between which somebody has to decide.
#[derive(Debug)]
struct Sides {
    record: Record,
    name: String,
    in_use: Side,
    in_use_by: Signed,
    other: Side,
    other_by: Signed,
    /// Whether what is in use is what this desk wrote. Where it wrote neither, what is in use
    /// counts as its own.
    is_mine_in_use: bool,
}

impl Sides {
    /// None: about something that this program does not know.
    async fn read(conn: &mut Connection, conflict: &Record) -> Result<Option<Sides>> {
        let conflict: Conflict = conflict.to();
        let Some((kind, id)) =
            EntityKind::from_name(&conflict.record_kind).zip(conflict.record_id.parse().ok())
        else {
            return Ok(None);
        };
        let name = conflict.field;
        // Of a record that was merged into another, the other is meant by now.
        let id = match &name[..] {
            DELETED | MERGED => id,
            _ => rows::resolve(conn, kind, id).await?,
        };
        let Some(record) = rows::find_any(conn, kind, id).await? else {
            return Ok(None);
        };
        let (Some(kept), Some(lost)) = (
            Side::read(conflict.id, kind, &name, &conflict.kept)?,
            Side::read(conflict.id, kind, &name, &conflict.lost)?,
        ) else {
            return Ok(None);
        };
        let in_use = kept.of(&record);
        let kept_by = (conflict.kept_by, conflict.kept_at);
        let lost_by = (conflict.lost_by, conflict.lost_at);
        let is_kept = kept.is_same(kind, &in_use);
        let is_lost = !is_kept && lost.is_same(kind, &in_use);
        let in_use_by = match (is_kept, is_lost) {
            (true, _) => kept_by.clone(),
            (_, true) => lost_by.clone(),
            _ => writer(conn, &record, &in_use).await?,
        };
        let (other, other_by) = match is_lost {
            true => (kept, kept_by),
            false => (lost, lost_by),
        };
        let is_mine_in_use =
            !other.is_mine(conn, &record).await? || in_use.is_mine(conn, &record).await?;
        Ok(Some(Sides {
            record,
            name,
            in_use,
            in_use_by,
            other,
            other_by,
            is_mine_in_use,
        }))
    }

    /// The name under which people know what this is about.
    fn known_name(&self) -> &str {
        let known = self.record.kind.known_name(&self.name);
        known.unwrap_or(&self.name)
    }

    /// What somebody typed, under the names of the fields.
    fn input(&self, value: &Json) -> Map<String, Json> {
        match value {
            Json::Object(fields) => fields.clone(),
            plain => Map::from_iter([(self.known_name().to_owned(), plain.clone())]),
        }
    }
}

async fn writer(conn: &mut Connection, record: &Record, side: &Side) -> Result<Signed> {
    let Side::Values(values) = side else {
        return Ok(Signed::default());
    };
    let fields: Vec<&str> = values.keys().copied().collect();
    let found = log::find_writer(conn, record.kind, record.id, &fields).await?;
    Ok(found.map(|(by, at)| (by, Some(at))).unwrap_or_default())
}

async fn view(conn: &mut Connection, conflict: &Record) -> Result<Option<ConflictView>> {
    let Some(sides) = Sides::read(conn, conflict).await? else {
        return Ok(None);
    };
    let Sides { record, name, .. } = &sides;
    let (kind, record_id) = (record.kind, record.id);
    let mut told = Vec::with_capacity(2);
    for (side, signed) in [
        (&sides.in_use, &sides.in_use_by),
        (&sides.other, &sides.other_by),
    ] {
        let title = side.title(conn, kind).await?;
        told.push((side.shown(record, name), title, signed.clone()));
    }
    if !sides.is_mine_in_use {
        told.reverse();
    }
    let theirs = told.pop().unwrap_or_default();
    let mine = told.pop().unwrap_or_default();
    Ok(Some(ConflictView {
        id: conflict.id,
        kind,
        record_id,
        title: title_of(conn, kind, record_id).await?,
        card: card_of(conn, kind, record_id).await?,
        customer_id: conflict.get("customer_id").as_id(),
        field: sides.known_name().to_owned(),
        mine: mine.0,
        theirs: theirs.0,
        mine_title: mine.1,
        theirs_title: theirs.1,
        mine_by: mine.2.0,
        theirs_by: theirs.2.0,
        mine_at: mine.2.1,
        theirs_at: theirs.2.1,
        is_mine_in_use: sides.is_mine_in_use,
    }))
}
