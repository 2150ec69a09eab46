//! Records as they are, for whoever shows them in the contract's forms instead of as cards.

use chrono::NaiveDate;
use servease_domain::{EntityKind, Kind, Record, Value, Values};
use servease_store::rows;
use uuid::Uuid;

use crate::{Desk, Failure, Result};

impl Desk {
    /// A live record; an alias stands for its heir. Errors: NotFound.
    pub async fn record(&self, kind: EntityKind, id: Uuid) -> Result<Record> {
        let mut conn = self.store.read().await?;
        rows::find_heir(&mut conn, kind, id)
            .await?
            .ok_or(Failure::not_found(kind, id))
    }

    /// The live records of an entity whose reference `field` names `id`, oldest first.
    pub async fn records_of(
        &self,
        kind: EntityKind,
        field: &'static str,
        id: Uuid,
    ) -> Result<Vec<Record>> {
        let mut conn = self.store.read().await?;
        let id = match kind.field(field).map(|field| field.kind) {
            Some(Kind::Reference(to)) => rows::resolve(&mut conn, to, id).await?,
            _ => id,
        };
        Ok(rows::list_by(&mut conn, kind, field, id).await?)
    }

    /// Everybody who works here, in the order in which they were added.
    pub async fn employees(&self) -> Result<Vec<Record>> {
        let mut conn = self.store.read().await?;
        Ok(rows::list_all(&mut conn, EntityKind::Employee).await?)
    }

    /// A customer's preferences; the defaults where theirs have not arrived yet.
    /// Errors: NotFound when there is no such customer.
    pub async fn preferences(&self, customer_id: Uuid) -> Result<Record> {
        let customer = self.record(EntityKind::Customer, customer_id).await?;
        let mut conn = self.store.read().await?;
        let customer_id = customer.id;
        let own = rows::find(&mut conn, EntityKind::Preferences, customer_id).await?;
        Ok(own.unwrap_or_else(|| {
            let values = Values::from([("customer_id", Value::Id(customer_id))]);
            Record::new(
                EntityKind::Preferences,
                customer_id,
                values,
                customer.created_at,
            )
        }))
    }

    /// Today at the garage.
    pub async fn today(&self) -> Result<NaiveDate> {
        let mut conn = self.store.read().await?;
        Ok(self.garage(&mut conn).await?.today)
    }
}
