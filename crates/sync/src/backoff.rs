//! How long to wait before trying again: exponential with full jitter, so that the desks of a
//! company do not come back all at once when Central does.

use std::time::Duration;

use rand::Rng;

/// The first wait is somewhere below this.
pub const FIRST: Duration = Duration::from_secs(1);

/// No wait is longer, unless the server says so.
pub const LONGEST: Duration = Duration::from_secs(300);

/// A server that asks for more than an hour is answered after an hour: nobody's outage is
/// over by the clock of a broken proxy.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// Consecutive failures and what to wait after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
    first: Duration,
}

impl Default for Backoff {
    fn default() -> Backoff {
        Backoff::starting_at(FIRST)
    }
}

impl Backoff {
    /// The first wait is somewhere below `first`.
    pub fn starting_at(first: Duration) -> Backoff {
        Backoff { failures: 0, first }
    }

    pub fn succeed(&mut self) {
        self.failures = 0;
    }

    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Notes a failure. The wait is between nothing and 1 s, 2 s, 4 s … 5 min; a server's
    /// Retry-After is a lower bound, on top of which the jitter lies.
    pub fn fail(&mut self, retry_after: Option<Duration>, random: &mut impl Rng) -> Duration {
        let ceiling = self
            .first
            .checked_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX))
            .map_or(LONGEST, |ceiling| ceiling.min(LONGEST));
        self.failures = self.failures.saturating_add(1);
        let jitter = ceiling.mul_f64(random.random::<f64>());
        match retry_after {
            Some(asked) => asked.min(RETRY_AFTER_MAX) + jitter.min(FIRST),
            None => jitter,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_never_beyond() {
        let mut random = StdRng::seed_from_u64(1);
        let mut backoff = Backoff::default();
        for failure in 0..40_u32 {
            let ceiling = FIRST * 2_u32.pow(failure.min(9));
            let wait = backoff.fail(None, &mut random);
            assert!(wait <= ceiling.min(LONGEST), "{failure}: {wait:?}");
        }
        backoff.succeed();
        assert!(backoff.fail(None, &mut random) <= FIRST);
    }

    #[test]
    fn the_server_is_heard() {
        let mut random = StdRng::seed_from_u64(2);
        let asked = Duration::from_secs(20);
        let wait = Backoff::default().fail(Some(asked), &mut random);
        assert!(wait >= asked && wait <= asked + FIRST);
        let absurd = Duration::from_secs(1_000_000);
        let wait = Backoff::default().fail(Some(absurd), &mut random);
        assert!(wait <= RETRY_AFTER_MAX + FIRST);
    }
}
