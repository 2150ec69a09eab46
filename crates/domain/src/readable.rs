//! Dates, times and instants that every database, program and desk can read.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};

/// Years that have four digits everywhere.
pub const YEARS: RangeInclusive<i32> = 1..=9999;

/// A date with a year of four digits.
pub fn is_date(date: NaiveDate) -> bool {
    YEARS.contains(&date.year())
}

/// A time of day in whole seconds. A leap second is one that a database takes for tomorrow.
pub fn is_time(time: NaiveTime) -> bool {
    time.nanosecond() == 0
}

/// An instant with a year of four digits, by the clock of Greenwich.
pub fn is_instant(at: DateTime<Utc>) -> bool {
    YEARS.contains(&at.year())
}
