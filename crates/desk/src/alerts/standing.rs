//! How alerts stand: causes, lead days and answers put together, and told in lines.

use chrono::TimeDelta;
use servease_domain::alerts::{self, AlertKind, AlertState, Answer, Cause, Leads, Stage, TABLE};
use servease_domain::due::{Due, Urgency, urgency};
use servease_domain::{EntityKind, Record, garage as leads_of};
use servease_store::alerts::{self as stored, CauseRow, Subject, ToldRow, Which};
use servease_store::{Connection, garage as record};
use uuid::Uuid;

use crate::Result;
use crate::alerts::views::AlertLine;
use crate::garage::context::Garage;

/// An alert as it stands now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Standing {
    pub id: Uuid,
    pub cause: Cause,
    pub stage: Option<Stage>,
    pub answer: Option<Answer>,
    pub state: AlertState,
}

/// Which alerts are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope {
    /// Those whose day has come.
    Speaking,
    /// Those too whose date is so many days ahead.
    Ahead(u32),
    /// Those of one record.
    Of(EntityKind, Uuid),
}

/// All alerts of a scope, in no particular order.
pub(super) async fn all(
    conn: &mut Connection,
    garage: &Garage,
    scope: Scope,
) -> Result<Vec<Standing>> {
    let leads = LeadDays::load(conn).await?;
    let days = match scope {
        Scope::Speaking => leads.farthest(stored::own_lead_days(conn).await?),
        Scope::Ahead(days) => i64::from(days),
        Scope::Of(..) => 0,
    };
    let ahead = TimeDelta::try_days(days).unwrap_or_default();
    let which = match scope {
        Scope::Of(kind, id) => Which::Of(kind, id),
        _ => Which::Until {
            day: garage
                .today
                .checked_add_signed(ahead)
                .unwrap_or(garage.today),
            distance: garage.limits.soon_distance,
        },
    };
    let causes = stored::causes(conn, which).await?;
    let ids: Vec<Uuid> = causes.iter().map(|row| row.cause.id()).collect();
    let mut answers = stored::answers(conn, ids.iter().copied()).await?;
    let standing = causes.into_iter().zip(ids).map(|(row, id)| {
        let answer = answers.remove(&id);
        let stage = leads.stage(&row, garage);
        Standing {
            id,
            cause: row.cause,
            stage,
            state: alerts::state(stage, answer.as_ref(), garage.now),
            answer,
        }
    });
    Ok(match scope {
        // A date may lie within another kind's lead days, and not within its own.
        Scope::Speaking => standing.filter(|it| it.stage.is_some()).collect(),
        _ => standing.collect(),
    })
}

/// How early each kind speaks at this garage.
struct LeadDays(Vec<Leads>);

impl LeadDays {
    async fn load(conn: &mut Connection) -> Result<LeadDays> {
        let garage = record::get(conn).await?;
        let leads = TABLE
            .iter()
            .map(|about| leads_of::leads(&garage, about.kind));
        Ok(LeadDays(leads.collect()))
    }

    fn of(&self, kind: AlertKind) -> Option<&Leads> {
        self.0.get(kind as usize)
    }

    fn stage(&self, row: &CauseRow, garage: &Garage) -> Option<Stage> {
        let own = match row.lead_days.is_empty() {
            true => None,
            false => Leads::read(&row.lead_days),
        };
        let leads = own.as_ref().or(self.of(row.cause.kind))?;
        row.cause.stage(garage.today, leads, garage.limits)
    }

    /// How many days ahead the first of all alerts speaks.
    fn farthest(&self, of_vehicles: Vec<String>) -> i64 {
        let own = of_vehicles.iter().filter_map(|text| Leads::read(text));
        let own = own.map(|leads| leads.farthest()).max();
        let garage = self.0.iter().map(Leads::farthest).max();
        own.max(garage).unwrap_or(0)
    }
}

/// Lines of alerts, most urgent first.
pub(super) async fn lines(
    conn: &mut Connection,
    garage: &Garage,
    standing: Vec<Standing>,
) -> Result<Vec<AlertLine>> {
    let about = standing
        .iter()
        .map(|it| (it.cause.kind.about().entity, it.cause.record));
    let subjects = stored::subjects(conn, about).await?;
    let mut lines: Vec<(Option<Urgency>, AlertLine)> = standing
        .into_iter()
        .map(|it| {
            let due = it.cause.due(garage.today, garage.limits);
            let line = line(
                it.id,
                it.cause.kind,
                it.cause.record,
                it.state,
                due,
                subjects.get(&it.cause.record),
            );
            let until = alerts::silence_of(it.answer.as_ref());
            (due.as_ref().map(urgency), AlertLine { until, ..line })
        })
        .collect();
    lines.sort_by_key(|(urgency, line)| (urgency.is_none(), *urgency, line.id));
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// Lines of alerts that are withdrawn.
pub(super) async fn withdrawn(conn: &mut Connection, over: Vec<ToldRow>) -> Result<Vec<AlertLine>> {
    let about = over.iter().map(|it| (it.kind.about().entity, it.record));
    let subjects = stored::subjects(conn, about).await?;
    let mut lines: Vec<AlertLine> = over
        .into_iter()
        .map(|it| {
            let subject = subjects.get(&it.record);
            line(
                it.id,
                it.kind,
                it.record,
                AlertState::Withdrawn,
                None,
                subject,
            )
        })
        .collect();
    lines.sort_by_key(|line| line.id);
    Ok(lines)
}

fn line(
    id: Uuid,
    kind: AlertKind,
    record: Uuid,
    state: AlertState,
    due: Option<Due>,
    subject: Option<&Subject>,
) -> AlertLine {
    let customer = subject.and_then(|it| it.customer.as_ref());
    let text = |field: &str| {
        let value = customer.map(|customer| customer.get(field).as_text());
        value.unwrap_or_default().to_owned()
    };
    AlertLine {
        id,
        kind,
        record_kind: kind.about().entity,
        record,
        state,
        due,
        until: None,
        title: subject.map(title).unwrap_or_default(),
        customer_id: customer.map(|customer| customer.id),
        customer: customer.map(Record::title).unwrap_or_default(),
        phone: text("phone"),
    }
}

fn title(subject: &Subject) -> String {
    let own = subject.record.title();
    match &subject.vehicle {
        Some(vehicle) => format!("{own} · {}", vehicle.title()),
        None => own,
    }
}
