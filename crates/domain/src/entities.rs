//! The entities, field by field: the one description from which the rest follows.
//!
//! A line reads: name, Rust type, what it holds with its limit, then what is special about
//! it. To add a field, add a line here, a column in each migration folder, its name to the
//! locale files, and the spot on the screen where it shows.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use uuid::Uuid;

use crate::alerts::{AlertKind, LEAD_DAYS, LEAD_DAYS_MAX};
use crate::description::entity;
use crate::field::{
    Field, Kind, Merge, SearchRole, choice, choice_of, country, currency, date, email, flag,
    foreign_key, instant, integer, lead_days, long_text, model_year, money, odometer, phone,
    phone_extension, plate, reference, text, time_of_day, time_zone, vin,
};
use crate::kind::{EntityKind, Identity};
use crate::record::Entity as _;

pub const FUEL_TYPES: &[&str] = &[
    "gasoline",
    "diesel",
    "hybrid",
    "electric",
    "plug_in_hybrid",
    "natural_gas",
    "other",
];
pub const TRANSMISSIONS: &[&str] = &["manual", "automatic", "cvt", "semi_automatic"];
pub const CONTACT_METHODS: &[&str] = &["email", "sms", "phone", "app", "mail"];
pub const WEEKDAYS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
pub const LANGUAGES: &[&str] = &["en", "es", "fr", "de", "zh", "ja", "ko"];
pub const NOTE_TYPES: &[&str] = &[
    "general",
    "service",
    "billing",
    "complaint",
    "compliment",
    "follow_up",
];
pub const DOCUMENT_TYPES: &[&str] = &[
    "license",
    "insurance",
    "registration",
    "warranty",
    "service_history",
    "invoice",
    "receipt",
    "other",
];
pub const DISTANCE_UNITS: &[&str] = &["mi", "km"];
pub const READING_SOURCES: &[&str] = &["desk", "service", "import", "api"];
/// How much a notification tells: nobody's name, all that helps, or only what kind of thing it is.
pub const ALERT_DETAILS: &[&str] = &["vehicle", "everything", "kind"];
pub const ALERT_STATES: &[&str] = &["open", "seen", "snoozed", "done"];
/// What somebody did with a paper without changing it.
pub const DEEDS: &[&str] = &["seen", "copied", "opened", "printed"];
pub const CONFLICT_STATES: &[&str] = &["open", "kept", "taken", "edited"];

/// The field in which a record that was merged away names the one that stands for it.
pub const MERGED_INTO: &str = "merged_into";

entity! {
    /// The garage itself: what all its desks and its Central have in common. There is one, under
    /// [`crate::kind::GARAGE_ID`].
    pub struct Garage {
        garage_name: String = text(200),
        /// National phone numbers are read in it.
        country: String = country().or("US").required(),
        /// What day it is at the garage.
        timezone: String = time_zone().or("America/New_York").required(),
        /// How distances are labelled. Changing it converts nothing: odometers stay as they were
        /// read off, in the car's own unit.
        distance_unit: String = choice_of(DISTANCE_UNITS).required(),
        /// Amounts that name none are in it.
        currency: String = currency().or("USD").required(),
        /// So many days before a date something is due soon.
        soon_days: i64 = integer(0, 365).or_number(30),
        /// So far below the due mileage a service is due soon.
        soon_distance: i64 = integer(0, 100_000).or_number(1_000),
        /// So many days before the date an alert speaks, each time anew.
        service_lead_days: String = lead_days().or(LEAD_DAYS).required(),
        registration_lead_days: String = lead_days().or(LEAD_DAYS).required(),
        insurance_lead_days: String = lead_days().or(LEAD_DAYS).required(),
        warranty_lead_days: String = lead_days().or(LEAD_DAYS).required(),
        document_lead_days: String = lead_days().or(LEAD_DAYS).required(),
        /// Notifications may be read by whoever stands at the counter.
        alert_detail: String = choice_of(ALERT_DETAILS).required(),
    }
}

