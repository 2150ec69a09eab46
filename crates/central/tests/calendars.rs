//! The calendars of a desk and of Central, read by two parsers that know nothing of us.
//!
//! The parsers come from PyPI, in pinned versions: see `servease_tests::python`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is the message"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use chrono::{Datelike as _, TimeDelta};
use serde_json::{Value, json};
use servease_central::alerts::words;
use servease_desk::{Clock, Desk};
use servease_domain::EntityKind;
use servease_domain::calendar::DEFAULT_ZONE;
use servease_tests::central::{Service, now};
use servease_tests::python::{environment, run};

const PACKAGES: [&str; 2] = ["icalendar==7.3.2", "vobject==0.9.9"];

/// Prints the events of a file, as each of the parsers reads them.
const READER: &str = r#"
import datetime, json, sys
import icalendar, vobject

text = open(sys.argv[1], encoding="utf-8", newline="").read()
def shown(uid, start, end, stamp, summary, description):
    assert isinstance(start, datetime.date) and not isinstance(start, datetime.datetime), start
    assert end - start == datetime.timedelta(days=1), (start, end)
    assert stamp.tzinfo is not None, stamp
    return [uid, start.isoformat(), summary, description or ""]

calendar = icalendar.Calendar.from_ical(text)
assert not calendar.errors, calendar.errors
assert calendar["VERSION"] == "2.0" and "ServEase" in calendar["PRODID"]
one = [shown(str(e["UID"]), e.decoded("DTSTART"), e.decoded("DTEND"), e.decoded("DTSTAMP"),
             str(e["SUMMARY"]), str(e.get("DESCRIPTION", ""))) for e in calendar.walk("VEVENT")]
calendar = vobject.readOne(text)
calendar.validate(raiseException=True)
other = [shown(e.uid.value, e.dtstart.value, e.dtend.value, e.dtstamp.value, e.summary.value,
               e.description.value if hasattr(e, "description") else "")
         for e in calendar.vevent_list]
print(json.dumps([sorted(one), sorted(other)]))
"#;

/// What files of this kind are broken by.
const NAMES: [&str; 4] = [
    r"Comma, semicolon; and \n \ back",
    "Ünïcödé 漢字 🚗 Автомобиль",
    "BEGIN:VEVENT",
    "Folded at octet seventy-five, 漢字漢字漢字漢字漢字漢字漢字",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_foreign_parsers_read_the_same_from_both_of_our_files() {
    let service = Service::with(|config, _| config.time_zone = Some(DEFAULT_ZONE)).await;
    let folder = service.folder.path();
    let desk = Desk::open(&folder.join("desk"), Clock::system())
        .await
        .unwrap();
    let owner = json!({"first_name": "Zoë, \"Z\"", "last_name": "L; \\",
        "email": "z@example.com", "phone": "+15550123456"});
    let owner = create(&desk, &service, EntityKind::Customer, owner).await;
    let today = now().date_naive();
    let mut expected = BTreeSet::new();
    for (number, name) in NAMES.into_iter().enumerate() {
        // Over the end of a year and of a February, whenever this runs.
        let ahead = i64::try_from(number).unwrap() * 95 + i64::from(today.day());
        let day = (today + TimeDelta::days(ahead)).to_string();
        let car = json!({"customer_id": owner, "make": name, "model": "T",
            "license_plate": format!("B {number}"), "registration_expiry_date": day,
            "insurance_expiry_date": day});
        create(&desk, &service, EntityKind::Vehicle, car).await;
        expected.insert(day);
    }
    let english = words::of_language("en");
    let of_desk = desk
        .calendar(&|line| english.calendar_entry(line))
        .await
        .unwrap();
    let body = json!({"name": "parsers"});
    let token = service.post("calendar-tokens/", body).await.expect(201);
    let feed = service.client.get(token["url"].as_str().unwrap());
    let of_central = feed.send().await.unwrap().text().await.unwrap();

    let folder = folder.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let python = environment(parent, "calendars", &PACKAGES).join("python3");
        [of_desk, of_central].map(|text| {
            let file = folder.join("a.ics");
            std::fs::write(&file, text).unwrap();
            let said = run(Command::new(&python).args(["-c", READER]).arg(file));
            serde_json::from_str::<[Vec<Value>; 2]>(&said).unwrap()
        })
    });
    let [desk_read, central_read] = read.await.unwrap();
    assert_eq!(desk_read[0], desk_read[1], "both parsers agree");
    assert_eq!(central_read[0], central_read[1]);
    assert_eq!(desk_read, central_read, "so do both files");
    let events = &desk_read[0];
    assert_eq!(events.len(), 2 * NAMES.len());
    let days: BTreeSet<String> = events
        .iter()
        .map(|event| event[1].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(days, expected);
    for name in NAMES {
        let has = |event: &&Value| event[2].as_str().unwrap().contains(name);
        assert_eq!(events.iter().filter(has).count(), 2, "{name}: {events:?}");
    }
    assert_eq!(events[0][3], "Zoë, \"Z\" L; \\\n+15550123456");
    desk.close().await;
    service.stop().await;
}

/// The same record on both sides.
async fn create(desk: &Desk, service: &Service, kind: EntityKind, mut fields: Value) -> Value {
    let made = desk
        .create(kind, fields.as_object().unwrap(), true)
        .await
        .unwrap();
    fields["id"] = json!(made.id);
    fields["confirm"] = json!(true);
    let path = match kind {
        EntityKind::Customer => "customers/",
        _ => "vehicles/",
    };
    service.post(path, fields).await.expect(201);
    json!(made.id)
}
