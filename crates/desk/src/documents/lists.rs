//! Which documents there are, which expire, and which are missing.

use chrono::Days;
use servease_domain::{EntityKind, Record};
use servease_store::{documents, lists, rows};
use uuid::Uuid;

use super::views::MissingPapers;
use crate::{Desk, Result};

impl Desk {
    /// Documents, newest first: of a customer, of a vehicle, of both, or all. With a vehicle are shown
    /// the papers about the car itself and those of its present owner; with a customer, everything
    /// that they have brought.
    ///
    /// Errors: NotFound.
    pub async fn documents(
        &self,
        customer: Option<Uuid>,
        vehicle: Option<Uuid>,
    ) -> Result<Vec<Record>> {
        let customer = match customer {
            Some(id) => Some(self.record(EntityKind::Customer, id).await?.id),
            None => None,
        };
        let vehicle = match vehicle {
            Some(id) => Some(self.record(EntityKind::Vehicle, id).await?.id),
            None => None,
        };
        let mut conn = self.store.read().await?;
        let kind = EntityKind::Document;
        let mut found = match (customer, vehicle) {
            (None, Some(vehicle)) => return Ok(documents::of_vehicle(&mut conn, vehicle).await?),
            (Some(customer), _) => rows::list_by(&mut conn, kind, "customer_id", customer).await?,
            (None, None) => rows::list_all(&mut conn, kind).await?,
        };
        if let Some(vehicle) = vehicle {
            found.retain(|document| document.get("vehicle_id").as_id() == Some(vehicle));
        }
        found.reverse();
        Ok(found)
    }

    /// Documents that count and expire within so many days, those that have expired too, soonest
    /// first.
    pub async fn expiring_documents(&self, within_days: u32) -> Result<Vec<Record>> {
        let mut conn = self.store.read().await?;
        let today = self.garage(&mut conn).await?.today;
        let until = today
            .checked_add_days(Days::new(u64::from(within_days)))
            .unwrap_or(today);
        Ok(documents::expiring(&mut conn, until).await?)
    }

    /// Vehicles in use without insurance or registration papers, in the order of their plates.
    pub async fn missing_papers(&self) -> Result<Vec<MissingPapers>> {
        let mut conn = self.store.read().await?;
        let found = documents::missing(&mut conn).await?;
        let mut ids: Vec<Uuid> = found.iter().map(|row| row.vehicle).collect();
        ids.dedup();
        let vehicles = lists::vehicles_by_id(&mut conn, &ids).await?;
        Ok(vehicles
            .into_iter()
            .map(|row| MissingPapers {
                missing: found
                    .iter()
                    .filter(|missing| missing.vehicle == row.record.id)
                    .map(|missing| missing.document_type.clone())
                    .collect(),
                vehicle: row.record,
                owner: row.owner,
                owner_phone: row.owner_phone,
            })
            .collect())
    }
}
