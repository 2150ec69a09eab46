//! What speaks up, and when: which dates and odometers raise an alert, how urgent it is, and what
//! is left of it after somebody answered it. Pure: today and now are arguments.
//!
//! An alert is about one thing (a vehicle, a document, a note), one kind of it, and one occasion:
//! when the service is done or the paper renewed the date is another one, and with it the alert.
//! Nothing of it is stored but what people did ([`Answer`], a record that syncs) and what a desk has
//! told its own people ([`Told`]). So whatever happens to clocks, zones and edits, every desk
//! comes to the same alerts.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use strum::{EnumString, IntoStaticStr, VariantNames};
use uuid::Uuid;

use crate::due::{Due, DueLimits, DueState, expiry_state, service_due};
use crate::kind::EntityKind;

/// What an alert is about.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Type,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AlertKind {
    Service,
    Registration,
    Insurance,
    Warranty,
    Document,
    FollowUp,
}

/// What is special about one kind of alert.
#[derive(Debug, Clone, Copy)]
pub struct About {
    pub kind: AlertKind,
    /// The records that it is about.
    pub entity: EntityKind,
    /// The field with the date.
    pub date: &'static str,
    /// The field of the garage that says how early it speaks. None: on the day itself.
    pub lead_days: Option<&'static str>,
}

/// Every kind, in the order of [`AlertKind`]: a new one is a row, its words and the statement that
/// finds its dates.
pub const TABLE: [About; 6] = [
    About {
        kind: AlertKind::Service,
        entity: EntityKind::Vehicle,
        date: "next_service_due_date",
        lead_days: Some("service_lead_days"),
    },
    About {
        kind: AlertKind::Registration,
        entity: EntityKind::Vehicle,
        date: "registration_expiry_date",
        lead_days: Some("registration_lead_days"),
    },
    About {
        kind: AlertKind::Insurance,
        entity: EntityKind::Vehicle,
        date: "insurance_expiry_date",
        lead_days: Some("insurance_lead_days"),
    },
    About {
        kind: AlertKind::Warranty,
        entity: EntityKind::Vehicle,
        date: "warranty_expiry_date",
        lead_days: Some("warranty_lead_days"),
    },
    About {
        kind: AlertKind::Document,
        entity: EntityKind::Document,
        date: "expiry_date",
        lead_days: Some("document_lead_days"),
    },
    About {
        kind: AlertKind::FollowUp,
        entity: EntityKind::Note,
        date: "follow_up_date",
        lead_days: None,
    },
];

const _: () = {
    let mut at = 0;
    while at < TABLE.len() {
        assert!(TABLE[at].kind as usize == at, "the table is out of order");
        at += 1;
    }
};

impl AlertKind {
    pub const NAMES: &'static [&'static str] = AlertKind::VARIANTS;

    pub fn about(self) -> &'static About {
        const ROWS: &[About] = &TABLE;
        &ROWS[self as usize]
    }

    /// The name in records, on the command line and in the locale files (`alert-kind-<name>`).
    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn from_name(name: &str) -> Option<AlertKind> {
        name.parse().ok()
    }
}

/// How early an alert speaks, unless the garage says otherwise.
pub const LEAD_DAYS: &str = "30, 14, 7, 1, 0";

/// Nobody plans further ahead.
pub const LEAD_DAYS_MAX: i64 = 365;

/// More often nobody wants to hear of the same date.
const LEADS_MAX: usize = 10;

/// So many days before a date an alert speaks, each time anew; most first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leads(Vec<i64>);

impl Leads {
    /// From days with commas or spaces between them. None: not such days, or none at all.
    pub fn read(text: &str) -> Option<Leads> {
        let words = text.split([',', ';', ' ']).map(str::trim);
        let days: Result<Vec<i64>, _> = words.filter(|it| !it.is_empty()).map(str::parse).collect();
        let mut days = days.ok()?;
        days.sort_unstable_by(|one, other| other.cmp(one));
        days.dedup();
        let is_sound = days.iter().all(|day| (0..=LEAD_DAYS_MAX).contains(day));
        (is_sound && !days.is_empty() && days.len() <= LEADS_MAX).then_some(Leads(days))
    }

