//! The list of vehicles, each with its owner's name and phone.

use servease_domain::{EntityKind, Record, Vehicle, names};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::filter::{Conditions, Order, Orders};
use super::{Page, window};
use crate::{Result, bulk};

/// Which vehicles, in which order. None and blank: not filtered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VehicleFilter<'a> {
    pub search: &'a str,
    /// In which phone numbers are searched for as they are dialled there; blank: unknown.
    pub country: &'a str,
    pub customer_id: Option<Uuid>,
    pub make: Option<&'a str>,
    pub fuel_type: Option<&'a str>,
    pub is_active: Option<bool>,
    pub is_under_warranty: Option<bool>,
    /// As in the contract (`make,-year`); blank: newest first.
    pub ordering: &'a str,
}

/// A vehicle with who to call.
#[derive(Debug, Clone, PartialEq)]
pub struct VehicleRow {
    pub vehicle: Vehicle,
    pub record: Record,
    pub owner: String,
    pub owner_phone: String,
}

const NEWEST_FIRST: &str = "-created_at";
const ORDERS: Orders = &[
    ("make", &["make COLLATE NOCASE", "model COLLATE NOCASE"]),
    ("model", &["model COLLATE NOCASE", "make COLLATE NOCASE"]),
    ("year", &["year"]),
    ("license_plate", &["plate_key"]),
    ("created_at", &["created_at"]),
];

/// Rows `offset .. offset + limit` of the filtered list.
pub async fn vehicles(
    conn: &mut SqliteConnection,
    filter: &VehicleFilter<'_>,
    offset: u32,
    limit: u32,
) -> Result<Page<VehicleRow>> {
    let conditions = Conditions::default()
        .id("customer_id", filter.customer_id)
        .text("make", filter.make)
        .text("fuel_type", filter.fuel_type)
        .flag("is_active", filter.is_active)
        .flag("is_under_warranty", filter.is_under_warranty)
        .search(EntityKind::Vehicle, filter.search, filter.country);
    let order = Order::read(filter.ordering, ORDERS, NEWEST_FIRST);
    let kind = EntityKind::Vehicle;
    let total = conditions.count(conn, kind).await?;
    let ids = conditions
        .ids(conn, kind, &order, total, window(offset, limit))
        .await?;
    let rows = owned(conn, &ids).await?;
    Ok(Page { total, rows })
}

/// The vehicles with their owners, in the order of the ids.
pub(super) async fn owned(conn: &mut SqliteConnection, ids: &[Uuid]) -> Result<Vec<VehicleRow>> {
    let mut records = bulk::find(conn, EntityKind::Vehicle, ids).await?;
    let mut owner_ids: Vec<Uuid> = records
        .values()
        .filter_map(|record| record.get("customer_id").as_id())
        .collect();
    owner_ids.sort_unstable();
    owner_ids.dedup();
    let owners = bulk::find(conn, EntityKind::Customer, &owner_ids).await?;
    Ok(ids
        .iter()
        .filter_map(|id| records.remove(id))
        .map(|record| {
            let owner = record
                .get("customer_id")
                .as_id()
                .and_then(|id| owners.get(&id));
            let text = |name: &str| owner.map_or("", |owner| owner.get(name).as_text());
            VehicleRow {
                vehicle: record.to(),
                owner: names::title(text("first_name"), text("last_name"), text("company_name")),
                owner_phone: text("phone").to_owned(),
                record,
            }
        })
        .collect())
}
