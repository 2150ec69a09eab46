//! Conflicts: two people changed the same thing without knowing of each other. Deciding one
//! is an edit like any other: it is undone, synced and kept in the history.

use serde_json::{Map, Value as Json};
use servease_domain::{Conflict, EntityKind, Kind, Value, Values, money};
use servease_store::sync::conflicts;
use servease_store::{Connection, rows};
use uuid::Uuid;

use crate::garage::context::Work;
use crate::records::titles::{card_of, title_of};
use crate::records::views::Saved;
use crate::sync::views::{ConflictView, Resolution};
use crate::{Desk, Failure, Result};

/// The name under which a deletion against an edit is told.
const DELETED: &str = "deleted";

impl Desk {
    /// Conflicts that nobody has decided, oldest first.
    pub async fn conflicts(&self) -> Result<Vec<ConflictView>> {
        let mut conn = self.store.read().await?;
        let mut views = Vec::new();
        for record in conflicts::list_open(&mut conn).await? {
            views.extend(view(&mut conn, record.id, record.to()).await?);
        }
        Ok(views)
    }

    /// Decides a conflict. What is in use stays in use, or the other value takes its place.
    ///
    /// Errors: NotFound; Superseded when the field was changed again since; Invalid.
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
            let conflict: Conflict = record.to();
            if conflict.record_id == record_id.to_string() {
                resolve(&mut work, record.id, resolution).await?;
            }
        }
        work.save(record_id).await
    }
}

async fn resolve(work: &mut Work<'_>, id: Uuid, resolution: &Resolution) -> Result<()> {
    let mut record = rows::find(work.conn(), EntityKind::Conflict, id)
        .await?
        .ok_or(Failure::not_found(EntityKind::Conflict, id))?;
    let conflict: Conflict = record.to();
    let is_mine_in_use = is_mine_in_use(work.conn(), &conflict).await?;
    let state = match resolution {
        Resolution::Mine if is_mine_in_use => "kept",
        Resolution::Theirs if !is_mine_in_use => "kept",
        Resolution::Edit(_) => "edited",
        _ => "taken",
    };
    match (state, resolution) {
        ("kept", _) => {}
        (_, Resolution::Edit(value)) => set_field(work, &conflict, value).await?,
        _ => {
            let lost: Json = serde_json::from_str(&conflict.lost).unwrap_or(Json::Null);
            take(work, &conflict, &lost).await?;
        }
    }
    let decided = Values::from([("state", Value::Text(state.to_owned()))]);
    work.step.update(&mut record, &decided, false).await?;
    Ok(())
}

/// Puts the value that was not in use into its place.
async fn take(work: &mut Work<'_>, conflict: &Conflict, lost: &Json) -> Result<()> {
    let (kind, mut id) = target(conflict)?;
    if conflict.field != DELETED {
        id = rows::resolve(work.conn(), kind, id).await?;
    }
    let mut record = rows::find_any(work.conn(), kind, id)
        .await?
        .ok_or(Failure::not_found(kind, id))?;
    if conflict.field == DELETED {
        match (lost.as_bool(), record.is_deleted()) {
            (Some(true), false) => work.step.delete(&mut record).await?,
            (Some(false), true) => work.step.restore(&mut record).await?,
            _ => {}
        }
        return Ok(());
    }
    let Some(field) = kind.field(&conflict.field) else {
        return Err(Failure::not_found(EntityKind::Conflict, id));
    };
    let kept = serde_json::from_str(&conflict.kept)
        .ok()
        .and_then(|json| Value::from_json(&field.kind, &json));
    let Some(value) = Value::from_json(&field.kind, lost) else {
        return Err(Failure::not_found(EntityKind::Conflict, id));
    };
    // What somebody wrote there since knows more than this conflict does.
    if kept.is_some_and(|kept| record.get(field.name) != &kept) && record.get(field.name) != &value
    {
        return Err(Failure::Superseded {
            fields: vec![field.name.to_owned()],
        });
    }
    let wanted = Values::from([(field.name, value)]);
    let problems = crate::records::rules::check_others(work.conn(), &record, &wanted).await?;
    crate::failure::refuse(problems, Vec::new(), false)?;
    work.step.update(&mut record, &wanted, false).await?;
    Ok(())
}

/// Sets another value, as an edit of the record would.
async fn set_field(work: &mut Work<'_>, conflict: &Conflict, value: &Json) -> Result<()> {
    let (kind, id) = target(conflict)?;
    let mut record = rows::find_heir(work.conn(), kind, id)
        .await?
        .ok_or(Failure::not_found(kind, id))?;
    let input = Map::from_iter([(conflict.field.clone(), value.clone())]);
    let context = work.garage.rules();
    let read = servease_domain::reading::read(kind, &input, &context);
    let mut wanted = record.clone();
    wanted.values.extend(read.values.clone());
    let mut problems = read.problems;
    problems.extend(servease_domain::rules::check_edit(
        &wanted,
        &read.values,
        &context,
    ));
    problems.extend(crate::records::rules::check_others(work.conn(), &wanted, &read.values).await?);
    crate::failure::refuse(problems, Vec::new(), false)?;
    work.step.update(&mut record, &read.values, false).await?;
    Ok(())
}

fn target(conflict: &Conflict) -> Result<(EntityKind, Uuid)> {
    EntityKind::from_name(&conflict.record_kind)
        .zip(conflict.record_id.parse().ok())
        .ok_or(Failure::NothingToUndo)
}

/// Whether the value in use is the one that this desk wrote. Where it wrote neither, what is
/// in use counts as its own.
async fn is_mine_in_use(conn: &mut Connection, conflict: &Conflict) -> Result<bool> {
    let Ok((kind, id)) = target(conflict) else {
        return Ok(true);
    };
    let wrote = conflicts::wrote_here(conn, kind, id, &conflict.field, &conflict.lost).await?;
    let wrote_kept = conflicts::wrote_here(conn, kind, id, &conflict.field, &conflict.kept).await?;
    Ok(!wrote || wrote_kept)
}

async fn view(conn: &mut Connection, id: Uuid, conflict: Conflict) -> Result<Option<ConflictView>> {
    let Ok((kind, record_id)) = target(&conflict) else {
        return Ok(None);
    };
    let is_mine_in_use = is_mine_in_use(conn, &conflict).await?;
    let currency = rows::find_any(conn, kind, record_id)
        .await?
        .map(|record| record.get("currency").as_text().to_owned())
        .unwrap_or_default();
    let shown = |text: &str| {
        let json: Json = serde_json::from_str(text).unwrap_or(Json::Null);
        match (
            kind.field(&conflict.field).map(|field| field.kind),
            json.as_i64(),
        ) {
            (Some(Kind::Money), Some(units)) => Json::String(money::decimal(units, &currency)),
            _ => json,
        }
    };
    let kept = (
        shown(&conflict.kept),
        conflict.kept_by.clone(),
        conflict.kept_at,
    );
    let lost = (
        shown(&conflict.lost),
        conflict.lost_by.clone(),
        conflict.lost_at,
    );
    let (mine, theirs) = if is_mine_in_use {
        (kept, lost)
    } else {
        (lost, kept)
    };
    Ok(Some(ConflictView {
        id,
        kind,
        record_id,
        title: title_of(conn, kind, record_id).await?,
        card: card_of(conn, kind, record_id).await?,
        customer_id: conflict.customer_id,
        field: conflict.field,
        mine: mine.0,
        theirs: theirs.0,
        mine_by: mine.1,
        theirs_by: theirs.1,
        mine_at: mine.2,
        theirs_at: theirs.2,
        is_mine_in_use,
    }))
}
