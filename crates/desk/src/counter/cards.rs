//! A customer, a vehicle: everything that one screen shows, in a handful of indexed reads.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use servease_domain::consequences;
use servease_domain::due::{Urgency, expiry_state, service_due, urgency};
use servease_domain::{
    Customer, Employee, EntityKind, MileageReading, Note, Ownership, Preferences, Record,
    ServiceRecord, Vehicle, money, vin,
};
use servease_store::{Connection, rows};
use uuid::Uuid;

use crate::counter::views::{
    CustomerCard, CustomerLine, DueStates, NoteLine, OwnerLine, ReadingLine, ServiceLine,
    ServiceTotals, VehicleCard, VehicleLine,
};
use crate::garage::context::Garage;
use crate::{Desk, Failure, Result};

/// Nobody scrolls further on a card; the lists go further back.
const SHOWN: usize = 50;

impl Desk {
    /// Errors: NotFound.
    pub async fn customer_card(&self, id: Uuid) -> Result<CustomerCard> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let record = rows::find_heir(&mut conn, EntityKind::Customer, id)
            .await?
            .ok_or(Failure::not_found(EntityKind::Customer, id))?;
        let id = record.id;
        let customer: Customer = record.to();
        let preferences = match rows::find(&mut conn, EntityKind::Preferences, id).await? {
            Some(record) => record.to(),
            None => default_preferences(id, &garage),
        };
        let mut vehicles: Vec<VehicleLine> = list::<Vehicle>(&mut conn, "customer_id", id)
            .await?
            .iter()
            .map(|vehicle| vehicle_line(vehicle, &garage))
            .collect();
        vehicles.sort_by_key(|line| (Reverse(line.is_active), most_urgent(&line.due)));
        let names = employee_names(&mut conn).await?;
        let services = list::<ServiceRecord>(&mut conn, "customer_id", id).await?;
        let plates = vehicle_titles(&mut conn, &services).await?;
        Ok(CustomerCard {
            full_name: record.title(),
            notes: note_lines(list(&mut conn, "customer_id", id).await?, &names),
            totals: totals(&services),
            services: service_lines(services, &plates, &names),
            customer,
            preferences,
            vehicles,
        })
    }

    /// Errors: NotFound.
    pub async fn vehicle_card(&self, id: Uuid) -> Result<VehicleCard> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let vehicle: Vehicle = rows::get(&mut conn, id).await?;
        let id = vehicle.id;
        let owner = owner_line(&mut conn, &vehicle).await?;
        let names = employee_names(&mut conn).await?;
        let services = list::<ServiceRecord>(&mut conn, "vehicle_id", id).await?;
        let plates = vehicle_titles(&mut conn, &services).await?;
        let mut readings = reading_lines(&mut conn, id, &services).await?;
        readings.truncate(SHOWN);
        Ok(VehicleCard {
            due: due_states(&vehicle, &garage),
            vin_facts: vin::decode(&vehicle.vin, year(&garage)),
            totals: totals(&services),
            services: service_lines(services, &plates, &names),
            readings,
            owners: owner_lines(&mut conn, id).await?,
            owner,
            vehicle,
        })
    }
}

/// The live records of an entity that name `id`, as their structs.
pub(crate) async fn list<E: servease_domain::record::Entity>(
    conn: &mut Connection,
    field: &'static str,
    id: Uuid,
) -> Result<Vec<E>> {
    Ok(rows::list_by(conn, E::KIND, field, id)
        .await?
        .iter()
        .map(Record::to)
        .collect())
}

pub(crate) fn year(garage: &Garage) -> i32 {
    chrono::Datelike::year(&garage.today)
}

/// What stands for a customer whose preferences have not arrived yet.
fn default_preferences(customer_id: Uuid, garage: &Garage) -> Preferences {
    let values =
        servease_domain::Values::from([("customer_id", servease_domain::Value::Id(customer_id))]);
    Record::new(EntityKind::Preferences, customer_id, values, garage.now).to()
}

pub(crate) fn due_states(vehicle: &Vehicle, garage: &Garage) -> DueStates {
    let expiry = |date| expiry_state(date, garage.today, garage.limits.soon_days);
    DueStates {
        service: service_due(
            vehicle.next_service_due_date,
            vehicle.next_service_due_mileage,
            vehicle.current_mileage,
            garage.today,
            garage.limits,
        ),
        registration: expiry(vehicle.registration_expiry_date),
        insurance: expiry(vehicle.insurance_expiry_date),
        warranty: expiry(vehicle.warranty_expiry_date),
    }
}

/// The key by which vehicles stand in order of urgency; those with nothing due come last.
/// An expired warranty is a fact, not something to do.
pub(crate) fn most_urgent(due: &DueStates) -> (bool, Option<Urgency>) {
    let first = [&due.service, &due.registration, &due.insurance]
        .into_iter()
        .flatten()
        .map(urgency)
        .min();
    (first.is_none(), first)
}

pub(crate) fn vehicle_line(vehicle: &Vehicle, garage: &Garage) -> VehicleLine {
    VehicleLine {
        id: vehicle.id,
        customer_id: vehicle.customer_id,
        license_plate: vehicle.license_plate.clone(),
        vin: vehicle.vin.clone(),
        make: vehicle.make.clone(),
        model: vehicle.model.clone(),
        year: vehicle.year,
        color: vehicle.color.clone(),
        current_mileage: vehicle.current_mileage,
        is_active: vehicle.is_active,
        due: due_states(vehicle, garage),
    }
}

