//! The list of vehicles, each with its owner's name and phone.

use servease_domain::{EntityKind, Record, Vehicle, names};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::filter::{Conditions, Filter, Order, Orders};
use super::{Page, window};
use crate::{Result, bulk};

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
    ("license_plate", &["plate_key"]),
];

/// Rows `offset .. offset + limit` of the filtered list.
pub async fn vehicles(
    conn: &mut SqliteConnection,
    filter: &Filter<'_>,
    offset: u32,
    limit: u32,
) -> Result<Page<VehicleRow>> {
    let kind = EntityKind::Vehicle;
    let conditions = Conditions::default().fields(kind, filter.fields).search(
        kind,
        filter.search,
        filter.country,
    );
    let order = Order::read(kind, filter.ordering, ORDERS, NEWEST_FIRST);
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
