//! Odometer readings: which ones are believed at once.
//!
//! A reading is judged against the last one before it is stored. What follows from the judgement
//! (asking, flagging, refusing) is decided where readings are stored.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// More than this above the last reading is improbable, whatever time has passed. A taxi covers
/// some 50,000 in half a year, and comes for service more often than that; the usual error, one
/// digit too many, adds nine times the last reading.
pub const MAX_ABOVE_LAST: i64 = 50_000;

/// More than this a day is improbable: 24 hours at 83 an hour, without a stop. In kilometres only
/// two drivers taking turns on a motorway come near it, in miles nobody does.
pub const MAX_PER_DAY: i64 = 2_000;

/// The rate a day counts from this age of the last reading on. Over a shorter time a rounded or
/// late-entered reading makes a small difference look fast; 7 days allow 14,000.
pub const MIN_AGE_FOR_RATE: TimeDelta = TimeDelta::days(7);

const SECONDS_PER_DAY: i128 = 24 * 60 * 60;

/// What a new reading looks like beside the last one. Distances are in the garage's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Assessment {
    Accepted,
    /// To be confirmed before it is believed.
    Improbable {
        #[specta(type = i32)]
        last: i64,
        /// How far above the last.
        #[specta(type = i32)]
        above: i64,
        /// The distance a day, rounded down, when it is the rate that is improbable.
        #[specta(type = Option<i32>)]
        per_day: Option<i64>,
    },
    /// Lower than the last and not marked a correction.
    BelowLast {
        #[specta(type = i32)]
        last: i64,
    },
    /// Entered late, and higher than what was read after it.
    AboveNext {
        #[specta(type = i32)]
        next: i64,
    },
}

/// Judges a new reading, taken at `at`, by the last one and when that was read.
///
/// Improbable is more than [`MAX_ABOVE_LAST`] above the last, or above [`MAX_PER_DAY`] since a last
/// reading that is at least [`MIN_AGE_FOR_RATE`] old. An equal reading is accepted, and so is the
/// first. A correction may be lower than the last; upwards it is judged like any other, since a
/// wrong high value is the one that no later reading puts right.
pub fn assess(
    previous: Option<(i64, DateTime<Utc>)>,
    new_value: i64,
    at: DateTime<Utc>,
    is_correction: bool,
) -> Assessment {
    let Some((last, read_at)) = previous else {
        return Assessment::Accepted;
    };
    if new_value < last {
        return if is_correction {
            Assessment::Accepted
        } else {
            Assessment::BelowLast { last }
        };
    }
    let above = new_value.saturating_sub(last);
    let per_day = improbable_rate(above, at.signed_duration_since(read_at));
    if above > MAX_ABOVE_LAST || per_day.is_some() {
        Assessment::Improbable {
            last,
            above,
            per_day,
        }
    } else {
        Assessment::Accepted
    }
}

/// In 128 bits, where neither product can overflow.
fn improbable_rate(above: i64, elapsed: TimeDelta) -> Option<i64> {
    if elapsed < MIN_AGE_FOR_RATE {
        return None;
    }
    let seconds = i128::from(elapsed.num_seconds());
    let distance = i128::from(above) * SECONDS_PER_DAY;
    if distance > i128::from(MAX_PER_DAY) * seconds {
        i64::try_from(distance / seconds).ok()
    } else {
        None
    }
}
