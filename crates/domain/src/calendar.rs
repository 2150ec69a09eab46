//! The garage's calendar: which day an instant is there, and when a day begins.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

/// The calendar of one time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    zone: Tz,
}

/// The zone of a garage that has not said where it is.
pub const DEFAULT_ZONE: Tz = Tz::America__New_York;

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar::of(DEFAULT_ZONE)
    }
}

impl Calendar {
    pub const fn of(zone: Tz) -> Calendar {
        Calendar { zone }
    }

    /// By the zone's IANA name; UTC where there is no such zone.
    pub fn named(zone: &str) -> Calendar {
        Calendar {
            zone: zone.parse().unwrap_or(Tz::UTC),
        }
    }

    /// The day of an instant.
    pub fn day(self, instant: DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.zone).date_naive()
    }

    /// The first instant of a day. Where summer time leaves midnight out, the day begins at the
    /// first moment that exists.
    pub fn start_of(self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(NaiveTime::MIN);
        (0..24)
            .find_map(|hours| {
                self.zone
                    .from_local_datetime(&(midnight + TimeDelta::hours(hours)))
                    .earliest()
            })
            .map_or_else(|| midnight.and_utc(), |start| start.to_utc())
    }

    /// What clocks there show at an instant.
    pub fn time(self, instant: DateTime<Utc>) -> NaiveTime {
        instant.with_timezone(&self.zone).time()
    }

    /// When clocks there show a time of a day; the first of two such moments. Where summer time
    /// leaves it out: the first moment after it.
    pub fn at(self, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        let local = |time: NaiveDateTime| self.zone.from_local_datetime(&time).earliest();
        let time = day.and_time(time);
        (0..=24 * 4)
            .find_map(|quarters| local(time + TimeDelta::minutes(quarters * 15)))
            .map_or_else(|| time.and_utc(), |moment| moment.to_utc())
    }

    /// Noon of a day. Where the zone skipped the day, as Samoa did in 2011: the noon before.
    pub fn noon_of(self, day: NaiveDate) -> DateTime<Utc> {
        let noon = day.and_time(NaiveTime::MIN) + TimeDelta::hours(12);
        let local = |noon: NaiveDateTime| self.zone.from_local_datetime(&noon).earliest();
        local(noon)
            .or_else(|| local(noon - TimeDelta::days(1)))
            .map_or(noon.and_utc(), |noon| noon.to_utc())
    }
}
