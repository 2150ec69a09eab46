//! What stands around a customer: vehicles, preferences, papers, notes, services, figures.

use chrono::{DateTime, Days, Utc};
use sea_query::{CaseStatement, Cond, Condition, Expr, ExprTrait, Func, Order, Query};
use serde_json::Value as Json;
use servease_domain::{EntityKind, Record, Value, Values};
use servease_wire::customer::{self, Stats, Surroundings};
use servease_wire::service::{self, Totals};
use uuid::Uuid;

use super::Scene;
use crate::auth::users;
use crate::caller::Caller;
use crate::db::{DbError, Link};
use crate::failure::ApiFailure;
use crate::store::{lists, papers, records};

/// A fleet has some hundred cars; more than this is shown by the vehicles' own list.
const VEHICLES_MAX: u64 = 1_000;

/// The customer record of a caller who is one: the one with their user id; or, for an account of
/// ours alone, the one with the account's e-mail address, as long as it is no other user's.
///
/// Whoever signs in at the platform chooses the address that its tokens carry.
pub async fn own_id(link: &mut Link, caller: &Caller) -> Result<Option<Uuid>, DbError> {
    let kind = EntityKind::Customer;
    let user_id = Value::Text(caller.user_id.clone());
    let by_id = records::find_by_unique(link, kind, "user_id", &user_id).await?;
    if by_id.is_some() {
        return Ok(by_id);
    }
    let Some(account) = servease_wire::id::parse(&caller.user_id) else {
        return Ok(None);
    };
    let Some(account) = users::find(link, account).await? else {
        return Ok(None);
    };
    let email = Value::Text(account.email);
    let Some(id) = records::find_by_unique(link, kind, "email", &email).await? else {
        return Ok(None);
    };
    let found = records::find(link, kind, id).await?;
    Ok(found
        .filter(|stored| stored.record.get("user_id").is_blank())
        .map(|_| id))
}

/// The customer's preferences; those of one who arrived without are the defaults.
pub async fn preferences(link: &mut Link, owner: &Record) -> Result<Record, DbError> {
    let found = records::find(link, EntityKind::Preferences, owner.id).await?;
    Ok(found.map_or_else(
        || {
            let values = Values::from([("customer_id", Value::Id(owner.id))]);
            Record::new(EntityKind::Preferences, owner.id, values, owner.created_at)
        },
        |stored| stored.record,
    ))
}

pub async fn vehicles(link: &mut Link, owner: Uuid) -> Result<Vec<Record>, DbError> {
    let found = records::list_of(
        link,
        EntityKind::Vehicle,
        "customer_id",
        owner,
        VEHICLES_MAX,
    );
    Ok(found.await?.into_iter().map(|it| it.record).collect())
}

/// A customer's papers: to the staff those that they have brought, as at a desk; to themselves also
/// what went along with the cars that they own now.
pub fn papers_of(owner: Uuid, scene: &Scene) -> Condition {
    match scene.is_customers {
        true => papers::shown_to(owner),
        false => Cond::all().add(Expr::col("customer_id").eq(owner)),
    }
}

async fn recent_documents(
    link: &mut Link,
    owner: Uuid,
    limit: u64,
    scene: &Scene,
) -> Result<Vec<Json>, DbError> {
    let mut newest = records::select_live(EntityKind::Document);
    newest
        .cond_where(papers_of(owner, scene))
        .and_where(Expr::col("is_active").eq(true))
        .order_by("created_at", Order::Desc)
        .order_by("id", Order::Desc)
        .limit(limit);
    let found = records::fetch_records(link, EntityKind::Document, &newest).await?;
    Ok(found.iter().map(|it| scene.document(it)).collect())
}

fn is_active(vehicle: &Record) -> bool {
    vehicle.get("is_active").as_flag()
}

/// The full form.
pub async fn full(link: &mut Link, owner: &Record, scene: &Scene) -> Result<Json, DbError> {
    let vehicles = vehicles(link, owner.id).await?;
    let preferences = preferences(link, owner).await?;
    let around = Surroundings {
        active_vehicles_count: vehicles.iter().filter(|it| is_active(it)).count() as u64,
        vehicles: &vehicles,
        preferences: &preferences,
        recent_documents: recent_documents(link, owner.id, 5, scene).await?,
    };
    Ok(customer::full(owner, around))
}

