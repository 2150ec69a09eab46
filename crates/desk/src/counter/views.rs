//! What screens of the counter are given: plain data, ready to show, in the contract's field names.
//!
//! Words are not made here. A view carries codes, numbers and dates; the screen says them in
//! its language.

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value as Json;
use servease_domain::Customer;
use servease_domain::EntityKind;
use servease_domain::Note;
use servease_domain::Preferences;
use servease_domain::Vehicle;
use servease_domain::due::Due;
use servease_domain::names;
use servease_domain::vin::VinFacts;
use specta::Type;
use std::collections::BTreeMap;
use uuid::Uuid;

/// One line of the search box.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SearchHit {
    pub kind: EntityKind,
    pub id: Uuid,
    /// A customer's full name; a vehicle's make, model and year.
    pub title: String,
    /// Company, phone, e-mail; or the owner.
    pub subtitle: String,
    /// As typed; blank for a customer.
    pub license_plate: String,
    pub vin: String,
    pub is_active: bool,
}

/// The customer on one screen.
#[derive(Debug, Clone, Serialize, Type)]
pub struct CustomerCard {
    pub customer: Customer,
    pub full_name: String,
    pub preferences: Preferences,
    /// Active ones first, most urgent first.
    pub vehicles: Vec<VehicleLine>,
    /// Pinned and important first, newest first.
    pub notes: Vec<NoteLine>,
    /// Newest first, at most 50.
    pub services: Vec<ServiceLine>,
    pub totals: ServiceTotals,
}

/// A vehicle as a line: plate, what it is, what is due.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct VehicleLine {
    pub id: Uuid,
    pub customer_id: Option<Uuid>,
    pub license_plate: String,
    pub vin: String,
    pub make: String,
    pub model: String,
    pub year: Option<i64>,
    pub color: String,
    pub current_mileage: i64,
    pub is_active: bool,
    pub due: DueStates,
}

/// What may be due on a vehicle; None where no date or mileage is set.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Type)]
pub struct DueStates {
    pub service: Option<Due>,
    pub registration: Option<Due>,
    pub insurance: Option<Due>,
    pub warranty: Option<Due>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct NoteLine {
    pub note: Note,
    /// The author's name; blank when unknown.
    pub author: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ServiceLine {
    pub id: Uuid,
    pub vehicle_id: Uuid,
    /// Plate, or make and model where there is none.
    pub vehicle: String,
    pub performed_at: Option<DateTime<Utc>>,
    pub mileage: Option<i64>,
    pub service_type: String,
    pub description: String,
    /// Decimal string in `currency`, or None.
    pub cost: Option<String>,
    pub currency: String,
    pub employee: String,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Type)]
pub struct ServiceTotals {
    pub count: i64,
    /// Currency → decimal string.
    pub spent: BTreeMap<String, String>,
    pub last_at: Option<DateTime<Utc>>,
}

/// The vehicle on one screen.
#[derive(Debug, Clone, Serialize, Type)]
pub struct VehicleCard {
    pub vehicle: Vehicle,
    pub owner: CustomerLine,
    pub due: DueStates,
    pub vin_facts: Option<VinFacts>,
    pub services: Vec<ServiceLine>,
    pub totals: ServiceTotals,
    /// Newest first, at most 50.
    pub readings: Vec<ReadingLine>,
    /// Who owned the car when, present owner first.
    pub owners: Vec<OwnerLine>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ReadingLine {
    pub id: Uuid,
    pub value: i64,
    pub read_at: Option<DateTime<Utc>>,
    pub source: String,
    pub is_correction: bool,
    pub reason: String,
    pub is_improbable: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct OwnerLine {
    pub customer_id: Uuid,
    pub name: String,
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

/// A customer as a line.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct CustomerLine {
    pub id: Uuid,
    /// What they are called.
    pub full_name: String,
    /// The same by the name after which lists are sorted.
    pub listed_as: String,
    pub first_name: String,
    pub last_name: String,
    pub company_name: String,
    pub phone: String,
    pub email: String,
    pub city: String,
    pub state: String,
    pub is_active: bool,
    pub is_verified: bool,
    pub is_business_customer: bool,
    pub active_vehicles_count: i64,
    pub customer_since: Option<DateTime<Utc>>,
}

impl CustomerLine {
    pub(crate) fn of(customer: Customer, active_vehicles_count: i64) -> CustomerLine {
        let (first, last) = (&customer.first_name, &customer.last_name);
        CustomerLine {
            id: customer.id,
            full_name: names::title(first, last, &customer.company_name),
            listed_as: names::listed_as(first, last, &customer.company_name),
            first_name: customer.first_name,
            last_name: customer.last_name,
            company_name: customer.company_name,
            phone: customer.phone,
            email: customer.email,
            city: customer.city,
            state: customer.state,
            is_active: customer.is_active,
            is_verified: customer.is_verified,
            is_business_customer: customer.is_business_customer,
            active_vehicles_count,
            customer_since: customer.customer_since,
        }
    }
}

/// A window onto a list: rows `offset .. offset + rows.len()` of `total`.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Window<T> {
    pub total: i64,
    pub offset: i64,
    pub rows: Vec<T>,
}

/// Which records of a list, in which order. Blank: all of them, customers by name and vehicles
/// newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ListQuery {
    /// What the search box would find.
    pub search: String,
    /// Values by the names of fields that the description offers for filters; flags as `true`
    /// and `false`.
    pub filters: BTreeMap<String, String>,
    /// As in the contract: `last_name`, `-year`, `make,-created_at`; `license_plate` too.
    pub ordering: String,
}

impl ListQuery {
    /// Everything, in this order.
    pub fn ordered(ordering: &str) -> ListQuery {
        ListQuery {
            ordering: ordering.to_owned(),
            ..ListQuery::default()
        }
    }

    /// Only records whose field holds the value.
    pub fn with(mut self, field: &str, value: impl ToString) -> ListQuery {
        self.filters.insert(field.to_owned(), value.to_string());
        self
    }
}

/// A vehicle line with its owner's name, for the vehicle list and the due list.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct OwnedVehicleLine {
    pub vehicle: VehicleLine,
    pub owner: String,
    pub owner_phone: String,
}

/// What a form holds so far, to be compared with what is there.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Likeness {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub phone: String,
    pub secondary_phone: String,
    pub license_plate: String,
    pub vin: String,
}

/// Text that found nothing, in a field of a new record.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct TypedField {
    pub kind: EntityKind,
    pub field: String,
    pub text: String,
}

/// Somebody or something that looks like what is being typed.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct LikelyDuplicate {
    /// What they have in common: `phone`, `email`, `name`, `license_plate`, `vin`.
    pub by: String,
    pub hit: SearchHit,
    /// The owner, when the hit is a vehicle.
    pub customer_id: Option<Uuid>,
}

/// A known car at the counter.
#[derive(Debug, Clone, Serialize, Type)]
pub struct CheckInCard {
    pub vehicle: Vehicle,
    pub owner: CustomerLine,
    pub due: DueStates,
    pub important_notes: Vec<NoteLine>,
    pub last_reading: Option<ReadingLine>,
    pub last_service: Option<ServiceLine>,
}

/// An unknown car: an existing or a new customer, and the vehicle.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct NewCheckIn {
    pub customer_id: Option<Uuid>,
    /// Fields of the new customer; ignored when `customer_id` is given.
    pub customer: BTreeMap<String, Json>,
    pub vehicle: BTreeMap<String, Json>,
    /// The clerk has seen the warnings that ask (an improbable mileage).
    pub confirm: bool,
}