entity! {
    /// The person or the company that brings vehicles in.
    pub struct Customer {
        user_id: String = foreign_key().unique(),
        first_name: String = text(100).personal().found_by(SearchRole::FirstName).ordered().searched().together("name"),
        last_name: String = text(100).personal().found_by(SearchRole::LastName).ordered().searched().together("name"),
        email: String = email().unique().personal().found_by(SearchRole::Email).searched(),
        phone: String = phone().personal().found_by(SearchRole::Phone).searched().together("phone"),
        phone_extension: String = phone_extension().personal().together("phone"),
        secondary_phone: String = phone().personal().found_by(SearchRole::Phone).together("secondary_phone"),
        secondary_phone_extension: String = phone_extension().personal().together("secondary_phone"),
        street_address: String = text(255).personal().together("address"),
        apartment_unit: String = text(10).personal().together("address"),
        city: String = text(100).together("address"),
        state: String = text(100).filtered().together("address"),
        zip_code: String = text(10).personal().together("address"),
        country: String = text(100).or("United States").together("address"),
        is_active: bool = flag(true).merged(Merge::Action).filtered(),
        is_verified: bool = flag(false).merged(Merge::Action).filtered(),
        customer_since: Option<DateTime<Utc>> = instant().or_now().past().ordered(),
        company_name: String = text(200).found_by(SearchRole::Words).searched(),
        business_tax_id: String = text(50).personal(),
        is_business_customer: bool = flag(false).filtered(),
        emergency_contact_name: String = text(200).personal().together("emergency_contact"),
        emergency_contact_phone: String = phone().personal().together("emergency_contact"),
        emergency_contact_phone_extension: String = phone_extension().personal().together("emergency_contact"),
        emergency_contact_relationship: String = text(50).personal().together("emergency_contact"),
        /// The last visit.
        last_service_date: Option<DateTime<Utc>> = instant().consequence(),
        stated_last_service_date: Option<DateTime<Utc>> = instant().states("last_service_date"),
        /// The record that this one turned out to repeat: its id lives on as an alias of it.
        merged_into: Option<Uuid> = reference(EntityKind::Customer).system(),
    }
}

entity! {
    /// A car, van or motorcycle and what the front desk must know of it.
    pub struct Vehicle {
        customer_id: Option<Uuid> = reference(EntityKind::Customer).required().filtered(),
        make: String = text(50).required().found_by(SearchRole::Words).filtered().ordered().searched(),
        model: String = text(100).required().found_by(SearchRole::Words).ordered().searched(),
        year: Option<i64> = model_year().found_by(SearchRole::Words).ordered(),
        color: String = text(30),
        vin: String = vin().unique().personal().found_by(SearchRole::Code).searched(),
        license_plate: String = plate(15).personal().found_by(SearchRole::Code).searched(),
        state_registered: String = text(50),
        engine_size: String = text(20),
        fuel_type: String = choice(FUEL_TYPES).filtered(),
        transmission: String = choice(TRANSMISSIONS),
        current_mileage: i64 = odometer().or_number(0).consequence(),
        purchase_date: Option<NaiveDate> = date().past(),
        purchase_mileage: Option<i64> = odometer(),
        insurance_company: String = text(100).together("insurance"),
        insurance_policy_number: String = text(50).personal().together("insurance"),
        insurance_expiry_date: Option<NaiveDate> = date().together("insurance"),
        registration_expiry_date: Option<NaiveDate> = date(),
        is_active: bool = flag(true).merged(Merge::Action).filtered(),
        is_under_warranty: bool = flag(false).filtered(),
        warranty_expiry_date: Option<NaiveDate> = date(),
        last_service_date: Option<DateTime<Utc>> = instant().consequence(),
        last_service_mileage: Option<i64> = odometer().consequence(),
        next_service_due_date: Option<NaiveDate> = date().consequence(),
        next_service_due_mileage: Option<i64> = odometer().consequence(),
        /// A service at another garage.
        stated_last_service_date: Option<DateTime<Utc>> = instant().states("last_service_date"),
        stated_last_service_mileage: Option<i64> = odometer().states("last_service_mileage"),
        stated_next_service_due_date: Option<NaiveDate> = date().states("next_service_due_date"),
        /// The last service that whoever stated it knew: a later one may end the statement.
        next_service_due_date_stated_after: Option<DateTime<Utc>> = instant().internal(),
        stated_next_service_due_mileage: Option<i64> = odometer().states("next_service_due_mileage"),
        next_service_due_mileage_stated_after: Option<DateTime<Utc>> = instant().internal(),
        service_interval_months: Option<i64> = integer(1, 120),
        service_interval_distance: Option<i64> = integer(1, 1_000_000).distance(),
        /// In place of the garage's, for everything that is due on this vehicle.
        lead_days: String = lead_days(),
        /// The record that this one turned out to repeat: its id lives on as an alias of it.
        merged_into: Option<Uuid> = reference(EntityKind::Vehicle).system(),
    }
}