    /// As people write them.
    pub fn text(&self) -> String {
        let days: Vec<String> = self.0.iter().map(i64::to_string).collect();
        days.join(", ")
    }

    /// The day itself.
    pub fn on_the_day() -> Leads {
        Leads(vec![0])
    }

    /// How many days ahead the first alert speaks.
    pub fn farthest(&self) -> i64 {
        self.0.first().copied().unwrap_or(0)
    }

    /// The stage that a date has reached which is so many days ahead.
    fn stage(&self, days: i64) -> Option<Stage> {
        if days < 0 {
            return Some(Stage::OVERDUE);
        }
        let reached = self.0.iter().filter(|lead| days <= **lead).min();
        reached.map(|lead| Stage(*lead))
    }
}

impl Default for Leads {
    fn default() -> Leads {
        Leads::read(LEAD_DAYS).unwrap_or_else(Leads::on_the_day)
    }
}

/// How far something has come: the smallest of the lead days that is reached. Ordered: the smaller,
/// the more urgent.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(transparent)]
pub struct Stage(#[specta(type = i32)] pub i64);

impl Stage {
    /// The day has passed.
    pub const OVERDUE: Stage = Stage(-1);
}

/// Something with a date or a mileage on which people must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause {
    pub kind: AlertKind,
    /// The record, of the kind's entity.
    pub record: Uuid,
    pub date: Option<NaiveDate>,
    /// Of a service; in the car's unit.
    pub mileage: Option<i64>,
    /// What the odometer shows.
    pub odometer: i64,
}

/// Names of alerts follow from it.
const ALERTS: Uuid = Uuid::from_u128(0x616c_6572_7473_8000_8000_0000_0000_0001);

impl Cause {
    /// The alert's id, the same on every side. Another date or mileage is another occasion.
    pub fn id(&self) -> Uuid {
        let date = self.date.map(|date| date.to_string()).unwrap_or_default();
        let mileage = self.mileage.map(|it| it.to_string()).unwrap_or_default();
        let name = format!("{} {} {date} {mileage}", self.record, self.kind.name());
        Uuid::new_v5(&ALERTS, name.as_bytes())
    }

    /// How it stands today.
    pub fn due(&self, today: NaiveDate, limits: DueLimits) -> Option<Due> {
        match self.kind {
            AlertKind::Service => {
                service_due(self.date, self.mileage, self.odometer, today, limits)
            }
            _ => expiry_state(self.date, today, limits.soon_days),
        }
    }

    /// How urgent it is; none while it is silent.
    pub fn stage(&self, today: NaiveDate, leads: &Leads, limits: DueLimits) -> Option<Stage> {
        let days = |date: NaiveDate| date.signed_duration_since(today).num_days();
        let by_date = self.date.and_then(|date| leads.stage(days(date)));
        let by_mileage = match self.mileage {
            Some(_) => service_due(None, self.mileage, self.odometer, today, limits),
            None => None,
        };
        let by_mileage = by_mileage.and_then(|due| match due.state {
            DueState::Ok => None,
            DueState::DueSoon => Some(Stage(leads.farthest())),
            DueState::Due => Some(Stage(0)),
            DueState::Overdue => Some(Stage::OVERDUE),
        });
        [by_date, by_mileage].into_iter().flatten().min()
    }

    /// The first day on which it speaks because of its date.
    pub fn speaks_on(&self, leads: &Leads) -> Option<NaiveDate> {
        let ahead = TimeDelta::try_days(leads.farthest())?;
        self.date?.checked_sub_signed(ahead)
    }
}

/// What somebody did about an alert.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Deed {
    /// Nothing, or what was done was taken back.
    Open,
    /// Somebody knows. It speaks again when it is more urgent.
    Seen,
    /// It speaks again at a moment.
    Snoozed,
    /// It is dealt with, and speaks no more for this occasion.
    Done,
}

