//! Codes of driving licences as scanners type them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use servease_domain::licence::Licence;

fuzz_target!(|text: &str| {
    if let Ok(read) = Licence::read(text) {
        assert!(!read.first_name.is_empty() || !read.last_name.is_empty());
        for (name, said) in read.fields() {
            let said = said.as_str().unwrap_or_default();
            assert!(!said.is_empty() && said.trim() == said, "{name}");
            assert!(!said.chars().any(char::is_control), "{name}");
            assert!(said.chars().count() <= 255, "{name}");
        }
    }
});
