//! The lists: customers, vehicles, what is due, and the garage's figures.

use chrono::Duration;
use servease_domain::EntityKind;
use servease_domain::due::{DISTANCE_PER_DAY, expiry_state, service_due};
use servease_domain::vin::{self, VinFacts};
use servease_store::lists::{self, CustomerRow, DuePoints, Filter, Page, VehicleRow};
use servease_store::rows;
use uuid::Uuid;

use crate::counter::cards::{most_urgent, vehicle_line, year};
use crate::counter::views::{CustomerLine, DueStates, ListQuery, OwnedVehicleLine, Window};
use crate::garage::context::Garage;
use crate::garage::views::Stats;
use crate::{Desk, Result};

/// A window onto a list is a few screens; a larger one is a mistake.
const ROWS_MAX: u32 = 1_000;
/// A century: whoever asks for more means everything.
const DAYS_MAX: u32 = 36_500;
const SERVICE_TYPES_SHOWN: u32 = 30;
/// The filter that may name a customer by an id that has become an alias.
const OWNER: &str = "customer_id";

impl Desk {
    pub async fn customer_list(
        &self,
        query: &ListQuery,
        offset: u32,
        limit: u32,
    ) -> Result<Window<CustomerLine>> {
        let page = self.customer_page(query, offset, limit).await?;
        Ok(Window {
            total: page.total,
            offset: i64::from(offset),
            rows: page
                .rows
                .into_iter()
                .map(|row| CustomerLine::of(row.customer, row.active_vehicles))
                .collect(),
        })
    }

    pub async fn vehicle_list(
        &self,
        query: &ListQuery,
        offset: u32,
        limit: u32,
    ) -> Result<Window<OwnedVehicleLine>> {
        let garage = {
            let mut conn = self.store.read().await?;
            self.garage(&mut conn).await?
        };
        let page = self.vehicle_page(query, offset, limit).await?;
        Ok(Window {
            total: page.total,
            offset: i64::from(offset),
            rows: page
                .rows
                .iter()
                .map(|row| owned_line(row, &garage))
                .collect(),
        })
    }

    /// The rows of [`Desk::customer_list`] as records.
    pub async fn customer_page(
        &self,
        query: &ListQuery,
        offset: u32,
        limit: u32,
    ) -> Result<Page<CustomerRow>> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let fields = query.fields();
        let filter = query.filter(&fields, &garage.settings.country);
        Ok(lists::customers(&mut conn, &filter, offset, limit.min(ROWS_MAX)).await?)
    }

    /// The rows of [`Desk::vehicle_list`] as records.
    pub async fn vehicle_page(
        &self,
        query: &ListQuery,
        offset: u32,
        limit: u32,
    ) -> Result<Page<VehicleRow>> {
        let mut conn = self.store.read().await?;
        let mut query = query.clone();
        if let Some(owner) = query.filters.get_mut(OWNER)
            && let Ok(id) = owner.parse()
        {
            *owner = rows::resolve(&mut conn, EntityKind::Customer, id)
                .await?
                .to_string();
        }
        let garage = self.garage(&mut conn).await?;
        let fields = query.fields();
        let filter = query.filter(&fields, &garage.settings.country);
        Ok(lists::vehicles(&mut conn, &filter, offset, limit.min(ROWS_MAX)).await?)
    }

    /// The most urgent of the active vehicles with a service, registration or insurance due
    /// within so many days, or a service within the distance usually driven in them.
    pub async fn due_list(&self, within_days: u32, limit: u32) -> Result<Window<OwnedVehicleLine>> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let mut ids = due_ids(&mut conn, &garage, within_days).await?;
        let total = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        ids.truncate(limit.min(ROWS_MAX) as usize);
        let rows = lists::vehicles_by_id(&mut conn, &ids).await?;
        Ok(Window {
            total,
            offset: 0,
            rows: rows.iter().map(|row| owned_line(row, &garage)).collect(),
        })
    }

    /// All vehicles of [`Desk::due_list`] as records.
    pub async fn due_vehicles(&self, within_days: u32) -> Result<Vec<VehicleRow>> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let ids = due_ids(&mut conn, &garage, within_days).await?;
        Ok(lists::vehicles_by_id(&mut conn, &ids).await?)
    }

    pub async fn stats(&self) -> Result<Stats> {
        let mut conn = self.store.read().await?;
        let month_ago = self.clock.now() - Duration::days(30);
        let figures = lists::customer_figures(&mut conn, month_ago).await?;
        let percent = |part: i64| match figures.total {
            0 => 0.0,
            total => (part as f64 * 10_000.0 / total as f64).round() / 100.0,
        };
        Ok(Stats {
            total_customers: figures.total,
            active_customers: figures.active,
            verified_customers: figures.verified,
            business_customers: figures.business,
            new_customers_last_30_days: figures.new,
            verification_rate: percent(figures.verified),
            business_customer_rate: percent(figures.business),
        })
    }

    /// The garage's own service types, most used first.
    pub async fn service_types(&self) -> Result<Vec<String>> {
        let mut conn = self.store.read().await?;
        Ok(lists::service_types(&mut conn, SERVICE_TYPES_SHOWN).await?)
    }

    /// What a whole or partial VIN says about the car.
    pub async fn vin_facts(&self, text: &str) -> Result<Option<VinFacts>> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        Ok(vin::decode(text, year(&garage)))
    }
}

impl ListQuery {
    fn fields(&self) -> Vec<(&str, &str)> {
        self.filters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    fn filter<'a>(&'a self, fields: &'a [(&'a str, &'a str)], country: &'a str) -> Filter<'a> {
        Filter {
            search: &self.search,
            country,
            fields,
            ordering: &self.ordering,
        }
    }
}

/// Most urgent first.
async fn due_ids(
    conn: &mut servease_store::Connection,
    garage: &Garage,
    within_days: u32,
) -> Result<Vec<Uuid>> {
    let days = i64::from(within_days.min(DAYS_MAX));
    let until = garage.today + Duration::days(days);
    // What is driven in that time.
    let distance = days * DISTANCE_PER_DAY;
    let mut points = lists::due_points(conn, until, distance).await?;
    points.sort_by_cached_key(|points| (most_urgent(&states_of(points, garage)), points.id));
    Ok(points.into_iter().map(|points| points.id).collect())
}

fn states_of(points: &DuePoints, garage: &Garage) -> DueStates {
    let expiry = |date| expiry_state(date, garage.today, garage.limits.soon_days);
    DueStates {
        service: service_due(
            points.next_service_due_date,
            points.next_service_due_mileage,
            points.current_mileage,
            garage.today,
            garage.limits,
        ),
        registration: expiry(points.registration_expiry_date),
        insurance: expiry(points.insurance_expiry_date),
        // No reason to come: see `most_urgent`.
        warranty: None,
    }
}

fn owned_line(row: &VehicleRow, garage: &Garage) -> OwnedVehicleLine {
    OwnedVehicleLine {
        vehicle: vehicle_line(&row.vehicle, garage),
        owner: row.owner.clone(),
        owner_phone: row.owner_phone.clone(),
    }
}
