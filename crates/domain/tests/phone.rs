//! Numbers typed at the counter become E.164; what no plan knows is doubtful, not refused.

use phonenumber::metadata::DATABASE;
use proptest::prelude::*;
use proptest::sample::select;
use servease_domain::phone::{
    Phone, PhoneError, digits, display, normalize_contract, read, said, sought,
};

fn sure(e164: &str) -> Result<Option<Phone>, PhoneError> {
    Ok(Some(Phone {
        e164: e164.to_owned(),
        doubtful: false,
    }))
}

fn doubtful(e164: &str) -> Result<Option<Phone>, PhoneError> {
    Ok(Some(Phone {
        e164: e164.to_owned(),
        doubtful: true,
    }))
}

fn countries() -> Vec<String> {
    let mut ids: Vec<String> = DATABASE.iter().map(|plan| plan.id().to_owned()).collect();
    ids.sort();
    ids
}

/// An example of every kind of number that has at least the contract's nine digits.
fn examples() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for plan in DATABASE.iter() {
        let kinds = plan.descriptors();
        for kind in [
            kinds.fixed_line(),
            kinds.mobile(),
            kinds.toll_free(),
            kinds.shared_cost(),
            kinds.voip(),
            kinds.premium_rate(),
            kinds.personal_number(),
            kinds.uan(),
        ] {
            let Some(national) = kind.and_then(|kind| kind.example()) else {
                continue;
            };
            let e164 = format!("+{}{national}", plan.country_code());
            if e164.len() > 9 {
                found.push((plan.id().to_owned(), national.to_owned(), e164));
            }
        }
    }
    assert!(found.len() > 800, "the plans have examples");
    found
}

