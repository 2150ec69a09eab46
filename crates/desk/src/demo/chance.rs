//! The dice: reproducible choices and ids.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

/// A stream of choices that a seed determines, on every platform.
#[derive(Debug)]
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(ChaCha8Rng::seed_from_u64(seed))
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// Both ends included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        self.0.random_range(from..=to.max(from))
    }

    /// From 0 up to, not including, 1.
    pub fn share(&mut self) -> f64 {
        self.0.random()
    }

    pub fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.0.random_range(0..of.len())]
    }

    /// One of a list whose first ones are common and last ones rare, as names are.
    pub fn common_first<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        let place = self.share().powi(2) * of.len() as f64;
        &of[(place as usize).min(of.len() - 1)]
    }

    pub fn weighted<'t, T>(&mut self, of: &'t [T], weight: impl Fn(&T) -> u32) -> &'t T {
        let total: u32 = of.iter().map(&weight).sum();
        let mut left = self.0.random_range(0..total.max(1));
        for one in of {
            match left.checked_sub(weight(one)) {
                Some(rest) => left = rest,
                None => return one,
            }
        }
        &of[0]
    }

    pub fn digits(&mut self, count: usize) -> String {
        self.characters("0123456789", count)
    }

    pub fn characters(&mut self, of: &str, count: usize) -> String {
        let of: Vec<char> = of.chars().collect();
        (0..count).map(|_| *self.one(&of)).collect()
    }

    /// A moment of the opening hours of a day.
    pub fn moment_on(&mut self, day: NaiveDate) -> DateTime<Utc> {
        let seconds = self.between(13 * 3600, 22 * 3600);
        day.and_time(chrono::NaiveTime::MIN).and_utc() + Duration::seconds(seconds)
    }

    /// A UUIDv7 of that moment.
    pub fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let mut tail = [0; 10];
        self.0.fill_bytes(&mut tail);
        let ms = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &tail).into_uuid()
    }
}

/// A share of a hundred thousand in thousandths, for odometers.
pub(super) fn rounded(mileage: f64) -> i64 {
    (mileage.max(0.0) as i64).min(350_000)
}
