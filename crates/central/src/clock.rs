//! The one place that reads the clock.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use chrono_tz::Tz;
use servease_domain::reading::Context;

/// The clock together with what else the rules need to know of the world.
#[derive(Debug, Clone)]
pub struct World {
    /// The garage's time zone: it decides what today is.
    pub time_zone: Tz,
    /// ISO 4217: amounts without a currency are in it.
    pub currency: String,
}

impl World {
    /// Now, in the microseconds that both databases keep.
    #[expect(
        clippy::disallowed_methods,
        reason = "the outermost edge: everything below takes the time as an argument"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }

    pub fn day_of(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.time_zone).date_naive()
    }

    /// What validation needs. Central guesses no country: phones come in full.
    pub fn context(&self, now: DateTime<Utc>) -> Context {
        Context {
            now,
            today: self.day_of(now),
            country: None,
            currency: self.currency.clone(),
        }
    }
}
