//! Ten years of alerts on three desks: papers renewed and not, cars that come and go, desks that are
//! off for weeks, clocks that jump and a garage that moves to other zones. None is missed, none is
//! raised twice, none is raised once its cause has gone.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use servease_desk::Desk;
use servease_desk::views::AlertLine;
use servease_domain::alerts::{AlertKind, AlertState};
use servease_domain::calendar::Calendar;
use servease_domain::due::DueReason;
use servease_domain::{EntityKind, Record};
use servease_tests::simulation::{Arena, Few};
use uuid::Uuid;

use crate::{add, block_on, edit};

const DESKS: usize = 3;

const YEARS: i64 = 10;

const FIELDS: [(&str, AlertKind); 4] = [
    ("registration_expiry_date", AlertKind::Registration),
    ("insurance_expiry_date", AlertKind::Insurance),
    ("warranty_expiry_date", AlertKind::Warranty),
    ("next_service_due_date", AlertKind::Service),
];

const ZONES: [&str; 4] = [
    "America/New_York",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Europe/Berlin",
];

const LEADS: [&str; 3] = ["30, 14, 7, 1, 0", "60, 3", "0"];

/// What happens in the garage, each at some desk.
#[derive(Debug, Clone)]
enum Event {
    Car,
    Date {
        car: usize,
        field: usize,
        ahead: i64,
    },
    Active {
        car: usize,
        is_active: bool,
    },
    Service {
        car: usize,
    },
    Answer {
        which: usize,
        how: usize,
    },
    Undo,
    Zone(usize),
    Leads(usize),
    Clock(i64),
}

#[derive(Debug, Clone)]
struct Moment {
    hours: i64,
    desk: usize,
    event: Event,
    /// Which desks sync then, and which look for alerts, bit by bit.
    syncing: u8,
    looking: u8,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        1 => Just(Event::Car),
        8 => (0..8_usize, 0..FIELDS.len(), -10..70_i64)
            .prop_map(|(car, field, ahead)| Event::Date { car, field, ahead }),
        2 => (0..8_usize, any::<bool>())
            .prop_map(|(car, is_active)| Event::Active { car, is_active }),
        1 => (0..8_usize).prop_map(|car| Event::Service { car }),
        6 => (0..5_usize, 0..4_usize).prop_map(|(which, how)| Event::Answer { which, how }),
        2 => Just(Event::Undo),
        1 => (0..ZONES.len()).prop_map(Event::Zone),
        1 => (0..LEADS.len()).prop_map(Event::Leads),
        1 => (-400..400_i64).prop_map(Event::Clock),
    ]
}

fn moment() -> impl Strategy<Value = Moment> {
    (1..400_i64, 0..DESKS, event(), any::<u8>(), any::<u8>()).prop_map(
        |(hours, desk, event, syncing, looking)| Moment {
            hours,
            desk,
            event,
            syncing,
            looking,
        },
    )
}

/// What a desk has told its people, as they remember it.
#[derive(Debug, Clone, Copy)]
struct Heard {
    stage: i64,
    until: Option<DateTime<Utc>>,
}

struct Years<'a> {
    few: Few<'a>,
    cars: Vec<Uuid>,
    owner: Uuid,
    off: [TimeDelta; DESKS],
    heard: [HashMap<Uuid, Heard>; DESKS],
    raised: usize,
    withdrawn: usize,
}

