//! The one place that reads the clock, and what the rules need to know of the garage beside it.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use servease_domain::Garage;
use servease_domain::reading::Context;

use crate::db::{DbError, Link};
use crate::garage;

/// Now, in the microseconds that both databases keep.
#[expect(
    clippy::disallowed_methods,
    reason = "the outermost edge: everything below takes the time as an argument"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// The garage at the moment of a request.
#[derive(Debug, Clone)]
pub struct World {
    pub garage: Garage,
}

impl World {
    pub async fn load(link: &mut Link) -> Result<World, DbError> {
        Ok(World {
            garage: garage::load(link).await?,
        })
    }

    /// The calendar day of an instant at the garage.
    pub fn day_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        self.garage.day_of(instant)
    }

    /// What validation needs. Central guesses no country: phones come in full.
    pub fn context(&self, now: DateTime<Utc>) -> Context {
        Context {
            now,
            today: self.day_of(now),
            calendar: self.garage.calendar(),
            country: None,
            currency: self.garage.currency.clone(),
        }
    }
}
