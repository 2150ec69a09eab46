//! Alerts: what people must act on, what they did about it, and what this desk has told them.
//!
//! That something is due follows from dates and odometers and is never stored; what somebody did
//! about it is a record that syncs; what this PC has told is its own business.

mod calendar;
mod check;
mod standing;
pub mod views;
mod watch;

pub use watch::AlertWatch;

use chrono::{DateTime, Utc};
use servease_domain::alerts::{AlertState, Cause, Deed};
use servease_domain::when::When;
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values};
use servease_store::alerts as stored;
use servease_store::{Connection, rows};
use uuid::Uuid;

use crate::alerts::standing::{Scope, Standing};
use crate::alerts::views::AlertLine;
use crate::garage::context::Garage;
use crate::records::views::Saved;
use crate::{Desk, Failure, Result};

/// How far ahead is looked for an alert of which only the id is known: as far as anybody lists.
const SOUGHT_DAYS: u32 = 3_650;

impl Desk {
    /// Alerts in these states, most urgent first. Those that are scheduled are looked for so many
    /// days ahead.
    pub async fn alerts(&self, states: &[AlertState], ahead_days: u32) -> Result<Vec<AlertLine>> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let is_ahead =
            states.contains(&AlertState::Scheduled) || states.contains(&AlertState::Done);
        let scope = match is_ahead {
            true => Scope::Ahead(ahead_days),
            false => Scope::Speaking,
        };
        let mut found = standing::all(&mut conn, &garage, scope).await?;
        found.retain(|it| states.contains(&it.state));
        standing::lines(&mut conn, &garage, found).await
    }

    /// A moment as people write it. A day is its beginning at the garage.
    ///
    /// Errors: Invalid.
    pub async fn read_moment(&self, field: &'static str, text: &str) -> Result<DateTime<Utc>> {
        let mut conn = self.store.read().await?;
        let calendar = self.garage(&mut conn).await?.calendar;
        match When::read(text) {
            Some(When::Day(day)) => Ok(calendar.start_of(day)),
            Some(When::Moment(moment)) => Ok(moment),
            None => Err(Failure::Invalid(vec![
                Problem::new(field, Code::NotAnInstant).with("found", text),
            ])),
        }
    }

    /// Somebody knows of an alert: it is silent until it is more urgent.
    ///
    /// Errors: NotFound.
    pub async fn see_alert(&self, id: Uuid) -> Result<Saved> {
        self.answer_alert(id, Deed::Seen, None).await
    }

    /// Silences an alert until a moment.
    ///
    /// Errors: NotFound; Invalid of a moment that has passed.
    pub async fn snooze_alert(&self, id: Uuid, until: DateTime<Utc>) -> Result<Saved> {
        if until <= self.clock.now() {
            return Err(Failure::Invalid(vec![Problem::new("until", Code::InPast)]));
        }
        self.answer_alert(id, Deed::Snoozed, Some(until)).await
    }

    /// An alert is dealt with: it speaks no more of this occasion.
    ///
    /// Errors: NotFound.
    pub async fn finish_alert(&self, id: Uuid) -> Result<Saved> {
        self.answer_alert(id, Deed::Done, None).await
    }

    async fn answer_alert(
        &self,
        id: Uuid,
        deed: Deed,
        until: Option<DateTime<Utc>>,
    ) -> Result<Saved> {
        let mut work = self.begin().await?;
        let garage = work.garage.clone();
        let standing = find(work.conn(), &garage, id).await?;
        let standing = standing.ok_or(Failure::not_found(EntityKind::Alert, id))?;
        let mut record = match rows::find_any(work.conn(), EntityKind::Alert, id).await? {
            Some(mut record) => {
                // Taken back with the answer that had made it.
                if record.is_deleted() {
                    work.step.restore(&mut record).await?;
                }
                record
            }
            None => {
                // It begins as nobody's answer: of two desks that begin it the first one counts,
                // and what both of them did is an edit.
                let record = begun(&standing.cause, id, garage.now);
                work.step.create(&record).await?;
                record
            }
        };
        let values = Values::from([
            ("state", Value::Text(<&str>::from(deed).to_owned())),
            (
                "stage",
                standing
                    .stage
                    .map_or(Value::Null, |it| Value::Integer(it.0)),
            ),
            ("until", until.map_or(Value::Null, Value::Instant)),
        ]);
        work.step.update(&mut record, &values, false).await?;
        work.save(id).await
    }
}

/// Where an alert stands, of which only the id is known.
async fn find(conn: &mut Connection, garage: &Garage, id: Uuid) -> Result<Option<Standing>> {
    let told = stored::find_told(conn, id).await?;
    if let Some(row) = told {
        let scope = Scope::Of(row.kind.about().entity, row.record);
        let found = standing::all(conn, garage, scope).await?;
        if let Some(found) = found.into_iter().find(|it| it.id == id) {
            return Ok(Some(found));
        }
    }
    let all = standing::all(conn, garage, Scope::Ahead(SOUGHT_DAYS)).await?;
    Ok(all.into_iter().find(|it| it.id == id))
}

/// The record of an alert of which nobody has done anything.
fn begun(cause: &Cause, id: Uuid, now: DateTime<Utc>) -> Record {
    let about = match cause.kind.about().entity {
        EntityKind::Document => "document_id",
        EntityKind::Note => "note_id",
        _ => "vehicle_id",
    };
    let values = Values::from([
        ("alert_kind", Value::Text(cause.kind.name().to_owned())),
        (about, Value::Id(cause.record)),
    ]);
    Record::new(EntityKind::Alert, id, values, now)
}
