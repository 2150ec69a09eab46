//! The odometer as a chain of readings: which are believed, and what it shows.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::counts;
use crate::kind::EntityKind;
use crate::odometer::{Assessment, MAX_PER_DAY, MIN_AGE_FOR_RATE, assess};
use crate::record::Record;

/// Within it nobody asks which came first: a service that is entered with its day alone, and what
/// was read when the car came in.
const SAME_VISIT: TimeDelta = TimeDelta::days(1);

/// A mileage that is believed.
#[derive(Debug, Clone, Copy)]
struct Believed {
    at: DateTime<Utc>,
    value: i64,
    is_correction: bool,
}

/// The believed mileages of a vehicle in the order of time.
///
/// Mileages are judged in the order in which they were written down, each against its neighbours
/// in time among those that were believed by then, just as the desk judges a new one. So an old
/// service that is entered today does not make yesterday's reading doubtful.
#[derive(Debug, Default)]
pub(super) struct Chain {
    believed: Vec<Believed>,
    improbable: HashSet<Uuid>,
}

impl Chain {
    pub fn of(readings: &[Record], services: &[Record]) -> Chain {
        let mut written: Vec<&Record> = readings
            .iter()
            .chain(services)
            .filter(|record| counts(record))
            .collect();
        written.sort_by_key(|record| (record.created_at, record.id));
        let mut chain = Chain::default();
        for record in written {
            chain.add(record);
        }
        chain
    }

    /// What the odometer shows: the largest since the last correction; 0 where nobody read it.
    pub fn shown(&self) -> i64 {
        running(&self.believed).unwrap_or(0)
    }

    /// What it showed at a moment, as far as that is known: before the first reading, what that
    /// one says.
    pub fn shown_at(&self, at: DateTime<Utc>) -> Option<i64> {
        let until = self.believed.partition_point(|one| one.at <= at);
        running(&self.believed[..until]).or(self.believed.first().map(|one| one.value))
    }

    pub fn is_improbable(&self, id: Uuid) -> bool {
        self.improbable.contains(&id)
    }

    /// Judges one more mileage, without believing it.
    pub fn judge(&mut self, new: &Record) -> Assessment {
        match mileage_of(new) {
            Some(value) => self.assess(when(new), value, is_correction(new)),
            None => Assessment::Accepted,
        }
    }

    fn add(&mut self, record: &Record) {
        let Some(value) = mileage_of(record) else {
            return;
        };
        let (at, is_correction) = (when(record), is_correction(record));
        let is_confirmed = record.get("is_confirmed").as_flag();
        match self.assess(at, value, is_correction) {
            Assessment::Accepted => {}
            Assessment::Improbable { .. } | Assessment::AboveNext { .. } if is_confirmed => {}
            Assessment::Improbable { .. } | Assessment::AboveNext { .. } => {
                self.improbable.insert(record.id);
                return;
            }
            // It says nothing that a larger one did not say.
            Assessment::BelowLast { .. } => return,
        }
        let place = self.believed.partition_point(|one| one.at <= at);
        let one = Believed {
            at,
            value,
            is_correction,
        };
        self.believed.insert(place, one);
    }

    fn assess(&self, at: DateTime<Utc>, value: i64, is_correction: bool) -> Assessment {
        let place = self.believed.partition_point(|one| one.at <= at);
        let (before, after) = self.believed.split_at(place);
        let previous = running(before).zip(before.last().map(|one| one.at));
        let found = assess(previous, value, at, is_correction);
        if is_correction || found != Assessment::Accepted {
            return found;
        }
        if let Some((last, read_at)) = previous
            && self.continues_replaced(before, last, value)
        {
            return Assessment::Improbable {
                last,
                above: value - last,
                per_day: (value - last).checked_div((at - read_at).num_days()),
            };
        }
        match after.first() {
            Some(next)
                if !next.is_correction && value > next.value && next.at - at >= SAME_VISIT =>
            {
                Assessment::AboveNext { next: next.value }
            }
            _ => Assessment::Accepted,
        }
    }

    /// Whether a mileage goes on from an odometer that was set lower in the meantime, by somebody
    /// who had not heard of that: it lies above what was shown before the correction, and farther
    /// above the correction than anybody drives in a week.
    fn continues_replaced(&self, before: &[Believed], last: i64, value: i64) -> bool {
        let Some(correction) = before.iter().rposition(|one| one.is_correction) else {
            return false;
        };
        let Some(replaced) = running(&before[..correction]) else {
            return false;
        };
        replaced > before[correction].value
            && value >= replaced
            && value - last > MAX_PER_DAY * MIN_AGE_FOR_RATE.num_days()
    }
}

/// The largest since the last correction.
fn running(believed: &[Believed]) -> Option<i64> {
    let start = believed
        .iter()
        .rposition(|one| one.is_correction)
        .unwrap_or(0);
    believed[start..].iter().map(|one| one.value).max()
}

fn mileage_of(record: &Record) -> Option<i64> {
    match record.kind {
        EntityKind::ServiceRecord => record.get("mileage").as_integer(),
        _ => record.get("value").as_integer(),
    }
}

fn when(record: &Record) -> DateTime<Utc> {
    super::dated_by(record.kind)
        .and_then(|field| record.get(field).as_instant())
        .unwrap_or(record.created_at)
}

fn is_correction(record: &Record) -> bool {
    record.get("is_correction").as_flag()
}