impl Years<'_> {
    fn desk(&self, at: usize) -> Desk {
        self.few.desk_with_clock_off(at, self.off[at])
    }

    fn now(&self, at: usize) -> DateTime<Utc> {
        self.few.now() + self.off[at]
    }

    async fn happen(&mut self, at: usize, event: &Event) {
        let desk = self.desk(at);
        let today = self.now(at).date_naive();
        let car = |place: &usize| self.cars[place % self.cars.len()];
        // What a desk does not know yet, or has deleted, nobody can edit there.
        let is_there = async |car: Uuid| desk.record(EntityKind::Vehicle, car).await.is_ok();
        match event {
            Event::Car => {
                let fields = json!({"customer_id": self.owner, "make": "Ford", "model": "Focus",
                    "license_plate": format!("P {}", self.cars.len())});
                if desk.record(EntityKind::Customer, self.owner).await.is_ok() {
                    let car = add(&desk, EntityKind::Vehicle, fields).await;
                    self.cars.push(car);
                }
            }
            Event::Date {
                car: place,
                field,
                ahead,
            } if is_there(car(place)).await => {
                let date = today + TimeDelta::days(*ahead);
                let fields = json!({FIELDS[*field].0: date});
                edit(&desk, EntityKind::Vehicle, car(place), fields).await;
            }
            Event::Active {
                car: place,
                is_active,
            } if is_there(car(place)).await => {
                let fields = json!({"is_active": is_active});
                edit(&desk, EntityKind::Vehicle, car(place), fields).await;
            }
            Event::Service { car: place } if is_there(car(place)).await => {
                let fields = json!({"vehicle_id": car(place), "service_type": "Oil"});
                add(&desk, EntityKind::ServiceRecord, fields).await;
            }
            Event::Answer { which, how } => {
                let open = [AlertState::Raised, AlertState::Seen];
                let lines = desk.alerts(&open, 0).await.expect("alerts");
                if let Some(line) = lines.get(*which) {
                    let until = self.now(at) + TimeDelta::hours(30);
                    let answered = match how {
                        0 => desk.see_alert(line.id).await,
                        1 => desk.snooze_alert(line.id, until).await,
                        2 => desk.snooze_until_tomorrow(line.id).await,
                        _ => desk.finish_alert(line.id).await,
                    };
                    answered.expect("an answer");
                }
            }
            // There may be nothing to undo, or others have built on it.
            Event::Undo => _ = desk.undo().await,
            Event::Zone(zone) => save(&desk, "timezone", ZONES[*zone]).await,
            Event::Leads(leads) => {
                for kind in ["registration", "insurance", "warranty", "service"] {
                    save(&desk, &format!("{kind}_lead_days"), LEADS[*leads]).await;
                }
            }
            Event::Clock(hours) => self.off[at] = TimeDelta::hours(*hours),
            _ => {}
        }
    }

    /// A desk looks for alerts; what it tells must be what its people have to hear.
    async fn look(&mut self, at: usize) {
        let desk = self.desk(at);
        let checked = desk.check_alerts(None).await.expect("a check");
        let causes = self.causes(&desk, at).await;
        let heard = &mut self.heard[at];
        for line in &checked.withdrawn {
            self.withdrawn += 1;
            assert!(
                heard.contains_key(&line.id),
                "withdrawn without having been told: {line:?}"
            );
        }
        // Whose cause is there no more, or somebody has finished, may speak anew.
        let over: Vec<AlertLine> = desk
            .alerts(&[AlertState::Done], 40_000)
            .await
            .expect("done");
        let is_done = |id: &Uuid| over.iter().any(|line| line.id == *id);
        heard.retain(|id, _| causes.contains_key(id) && !is_done(id));
        for line in &checked.raised {
            self.raised += 1;
            let stage = causes.get(&line.id).copied().flatten();
            let stage = stage.unwrap_or_else(|| panic!("raised without a cause: {line:?}"));
            if let Some(before) = heard.get(&line.id) {
                let is_news = stage < before.stage || line.until != before.until;
                assert!(is_news, "raised twice at {stage}: {before:?}, {line:?}");
            }
            heard.insert(
                line.id,
                Heard {
                    stage,
                    until: line.until,
                },
            );
        }
        let open = desk.alerts(&[AlertState::Raised], 0).await.expect("alerts");
        for line in open {
            let before = heard.get(&line.id);
            let stage = causes.get(&line.id).copied().flatten();
            let is_known = before
                .zip(stage)
                .is_some_and(|(before, stage)| before.stage <= stage);
            assert!(is_known, "missed: {line:?}, {before:?}, now {stage:?}");
        }
    }

    /// Every date that people must act on, as the desk's records say, and how near it is: by its
    /// alert's id. None: it is too far ahead to speak.
    async fn causes(&self, desk: &Desk, at: usize) -> HashMap<Uuid, Option<i64>> {
        let settings = desk.settings().await.expect("settings");
        let today = Calendar::named(&settings.timezone).day(self.now(at));
        let states = [
            AlertState::Scheduled,
            AlertState::Raised,
            AlertState::Seen,
            AlertState::Snoozed,
            AlertState::Done,
        ];
        let lines = desk.alerts(&states, 40_000).await.expect("alerts");
        let ids: BTreeMap<(Uuid, AlertKind), Uuid> = lines
            .iter()
            .map(|line| ((line.record, line.kind), line.id))
            .collect();
        let mut causes = HashMap::new();
        for car in &self.cars {
            let Ok(record) = desk.record(EntityKind::Vehicle, *car).await else {
                continue;
            };
            for (field, kind) in FIELDS {
                let Some(date) = date_of(&record, field) else {
                    continue;
                };
                let leads = match kind {
                    AlertKind::Registration => &settings.registration_lead_days,
                    AlertKind::Insurance => &settings.insurance_lead_days,
                    AlertKind::Warranty => &settings.warranty_lead_days,
                    _ => &settings.service_lead_days,
                };
                let id = ids.get(&(*car, kind));
                let id = id.unwrap_or_else(|| panic!("{field} {date} of {car} has no alert"));
                causes.insert(*id, stage(date, today, leads));
            }
        }
        for line in &lines {
            assert!(
                causes.contains_key(&line.id),
                "an alert without a cause: {line:?}"
            );
            let reason = line.due.map(|due| due.reason);
            assert!(matches!(reason, Some(DueReason::Date { .. })), "{line:?}");
        }
        causes
    }
}

