//! What people do about alerts: they know of them, put them off, deal with them, or call.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value as Json, json};
use servease_domain::alerts::{Cause, Deed};
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values};
use servease_store::alerts as stored;
use servease_store::{Connection, rows};
use uuid::Uuid;

use crate::alerts::standing::{self, Scope, Standing};
use crate::alerts::views::{AlertAnswer, Snooze};
use crate::garage::context::{Garage, Work};
use crate::records::input::Reader;
use crate::records::views::Saved;
use crate::records::write_new;
use crate::{Desk, Failure, Result};

/// How far ahead is looked for an alert of which only the id is known: as far as anybody lists.
const SOUGHT_DAYS: u32 = 3_650;

/// As many as anybody marks at once.
const MANY: usize = 1_000;

/// The first words of a note are its title.
const TITLE_CHARS: usize = 80;

impl Desk {
    /// Somebody knows of an alert: it is silent until it is more urgent.
    ///
    /// Errors: NotFound.
    pub async fn see_alert(&self, id: Uuid) -> Result<Saved> {
        self.answer_one(id, Deed::Seen, None).await
    }

    /// Silences an alert until a moment.
    ///
    /// Errors: NotFound; Invalid of a moment that has passed.
    pub async fn snooze_alert(&self, id: Uuid, until: DateTime<Utc>) -> Result<Saved> {
        self.answer_one(id, Deed::Snoozed, Some(until)).await
    }

    /// Silences an alert until the garage's next day begins.
    ///
    /// Errors: NotFound.
    pub async fn snooze_until_tomorrow(&self, id: Uuid) -> Result<Saved> {
        let answer = AlertAnswer {
            deed: Deed::Snoozed,
            snooze: Some(Snooze::Tomorrow),
        };
        self.answer_alerts(&[id], &answer).await
    }

    /// An alert is dealt with: it speaks no more of this occasion.
    ///
    /// Errors: NotFound.
    pub async fn finish_alert(&self, id: Uuid) -> Result<Saved> {
        self.answer_one(id, Deed::Done, None).await
    }

    /// Gives the same answer to many alerts, in one step.
    ///
    /// Errors: NotFound of any of them; Invalid of none, too many, or a day that has passed.
    pub async fn answer_alerts(&self, ids: &[Uuid], answer: &AlertAnswer) -> Result<Saved> {
        let problem = match ids.len() {
            0 => Some(Problem::new("ids", Code::Required)),
            1..=MANY => None,
            _ => Some(Problem::new("ids", Code::TooLarge).with("max", MANY.to_string())),
        };
        if let Some(problem) = problem {
            return Err(Failure::Invalid(vec![problem]));
        }
        let mut work = self.begin().await?;
        let until = until(&work.garage, answer)?;
        let garage = work.garage.clone();
        let standing = find_all(work.conn(), &garage, ids).await?;
        for it in &standing {
            write(&mut work, it, answer.deed, until).await?;
        }
        work.save(ids.first().copied().unwrap_or_default()).await
    }

    /// Writes down what came of a call as a note of the customer, and answers the alert, in one
    /// step.
    ///
    /// Errors: NotFound; Invalid without words, or of a day that has passed.
    pub async fn note_call(&self, id: Uuid, text: &str, answer: &AlertAnswer) -> Result<Saved> {
        let mut work = self.begin().await?;
        let until = until(&work.garage, answer)?;
        let garage = work.garage.clone();
        let standing = find(work.conn(), &garage, id).await?;
        let customer = standing::customer_of(work.conn(), &standing.cause).await?;
        let customer = customer.ok_or(Failure::not_found(EntityKind::Alert, id))?;
        let note = work.step.new_id();
        let fields = note_of(customer, text.trim());
        let input = Reader::of(&mut work)
            .read_new(EntityKind::Note, note, &fields)
            .await?;
        input.refuse(true)?;
        write_new(&mut work, input).await?;
        write(&mut work, &standing, answer.deed, until).await?;
        work.save(note).await
    }

