//! One customer with cars, visits and notes.

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use servease_domain::calendar::Calendar;
use servease_domain::consequences::{self, VehicleFacts};
use servease_domain::{EntityKind, Record, Value, Values};
use uuid::Uuid;

use super::cars;
use super::chance::{Chance, rounded};
use super::people::{self, Person};
use super::words::{NOTES, WORKS};

/// Records that one employee entered together, parents before children.
#[derive(Debug)]
pub(super) struct Household {
    pub records: Vec<Record>,
    pub step: Uuid,
    /// One for each record.
    pub mutation_ids: Vec<Uuid>,
    pub author: Option<(Uuid, String)>,
}

impl Household {
    pub fn new(
        chance: &mut Chance,
        author: Option<(Uuid, String)>,
        records: Vec<Record>,
    ) -> Household {
        let at = records
            .first()
            .map_or(DateTime::UNIX_EPOCH, |record| record.created_at);
        Household {
            step: chance.id(at),
            mutation_ids: records.iter().map(|_| chance.id(at)).collect(),
            author,
            records,
        }
    }

    /// The customer, and the vehicles with the customer as their owner.
    pub fn findable(&self) -> impl Iterator<Item = (&Record, Option<&Record>)> {
        let owner = self.records.first();
        self.records
            .iter()
            .filter_map(move |record| match record.kind {
                EntityKind::Customer => Some((record, None)),
                EntityKind::Vehicle => Some((record, owner)),
                _ => None,
            })
    }
}

/// What a household is made of.
pub(super) struct Makings<'g> {
    pub chance: &'g mut Chance,
    pub created_at: DateTime<Utc>,
    pub today: NaiveDate,
    pub calendar: Calendar,
    pub now: DateTime<Utc>,
    pub staff: &'g [(Uuid, String)],
    pub former_owner: Option<Uuid>,
    pub vehicles_made: &'g mut u32,
}

/// A vehicle being made, and what happened to it.
struct Car {
    record: Record,
    events: Vec<Record>,
}

impl Car {
    /// The car and its past, with what follows from it.
    fn settled(mut record: Record, mut events: Vec<Record>, calendar: Calendar) -> Car {
        let of = |kind| -> Vec<Record> {
            let those = events.iter().filter(|event| event.kind == kind);
            those.cloned().collect()
        };
        let facts = VehicleFacts {
            vehicle: &record,
            readings: &of(EntityKind::MileageReading),
            services: &of(EntityKind::ServiceRecord),
            ownerships: &of(EntityKind::Ownership),
        };
        let mut follows = consequences::of_vehicle(&facts, calendar);
        for record in events.iter_mut().chain([&mut record]) {
            if let Some(values) = follows.remove(&(record.kind, record.id)) {
                record.values.extend(values);
            }
        }
        Car { record, events }
    }
}

