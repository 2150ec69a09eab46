//! The odometer: readings are added; what it shows follows from them.

use serde_json::{Map, json};
use servease_domain::EntityKind;
use servease_store::rows;
use uuid::Uuid;

use crate::records::input::Reader;
use crate::records::views::Saved;
use crate::records::write_new;
use crate::{Desk, Failure, Result};

impl Desk {
    /// Writes down what the odometer shows. With a `reason` it is a correction, which may be
    /// lower than the last reading.
    ///
    /// Errors: NotFound; Invalid (`mileage_below_last`, `reason_missing`); Confirm
    /// (`mileage_improbable`).
    pub async fn update_mileage(
        &self,
        vehicle_id: Uuid,
        value: i64,
        correction: Option<String>,
        confirm: bool,
    ) -> Result<Saved> {
        let mut work = self.begin().await?;
        let vehicle = rows::find_heir(work.conn(), EntityKind::Vehicle, vehicle_id)
            .await?
            .ok_or(Failure::not_found(EntityKind::Vehicle, vehicle_id))?;
        let mut fields = Map::from_iter([
            ("vehicle_id".to_owned(), json!(vehicle.id)),
            ("value".to_owned(), json!(value)),
        ]);
        if let Some(reason) = correction {
            fields.insert("is_correction".to_owned(), json!(true));
            fields.insert("reason".to_owned(), json!(reason));
        }
        let id = work.step.new_id();
        let kind = EntityKind::MileageReading;
        let mut input = Reader::of(&mut work).read_new(kind, id, &fields).await?;
        for problem in input.problems.iter_mut().chain(&mut input.doubts) {
            // The caller gave a mileage; that it becomes a reading's value is ours to know.
            if problem.field == "value" {
                problem.field = "mileage".to_owned();
            }
        }
        input.refuse(confirm)?;
        write_new(&mut work, input).await?;
        work.save(vehicle.id).await
    }
}