pub(crate) async fn owner_line(conn: &mut Connection, vehicle: &Vehicle) -> Result<CustomerLine> {
    let id = vehicle.customer_id.unwrap_or_default();
    let owner: Customer = rows::get(conn, id).await?;
    let vehicles = list::<Vehicle>(conn, "customer_id", owner.id).await?;
    let active = vehicles.iter().filter(|vehicle| vehicle.is_active).count();
    Ok(CustomerLine::of(owner, active as i64))
}

pub(crate) async fn employee_names(conn: &mut Connection) -> Result<HashMap<Uuid, String>> {
    Ok(rows::list_all(conn, EntityKind::Employee)
        .await?
        .iter()
        .map(Record::to::<Employee>)
        .map(|employee| (employee.id, employee.name))
        .collect())
}

/// Plate, or make and model, of every vehicle that the services name.
pub(crate) async fn vehicle_titles(
    conn: &mut Connection,
    services: &[ServiceRecord],
) -> Result<HashMap<Uuid, String>> {
    let mut titles = HashMap::new();
    for id in services.iter().filter_map(|service| service.vehicle_id) {
        if titles.contains_key(&id) {
            continue;
        }
        let called = rows::find_any(conn, EntityKind::Vehicle, id)
            .await?
            .map(|record| {
                let plate = record.get("license_plate").as_text();
                if plate.is_empty() {
                    record.title()
                } else {
                    plate.to_owned()
                }
            })
            .unwrap_or_default();
        titles.insert(id, called);
    }
    Ok(titles)
}

/// Pinned before important before the rest, newest first.
pub(crate) fn note_lines(mut notes: Vec<Note>, names: &HashMap<Uuid, String>) -> Vec<NoteLine> {
    notes.sort_by_key(|note| Reverse((note.is_pinned, note.is_important, note.created_at)));
    notes
        .into_iter()
        .map(|note| NoteLine {
            author: name_of(note.created_by, names),
            note,
        })
        .collect()
}

fn name_of(id: Option<Uuid>, names: &HashMap<Uuid, String>) -> String {
    id.and_then(|id| names.get(&id))
        .cloned()
        .unwrap_or_default()
}

/// Newest first.
pub(crate) fn service_lines(
    mut services: Vec<ServiceRecord>,
    plates: &HashMap<Uuid, String>,
    names: &HashMap<Uuid, String>,
) -> Vec<ServiceLine> {
    services.sort_by_key(|service| Reverse((service.performed_at, service.id)));
    services.truncate(SHOWN);
    services
        .into_iter()
        .map(|service| ServiceLine {
            id: service.id,
            vehicle_id: service.vehicle_id.unwrap_or_default(),
            vehicle: name_of(service.vehicle_id, plates),
            performed_at: service.performed_at,
            mileage: service.mileage,
            service_type: service.service_type,
            description: service.description,
            cost: service
                .cost
                .map(|units| money::decimal(units, &service.currency)),
            currency: service.currency,
            employee: name_of(service.employee_id, names),
        })
        .collect()
}

pub(crate) fn totals(services: &[ServiceRecord]) -> ServiceTotals {
    let mut spent: BTreeMap<String, i64> = BTreeMap::new();
    for service in services {
        if let Some(units) = service.cost {
            *spent.entry(service.currency.clone()).or_default() += units;
        }
    }
    ServiceTotals {
        count: services.len() as i64,
        spent: spent
            .into_iter()
            .map(|(currency, units)| {
                let amount = money::decimal(units, &currency);
                (currency, amount)
            })
            .collect(),
        last_at: services
            .iter()
            .filter_map(|service| service.performed_at)
            .max(),
    }
}

/// What the odometer of a vehicle showed, newest first: its readings, and what was written down
/// with its services.
pub(crate) async fn reading_lines(
    conn: &mut Connection,
    vehicle_id: Uuid,
    services: &[ServiceRecord],
) -> Result<Vec<ReadingLine>> {
    let readings = list::<MileageReading>(conn, "vehicle_id", vehicle_id).await?;
    let mut lines: Vec<ReadingLine> = readings
        .into_iter()
        .map(|reading| ReadingLine {
            id: reading.id,
            value: reading.value,
            read_at: reading.read_at,
            source: reading.source,
            is_correction: reading.is_correction,
            reason: reading.reason,
            is_improbable: reading.is_improbable || reading.is_from_future,
        })
        .collect();
    let serviced = services.iter().filter_map(|service| {
        Some(ReadingLine {
            id: service.id,
            value: service.mileage?,
            read_at: service.performed_at,
            source: "service".to_owned(),
            is_correction: false,
            reason: String::new(),
            is_improbable: service.is_improbable || service.is_from_future,
        })
    });
    lines.extend(serviced);
    lines.sort_by_key(|line| Reverse((line.read_at, line.id)));
    Ok(lines)
}

async fn owner_lines(conn: &mut Connection, vehicle_id: Uuid) -> Result<Vec<OwnerLine>> {
    let Some(vehicle) = rows::find_any(conn, EntityKind::Vehicle, vehicle_id).await? else {
        return Ok(Vec::new());
    };
    let kind = EntityKind::Ownership;
    let ownerships = rows::list_by(conn, kind, "vehicle_id", vehicle_id).await?;
    let mut lines = Vec::new();
    for id in consequences::list_real(&vehicle, &ownerships)
        .into_iter()
        .rev()
    {
        let Some(record) = ownerships.iter().find(|record| record.id == id) else {
            continue;
        };
        let ownership: Ownership = record.to();
        let customer_id = ownership.customer_id.unwrap_or_default();
        lines.push(OwnerLine {
            customer_id,
            name: crate::records::titles::title_of(conn, EntityKind::Customer, customer_id).await?,
            from: ownership.from,
            until: ownership.until,
        });
    }
    Ok(lines)
}
