//! When a service or a paper is due, how urgent that is, and what a service does to it.
//!
//! Pure arithmetic over dates and odometers. "Today" is an argument: it is the garage's calendar
//! date, not the computer's. The words that people read come from the locale files.

use std::cmp::Reverse;

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use specta::Type;

/// How near a due point is. Ordered: the greater, the more urgent.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum DueState {
    /// Farther away than "soon".
    Ok,
    /// Within the limits for "soon", but not reached.
    DueSoon,
    /// Reached exactly: the due date is today, or the odometer shows the due mileage.
    Due,
    /// Passed: the due date was yesterday or earlier, or the odometer is above the due mileage.
    Overdue,
}

/// What the state was derived from. Distances are in the garage's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DueReason {
    Date {
        date: NaiveDate,
        /// Days from today, negative when passed.
        #[specta(type = i32)]
        days: i64,
    },
    Mileage {
        #[specta(type = i32)]
        mileage: i64,
        /// Distance left, negative when passed.
        #[specta(type = i32)]
        remaining: i64,
    },
}

/// A due point as it stands today. Exists only where there is a due date or a due mileage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct Due {
    pub state: DueState,
    /// The more urgent of date and mileage.
    pub reason: DueReason,
}

impl Due {
    /// The contract's `is_service_due`: the due date is today or earlier, or the due mileage is
    /// reached.
    pub fn is_due(&self) -> bool {
        self.state >= DueState::Due
    }
}

/// How far ahead "soon" reaches, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DueLimits {
    #[specta(type = i32)]
    pub soon_days: i64,
    /// In the garage's unit.
    #[specta(type = i32)]
    pub soon_distance: i64,
}

impl Default for DueLimits {
    /// A month, and what is driven in about a month ([`DISTANCE_PER_DAY`]), rounded down.
    fn default() -> Self {
        DueLimits {
            soon_days: 30,
            soon_distance: 1_000,
        }
    }
}

/// What the state of a vehicle's service is, by date and by mileage, whichever is more urgent; by
/// date if both are equally so. None without a due date and without a due mileage.
pub fn service_due(
    next_date: Option<NaiveDate>,
    next_mileage: Option<i64>,
    current_mileage: i64,
    today: NaiveDate,
    limits: DueLimits,
) -> Option<Due> {
    let by_date = next_date.map(|date| by_date(date, today, limits.soon_days));
    let by_mileage =
        next_mileage.map(|mileage| by_mileage(mileage, current_mileage, limits.soon_distance));
    match (by_date, by_mileage) {
        (Some(date), Some(mileage)) if mileage.state > date.state => Some(mileage),
        (Some(date), _) => Some(date),
        (None, mileage) => mileage,
    }
}

/// The state of a registration, insurance, warranty or document. The day in `expires` is the last
/// valid one: on it the state is [`DueState::Due`], after it [`DueState::Overdue`].
pub fn expiry_state(expires: Option<NaiveDate>, today: NaiveDate, soon_days: i64) -> Option<Due> {
    expires.map(|date| by_date(date, today, soon_days))
}

fn by_date(date: NaiveDate, today: NaiveDate, soon_days: i64) -> Due {
    let days = date.signed_duration_since(today).num_days();
    Due {
        state: state(days, soon_days),
        reason: DueReason::Date { date, days },
    }
}

fn by_mileage(mileage: i64, current: i64, soon_distance: i64) -> Due {
    let remaining = mileage.saturating_sub(current);
    Due {
        state: state(remaining, soon_distance),
        reason: DueReason::Mileage { mileage, remaining },
    }
}

fn state(left: i64, soon: i64) -> DueState {
    match left {
        ..0 => DueState::Overdue,
        0 => DueState::Due,
        _ if left <= soon => DueState::DueSoon,
        _ => DueState::Ok,
    }
}

/// What a car covers on a usual day, to compare distances with days: 40 a day is 14,600 a year,
/// between the averages of Europe (some 12,000 km) and the United States (some 13,500 miles).
pub const DISTANCE_PER_DAY: i64 = 40;

/// Sort key of a list of due things, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Urgency {
    state: Reverse<DueState>,
    /// Days left; a distance as the days it usually takes.
    days_left: i64,
}

/// The key of one due thing: first by state, then by the time left.
pub fn urgency(due: &Due) -> Urgency {
    Urgency {
        state: Reverse(due.state),
        days_left: match due.reason {
            DueReason::Date { days, .. } => days,
            // Rounded towards the past, so that one unit too far is not as good as on time.
            DueReason::Mileage { remaining, .. } => remaining.div_euclid(DISTANCE_PER_DAY),
        },
    }
}

/// How often a vehicle is serviced. None, zero and negative mean that there is no such interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub struct ServiceInterval {
    #[specta(type = Option<i32>)]
    pub months: Option<i64>,
    /// In the garage's unit.
    #[specta(type = Option<i32>)]
    pub distance: Option<i64>,
}

/// When the next service is due: at the date or at the mileage, whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub struct NextService {
    pub date: Option<NaiveDate>,
    #[specta(type = Option<i32>)]
    pub mileage: Option<i64>,
}

/// The next service counted from one that was performed. Months are calendar months: one month
/// after 31 January is the last day of February. No date without an interval in months, or when
/// it lies beyond the calendar; no mileage without an interval in distance or without the
/// odometer.
pub fn next_service(
    performed_on: NaiveDate,
    mileage: Option<i64>,
    interval: ServiceInterval,
) -> NextService {
    let months = positive(interval.months).and_then(|months| u32::try_from(months).ok());
    NextService {
        date: months.and_then(|months| performed_on.checked_add_months(Months::new(months))),
        mileage: positive(interval.distance)
            .zip(mileage)
            .and_then(|(distance, at)| at.checked_add(distance)),
    }
}

fn positive(interval: Option<i64>) -> Option<i64> {
    interval.filter(|length| *length > 0)
}
