//! Due states at their borders, and what a recorded service changes.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use servease_domain::due::{
    Due, DueLimits, DueReason, DueState, NextService, ServiceInterval, expiry_state, next_service,
    service_due, urgency,
};

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn today() -> NaiveDate {
    date("2024-06-15")
}

fn by_date(due: &str) -> Due {
    service_due(Some(date(due)), None, 0, today(), DueLimits::default()).expect("has a due point")
}

fn by_mileage(due: i64, current: i64) -> Due {
    service_due(None, Some(due), current, today(), DueLimits::default()).expect("has a due point")
}

fn interval(months: Option<i64>, distance: Option<i64>) -> ServiceInterval {
    ServiceInterval { months, distance }
}

fn next(on: Option<&str>, mileage: Option<i64>) -> NextService {
    NextService {
        date: on.map(date),
        mileage,
    }
}

#[test]
fn nothing_is_due_without_a_due_point() {
    assert_eq!(
        service_due(None, None, 123, today(), DueLimits::default()),
        None
    );
    assert_eq!(expiry_state(None, today(), 30), None);
}

#[test]
fn dates_change_state_on_the_day() {
    for (due, state, days) in [
        ("2024-07-16", DueState::Ok, 31),
        ("2024-07-15", DueState::DueSoon, 30),
        ("2024-06-16", DueState::DueSoon, 1),
        ("2024-06-15", DueState::Due, 0),
        ("2024-06-14", DueState::Overdue, -1),
    ] {
        let expected = Due {
            state,
            reason: DueReason::Date {
                date: date(due),
                days,
            },
        };
        assert_eq!(by_date(due), expected);
        assert_eq!(expiry_state(Some(date(due)), today(), 30), Some(expected));
        assert_eq!(expected.is_due(), date(due) <= today());
    }
}

#[test]
fn mileages_change_state_at_the_limit() {
    for (current, state) in [
        (58_999, DueState::Ok),
        (59_000, DueState::DueSoon),
        (59_999, DueState::DueSoon),
        (60_000, DueState::Due),
        (60_001, DueState::Overdue),
    ] {
        let due = by_mileage(60_000, current);
        assert_eq!(due.state, state, "at {current}");
        assert_eq!(
            due.reason,
            DueReason::Mileage {
                mileage: 60_000,
                remaining: 60_000 - current
            }
        );
    }
}

#[test]
fn the_more_urgent_of_date_and_mileage_counts_and_the_date_on_a_tie() {
    let both = |due, current| {
        service_due(
            Some(date(due)),
            Some(60_000),
            current,
            today(),
            DueLimits::default(),
        )
        .unwrap()
    };
    assert_eq!(both("2025-01-01", 60_500), by_mileage(60_000, 60_500));
    assert_eq!(both("2024-06-01", 10_000), by_date("2024-06-01"));
    assert_eq!(both("2024-06-01", 90_000), by_date("2024-06-01"));
    assert_eq!(both("2025-01-01", 10_000), by_date("2025-01-01"));
}

#[test]
fn lists_show_the_most_urgent_first() {
    let mut list = [
        by_date("2025-01-01"),
        by_mileage(60_000, 59_500),
        by_date("2024-06-15"),
        by_mileage(60_000, 60_001),
        by_date("2024-06-20"),
        by_date("2024-05-01"),
        by_mileage(60_000, 65_000),
    ];
    list.sort_by_key(urgency);
    assert_eq!(
        list,
        [
            by_mileage(60_000, 65_000),
            by_date("2024-05-01"),
            by_mileage(60_000, 60_001),
            by_date("2024-06-15"),
            by_date("2024-06-20"),
            by_mileage(60_000, 59_500),
            by_date("2025-01-01"),
        ]
    );
}

#[test]
fn months_end_safely() {
    for (performed, months, due) in [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-11-30", 3, "2025-02-28"),
        ("2024-06-15", 24, "2026-06-15"),
    ] {
        let from = next_service(date(performed), None, interval(Some(months), None));
        assert_eq!(from, next(Some(due), None));
    }
}

#[test]
fn an_interval_without_its_measure_gives_nothing() {
    let on = today();
    let none = NextService::default();
    assert_eq!(next_service(on, Some(5), interval(None, None)), none);
    assert_eq!(next_service(on, None, interval(None, Some(5))), none);
    assert_eq!(next_service(on, Some(5), interval(Some(0), Some(-1))), none);
    assert_eq!(
        next_service(on, Some(i64::MAX), interval(Some(i64::MAX), Some(1))),
        none
    );
}

#[test]
fn the_form_on_the_wire_is_fixed() {
    assert_eq!(
        serde_json::to_value(by_date("2024-06-20")).unwrap(),
        serde_json::json!({
            "state": "due_soon",
            "reason": {"kind": "date", "date": "2024-06-20", "days": 5},
        })
    );
    assert_eq!(
        serde_json::to_value(by_mileage(60_000, 60_500)).unwrap(),
        serde_json::json!({
            "state": "overdue",
            "reason": {"kind": "mileage", "mileage": 60_000, "remaining": -500},
        })
    );
}

fn any_date() -> impl Strategy<Value = NaiveDate> {
    (0u64..40_000).prop_map(|days| date("1970-01-01") + Days::new(days))
}

proptest! {
    #[test]
    fn is_due_as_the_contract_says(
        due_date in proptest::option::of(any_date()),
        due_mileage in proptest::option::of(0i64..500_000),
        current in 0i64..500_000,
        today in any_date(),
    ) {
        let due = service_due(due_date, due_mileage, current, today, DueLimits::default());
        let by_contract = due_date.is_some_and(|date| date <= today)
            || due_mileage.is_some_and(|mileage| current >= mileage);
        prop_assert_eq!(due.is_some_and(|due| due.is_due()), by_contract);
        prop_assert_eq!(due.is_none(), due_date.is_none() && due_mileage.is_none());
    }

    #[test]
    fn waiting_and_driving_never_make_it_less_urgent(
        due_date in any_date(), due_mileage in 0i64..500_000, current in 0i64..500_000,
        today in any_date(), days in 0u64..1_000, driven in 0i64..50_000,
    ) {
        let at = |current, today| {
            service_due(Some(due_date), Some(due_mileage), current, today, DueLimits::default()).unwrap()
        };
        let now = at(current, today);
        let later = at(current + driven, today + Days::new(days));
        prop_assert!(later.state >= now.state);
    }

    #[test]
    fn a_more_urgent_state_sorts_first(a in any_date(), b in any_date(), today in any_date()) {
        let due = |date| expiry_state(Some(date), today, 30).unwrap();
        prop_assert_eq!(a.cmp(&b), urgency(&due(a)).cmp(&urgency(&due(b))));
    }

    #[test]
    fn any_numbers_are_answered(
        on in any_date(), mileage: Option<i64>, months: Option<i64>, distance: Option<i64>,
        soon_days: i64, soon_distance: i64,
    ) {
        let limits = DueLimits { soon_days, soon_distance };
        let after = next_service(on, mileage, interval(months, distance));
        if let Some(due) = service_due(after.date, after.mileage, mileage.unwrap_or(0), on, limits) {
            urgency(&due);
        }
    }
}