entity! {
    /// How a customer wants to be reached and served. Its id is the customer's.
    pub struct Preferences {
        customer_id: Option<Uuid> = reference(EntityKind::Customer).required().fixed(),
        email_notifications: bool = flag(true),
        sms_notifications: bool = flag(true),
        push_notifications: bool = flag(true),
        phone_call_notifications: bool = flag(false),
        postal_mail_notifications: bool = flag(false),
        preferred_contact_method: String = choice_of(CONTACT_METHODS),
        preferred_service_time: Option<NaiveTime> = time_of_day(),
        preferred_service_day: String = choice(WEEKDAYS),
        preferred_language: String = choice_of(LANGUAGES),
        timezone: String = time_zone().or("UTC"),
        currency: String = currency().or("USD"),
        marketing_emails: bool = flag(false),
        promotional_sms: bool = flag(false),
        service_reminders: bool = flag(true),
        appointment_reminders: bool = flag(true),
        data_sharing_consent: bool = flag(false),
        analytics_consent: bool = flag(false),
    }
}

entity! {
    /// A paper of a customer or of one of the vehicles. The file itself is kept by its hash.
    pub struct Document {
        customer_id: Option<Uuid> = reference(EntityKind::Customer).required().filtered(),
        vehicle_id: Option<Uuid> = reference(EntityKind::Vehicle).filtered(),
        document_type: String = choice_of(DOCUMENT_TYPES).required().filtered(),
        title: String = text(200).required().searched(),
        description: String = long_text().searched(),
        file_name: String = text(255).system(),
        file_size: Option<i64> = integer(0, i64::MAX).system(),
        mime_type: String = text(100).system(),
        sha256: String = text(64).system(),
        is_sensitive: bool = flag(false),
        expiry_date: Option<NaiveDate> = date(),
        is_active: bool = flag(true).merged(Merge::Action).filtered(),
        renews: Option<Uuid> = reference(EntityKind::Document),
    }
}

entity! {
    /// Something to remember about a customer.
    pub struct Note {
        customer_id: Option<Uuid> = reference(EntityKind::Customer).required().filtered(),
        note_type: String = choice_of(NOTE_TYPES).filtered(),
        title: String = text(200).required().personal().searched(),
        content: String = long_text().required().personal().searched(),
        is_important: bool = flag(false).filtered(),
        is_private: bool = flag(false).filtered(),
        is_pinned: bool = flag(false),
        follow_up_date: Option<NaiveDate> = date(),
        created_by: Option<Uuid> = reference(EntityKind::Employee).system(),
    }
}

entity! {
    /// Work that was done on a vehicle.
    pub struct ServiceRecord {
        vehicle_id: Option<Uuid> = reference(EntityKind::Vehicle).required().fixed().filtered(),
        customer_id: Option<Uuid> = reference(EntityKind::Customer).system().filtered(),
        performed_at: Option<DateTime<Utc>> = instant().or_now(),
        /// Counts as a reading of the odometer.
        mileage: Option<i64> = odometer(),
        /// The mileage is not believed until somebody confirms it.
        is_improbable: bool = flag(false).consequence(),
        is_confirmed: bool = flag(false).merged(Merge::Action).system(),
        /// Central did not know its date yet when it came: a wrong clock.
        is_from_future: bool = flag(false).judges("performed_at"),
        service_type: String = text(50).required().filtered(),
        description: String = long_text(),
        cost: Option<i64> = money(),
        currency: String = currency(),
        employee_id: Option<Uuid> = reference(EntityKind::Employee).filtered(),
    }
}