async fn save(desk: &Desk, key: &str, value: &str) {
    let changes = BTreeMap::from([(key.to_owned(), value.to_owned())]);
    desk.save_settings(&changes).await.expect("settings");
}

fn date_of(record: &Record, field: &str) -> Option<NaiveDate> {
    record
        .get("is_active")
        .as_flag()
        .then(|| record.get(field).as_date())
        .flatten()
}

/// The smallest of the days that is reached, counted by hand.
fn stage(date: NaiveDate, today: NaiveDate, leads: &str) -> Option<i64> {
    let left = (date - today).num_days();
    if left < 0 {
        return Some(-1);
    }
    let days = leads
        .split(", ")
        .map(|day| day.parse::<i64>().expect("a day"));
    days.filter(|day| left <= *day).min()
}

#[test]
fn ten_years_on_three_desks_miss_nothing_and_tell_nothing_twice() {
    block_on(async {
        let arena = Arena::new(DESKS).await;
        let config = Config {
            // Years of their own in each run; a failure prints what happened in them.
            cases: 1,
            ..Config::default()
        };
        let mut runner = TestRunner::new(config);
        let strategy = moment();
        let mut few = arena.few(DESKS).await;
        let end = few.now() + TimeDelta::days(YEARS * 366);
        let first = few.desk(0);
        let owner = add(
            &first,
            EntityKind::Customer,
            json!({"first_name": "Bo", "last_name": "Diaz", "phone": "+15125550123"}),
        )
        .await;
        let car = add(
            &first,
            EntityKind::Vehicle,
            json!({"customer_id": owner, "make": "Ford", "model": "Focus", "license_plate": "P 0"}),
        )
        .await;
        few.settle().await;
        let mut years = Years {
            few,
            cars: vec![car],
            owner,
            off: [TimeDelta::zero(); DESKS],
            heard: Default::default(),
            raised: 0,
            withdrawn: 0,
        };
        while years.few.now() < end {
            let moment = strategy.new_tree(&mut runner).expect("a moment").current();
            years.few.pass(TimeDelta::hours(moment.hours));
            years.happen(moment.desk, &moment.event).await;
            for at in 0..DESKS {
                if moment.syncing & (1 << at) != 0 {
                    years.few.sync(at).await;
                }
            }
            for at in 0..DESKS {
                if moment.looking & (1 << at) != 0 {
                    years.look(at).await;
                }
            }
        }
        years.few.settle().await;
        for at in 0..DESKS {
            years.look(at).await;
            let conflicts = years.desk(at).conflicts().await.expect("conflicts");
            let about_alerts = conflicts.iter().filter(|it| it.kind == EntityKind::Alert);
            assert_eq!(about_alerts.count(), 0);
        }
        assert!(
            years.raised > 100 && years.withdrawn > 20,
            "too quiet to say anything"
        );
    });
}
