//! What a client sends for a record: whatever is accepted can be kept, and is read again as it was.
#![no_main]

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value as Json};
use servease_domain::calendar::Calendar;
use servease_domain::reading::{Context, read};
use servease_domain::{EntityKind, Value, keeping};

fuzz_target!(|text: &str| {
    let input: Map<String, Json> = match serde_json::from_str(text) {
        Ok(input) => input,
        // Plain text is what somebody typed into every field.
        Err(_) => {
            let fields = EntityKind::ALL.into_iter().flat_map(EntityKind::fields);
            let typed = |name: &str| (name.to_owned(), Json::String(text.to_owned()));
            fields.map(|field| typed(field.name)).collect()
        }
    };
    let calendar = Calendar::named("America/Chicago");
    let now = DateTime::UNIX_EPOCH;
    let context = Context {
        now,
        today: calendar.day(now),
        calendar,
        country: Some("US".to_owned()),
        currency: "USD".to_owned(),
    };
    for kind in EntityKind::ALL {
        let reading = read(kind, &input, &context);
        for (name, value) in &reading.values {
            let Some(field) = kind.field(name) else {
                panic!("{name} is no field");
            };
            if !value.is_blank() {
                assert_eq!(keeping::problem(field, value), None, "{name}");
            }
            let stored = value.to_json();
            assert_eq!(
                Value::from_json(&field.kind, &stored).as_ref(),
                Some(value),
                "{name}"
            );
        }
    }
});
