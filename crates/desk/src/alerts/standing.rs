//! How alerts stand here: what this desk's store knows, put together by the domain.

use std::collections::HashSet;

use chrono::TimeDelta;
use servease_domain::EntityKind;
use servease_domain::alerts::Cause;
pub(super) use servease_domain::standing::Standing;
use servease_domain::standing::{self, AlertLine, LeadDays, Moment};
use servease_store::alerts::{self as stored, ToldRow, Which};
use servease_store::{Connection, garage as record};
use uuid::Uuid;

use crate::Result;
use crate::garage::context::Garage;

/// Which alerts are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope<'a> {
    /// Those whose day has come.
    Speaking,
    /// Those too whose date lies within so many days.
    Ahead(u32),
    /// Those of these records, be their day near or far.
    Of(&'a [(EntityKind, Uuid)]),
}

fn moment(garage: &Garage) -> Moment {
    Moment {
        now: garage.now,
        today: garage.today,
        limits: garage.limits,
    }
}

/// All alerts of a scope, in no particular order.
pub(super) async fn all(
    conn: &mut Connection,
    garage: &Garage,
    scope: Scope<'_>,
) -> Result<Vec<Standing>> {
    let leads = LeadDays::of(&record::get(conn).await?);
    let asked = match scope {
        Scope::Ahead(days) => i64::from(days),
        Scope::Speaking | Scope::Of(_) => 0,
    };
    let days = match scope {
        Scope::Of(_) => 0,
        _ => asked.max(leads.farthest(&stored::own_lead_days(conn).await?)),
    };
    let ahead = TimeDelta::try_days(days).unwrap_or_default();
    let which = match scope {
        Scope::Of(records) => Which::Of(records),
        _ => Which::Until {
            day: garage
                .today
                .checked_add_signed(ahead)
                .unwrap_or(garage.today),
            distance: garage.limits.soon_distance,
        },
    };
    let causes = stored::causes(conn, which).await?;
    let causes: Vec<_> = causes
        .into_iter()
        .map(|row| (row.cause.id(), row))
        .collect();
    let answers = stored::answers(conn, causes.iter().map(|(id, _)| *id)).await?;
    let mut found = standing::put_together(causes, answers, &leads, &moment(garage));
    // A date may lie within another kind's lead days, and not within its own.
    let is_near = |it: &Standing| {
        let days = it.cause.date.map(|date| (date - garage.today).num_days());
        days.is_none_or(|days| days <= asked)
    };
    match scope {
        Scope::Of(_) => {}
        Scope::Speaking => found.retain(|it| it.stage.is_some()),
        Scope::Ahead(_) => found.retain(|it| it.stage.is_some() || is_near(it)),
    }
    Ok(found)
}

/// Those of what was told.
pub(super) async fn of_told(
    conn: &mut Connection,
    garage: &Garage,
    told: impl Iterator<Item = &ToldRow>,
) -> Result<Vec<Standing>> {
    let records: HashSet<_> = told
        .map(|row| (row.kind.about().entity, row.record))
        .collect();
    let records: Vec<_> = records.into_iter().collect();
    all(conn, garage, Scope::Of(&records)).await
}

/// Keeps only so many of the most urgent ones.
pub(super) fn keep_most_urgent(found: &mut Vec<Standing>, garage: &Garage, most: usize) {
    if found.len() > most {
        standing::sort(found, &moment(garage));
        found.truncate(most);
    }
}

/// Whom to call about a cause.
pub(super) async fn customer_of(conn: &mut Connection, cause: &Cause) -> Result<Option<Uuid>> {
    let about = (cause.kind.about().entity, cause.record);
    let subjects = stored::subjects(conn, std::iter::once(about)).await?;
    let customer = subjects
        .get(&cause.record)
        .and_then(|it| it.customer.as_ref());
    Ok(customer.map(|customer| customer.id))
}

/// Lines of alerts, most urgent first.
pub(super) async fn lines(
    conn: &mut Connection,
    garage: &Garage,
    mut found: Vec<Standing>,
) -> Result<Vec<AlertLine>> {
    let about = found
        .iter()
        .map(|it| (it.cause.kind.about().entity, it.cause.record));
    let subjects = stored::subjects(conn, about).await?;
    let moment = moment(garage);
    standing::sort(&mut found, &moment);
    Ok(standing::lines(&found, &subjects, &moment))
}

/// Lines of alerts that are withdrawn.
pub(super) async fn withdrawn(conn: &mut Connection, over: Vec<ToldRow>) -> Result<Vec<AlertLine>> {
    let about = over.iter().map(|it| (it.kind.about().entity, it.record));
    let subjects = stored::subjects(conn, about).await?;
    let mut lines: Vec<AlertLine> = over
        .into_iter()
        .map(|it| AlertLine::withdrawn(it.id, it.kind, it.record, subjects.get(&it.record)))
        .collect();
    lines.sort_by_key(|line| line.id);
    Ok(lines)
}
