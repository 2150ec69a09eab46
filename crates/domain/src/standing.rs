//! How alerts stand: causes, lead days and answers put together, and told in lines. Pure, so that
//! a desk and Central, which read their records each from a database of its own, come to the same.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use specta::Type;
use uuid::Uuid;

use crate::alerts::{self, AlertKind, AlertState, Answer, Cause, Leads, Stage, TABLE};
use crate::due::{Due, DueLimits, Urgency, urgency};
use crate::garage;
use crate::kind::EntityKind;
use crate::record::Record;

/// A cause, and the lead days of its vehicle where it has its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseRow {
    pub cause: Cause,
    pub lead_days: String,
}

/// What alerts depend on beside records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub now: DateTime<Utc>,
    /// The calendar day of it at the garage.
    pub today: NaiveDate,
    pub limits: DueLimits,
}

/// How early each kind speaks at a garage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadDays(Vec<Leads>);

impl LeadDays {
    /// As the garage's own record says.
    pub fn of(garage: &Record) -> LeadDays {
        let leads = TABLE.iter().map(|about| garage::leads(garage, about.kind));
        LeadDays(leads.collect())
    }

    fn stage(&self, row: &CauseRow, moment: &Moment) -> Option<Stage> {
        let own = match row.lead_days.is_empty() {
            true => None,
            false => Leads::read(&row.lead_days),
        };
        let leads = own.as_ref().or(self.0.get(row.cause.kind as usize))?;
        row.cause.stage(moment.today, leads, moment.limits)
    }

    /// How many days ahead the first of all alerts speaks, where vehicles have these lead days.
    pub fn farthest(&self, of_vehicles: &[String]) -> i64 {
        let own = of_vehicles.iter().filter_map(|text| Leads::read(text));
        let own = own.map(|leads| leads.farthest()).max();
        let garage = self.0.iter().map(Leads::farthest).max();
        own.max(garage).unwrap_or(0)
    }
}

/// An alert as it stands now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    pub id: Uuid,
    pub cause: Cause,
    pub stage: Option<Stage>,
    pub answer: Option<Answer>,
    pub state: AlertState,
}

impl Standing {
    /// The key of a list, most urgent first.
    fn order(&self, moment: &Moment) -> (bool, Option<Urgency>, Uuid) {
        let due = self.cause.due(moment.today, moment.limits);
        let urgency = due.as_ref().map(urgency);
        (urgency.is_none(), urgency, self.id)
    }
}

/// Causes with the answers that people gave, in the order of the causes. Each comes with its id.
pub fn put_together(
    causes: Vec<(Uuid, CauseRow)>,
    mut answers: HashMap<Uuid, Answer>,
    leads: &LeadDays,
    moment: &Moment,
) -> Vec<Standing> {
    let standing = causes.into_iter().map(|(id, row)| {
        let answer = answers.remove(&id);
        let stage = leads.stage(&row, moment);
        Standing {
            id,
            cause: row.cause,
            stage,
            state: alerts::state(stage, answer.as_ref(), moment.now),
            answer,
        }
    });
    standing.collect()
}

/// Puts the most urgent first.
pub fn sort(standing: &mut [Standing], moment: &Moment) {
    standing.sort_by_cached_key(|it| it.order(moment));
}

/// A record that an alert is about, with its customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub record: Record,
    pub customer: Option<Record>,
    /// The vehicle of a paper.
    pub vehicle: Option<Record>,
}

impl Subject {
    /// The vehicle that it is about: itself, or that of a paper.
    fn vehicle(&self) -> Option<&Record> {
        match self.record.kind {
            EntityKind::Vehicle => Some(&self.record),
            _ => self.vehicle.as_ref(),
        }
    }

    /// What the record is called, a paper with its vehicle.
    fn title(&self) -> String {
        let own = self.record.title();
        match &self.vehicle {
            Some(vehicle) => format!("{own} · {}", vehicle.title()),
            None => own,
        }
    }
}

/// One alert, with whom to call.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct AlertLine {
    pub id: Uuid,
    pub kind: AlertKind,
    pub record_kind: EntityKind,
    /// The vehicle, document or note that it is about.
    pub record: Uuid,
    pub state: AlertState,
    /// How it stands today; none of one that was withdrawn.
    pub due: Option<Due>,
    /// Until when somebody has silenced it.
    pub until: Option<DateTime<Utc>>,
    /// What the record is called, a paper with its vehicle.
    pub title: String,
    pub customer_id: Option<Uuid>,
    pub customer: String,
    pub phone: String,
    /// When the customer was here last.
    pub last_visit: Option<DateTime<Utc>>,
    /// What the vehicle is called that it is about, or that of the paper: nobody's name.
    pub vehicle: String,
    /// Its plate.
    pub license_plate: String,
}

impl AlertLine {
    /// The line of an alert.
    pub fn of(it: &Standing, subject: Option<&Subject>, moment: &Moment) -> AlertLine {
        let line = AlertLine::bare(it.id, it.cause.kind, it.cause.record, subject);
        AlertLine {
            state: it.state,
            due: it.cause.due(moment.today, moment.limits),
            until: alerts::silence_of(it.answer.as_ref()),
            ..line
        }
    }

    /// The line of one that was withdrawn.
    pub fn withdrawn(
        id: Uuid,
        kind: AlertKind,
        record: Uuid,
        subject: Option<&Subject>,
    ) -> AlertLine {
        AlertLine::bare(id, kind, record, subject)
    }

    fn bare(id: Uuid, kind: AlertKind, record: Uuid, subject: Option<&Subject>) -> AlertLine {
        let customer = subject.and_then(|it| it.customer.as_ref());
        let vehicle = subject.and_then(Subject::vehicle);
        let plate = vehicle.map(|vehicle| vehicle.get("license_plate").as_text());
        let phone = customer.map(|customer| customer.get("phone").as_text());
        AlertLine {
            id,
            kind,
            record_kind: kind.about().entity,
            record,
            state: AlertState::Withdrawn,
            due: None,
            until: None,
            title: subject.map(Subject::title).unwrap_or_default(),
            customer_id: customer.map(|customer| customer.id),
            customer: customer.map(Record::title).unwrap_or_default(),
            phone: phone.unwrap_or_default().to_owned(),
            last_visit: customer.and_then(|it| it.get("last_service_date").as_instant()),
            vehicle: vehicle.map(Record::title).unwrap_or_default(),
            license_plate: plate.unwrap_or_default().to_owned(),
        }
    }
}

/// The lines of alerts, in their order.
pub fn lines(
    standing: &[Standing],
    subjects: &HashMap<Uuid, Subject>,
    moment: &Moment,
) -> Vec<AlertLine> {
    let lines = standing
        .iter()
        .map(|it| AlertLine::of(it, subjects.get(&it.cause.record), moment));
    lines.collect()
}
