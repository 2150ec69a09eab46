//! What alerts are about, and what people answered. The conditions are those of a desk
//! (`store::alerts`): active vehicles and customers, what is not deleted, papers that no other one
//! renews. A test compares the two.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_query::{CaseStatement, Cond, Expr, ExprTrait, JoinType, Query, SelectStatement};
use servease_domain::EntityKind;
use servease_domain::alerts::{About, AlertKind, Answer, Cause, Deed, Stage};
use servease_domain::papers as domain_papers;
use servease_domain::standing::{CauseRow, Subject};
use servease_domain::{Record, Value};
use uuid::Uuid;

use crate::db::{self, DbError, Link, Row};
use crate::store::{papers as whose, records};
use crate::sync::hidden;

/// Whose notes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notes {
    /// Those that are nobody's in private: for whom nobody knows.
    Public,
    /// Those that this employee's account may see.
    ShownTo(Uuid),
    All,
}

/// Which causes are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// With a date on or before this day,
    pub day: NaiveDate,
    /// or a service within this distance.
    pub distance: i64,
    pub kinds: &'a [AlertKind],
    pub notes: Notes,
}

/// One statement takes so many ids.
const IDS_AT_ONCE: usize = 5_000;

/// Everything on which people must act, in no particular order, each with its alert's id.
pub async fn causes(link: &mut Link, wanted: Wanted<'_>) -> Result<Vec<(Uuid, CauseRow)>, DbError> {
    let mut found = Vec::new();
    for kind in wanted.kinds {
        let about = kind.about();
        let statement = match (about.entity, about.kind) {
            (EntityKind::Document, _) => papers(about, &wanted),
            (EntityKind::Note, _) => notes(about, &wanted),
            (_, AlertKind::Service) => services(about, &wanted),
            _ => papers_of_vehicles(about, &wanted),
        };
        for row in link.rows(&statement).await? {
            let row = cause_of(about.kind, &row)?;
            found.push((row.cause.id(), row));
        }
    }
    Ok(found)
}

/// The customers of whom anything speaks.
fn active_customers() -> SelectStatement {
    let mut select = Query::select();
    select
        .column("id")
        .from(EntityKind::Customer.table())
        .and_where(Expr::col("is_active").eq(true))
        .and_where(Expr::col("deleted_at").is_null());
    select
}

fn papers(about: &About, wanted: &Wanted<'_>) -> SelectStatement {
    let mut renewal = Query::select();
    renewal
        .expr(Expr::val(1))
        .from_as(EntityKind::Document.table(), "r")
        .and_where(Expr::col(("r", "renews")).equals(("d", "id")))
        .and_where(Expr::col(("r", "deleted_at")).is_null());
    let of_vehicle = Cond::any()
        .add(Expr::col(("v", "id")).is_null())
        .add(whose::is_of_the_person("d"))
        .add(
            Expr::col(("v", "is_active"))
                .eq(true)
                .and(Expr::col(("v", "deleted_at")).is_null())
                .and(whose::counts_for("d", "v")),
        );
    let holder = CaseStatement::new()
        .case(
            whose::is_of_the_car("d").and(Expr::col(("v", "customer_id")).is_not_null()),
            Expr::col(("v", "customer_id")),
        )
        .finally(Expr::col(("d", "customer_id")));
    let mut select = Query::select();
    select
        .columns([("d", "id"), ("d", about.date), ("v", "lead_days")])
        .from_as(EntityKind::Document.table(), "d")
        .join_as(
            JoinType::LeftJoin,
            EntityKind::Vehicle.table(),
            "v",
            Expr::col(("v", "id")).equals(("d", "vehicle_id")),
        )
        .and_where(Expr::col(("d", about.date)).lte(wanted.day))
        .and_where(Expr::col(("d", "deleted_at")).is_null())
        .and_where(Expr::col(("d", "is_active")).eq(true))
        .and_where(Expr::expr(holder).in_subquery(active_customers()))
        .cond_where(of_vehicle)
        .and_where(Expr::exists(renewal).not());
    select
}