/// What somebody did, and when that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    pub deed: Deed,
    /// How urgent it was then.
    pub stage: Option<Stage>,
    pub until: Option<DateTime<Utc>>,
}

/// How an alert stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Type,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AlertState {
    /// Its day has not come.
    Scheduled,
    /// It speaks.
    Raised,
    Seen,
    Snoozed,
    Done,
    /// What it was about is done, renewed, gone or silent: it is said once that it was withdrawn.
    Withdrawn,
}

impl AlertState {
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// How an alert stands now, of which somebody may have done something.
pub fn state(stage: Option<Stage>, answer: Option<&Answer>, now: DateTime<Utc>) -> AlertState {
    let deed = answer.map_or(Deed::Open, |answer| answer.deed);
    let Some(stage) = stage.filter(|_| deed != Deed::Done) else {
        return match deed {
            Deed::Done => AlertState::Done,
            _ => AlertState::Scheduled,
        };
    };
    let seen_at = answer.and_then(|answer| answer.stage);
    match deed {
        Deed::Seen if seen_at.is_some_and(|seen| stage >= seen) => AlertState::Seen,
        Deed::Snoozed
            if answer
                .and_then(|it| it.until)
                .is_some_and(|until| now < until) =>
        {
            AlertState::Snoozed
        }
        _ => AlertState::Raised,
    }
}

/// What a desk has told its people of an alert last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub stage: Stage,
    /// The moment up to which it had been silenced by then.
    pub silent_until: Option<DateTime<Utc>>,
}

/// Whether a raised alert has to be told, or told again: it is more urgent than before, or its
/// silence has ended since. No clock is compared, so that one which jumps tells nothing twice.
pub fn is_news(stage: Stage, answer: Option<&Answer>, told: Option<&Told>) -> bool {
    let silent_until = silence_of(answer);
    match told {
        None => true,
        Some(told) => {
            stage < told.stage || (silent_until.is_some() && silent_until != told.silent_until)
        }
    }
}