#[test]
fn national_notation_is_read_with_the_garages_country() {
    for (typed, country, e164) in [
        ("(415) 555-0134", "US", "+14155550134"),
        ("415.555.0134", "us", "+14155550134"),
        ("1 415 555 0134", "US", "+14155550134"),
        ("030 / 901 820", "DE", "+4930901820"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("01 42 68 53 00", "FR", "+33142685300"),
        ("06 12345678", "IT", "+390612345678"),
        ("312 345 6789", "IT", "+393123456789"),
        ("612 34 56 78", "ES", "+34612345678"),
        ("03-3210-1234", "JP", "+81332101234"),
        ("０３－３２１０－１２３４", "JP", "+81332101234"),
        ("131 2345 6789", "CN", "+8613123456789"),
        ("0612 34 56 78", "ES", "+34612345678"),
        ("010-2000-0000", "KR", "+821020000000"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("06 20 123 4567", "HU", "+36201234567"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("07400 123456", "GB", "+447400123456"),
    ] {
        assert_eq!(read(typed, country), sure(e164), "{typed} in {country}");
    }
}

#[test]
fn a_calling_code_overrides_the_garages_country() {
    for (typed, country, e164) in [
        ("+49 30 901820", "US", "+4930901820"),
        ("0049 30 901820", "US", "+4930901820"),
        ("+49 (0)30 901820", "FR", "+4930901820"),
        ("+49 ( 0 ) 30 901820", "FR", "+4930901820"),
        ("+49 030 901820", "FR", "+4930901820"),
        ("＋81 3 3210 1234", "DE", "+81332101234"),
        ("+39 06 12345678", "DE", "+390612345678"),
        ("011 49 30 901820", "US", "+4930901820"),
        ("\u{202a}+1 (415) 555‑0134\u{202c}", "", "+14155550134"),
        ("+375 8011234567", "BY", "+3758011234567"),
    ] {
        assert_eq!(read(typed, country), sure(e164), "{typed} in {country}");
    }
}

#[test]
fn the_own_calling_code_may_lack_its_plus() {
    assert_eq!(read("14155550134", "US"), sure("+14155550134"));
    assert_eq!(read("33142685300", "FR"), sure("+33142685300"));
    assert_eq!(read("81332101234", "JP"), sure("+81332101234"));
}

#[test]
fn a_foreign_number_without_plus_is_a_guess() {
    assert_eq!(read("33142685300", "US"), doubtful("+33142685300"));
}

#[test]
fn numbers_that_no_plan_has_are_doubtful() {
    assert_eq!(read("(015) 555-0134", "US"), doubtful("+10155550134"));
    assert_eq!(read("0151 2345678", "DE"), doubtful("+491512345678"));
    assert_eq!(read("+999 123 456 789", "DE"), doubtful("+999123456789"));
    assert_eq!(read("+0 123 456 789", "DE"), doubtful("+0123456789"));
    assert_eq!(read("415 555 0134", "XX"), doubtful("4155550134"));
}

#[test]
fn a_blank_text_is_no_number() {
    for blank in ["", "   ", "\t", "-", "( )"] {
        assert_eq!(read(blank, "DE"), Ok(None));
        assert_eq!(normalize_contract(blank), Ok(String::new()));
    }
}

#[test]
fn what_does_not_fit_the_pattern_is_refused() {
    for (typed, error) in [
        ("555-0134", PhoneError::Length { digits: 8 }),
        ("+", PhoneError::Length { digits: 0 }),
        ("+12345678", PhoneError::Length { digits: 8 }),
        ("+1234567890123456789", PhoneError::Length { digits: 19 }),
        ("0800 PIZZA", PhoneError::Character { found: 'P' }),
        ("030 123456 ext. 7", PhoneError::Character { found: 'e' }),
        ("030+123456", PhoneError::Character { found: '+' }),
        ("++49 30 123456", PhoneError::Character { found: '+' }),
        ("030 123456²", PhoneError::Character { found: '²' }),
    ] {
        assert_eq!(read(typed, "US"), Err(error), "{typed}");
    }
}

#[test]
fn extensions_and_labels_are_told_from_the_number() {
    for (typed, number, extension) in [
        ("+1 212 555 0142 x12", "+1 212 555 0142", "12"),
        ("(212) 555-0142 (ext. 12)", "(212) 555-0142", "12"),
        ("tel:+1-212-555-0142;ext=12", "+1-212-555-0142", "12"),
        ("Tel.: 030 901820 Durchwahl 77", "030 901820", "77"),
        ("03-3210-1234 内線５", "03-3210-1234", "5"),
        ("010 8888 9999 转 12", "010 8888 9999", "12"),
        ("8 495 123-45-67 доб. 21", "8 495 123-45-67", "21"),
        ("02-123-4567 내선 9", "02-123-4567", "9"),
        ("01 42 68 53 00 poste 4", "01 42 68 53 00", "4"),
    ] {
        let said = said(typed);
        assert_eq!(
            (said.number.as_str(), said.extension.as_deref()),
            (number, Some(extension)),
            "{typed}"
        );
    }
    for typed in [
        "+1 212 555 0142",
        "call me",
        "x12",
        "555 x12",
        "0800 PIZZA",
        "",
    ] {
        assert_eq!(said(typed).extension, None, "{typed}");
    }
}

#[test]
fn whatever_was_typed_to_store_a_number_finds_it() {
    for (typed, country) in [
        ("8 912 345-67-89", "RU"),
        ("06 20 123 4567", "HU"),
        ("+44 020 7946 0018", "GB"),
        ("020 7946 0018", "GB"),
        ("011 49 30 901820", "US"),
        ("011 15-2345-6789", "AR"),
        ("1 415 555 0134 x3", "US"),
        ("tel:+81-3-3210-1234", "JP"),
        ("\u{200e}+49\u{a0}30\u{a0}901820", "DE"),
    ] {
        let number = said(typed).number;
        let stored = digits(&read(&number, country).unwrap().unwrap().e164);
        let sought_for = sought(typed, country);
        assert!(
            sought_for.iter().any(|it| stored.contains(it)),
            "{typed}: {sought_for:?} in {stored}"
        );
        // As a program stores it that knows no country.
        let stored = digits(&normalize_contract(&number).unwrap());
        let sought_for = sought(typed, "");
        assert!(
            sought_for.iter().any(|it| stored.contains(it)),
            "{typed}: {sought_for:?} in {stored}"
        );
    }
}

#[test]
fn central_strips_and_checks_and_guesses_no_country() {
    for (sent, stored) in [
        ("(415) 555-0134", "4155550134"),
        ("+1 (415) 555-0134", "+14155550134"),
        ("0049/30.901820", "004930901820"),
        ("+1234567890123456", "+1234567890123456"),
    ] {
        assert_eq!(normalize_contract(sent), Ok(stored.to_owned()));
    }
    assert_eq!(
        normalize_contract("+2345678901234567"),
        Err(PhoneError::Length { digits: 16 })
    );
    assert_eq!(
        normalize_contract("12345678"),
        Err(PhoneError::Length { digits: 8 })
    );
    assert_eq!(
        normalize_contract("call me"),
        Err(PhoneError::Character { found: 'c' })
    );
}

#[test]
fn numbers_are_shown_as_people_at_home_write_them() {
    for (e164, home, shown) in [
        ("+14155550134", "US", "(415) 555-0134"),
        ("+14155550134", "DE", "+1 415-555-0134"),
        ("+4930901820", "DE", "030 901820"),
        ("+4930901820", "us", "+49 30 901820"),
        ("+81332101234", "JP", "03-3210-1234"),
        ("+33612345678", "FR", "06 12 34 56 78"),
        ("+33612345678", "", "+33 6 12 34 56 78"),
    ] {
        assert_eq!(display(e164, home), shown);
    }
}

#[test]
fn what_cannot_be_formatted_is_shown_as_stored() {
    for stored in [
        "",
        "+",
        "4155550134",
        "+999123456789",
        "hello",
        "+12",
        "+٤٩٣٠",
    ] {
        assert_eq!(display(stored, "DE"), stored);
    }
}

#[test]
fn digits_are_picked_from_anything() {
    assert_eq!(digits("+1 (415) x ５５"), "141555");
    assert_eq!(digits("none"), "");
}

#[test]
fn every_plans_own_examples_are_assigned_at_home_and_abroad() {
    for (country, national, e164) in examples() {
        assert_eq!(read(&e164, "XX"), sure(&e164), "{e164}");
        assert_eq!(
            read(&national, &country),
            sure(&e164),
            "{national} in {country}"
        );
    }
}

#[test]
fn what_is_shown_at_home_reads_back_as_the_same_number() {
    for (country, _, e164) in examples() {
        let shown = display(&e164, &country);
        let again = read(&shown, &country);
        // Belarus writes its trunk prefix 8 0 before area codes, and has numbers in 80 too.
        if country != "BY" {
            assert_eq!(again, sure(&e164), "{shown} in {country}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_in_any_country_is_answered(text in any::<String>(), country in any::<String>()) {
        if let Ok(Some(phone)) = read(&text, &country) {
            display(&phone.e164, &country);
        }
        display(&text, &country);
        prop_assert!(digits(&text).bytes().all(|byte| byte.is_ascii_digit()));
    }

    #[test]
    fn any_digits_in_every_country_are_answered(
        typed in "(\\+|00|0|011|8|1)?[0-9٠-٩]{1,18}",
        country in select(countries()),
    ) {
        match read(&typed, &country) {
            Ok(Some(phone)) => {
                prop_assert!(phone.e164.len() <= 17);
                prop_assert_eq!(normalize_contract(&phone.e164), Ok(phone.e164.clone()));
                display(&phone.e164, &country);
            }
            Ok(None) => prop_assert!(false, "digits are not blank"),
            Err(error) => {
                let is_length = matches!(error, PhoneError::Length { .. });
                prop_assert!(is_length, "{}", error);
            }
        }
    }

    #[test]
    fn a_read_number_reads_as_itself_anywhere(
        typed in "[0-9]{7,12}",
        country in select(countries()),
        elsewhere in select(countries()),
    ) {
        if let Ok(Some(phone)) = read(&typed, &country) {
            prop_assert!(phone.e164.starts_with('+'));
            prop_assert_eq!(read(&phone.e164, &elsewhere).map(|again| again.map(|a| a.e164)), Ok(Some(phone.e164)));
        }
    }

    #[test]
    fn decoration_changes_nothing(typed in "[1-9][0-9]{8,11}", gap in "[ ./()\\[\\]–-]{1,3}", at in 1usize..9) {
        let decorated = format!("{}{gap}{}", &typed[..at], &typed[at..]);
        prop_assert_eq!(read(&decorated, "US"), read(&typed, "US"));
        prop_assert_eq!(normalize_contract(&decorated), normalize_contract(&typed));
    }
}