fn notes(about: &About, wanted: &Wanted<'_>) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(["id", about.date])
        .from(EntityKind::Note.table())
        .and_where(Expr::col(about.date).lte(wanted.day))
        .and_where(Expr::col("deleted_at").is_null())
        .and_where(Expr::col("customer_id").in_subquery(active_customers()));
    match wanted.notes {
        Notes::All => {}
        Notes::Public => _ = select.and_where(Expr::col("is_private").eq(false)),
        Notes::ShownTo(employee) => _ = select.cond_where(hidden::shown_to(employee)),
    }
    select
}

fn vehicles(about: &About) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(["id", about.date, "lead_days", "current_mileage"])
        .from(EntityKind::Vehicle.table())
        .and_where(Expr::col("is_active").eq(true))
        .and_where(Expr::col("deleted_at").is_null())
        .and_where(Expr::col("customer_id").in_subquery(active_customers()));
    select
}

fn services(about: &About, wanted: &Wanted<'_>) -> SelectStatement {
    let left = Expr::col("next_service_due_mileage").sub(Expr::col("current_mileage"));
    let mut select = vehicles(about);
    select.column("next_service_due_mileage").cond_where(
        Cond::any()
            .add(Expr::col(about.date).lte(wanted.day))
            .add(left.lte(wanted.distance)),
    );
    select
}

fn papers_of_vehicles(about: &About, wanted: &Wanted<'_>) -> SelectStatement {
    let mut select = vehicles(about);
    select.and_where(Expr::col(about.date).lte(wanted.day));
    select
}

fn cause_of(kind: AlertKind, row: &Row) -> Result<CauseRow, DbError> {
    let entity = kind.about().entity;
    let place = || DbError::Damaged(format!("{}.id", entity.table()));
    let is_vehicle = entity == EntityKind::Vehicle;
    Ok(CauseRow {
        cause: Cause {
            kind,
            record: row.id(0)?.ok_or_else(place)?,
            date: row.date(1)?,
            mileage: match kind {
                AlertKind::Service => row.integer(4)?,
                _ => None,
            },
            odometer: match is_vehicle {
                true => row.integer(3)?.unwrap_or(0),
                false => 0,
            },
        },
        lead_days: match entity {
            EntityKind::Note => String::new(),
            // A paper of no vehicle has none.
            _ => row.text(2)?.unwrap_or_default(),
        },
    })
}

/// The lead days that vehicles have for themselves, each once.
pub async fn own_lead_days(link: &mut Link) -> Result<Vec<String>, DbError> {
    let mut select = Query::select();
    select
        .distinct()
        .column("lead_days")
        .from(EntityKind::Vehicle.table())
        .and_where(db::is_filled("lead_days"));
    let rows = link.rows(&select).await?;
    let texts: Result<Vec<Option<String>>, DbError> = rows.iter().map(|row| row.text(0)).collect();
    Ok(texts?.into_iter().flatten().collect())
}