entity! {
    /// What an odometer showed, and when. Readings are only ever added.
    pub struct MileageReading {
        vehicle_id: Option<Uuid> = reference(EntityKind::Vehicle).required().fixed().filtered(),
        value: i64 = odometer().required().fixed(),
        read_at: Option<DateTime<Utc>> = instant().or_now().fixed(),
        source: String = choice_of(READING_SOURCES).fixed(),
        is_correction: bool = flag(false).fixed(),
        reason: String = text(200).fixed(),
        /// Not believed until somebody confirms it.
        is_improbable: bool = flag(false).consequence(),
        is_confirmed: bool = flag(false).merged(Merge::Action).system(),
        /// Central did not know its date yet when it came: a wrong clock.
        is_from_future: bool = flag(false).judges("read_at"),
    }
}

entity! {
    /// Who owned a vehicle, and when. Begun by whatever gives the vehicle an owner.
    pub struct Ownership {
        vehicle_id: Option<Uuid> = reference(EntityKind::Vehicle).required().fixed().filtered(),
        customer_id: Option<Uuid> = reference(EntityKind::Customer).required().fixed().filtered(),
        from: Option<DateTime<Utc>> = instant().fixed(),
        until: Option<DateTime<Utc>> = instant().consequence(),
    }
}

entity! {
    /// Somebody who works at the garage; their name stands on what they change.
    pub struct Employee {
        name: String = text(200).required(),
        role: String = text(50),
        is_active: bool = flag(true).merged(Merge::Action).filtered(),
    }
}

entity! {
    /// What people did about something that is due. That it is due, and that an alert speaks, follows
    /// from dates and odometers; its id follows from what it is about, so that two desks which answer
    /// the same alert write the same record.
    pub struct Alert {
        alert_kind: String = choice_of(AlertKind::NAMES).fixed().system(),
        /// One of the three.
        vehicle_id: Option<Uuid> = reference(EntityKind::Vehicle).fixed().system(),
        document_id: Option<Uuid> = reference(EntityKind::Document).fixed().system(),
        note_id: Option<Uuid> = reference(EntityKind::Note).fixed().system(),
        state: String = choice_of(ALERT_STATES).merged(Merge::Action).system(),
        /// How urgent it was when somebody answered; see [`crate::alerts::Stage`].
        stage: Option<i64> = integer(-1, LEAD_DAYS_MAX).merged(Merge::Action).system(),
        /// Until when it is silent.
        until: Option<DateTime<Utc>> = instant().merged(Merge::Action).system(),
    }
}

entity! {
    /// Somebody looked at a sensitive paper. Written by looking, and never changed.
    pub struct Look {
        /// Whatever has become of it since.
        document_id: Option<Uuid> = reference(EntityKind::Document).required().fixed().system(),
        deed: String = choice_of(DEEDS).required().fixed().system(),
        looked_at: Option<DateTime<Utc>> = instant().fixed().system(),
        /// The name as it was then; blank when nobody was chosen.
        looked_by: String = text(200).fixed().system(),
    }
}

entity! {
    /// Two people changed the same thing without knowing of each other: what is in use, what
    /// is not, and what somebody decided about it. Central writes it with the merge.
    pub struct Conflict {
        record_kind: String = text(20).fixed().system(),
        /// The id of the record, of whatever entity.
        record_id: String = text(36).fixed().system(),
        customer_id: Option<Uuid> = reference(EntityKind::Customer).fixed().system(),
        /// The field; `deleted` for a deletion against an edit, `duplicate` for a repetition.
        field: String = text(50).fixed().system(),
        /// The values as JSON.
        kept: String = long_text().fixed().system(),
        lost: String = long_text().fixed().system(),
        kept_by: String = text(200).fixed().system(),
        lost_by: String = text(200).fixed().system(),
        kept_at: Option<DateTime<Utc>> = instant().fixed().system(),
        lost_at: Option<DateTime<Utc>> = instant().fixed().system(),
        state: String = choice_of(CONFLICT_STATES).merged(Merge::Action).system(),
    }
}

