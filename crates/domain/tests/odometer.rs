//! Which readings are believed, asked about, refused.

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use proptest::prelude::*;
use servease_domain::odometer::{Assessment, MAX_ABOVE_LAST, MAX_PER_DAY, assess};

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 6, 1, 12, 0, 0)
        .single()
        .expect("exists once")
}

fn after(last: i64, age: TimeDelta, new_value: i64) -> Assessment {
    assess(Some((last, noon() - age)), new_value, noon(), false)
}

#[test]
fn the_first_reading_is_accepted_whatever_it_says() {
    assert_eq!(assess(None, 999_999, noon(), false), Assessment::Accepted);
    assert_eq!(assess(None, 0, noon(), false), Assessment::Accepted);
}

#[test]
fn an_ordinary_or_equal_reading_is_accepted() {
    assert_eq!(
        after(50_000, TimeDelta::days(180), 58_000),
        Assessment::Accepted
    );
    assert_eq!(
        after(50_000, TimeDelta::days(180), 50_000),
        Assessment::Accepted
    );
}

#[test]
fn exactly_the_limit_above_is_accepted_and_one_more_is_not() {
    let year = TimeDelta::days(365);
    assert_eq!(after(10_000, year, 60_000), Assessment::Accepted);
    assert_eq!(
        after(10_000, year, 60_001),
        Assessment::Improbable {
            last: 10_000,
            above: 50_001,
            per_day: None
        }
    );
}

#[test]
fn the_rate_counts_from_a_weeks_age_on() {
    let week = TimeDelta::days(7);
    assert_eq!(after(10_000, week, 24_000), Assessment::Accepted);
    assert_eq!(
        after(10_000, week, 24_008),
        Assessment::Improbable {
            last: 10_000,
            above: 14_008,
            per_day: Some(2_001)
        }
    );
    assert_eq!(
        after(10_000, week, 24_001),
        Assessment::Improbable {
            last: 10_000,
            above: 14_001,
            per_day: Some(2_000)
        }
    );
    let younger = week - TimeDelta::seconds(1);
    assert_eq!(after(10_000, younger, 24_001), Assessment::Accepted);
    assert_eq!(after(10_000, younger, 60_000), Assessment::Accepted);
}

#[test]
fn a_lower_reading_is_refused_unless_it_is_a_correction() {
    let last = Some((50_000, noon()));
    assert_eq!(
        assess(last, 49_999, noon(), false),
        Assessment::BelowLast { last: 50_000 }
    );
    assert_eq!(assess(last, 5_000, noon(), true), Assessment::Accepted);
}

#[test]
fn a_correction_upwards_is_judged_like_any_reading() {
    let last = Some((5_000, noon() - TimeDelta::days(1)));
    assert!(matches!(
        assess(last, 505_000, noon(), true),
        Assessment::Improbable { above: 500_000, .. }
    ));
}

#[test]
fn a_reading_dated_before_the_last_has_no_rate() {
    let last = Some((10_000, noon() + TimeDelta::days(30)));
    assert_eq!(assess(last, 30_000, noon(), false), Assessment::Accepted);
}

#[test]
fn the_form_on_the_wire_is_tagged() {
    let json = serde_json::to_value(Assessment::BelowLast { last: 7 }).unwrap();
    assert_eq!(json, serde_json::json!({"kind": "below_last", "last": 7}));
}

proptest! {
    #[test]
    fn any_numbers_at_any_time_are_judged(last in any::<i64>(), new in any::<i64>(), seconds in any::<i32>(), correction: bool) {
        let read_at = noon() + TimeDelta::seconds(seconds.into());
        let judged = assess(Some((last, read_at)), new, noon(), correction);
        let is_below = matches!(judged, Assessment::BelowLast { .. });
        prop_assert_eq!(is_below, new < last && !correction);
    }

    #[test]
    fn what_is_within_both_limits_is_accepted(last in 0i64..1_000_000, days in 7i64..400, share in 0.0f64..=1.0) {
        let most = (days * MAX_PER_DAY).min(MAX_ABOVE_LAST);
        let above = (most as f64 * share) as i64;
        prop_assert_eq!(after(last, TimeDelta::days(days), last + above), Assessment::Accepted);
    }

    #[test]
    fn more_distance_is_never_less_improbable(last in 0i64..500_000, days in 0i64..400, above in 0i64..100_000, more in 0i64..100_000) {
        let age = TimeDelta::days(days);
        if after(last, age, last + above) != Assessment::Accepted {
            prop_assert_ne!(after(last, age, last + above + more), Assessment::Accepted);
        }
    }
}