/// What people did about alerts, by alert. Who did nothing is not in it.
pub async fn answers(link: &mut Link, ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, DbError> {
    let mut found = HashMap::new();
    for ids in ids.chunks(IDS_AT_ONCE) {
        let mut select = Query::select();
        select
            .columns(["id", "state", "stage", "until"])
            .from(EntityKind::Alert.table())
            .and_where(Expr::col("id").is_in(ids.iter().copied()))
            .and_where(Expr::col("deleted_at").is_null());
        for row in link.rows(&select).await? {
            let Some(id) = row.id(0)? else { continue };
            let deed = row.text(1)?.and_then(|word| word.parse().ok());
            let answer = Answer {
                // A word of a newer program: nobody has done anything that this one knows.
                deed: deed.unwrap_or(Deed::Open),
                stage: row.integer(2)?.map(Stage),
                until: row.instant(3)?,
            };
            found.insert(id, answer);
        }
    }
    Ok(found)
}

/// Live records by their ids, however many.
pub async fn of_ids(
    link: &mut Link,
    kind: EntityKind,
    mut ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, Record>, DbError> {
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(IDS_AT_ONCE) {
        let records = records::of_ids(link, kind, ids).await?;
        found.extend(records.into_iter().map(|record| (record.id, record)));
    }
    Ok(found)
}

/// The records of alerts, by id; with a statement for each kind.
pub async fn subjects(
    link: &mut Link,
    about: impl Iterator<Item = (EntityKind, Uuid)>,
) -> Result<HashMap<Uuid, Subject>, DbError> {
    let mut by_kind = HashMap::<EntityKind, Vec<Uuid>>::new();
    for (kind, id) in about {
        by_kind.entry(kind).or_default().push(id);
    }
    let mut records = Vec::new();
    for (kind, ids) in by_kind {
        records.extend(of_ids(link, kind, ids).await?.into_values());
    }
    let papers = records
        .iter()
        .filter(|record| record.kind == EntityKind::Document);
    let named = papers.filter_map(|record| record.get("vehicle_id").as_id());
    let vehicles = of_ids(link, EntityKind::Vehicle, named.collect()).await?;
    let vehicle_of = |record: &Record| match record.kind {
        EntityKind::Document => vehicles.get(&record.get("vehicle_id").as_id()?),
        _ => None,
    };
    let customer_of = |record: &Record| match record.kind {
        EntityKind::Document => domain_papers::holder(record, vehicle_of(record)),
        _ => record.get("customer_id").as_id(),
    };
    let named = records.iter().filter_map(customer_of);
    let customers = of_ids(link, EntityKind::Customer, named.collect()).await?;
    let subjects = records.iter().map(|record| {
        let subject = Subject {
            customer: customer_of(record).and_then(|id| customers.get(&id).cloned()),
            vehicle: vehicle_of(record).cloned(),
            record: record.clone(),
        };
        (record.id, subject)
    });
    Ok(subjects.collect())
}

/// Whose the records of alerts are, by record.
pub async fn owners(
    link: &mut Link,
    about: impl Iterator<Item = (EntityKind, Uuid)>,
) -> Result<HashMap<Uuid, Uuid>, DbError> {
    let mut by_kind = HashMap::<EntityKind, Vec<Uuid>>::new();
    for (kind, id) in about {
        by_kind.entry(kind).or_default().push(id);
    }
    let mut owners = HashMap::new();
    for (kind, ids) in by_kind {
        if kind == EntityKind::Document {
            // Whose a paper is depends on its vehicle.
            let subjects = subjects(link, ids.into_iter().map(|id| (kind, id))).await?;
            let customers = subjects
                .into_iter()
                .filter_map(|(id, subject)| Some((id, subject.customer?.id)));
            owners.extend(customers);
            continue;
        }
        for ids in ids.chunks(IDS_AT_ONCE) {
            let mut select = Query::select();
            select
                .columns(["id", "customer_id"])
                .from(kind.table())
                .and_where(Expr::col("id").is_in(ids.iter().copied()));
            for row in link.rows(&select).await? {
                owners.extend(row.id(0)?.zip(row.id(1)?));
            }
        }
    }
    Ok(owners)
}

/// The documents among them that are not shown without being written down.
pub fn sensitive(subjects: &HashMap<Uuid, Subject>) -> Vec<Uuid> {
    let records = subjects.values().map(|subject| &subject.record);
    records
        .filter(|record| is_sensitive(record))
        .map(|record| record.id)
        .collect()
}

/// Takes the titles of sensitive documents away: what is read where nobody is asked who they are
/// says their kind alone.
pub fn keep_to_oneself(subjects: &mut HashMap<Uuid, Subject>) {
    for subject in subjects.values_mut() {
        if is_sensitive(&subject.record) {
            subject.record.values.insert("title", Value::Null);
        }
    }
}

fn is_sensitive(record: &Record) -> bool {
    record.kind == EntityKind::Document && record.get("is_sensitive").as_flag()
}
