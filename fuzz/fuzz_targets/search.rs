//! What is typed into the search.
#![no_main]

use libfuzzer_sys::fuzz_target;
use servease_domain::query::{Query, fields_for};

fuzz_target!(|text: &str| {
    for country in ["", "US", "DE"] {
        if let Some(query) = Query::parse_in(text, country) {
            assert!(!query.words.is_empty());
        }
    }
    fields_for(text);
});
