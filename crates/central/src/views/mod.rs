//! Answers: a record with what the contract shows around it. Reading only; the JSON itself
//! is made in the `wire` crate.

mod customer;

pub use customer::{dashboard, papers_of, preferences, service_history, stats};

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_query::{Expr, ExprTrait, Query};
use serde_json::Value as Json;
use servease_domain::{EntityKind, Record, papers};
use servease_wire::{customer as customer_json, document, record, vehicle};
use uuid::Uuid;

use crate::caller::Caller;
use crate::db::{DbError, Link};
use crate::failure::ApiFailure;
pub use crate::store::lists::Visible;
use crate::store::records;
use crate::sync::hidden::{self, Hidden};

/// What forms depend on beside the record.
#[derive(Debug, Clone)]
pub struct Scene {
    pub today: NaiveDate,
    pub base_url: String,
    /// Whether a customer looks at what is theirs.
    pub is_customers: bool,
}

impl Scene {
    /// Where a document's file is read.
    pub fn file_url(&self, document: Uuid) -> String {
        format!("{}/api/v1/documents/{document}/download/", self.base_url)
    }

    pub fn document(&self, record: &Record) -> Json {
        document::full(record, &self.file_url(record.id), self.today)
    }
}

/// Whether staff may see what they ask for.
pub async fn may_see(link: &mut Link, caller: &Caller, record: &Record) -> Result<bool, DbError> {
    hidden::shows(link, caller.account(), record).await
}

/// Those of some records that the caller may see: what conflicts tell of private notes is as private.
pub async fn seen(
    link: &mut Link,
    caller: &Caller,
    mut records: Vec<Record>,
) -> Result<Vec<Record>, DbError> {
    if !caller.is_admin() {
        let named = records.iter().map(|record| (record.kind, record.id));
        let hidden = Hidden::among(link, caller.account(), named).await?;
        records.retain(|record| !hidden.has(record.kind, record.id));
    }
    Ok(records)
}

/// What of a kind's list the caller may see.
pub async fn visible(
    link: &mut Link,
    caller: &Caller,
    kind: EntityKind,
) -> Result<Visible, DbError> {
    if caller.is_customer() {
        if !caller.may_read(kind) {
            return Ok(Visible::Nothing);
        }
        let own = customer::own_id(link, caller).await?;
        return Ok(own.map_or(Visible::Nothing, Visible::Customer));
    }
    Ok(match kind {
        EntityKind::Note if !caller.is_admin() => Visible::NotesOf(caller.employee_id()),
        _ => Visible::All,
    })
}

/// A live record that the caller may see; an alias stands for its heir.
///
/// Errors: not found, also for what belongs to somebody else: nobody learns what there is.
pub async fn find(
    link: &mut Link,
    caller: &Caller,
    kind: EntityKind,
    id: Uuid,
) -> Result<records::Stored, ApiFailure> {
    let stored = records::find_heir(link, kind, id).await?;
    let stored = stored.ok_or_else(ApiFailure::no_record)?;
    let is_seen = if caller.is_customer() {
        caller.may_read(kind) && is_own(link, caller, &stored.record).await?
    } else {
        may_see(link, caller, &stored.record).await?
    };
    if is_seen {
        Ok(stored)
    } else {
        Err(ApiFailure::no_record())
    }
}

/// Whether a record is of the customer who calls, or a paper that went along with a car of theirs.
async fn is_own(link: &mut Link, caller: &Caller, record: &Record) -> Result<bool, DbError> {
    let Some(own) = customer::own_id(link, caller).await? else {
        return Ok(false);
    };
    if record.customer() == Some(own) {
        return Ok(true);
    }
    let (EntityKind::Document, Some(vehicle)) = (record.kind, record.get("vehicle_id").as_id())
    else {
        return Ok(false);
    };
    let vehicle = records::find(link, EntityKind::Vehicle, vehicle).await?;
    let vehicle = vehicle.map(|stored| stored.record);
    Ok(papers::holder(record, vehicle.as_ref()) == Some(own))
}

/// The full form of any kind.
pub async fn full(link: &mut Link, it: &Record, scene: &Scene) -> Result<Json, ApiFailure> {
    Ok(match it.kind {
        EntityKind::Customer => customer::full(link, it, scene).await?,
        EntityKind::Vehicle => vehicle::full(it, scene.today),
        EntityKind::Document => scene.document(it),
        EntityKind::Preferences => customer_json::preferences(it),
        _ => record::full(it),
    })
}

/// The records of one page, in the form that lists have.
pub async fn list_items(
    link: &mut Link,
    kind: EntityKind,
    page: &[Record],
    scene: &Scene,
) -> Result<Vec<Json>, ApiFailure> {
    if kind != EntityKind::Customer {
        return Ok(page
            .iter()
            .map(|it| match kind {
                EntityKind::Vehicle => vehicle::full(it, scene.today),
                EntityKind::Document => scene.document(it),
                _ => record::full(it),
            })
            .collect());
    }
    let ids: Vec<Uuid> = page.iter().map(|it| it.id).collect();
    let counts = active_vehicle_counts(link, &ids).await?;
    Ok(page
        .iter()
        .map(|it| customer_json::basic(it, counts.get(&it.id).copied().unwrap_or(0)))
        .collect())
}

/// Active vehicles by customer, in one statement.
async fn active_vehicle_counts(
    link: &mut Link,
    customers: &[Uuid],
) -> Result<HashMap<Uuid, u64>, DbError> {
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let mut select = Query::select();
    select
        .column("customer_id")
        .expr(Expr::col("id").count())
        .from(EntityKind::Vehicle.table())
        .and_where(Expr::col("customer_id").is_in(customers.iter().copied()))
        .and_where(Expr::col("deleted_at").is_null())
        .and_where(Expr::col("is_active").eq(true))
        .group_by_col("customer_id");
    let mut counts = HashMap::new();
    for row in link.rows(&select).await? {
        if let Some(id) = row.id(0)? {
            let count = u64::try_from(row.integer(1)?.unwrap_or(0)).unwrap_or(0);
            counts.insert(id, count);
        }
    }
    Ok(counts)
}