/// Until when somebody silenced it, be that over or not.
pub fn silence_of(answer: Option<&Answer>) -> Option<DateTime<Utc>> {
    answer
        .filter(|answer| answer.deed == Deed::Snoozed)
        .and_then(|answer| answer.until)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn cause(date: &str) -> Cause {
        Cause {
            kind: AlertKind::Registration,
            record: Uuid::from_u128(1),
            date: Some(day(date)),
            mileage: None,
            odometer: 0,
        }
    }

    #[test]
    fn lead_days_are_read_in_any_order_and_nothing_else_is() {
        for (text, expected) in [
            ("30, 14, 7, 1, 0", Some("30, 14, 7, 1, 0")),
            ("0 7;14", Some("14, 7, 0")),
            (" 5 ", Some("5")),
            ("7,7", Some("7")),
            ("365", Some("365")),
            ("366", None),
            ("-1", None),
            ("a week", None),
            ("", None),
            (",", None),
            ("1 2 3 4 5 6 7 8 9 10 11", None),
        ] {
            let read = Leads::read(text).map(|leads| leads.text());
            assert_eq!(read.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn an_alert_speaks_at_each_lead_day_and_when_the_day_has_passed() {
        let cause = cause("2026-05-31");
        let stage = |today: &str| {
            let stage = cause.stage(day(today), &Leads::default(), DueLimits::default());
            stage.map(|stage| stage.0)
        };
        assert_eq!(cause.speaks_on(&Leads::default()), Some(day("2026-05-01")));
        for (today, expected) in [
            ("2026-04-30", None),
            ("2026-05-01", Some(30)),
            ("2026-05-16", Some(30)),
            ("2026-05-17", Some(14)),
            ("2026-05-24", Some(7)),
            ("2026-05-30", Some(1)),
            ("2026-05-31", Some(0)),
            ("2026-06-01", Some(-1)),
            ("2030-06-01", Some(-1)),
        ] {
            assert_eq!(stage(today), expected, "{today}");
        }
    }

    #[test]
    fn a_service_speaks_by_whichever_of_date_and_mileage_is_nearer() {
        let mut service = Cause {
            kind: AlertKind::Service,
            mileage: Some(60_000),
            odometer: 58_999,
            ..cause("2027-01-01")
        };
        let today = day("2026-05-01");
        let stage = |service: &Cause| service.stage(today, &Leads::default(), DueLimits::default());
        assert_eq!(stage(&service), None);
        for (odometer, expected) in [(59_000, 30), (60_000, 0), (60_001, -1)] {
            service.odometer = odometer;
            assert_eq!(stage(&service), Some(Stage(expected)), "{odometer}");
        }
        service.date = Some(day("2026-05-02"));
        service.odometer = 59_000;
        assert_eq!(stage(&service), Some(Stage(1)));
    }

    #[test]
    fn another_date_is_another_alert_and_the_same_one_has_the_same_id_everywhere() {
        let (one, other) = (cause("2026-05-31"), cause("2026-06-01"));
        assert_eq!(one.id(), cause("2026-05-31").id());
        assert_ne!(one.id(), other.id());
        let kind = Cause {
            kind: AlertKind::Insurance,
            ..one
        };
        assert_ne!(one.id(), kind.id());
        assert_eq!(
            one.id().to_string(),
            "2475c3cb-9b41-5c09-84a1-75a4d01b4730",
            "desks of all ages must agree on it"
        );
    }

    #[test]
    fn an_answer_lasts_as_long_as_it_says() {
        let now = Utc.with_ymd_and_hms(2026, 5, 1, 9, 0, 0).unwrap();
        let answer = |deed, stage: i64, minutes: i64| Answer {
            deed,
            stage: Some(Stage(stage)),
            until: Some(now + TimeDelta::minutes(minutes)),
        };
        let week = Some(Stage(7));
        for (stage, answer, expected) in [
            (None, None, AlertState::Scheduled),
            (week, None, AlertState::Raised),
            (week, Some(answer(Deed::Open, 7, 5)), AlertState::Raised),
            (week, Some(answer(Deed::Seen, 7, 0)), AlertState::Seen),
            (week, Some(answer(Deed::Seen, 14, 0)), AlertState::Raised),
            (week, Some(answer(Deed::Seen, 1, 0)), AlertState::Seen),
            (week, Some(answer(Deed::Snoozed, 7, 1)), AlertState::Snoozed),
            (week, Some(answer(Deed::Snoozed, 7, 0)), AlertState::Raised),
            (week, Some(answer(Deed::Done, 30, 0)), AlertState::Done),
            (None, Some(answer(Deed::Done, 30, 0)), AlertState::Done),
            (None, Some(answer(Deed::Seen, 30, 0)), AlertState::Scheduled),
        ] {
            assert_eq!(
                state(stage, answer.as_ref(), now),
                expected,
                "{stage:?} {answer:?}"
            );
        }
    }

    proptest! {
        /// Whatever days a desk is switched on, in whatever order its clock shows them: nothing is
        /// told twice at one stage, and what speaks is told.
        #[test]
        fn each_stage_is_told_once_whatever_the_clock_does(
            days in prop::collection::vec(-400..60_i64, 1..60)
        ) {
            let cause = cause("2026-05-31");
            let mut told: Option<Told> = None;
            let mut stages = Vec::new();
            for ahead in days {
                let today = day("2026-05-31") + TimeDelta::days(ahead);
                let Some(stage) = cause.stage(today, &Leads::default(), DueLimits::default()) else {
                    continue;
                };
                if is_news(stage, None, told.as_ref()) {
                    stages.push(stage);
                    told = Some(Told { stage, silent_until: None });
                }
                prop_assert!(told.is_some_and(|told| told.stage <= stage));
            }
            let mut once = stages.clone();
            once.dedup();
            prop_assert_eq!(&once, &stages);
            prop_assert!(stages.is_sorted_by(|one, next| one > next));
        }
    }
}