impl EntityKind {
    /// The fields, in the order of the description.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            EntityKind::Garage => Garage::FIELDS,
            EntityKind::Customer => Customer::FIELDS,
            EntityKind::Vehicle => Vehicle::FIELDS,
            EntityKind::Preferences => Preferences::FIELDS,
            EntityKind::Document => Document::FIELDS,
            EntityKind::Note => Note::FIELDS,
            EntityKind::ServiceRecord => ServiceRecord::FIELDS,
            EntityKind::MileageReading => MileageReading::FIELDS,
            EntityKind::Ownership => Ownership::FIELDS,
            EntityKind::Employee => Employee::FIELDS,
            EntityKind::Alert => Alert::FIELDS,
            EntityKind::Look => Look::FIELDS,
            EntityKind::Conflict => Conflict::FIELDS,
        }
    }

    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// Whether no two live records may share what some field holds.
    pub fn has_unique(self) -> bool {
        self.fields().iter().any(|field| field.unique)
    }

    /// Kinds of which two desks can make the same record while apart.
    pub fn repeatable() -> impl Iterator<Item = EntityKind> {
        EntityKind::ALL.into_iter().filter(|kind| kind.has_unique())
    }

    /// The fields by which other records refer to one of this kind, owning or not: what has to
    /// move when one is merged into another.
    pub fn referrers(self) -> impl Iterator<Item = (EntityKind, &'static str)> {
        EntityKind::ALL.into_iter().flat_map(move |kind| {
            kind.led_by_merges()
                .filter(move |(_, to)| *to == self)
                .map(move |(field, _)| (kind, field))
        })
    }

    /// The references of this kind that are led on when what they name is merged into another, with
    /// the kind they name. How a customer wants to be reached goes with the customer, what a
    /// conflict is about stays what it is about, and a trace holds nothing.
    pub fn led_by_merges(self) -> impl Iterator<Item = (&'static str, EntityKind)> {
        let about = self.about();
        let is_led =
            about.identity == Identity::Own && self != EntityKind::Conflict && !about.is_trace;
        let fields = self.fields().iter();
        fields
            .filter(move |field| is_led && field.name != MERGED_INTO)
            .filter_map(|field| match field.kind {
                Kind::Reference(to) => Some((field.name, to)),
                _ => None,
            })
    }

    /// The fields that people state: all but the consequences.
    pub fn facts(self) -> impl Iterator<Item = &'static Field> {
        self.fields().iter().filter(|field| !field.consequence)
    }

    /// The field that keeps what somebody said of a consequence.
    pub fn statement_of(self, consequence: &str) -> Option<&'static Field> {
        self.fields()
            .iter()
            .find(|field| field.states == Some(consequence))
    }

    /// The name under which people know a field, or a group: what somebody stated has that of what
    /// it states. None for what no screen shows.
    pub fn known_name(self, name: &str) -> Option<&str> {
        match self.field(name) {
            Some(field) if field.internal => field.states,
            _ => Some(name),
        }
    }

    /// The fields of which whoever writes a field must say what they saw, itself among them: its
    /// group, and what is judged anew with it.
    pub fn seen_with(self, field: &Field) -> impl Iterator<Item = &'static Field> {
        let (name, group) = (field.name, field.together);
        self.fields().iter().filter(move |other| {
            other.name == name
                || other.judges == Some(name)
                || (group.is_some() && other.together == group)
        })
    }

    /// The fields of which a conflict under this name tells: those of a group, or one.
    pub fn fields_named(self, name: &str) -> impl Iterator<Item = &'static Field> {
        self.fields()
            .iter()
            .filter(move |field| field.together.unwrap_or(field.name) == name || field.name == name)
    }
}
