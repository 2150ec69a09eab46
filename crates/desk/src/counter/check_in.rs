//! A car at the counter: a known one in a few keys, an unknown one in one form.

use std::cmp::Reverse;

use serde_json::{Map, Value as Json};
use servease_domain::{Code, EntityKind, Note, Problem, ServiceRecord, Vehicle, problem};
use servease_store::rows;
use uuid::Uuid;

use crate::counter::cards::{
    due_states, employee_names, list, note_lines, owner_line, reading_lines, service_lines,
    vehicle_titles,
};
use crate::counter::views::{CheckInCard, NewCheckIn};
use crate::failure::refuse;
use crate::records::input::Reader;
use crate::records::views::Saved;
use crate::records::write_new;
use crate::{Desk, Failure, Result};

impl Desk {
    /// What the counter must know of a known car. Errors: NotFound.
    pub async fn check_in_card(&self, vehicle_id: Uuid) -> Result<CheckInCard> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let vehicle: Vehicle = rows::get(&mut conn, vehicle_id).await?;
        let vehicle_id = vehicle.id;
        let owner = owner_line(&mut conn, &vehicle).await?;
        let names = employee_names(&mut conn).await?;
        let mut notes: Vec<Note> = list(&mut conn, "customer_id", owner.id).await?;
        notes.retain(|note| note.is_important || note.is_pinned);
        let mut services = list::<ServiceRecord>(&mut conn, "vehicle_id", vehicle_id).await?;
        let readings = reading_lines(&mut conn, vehicle_id, &services).await?;
        services.sort_by_key(|service| Reverse((service.performed_at, service.id)));
        services.truncate(1);
        let plates = vehicle_titles(&mut conn, &services).await?;
        Ok(CheckInCard {
            due: due_states(&vehicle, &garage),
            important_notes: note_lines(notes, &names),
            last_reading: readings.into_iter().next(),
            last_service: service_lines(services, &plates, &names).pop(),
            owner,
            vehicle,
        })
    }

    /// Checks in a known car: its mileage is written down, where somebody read it.
    ///
    /// Errors: NotFound, Invalid (`mileage_below_last`), Confirm (`mileage_improbable`).
    pub async fn check_in_known(
        &self,
        vehicle_id: Uuid,
        mileage: Option<i64>,
        confirm: bool,
    ) -> Result<Saved> {
        match mileage {
            Some(value) => self.update_mileage(vehicle_id, value, None, confirm).await,
            None => {
                let mut conn = self.store.read().await?;
                let vehicle: Vehicle = rows::get(&mut conn, vehicle_id).await?;
                Ok(Saved {
                    id: vehicle.id,
                    step: None,
                    warnings: Vec::new(),
                })
            }
        }
    }

    /// Checks in an unknown car: the vehicle, and the customer where they are new too, in one
    /// step. The answer's id is the vehicle's.
    ///
    /// Errors: Invalid with the problems of both, Confirm.
    pub async fn check_in_new(&self, arrival: NewCheckIn) -> Result<Saved> {
        let mut work = self.begin().await?;
        let (customer_id, mut problems) = match arrival.customer_id {
            Some(id) => {
                let customer = rows::find_heir(work.conn(), EntityKind::Customer, id)
                    .await?
                    .ok_or(Failure::not_found(EntityKind::Customer, id))?;
                (customer.id, Vec::new())
            }
            None => {
                let fields: Map<String, Json> = arrival.customer.into_iter().collect();
                let id = work.step.new_id();
                let input = Reader::of(&mut work)
                    .read_new(EntityKind::Customer, id, &fields)
                    .await?;
                let problems = input.problems.clone();
                if problems.is_empty() {
                    write_new(&mut work, input).await?;
                }
                (id, problems)
            }
        };
        let customer_is_there = problems.is_empty();
        let mut fields: Map<String, Json> = arrival.vehicle.into_iter().collect();
        fields.insert(
            "customer_id".to_owned(),
            Json::String(customer_id.to_string()),
        );
        let vehicle_id = work.step.new_id();
        let input = Reader::of(&mut work)
            .read_new(EntityKind::Vehicle, vehicle_id, &fields)
            .await?;
        problems.extend(
            input
                .problems
                .iter()
                .filter(|found| {
                    // A customer who cannot be saved yet is not missing.
                    customer_is_there
                        || found.field != "customer_id"
                        || found.code != Code::NotFound
                })
                .cloned(),
        );
        refuse(
            distinct_whole(problems),
            input.doubts.clone(),
            arrival.confirm,
        )?;
        write_new(&mut work, input).await?;
        work.save(vehicle_id).await
    }
}

/// Both records may report under `non_field_errors`; each code once.
fn distinct_whole(problems: Vec<Problem>) -> Vec<Problem> {
    let mut kept: Vec<Problem> = Vec::new();
    for found in problems {
        let repeats = found.field == problem::WHOLE_RECORD
            && kept.iter().any(|other| other.code == found.code);
        if !repeats {
            kept.push(found);
        }
    }
    kept
}
