//! Phone numbers as people type them, dialled in several countries.
#![no_main]

use libfuzzer_sys::fuzz_target;
use servease_domain::phone;

fuzz_target!(|text: &str| {
    let said = phone::said(text);
    for country in ["", "US", "DE", "IT", "JP"] {
        if let Ok(Some(read)) = phone::read(&said.number, country) {
            // What is kept is read as itself, wherever it is read.
            let again = phone::read(&read.e164, country);
            if read.e164.starts_with('+') {
                assert_eq!(
                    again.map(|it| it.map(|it| it.e164)),
                    Ok(Some(read.e164.clone()))
                );
            }
            phone::display(&read.e164, country);
        }
        phone::sought(text, country);
    }
    if let Ok(plain) = phone::normalize_contract(text) {
        assert_eq!(phone::normalize_contract(&plain), Ok(plain));
    }
});