    async fn answer_one(
        &self,
        id: Uuid,
        deed: Deed,
        until: Option<DateTime<Utc>>,
    ) -> Result<Saved> {
        if until.is_some_and(|until| until <= self.clock.now()) {
            return Err(in_past());
        }
        let mut work = self.begin().await?;
        let garage = work.garage.clone();
        let standing = find(work.conn(), &garage, id).await?;
        write(&mut work, &standing, deed, until).await?;
        work.save(id).await
    }
}

fn note_of(customer: Uuid, text: &str) -> Map<String, Json> {
    let line = text.lines().next().unwrap_or(text);
    let mut title: String = line.chars().take(TITLE_CHARS).collect();
    if title.len() < line.len() {
        title.push('…');
    }
    let mut fields = Map::new();
    fields.insert("customer_id".to_owned(), json!(customer));
    fields.insert("note_type".to_owned(), json!("service"));
    fields.insert("title".to_owned(), json!(title));
    fields.insert("content".to_owned(), json!(text));
    fields
}

fn in_past() -> Failure {
    Failure::Invalid(vec![Problem::new("until", Code::InPast)])
}

/// Until when an answer silences.
fn until(garage: &Garage, answer: &AlertAnswer) -> Result<Option<DateTime<Utc>>> {
    let after = |days: i64| {
        let day = garage.today.checked_add_signed(TimeDelta::days(days));
        day.map(|day| garage.calendar.start_of(day))
    };
    let until = match (answer.deed, answer.snooze) {
        (Deed::Snoozed, None) => {
            return Err(Failure::Invalid(vec![Problem::new(
                "until",
                Code::Required,
            )]));
        }
        (Deed::Snoozed, Some(Snooze::Hour)) => Some(garage.now + TimeDelta::hours(1)),
        (Deed::Snoozed, Some(Snooze::Tomorrow)) => after(1),
        (Deed::Snoozed, Some(Snooze::Week)) => after(7),
        (Deed::Snoozed, Some(Snooze::Until { date })) => Some(garage.calendar.start_of(date)),
        _ => None,
    };
    match until {
        Some(until) if until <= garage.now => Err(in_past()),
        until => Ok(until),
    }
}

/// Writes what somebody did about an alert.
async fn write(
    work: &mut Work<'_>,
    standing: &Standing,
    deed: Deed,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    let id = standing.id;
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
            let record = begun(&standing.cause, id, work.garage.now);
            work.step.create(&record).await?;
            record
        }
    };
    let stage = standing.stage.filter(|_| deed != Deed::Open);
    let values = Values::from([
        ("state", Value::Text(<&str>::from(deed).to_owned())),
        (
            "stage",
            stage.map_or(Value::Null, |it| Value::Integer(it.0)),
        ),
        ("until", until.map_or(Value::Null, Value::Instant)),
    ]);
    work.step.update(&mut record, &values, false).await?;
    Ok(())
}

/// Where alerts stand, of which only the ids are known; of each, once. Errors: NotFound.
/// Where alerts stand, of which only the ids are known.
///
/// Errors: NotFound of any of them.
async fn find_all(conn: &mut Connection, garage: &Garage, ids: &[Uuid]) -> Result<Vec<Standing>> {
    let mut sought: HashSet<Uuid> = ids.iter().copied().collect();
    // Mostly what was told is answered: where that lies is known.
    let told = stored::told_of_alerts(conn, ids.iter().copied()).await?;
    let mut found = standing::of_told(conn, garage, told.iter()).await?;
    found.retain(|it| sought.remove(&it.id));
    if !sought.is_empty() {
        let mut others = standing::all(conn, garage, Scope::Ahead(SOUGHT_DAYS)).await?;
        others.retain(|it| sought.remove(&it.id));
        found.append(&mut others);
    }
    match sought.into_iter().min() {
        Some(id) => Err(Failure::not_found(EntityKind::Alert, id)),
        None => Ok(found),
    }
}

/// Where an alert stands, of which only the id is known.
///
/// Errors: NotFound.
async fn find(conn: &mut Connection, garage: &Garage, id: Uuid) -> Result<Standing> {
    let mut found = find_all(conn, garage, &[id]).await?;
    found.pop().ok_or(Failure::not_found(EntityKind::Alert, id))
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
