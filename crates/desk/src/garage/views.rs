//! What screens are told of the garage and of this PC.

use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use servease_domain::Employee;
use specta::Type;
use uuid::Uuid;

/// Everything the window needs for its first paint.
#[derive(Debug, Clone, Serialize, Type)]
pub struct Session {
    pub version: String,
    pub data_dir: String,
    /// The folder holds demo data, and the window says so.
    pub is_demo: bool,
    /// Nobody has saved a customer or the settings yet.
    pub is_first_run: bool,
    pub settings: Settings,
    pub employees: Vec<Employee>,
    /// The language of the operating system, if it is one of ours.
    pub system_language: Option<String>,
    pub today: NaiveDate,
    pub counts: Counts,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Type)]
pub struct Counts {
    pub customers: i64,
    pub vehicles: i64,
}

/// The garage's settings, which all its desks have in common, and this PC's. Keys are those of
/// `servease settings set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Settings {
    pub garage_name: String,
    /// ISO 3166 alpha-2; phone numbers are read in it.
    pub country: String,
    /// IANA name; what "today" is.
    pub timezone: String,
    /// `mi` or `km`: how distances are labelled. Changing it converts nothing: odometer values
    /// are in the car's own unit.
    pub distance_unit: String,
    /// ISO 4217.
    pub currency: String,
    /// So many days before its date something is due soon.
    #[specta(type = i32)]
    pub soon_days: i64,
    /// So far below the due mileage a service is due soon.
    #[specta(type = i32)]
    pub soon_distance: i64,
    /// So many days before a date its alert speaks, each time anew: `30, 14, 7, 1, 0`.
    pub service_lead_days: String,
    pub registration_lead_days: String,
    pub insurance_lead_days: String,
    pub warranty_lead_days: String,
    pub document_lead_days: String,
    /// How much a notification tells: `vehicle`, `everything` or `kind`.
    pub alert_detail: String,
    /// One of the contract's languages, or blank: that of the operating system.
    pub language: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// `on` or `off`: whether this PC shows notifications.
    pub notifications: String,
    /// Between these times (`HH:MM`) notifications wait; blank: they never do.
    pub quiet_from: String,
    pub quiet_to: String,
    /// On other days they wait: `monday, tuesday`. Blank: people work every day.
    pub working_days: String,
    /// `on` or `off`: a closed window goes on in the tray, where there is one.
    pub close_to_tray: String,
    /// What a scanner puts into this folder waits to be given to a customer; blank: none is watched.
    pub scan_folder: String,
    /// Who is working; their name stands on what they change.
    pub employee_id: Option<Uuid>,
}

/// `customers/stats/` of the contract.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Stats {
    pub total_customers: i64,
    pub active_customers: i64,
    pub verified_customers: i64,
    pub business_customers: i64,
    pub new_customers_last_30_days: i64,
    /// Percent.
    pub verification_rate: f64,
    /// Percent.
    pub business_customer_rate: f64,
}
