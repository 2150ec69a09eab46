//! The garage over the years: who works there, and one customer after the other.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use servease_domain::calendar::Calendar;
use servease_domain::{EntityKind, Record, Value, Values};
use uuid::Uuid;

use super::DemoPlan;
use super::chance::Chance;
use super::household::{Household, Makings};
use super::words::EMPLOYEES;

/// Since when the garage has been open.
const OPEN_DAYS: i64 = 8 * 365;

/// Former owners of used cars are found among so many of the latest customers.
const ACQUAINTANCES: usize = 500;

/// Makes the households of a plan, oldest customer first.
#[derive(Debug)]
pub(super) struct Garage {
    chance: Chance,
    plan: DemoPlan,
    now: DateTime<Utc>,
    today: NaiveDate,
    calendar: Calendar,
    staff: Vec<(Uuid, String)>,
    customers_made: u32,
    vehicles_made: u32,
    latest: Vec<Uuid>,
}

impl Garage {
    pub fn new(plan: DemoPlan, now: DateTime<Utc>, calendar: Calendar) -> Garage {
        Garage {
            chance: Chance::new(plan.seed),
            plan,
            now,
            today: calendar.day(now),
            calendar,
            staff: Vec::new(),
            customers_made: 0,
            vehicles_made: 0,
            latest: Vec::new(),
        }
    }

    /// Everybody who works here; to be written first.
    pub fn staff(&mut self) -> Household {
        let opened_at = self.now - Duration::days(OPEN_DAYS + 1);
        let records: Vec<Record> = EMPLOYEES
            .iter()
            .map(|(name, role)| {
                let said = Values::from([
                    ("name", Value::Text((*name).to_owned())),
                    ("role", Value::Text((*role).to_owned())),
                ]);
                let id = self.chance.id(opened_at);
                Record::new(EntityKind::Employee, id, said, opened_at)
            })
            .collect();
        self.staff = records
            .iter()
            .map(|record| (record.id, record.get("name").as_text().to_owned()))
            .collect();
        Household::new(&mut self.chance, None, records)
    }

    /// The next customer with everything that belongs to them.
    pub fn household(&mut self) -> Household {
        // New customers have come ever faster since the garage opened.
        let share = (f64::from(self.customers_made) + 0.5) / f64::from(self.plan.customers);
        let seconds_ago = (1.0 - share.powf(0.8)) * (OPEN_DAYS * 86_400) as f64;
        let created_at = self.now - Duration::seconds(seconds_ago as i64);
        let number = self.customers_made;
        self.customers_made += 1;
        let former_owner = match self.latest.is_empty() {
            true => None,
            false => Some(*self.chance.one(&self.latest)),
        };
        let household = Makings {
            chance: &mut self.chance,
            created_at,
            today: self.today,
            calendar: self.calendar,
            now: self.now,
            staff: &self.staff,
            former_owner,
            vehicles_made: &mut self.vehicles_made,
        }
        .household(number);
        if let Some(customer) = household.records.first() {
            if self.latest.len() == ACQUAINTANCES {
                self.latest.remove(0);
            }
            self.latest.push(customer.id);
        }
        household
    }
}
