//! Vehicle identification numbers as they are typed and scanned.
#![no_main]

use libfuzzer_sys::fuzz_target;
use servease_domain::vin;

fuzz_target!(|text: &str| {
    vin::normalize(text);
    if let Ok(found) = vin::check(text) {
        assert_eq!(found.as_str().len(), vin::LENGTH);
        assert_eq!(vin::check(found.as_str()).as_ref(), Ok(&found));
        found.warnings();
        found.wmi();
    }
    vin::decode(text, 2026);
});