impl Makings<'_> {
    pub fn household(mut self, number: u32) -> Household {
        let mut person = people::customer(self.chance, number, self.created_at);
        let preferences = people::preferences(self.chance, &person);
        let cars: Vec<Car> = (0..self.how_many_cars(&person))
            .map(|_| self.car(&person))
            .collect();
        let services: Vec<Record> = cars
            .iter()
            .flat_map(|car| &car.events)
            .filter(|event| event.kind == EntityKind::ServiceRecord)
            .cloned()
            .collect();
        let visit = consequences::of_customer(&person.record, &services);
        person.record.values.extend(visit);
        let notes = self.notes(person.record.id);
        let mut records = vec![person.record, preferences];
        let mut events = Vec::new();
        for car in cars {
            records.push(car.record);
            events.extend(car.events);
        }
        records.append(&mut events);
        records.extend(notes);
        let author = (!self.staff.is_empty()).then(|| self.chance.one(self.staff).clone());
        Household::new(self.chance, author, records)
    }

    fn how_many_cars(&mut self, person: &Person) -> i64 {
        if person.is_business {
            return match self.chance.percent(20) {
                true => self.chance.between(4, 12),
                false => self.chance.between(1, 3),
            };
        }
        *match self.chance.between(0, 99) {
            0..3 => &0,
            3..70 => &1,
            70..94 => &2,
            _ => &3,
        }
    }

    fn car(&mut self, person: &Person) -> Car {
        let number = *self.vehicles_made;
        *self.vehicles_made += 1;
        let owner = person.record.id;
        let id = self.chance.id(self.created_at);
        let (mut values, age) = cars::identity(self.chance, number, self.today);
        values.extend(cars::papers(self.chance, age, self.today));
        values.insert("customer_id", Value::Id(owner));

        let life_days = (age * 365 + self.chance.between(30, 300)) as f64;
        let per_day = 18.0 + self.chance.share() * 26.0;
        let today = self.today;
        let odometer = |day: NaiveDate| {
            let until_today = today.signed_duration_since(day).num_days() as f64;
            rounded((life_days - until_today).max(life_days * 0.1) * per_day)
        };
        let first_day = self.created_at.date_naive().min(today);
        let mut events = self.owners(id, owner);
        events.push(self.reading(id, odometer(first_day), self.created_at));
        let months = *self.chance.one(&[6_i64, 6, 12]);
        let distance = *self.chance.one(&[5_000_i64, 5_000, 7_500, 10_000]);
        let visits = self.visits(first_day, months);
        let mut shown = odometer(first_day);
        for visit in &visits {
            let at = self.chance.moment_on(*visit).min(self.now);
            shown = odometer(*visit).max(shown);
            events.push(self.service(id, owner, shown, at));
        }
        if !visits.is_empty() {
            if self.chance.percent(70) {
                values.insert("service_interval_months", Value::Integer(months));
                values.insert("service_interval_distance", Value::Integer(distance));
            }
        } else if self.chance.percent(25) {
            // Promised at the counter.
            let day = today.checked_add_days(Days::new(self.chance.between(0, 120).unsigned_abs()));
            let blank = Record::new(EntityKind::Vehicle, id, Values::new(), self.created_at);
            let mut promise = Values::from([(
                "next_service_due_date",
                day.map_or(Value::Null, Value::Date),
            )]);
            consequences::state(&blank, &mut promise);
            values.extend(promise);
        }
        if self.chance.percent(25) && odometer(today) > shown {
            // Dropped in without having anything done.
            shown = odometer(today);
            events.push(self.reading(id, shown, self.now - Duration::hours(30)));
        }
        let record = Record::new(EntityKind::Vehicle, id, values, self.created_at);
        Car::settled(record, events, self.calendar)
    }

    /// Days of visits since the first, oldest first. The last lies about one interval back, so
    /// that what is due spreads around today.
    fn visits(&mut self, first_day: NaiveDate, months: i64) -> Vec<NaiveDate> {
        let known_days = self.today.signed_duration_since(first_day).num_days();
        let last_ago = self.chance.between(1, months * 30 + 25);
        if last_ago > known_days || self.chance.percent(15) {
            return Vec::new();
        }
        let earlier = self.chance.between(0, (known_days / 365).min(3));
        let mut ago: Vec<i64> = (0..earlier)
            .map(|_| {
                self.chance
                    .between(last_ago + 1, known_days.max(last_ago + 1))
            })
            .collect();
        ago.push(last_ago);
        ago.sort_unstable_by_key(|days| std::cmp::Reverse(*days));
        ago.dedup();
        ago.into_iter()
            .filter_map(|days| self.today.checked_sub_days(Days::new(days.unsigned_abs())))
            .collect()
    }

    fn owners(&mut self, vehicle_id: Uuid, owner: Uuid) -> Vec<Record> {
        let mut owners = Vec::new();
        let mut from = self.created_at - Duration::days(self.chance.between(0, 900));
        if let Some(former) = self.former_owner.filter(|_| self.chance.percent(4)) {
            let sold = self.created_at;
            owners.push(self.ownership(vehicle_id, former, from));
            from = sold;
        }
        owners.push(self.ownership(vehicle_id, owner, from));
        owners
    }

    fn ownership(&mut self, vehicle_id: Uuid, customer: Uuid, from: DateTime<Utc>) -> Record {
        let said = consequences::beginning(vehicle_id, customer, from);
        let id = self.chance.id(self.created_at);
        Record::new(EntityKind::Ownership, id, said, self.created_at)
    }

    fn reading(&mut self, vehicle_id: Uuid, value: i64, at: DateTime<Utc>) -> Record {
        let said = Values::from([
            ("vehicle_id", Value::Id(vehicle_id)),
            ("value", Value::Integer(value)),
            ("read_at", Value::Instant(at)),
        ]);
        let id = self.chance.id(at);
        Record::new(EntityKind::MileageReading, id, said, at)
    }

    fn service(
        &mut self,
        vehicle_id: Uuid,
        customer_id: Uuid,
        mileage: i64,
        at: DateTime<Utc>,
    ) -> Record {
        let work = self.chance.weighted(WORKS, |work| work.weight);
        let mut said = Values::from([
            ("vehicle_id", Value::Id(vehicle_id)),
            ("customer_id", Value::Id(customer_id)),
            ("performed_at", Value::Instant(at)),
            ("mileage", Value::Integer(mileage)),
            ("service_type", Value::Text(work.service_type.to_owned())),
            ("description", Value::Text(work.description.to_owned())),
            ("currency", Value::Text("USD".to_owned())),
        ]);
        let cost = self.chance.between(work.price.0, work.price.1);
        // Prices end in a five or a nought.
        said.insert("cost", Value::Integer(cost / 5 * 5));
        if let Some((employee, _)) = self
            .staff
            .get(3..)
            .and_then(|hands| (!hands.is_empty()).then(|| self.chance.one(hands)))
        {
            said.insert("employee_id", Value::Id(*employee));
        }
        let id = self.chance.id(at);
        Record::new(EntityKind::ServiceRecord, id, said, at)
    }

    fn notes(&mut self, customer_id: Uuid) -> Vec<Record> {
        let mut notes = Vec::new();
        while notes.len() < 3 && self.chance.percent(30) {
            let (note_type, title, content, is_important) = *self.chance.one(NOTES);
            let open_seconds = (self.now - self.created_at).num_seconds();
            let at = self.created_at + Duration::seconds(self.chance.between(0, open_seconds));
            let author = (!self.staff.is_empty()).then(|| self.chance.one(self.staff).0);
            let said = Values::from([
                ("customer_id", Value::Id(customer_id)),
                ("note_type", Value::Text(note_type.to_owned())),
                ("title", Value::Text(title.to_owned())),
                ("content", Value::Text(content.to_owned())),
                ("is_important", Value::Flag(is_important)),
                ("is_private", Value::Flag(note_type == "billing")),
                ("created_by", author.map_or(Value::Null, Value::Id)),
            ]);
            let id = self.chance.id(at);
            notes.push(Record::new(EntityKind::Note, id, said, at));
        }
        notes
    }
}
