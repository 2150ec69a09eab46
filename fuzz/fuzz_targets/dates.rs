//! Dates and times as people and programs write them.
#![no_main]

use chrono::{DateTime, Datelike as _};
use libfuzzer_sys::fuzz_target;
use servease_domain::calendar::Calendar;
use servease_domain::value::instant_text;
use servease_domain::when::{When, read_date, read_instant, read_time};
use servease_domain::{Kind, Value, readable};

fuzz_target!(|text: &str| {
    if let Some(date) = read_date(text) {
        assert!((1..=9999).contains(&date.year()), "{text:?} is {date}");
        assert_eq!(read_date(&date.to_string()), Some(date));
    }
    if let Some(time) = read_time(text) {
        assert_eq!(read_time(&time.to_string()), Some(time));
    }
    if let Some(at) = read_instant(text) {
        assert_eq!(read_instant(&instant_text(&at)), Some(at));
    }
    if let Some(when) = When::read(text) {
        for zone in ["UTC", "America/Chicago", "Pacific/Apia"] {
            let at = when.moment(DateTime::UNIX_EPOCH, Calendar::named(zone));
            // Noon of the first day of all is before it in Greenwich: nobody keeps that.
            let kept = Some(Value::Instant(at)).filter(|_| readable::is_instant(at));
            let stored = Value::Instant(at).to_json();
            assert_eq!(Value::from_json(&Kind::Instant, &stored), kept);
        }
    }
});
