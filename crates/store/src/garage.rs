//! The garage's own record: the one row that every database has.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value as Json};
use servease_domain::garage::unstated;
use servease_domain::kind::GARAGE_ID;
use servease_domain::record::values_from_json;
use servease_domain::{Entity, EntityKind, Garage, Kind, Record, Value};
use sqlx::{Connection as _, SqliteConnection};
use uuid::Uuid;

use crate::Action;
use crate::log::{self, Mutation, Origin, State};
use crate::{Result, StoreError, rows, settings};

/// Under which older programs kept in their settings what is a record now.
const FORMER_PREFIX: &str = "garage.";

/// The record. Errors: Damaged where there is none, since every schema makes it.
pub async fn get(conn: &mut SqliteConnection) -> Result<Record> {
    rows::find(conn, EntityKind::Garage, GARAGE_ID)
        .await?
        .ok_or_else(|| StoreError::Damaged("no garage".to_owned()))
}

/// The garage as it is now, also inside a transaction that is changing it.
pub async fn load(conn: &mut SqliteConnection) -> Result<Garage> {
    Ok(Garage::from_record(&get(conn).await?))
}

/// The garage's time zone, by which instants become days.
pub async fn zone(conn: &mut SqliteConnection) -> Result<Tz> {
    Ok(load(conn).await?.zone())
}

/// After an upgrade: what an older program kept in the settings goes into the record, and into
/// the log as an edit, so that it syncs. It says only what somebody had set, and as of somebody
/// who has seen nothing of Central: where the garage has settled it already, that stays, and
/// this is told as a conflict. Nothing is done where nothing is left to do.
pub(crate) async fn take_over_settings(
    conn: &mut SqliteConnection,
    now: DateTime<Utc>,
    mut new_id: impl FnMut() -> Uuid,
) -> Result<()> {
    if settings::list(conn, FORMER_PREFIX).await?.is_empty() {
        return Ok(());
    }
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let former = settings::list(&mut tx, FORMER_PREFIX).await?;
    let json: Map<String, Json> = former
        .into_iter()
        .map(|(key, text)| (key[FORMER_PREFIX.len()..].to_owned(), Json::String(text)))
        .collect();
    let (mut said, _) = values_from_json(EntityKind::Garage, &json);
    // What an older program took and this one does not know would stop every reader.
    said.retain(|name, value| fits(name, value));
    let mut record = get(&mut tx).await?;
    let after = record.difference(&said);
    if !after.is_empty() {
        let before = after
            .keys()
            .map(|name| (*name, record.get(name).clone()))
            .collect();
        record.values.extend(after.clone());
        record.updated_at = now;
        rows::update(&mut tx, &record, &after).await?;
        let id = new_id();
        let mutation = Mutation {
            number: 0,
            id,
            step: new_id(),
            kind: EntityKind::Garage,
            record_id: GARAGE_ID,
            action: Action::Update,
            author_id: None,
            author_name: String::new(),
            at: now,
            seen: 0,
            before,
            after,
            is_correction: false,
            undoes: None,
            deleted_with: None,
            origin: Origin::Here,
            state: State::Waiting,
        };
        log::append(&mut tx, &mutation).await?;
        sqlx::query("UPDATE mutations SET seen = 0 WHERE id = ?")
            .bind(id)
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query("DELETE FROM settings WHERE substr(key, 1, length(?1)) = ?1")
        .bind(FORMER_PREFIX)
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}

fn fits(name: &str, value: &Value) -> bool {
    match EntityKind::Garage.field(name).map(|field| field.kind) {
        Some(Kind::Choice { of, .. }) => of.contains(&value.as_text()),
        Some(Kind::Text { .. }) => true,
        Some(_) => !value.is_blank(),
        None => false,
    }
}

/// Of a record that is there from the schema on: whether it says nothing that a default does
/// not say.
pub(crate) fn is_unstated(record: &Record) -> bool {
    record.values == unstated().values
}