/// One screen's worth.
pub async fn dashboard(link: &mut Link, owner: &Record, scene: &Scene) -> Result<Json, ApiFailure> {
    let mut vehicles = vehicles(link, owner.id).await?;
    vehicles.retain(is_active);
    let preferences = preferences(link, owner).await?;
    let mut important = records::select_live(EntityKind::Note);
    important
        .and_where(Expr::col("customer_id").eq(owner.id))
        .and_where(Expr::col("is_important").eq(true))
        .and_where(Expr::col("is_private").eq(false))
        .order_by("created_at", Order::Desc)
        .order_by("id", Order::Desc)
        .limit(3);
    let notes = records::fetch_records(link, EntityKind::Note, &important).await?;
    let around = Surroundings {
        active_vehicles_count: vehicles.len() as u64,
        vehicles: &vehicles,
        preferences: &preferences,
        recent_documents: recent_documents(link, owner.id, 3, scene).await?,
    };
    Ok(customer::dashboard(owner, around, &notes, scene.today))
}

/// How many services one answer lists; `service-records/` has them all.
const SERVICES_MAX: u64 = 200;

/// Totals and what is planned, with an empty list of past services; and the ids of these.
pub async fn service_history(
    link: &mut Link,
    owner: &Record,
    currency: &str,
    scene: &Scene,
) -> Result<(Json, Vec<Uuid>), ApiFailure> {
    let mut newest = lists::select_ids(EntityKind::ServiceRecord);
    newest
        .and_where(Expr::col("customer_id").eq(owner.id))
        .order_by("performed_at", Order::Desc)
        .order_by("id", Order::Desc)
        .limit(SERVICES_MAX);
    let services = lists::ids(link, &newest).await?;
    let mut sums = Query::select();
    sums.column("currency")
        .expr(Expr::col("id").count())
        .expr(Func::cast_as(Func::sum(Expr::col("cost")), "bigint"))
        .from(EntityKind::ServiceRecord.table())
        .and_where(Expr::col("customer_id").eq(owner.id))
        .and_where(Expr::col("deleted_at").is_null())
        .group_by_col("currency");
    let mut totals = Totals::default();
    for row in link.rows(&sums).await? {
        totals.services += u64::try_from(row.integer(1)?.unwrap_or(0)).unwrap_or(0);
        let code = row.text(0)?.unwrap_or_default();
        if let Some(units) = row.integer(2)?.filter(|_| !code.is_empty()) {
            totals.spent.insert(code, units);
        }
    }
    let mut planned = vehicles(link, owner.id).await?;
    planned.retain(|it| {
        is_active(it)
            && (it.get("next_service_due_date").as_date().is_some()
                || it.get("next_service_due_mileage").as_integer().is_some())
    });
    let body = service::history(owner, &totals, &[], &planned, currency, scene.today);
    Ok((body, services))
}

/// Figures over all customers.
pub async fn stats(link: &mut Link, now: DateTime<Utc>) -> Result<Stats, DbError> {
    let month_ago = now.checked_sub_days(Days::new(30)).unwrap_or(now);
    let counted = |condition: Condition| {
        let one = CaseStatement::new().case(condition, 1).finally(0);
        Func::cast_as(Func::sum(one), "bigint")
    };
    let flagged = |name: &'static str| counted(Cond::all().add(Expr::col(name).eq(true)));
    let mut select = Query::select();
    select
        .expr(Expr::col("id").count())
        .expr(flagged("is_active"))
        .expr(flagged("is_verified"))
        .expr(flagged("is_business_customer"))
        .expr(counted(
            Cond::all().add(Expr::col("created_at").gte(month_ago)),
        ))
        .from(EntityKind::Customer.table())
        .and_where(Expr::col("deleted_at").is_null());
    let Some(row) = link.row(&select).await? else {
        return Ok(Stats::default());
    };
    let number = |column| -> Result<u64, DbError> {
        Ok(u64::try_from(row.integer(column)?.unwrap_or(0)).unwrap_or(0))
    };
    Ok(Stats {
        total: number(0)?,
        active: number(1)?,
        verified: number(2)?,
        business: number(3)?,
        new_last_30_days: number(4)?,
    })
}
