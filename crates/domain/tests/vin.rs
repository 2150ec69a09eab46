//! Real VINs from all over the world, what they tell, and what mistyped ones answer.

use proptest::prelude::*;
use proptest::sample::select;
use servease_domain::vin::{
    LENGTH, Region, Vin, VinError, VinFacts, VinWarning, alphabet, check, decode, normalize,
};

const THIS_YEAR: i32 = 2025;

fn vin(text: &str) -> Vin {
    check(text).expect(text)
}

#[test]
fn a_vin_is_read_in_any_case_and_grouping() {
    for typed in [
        "1HGCM82633A004352",
        " 1hgcm82633a004352 ",
        "1HG CM826 3 3A004352",
        "1HG-CM8263-3A004352",
        "１ＨＧＣＭ８２６３３Ａ００４３５２",
        "1HG\u{2013}CM82633A\u{a0}004352",
    ] {
        assert_eq!(vin(typed).as_str(), "1HGCM82633A004352");
        assert_eq!(vin(typed).to_string(), "1HGCM82633A004352");
    }
}

#[test]
fn valid_vins_of_north_america_pass_the_check_digit() {
    for (text, maker, years) in [
        ("1HGCM82633A004352", Some("Honda"), vec![2003]),
        ("5GZCZ43D13S812715", Some("Saturn"), vec![2003]),
        ("5YJSA1H12FFP71790", Some("Tesla"), vec![2015]),
        // A digit in position 7 says nothing about the year of a motorcycle.
        ("1HD1GP4558K319097", Some("Harley-Davidson"), vec![2008]),
        // The example of 49 CFR 565; its maker is not in the table.
        ("1M8GDM9AXKP042788", None, vec![2019, 1989]),
    ] {
        let vin = vin(text);
        assert_eq!(vin.region(), Some(Region::NorthAmerica));
        assert_eq!(vin.country(), Some("US"));
        assert_eq!(vin.maker(), maker, "{text}");
        assert_eq!(vin.model_years(THIS_YEAR), years, "{text}");
        assert_eq!(vin.warnings(), []);
    }
    // All ones: the sum of the weights is 89, and 89 modulo 11 is 1.
    assert!(check("11111111111111111").is_ok());
}

#[test]
fn european_vins_need_no_check_digit() {
    for (text, country, maker) in [
        ("WVWZZZ1JZ3W386752", "DE", "Volkswagen"),
        ("WP0ZZZ99ZTS392124", "DE", "Porsche"),
        ("VF1BG0N0524867132", "FR", "Renault"),
        ("ZFA16900000123456", "IT", "Fiat"),
        ("TMBJJ7NE8L0123456", "CZ", "Škoda"),
        ("YV1RS592662500000", "SE", "Volvo"),
        ("UU1KSD0F545000000", "RO", "Dacia"),
    ] {
        let vin = vin(text);
        assert_eq!(vin.region(), Some(Region::Europe));
        assert_eq!(vin.country(), Some(country), "{text}");
        assert_eq!(vin.maker(), Some(maker), "{text}");
    }
    // A filler in position 9 is no check digit; a digit there may be one that is mistyped.
    assert_eq!(vin("WVWZZZ1JZ3W386752").warnings(), []);
    assert_eq!(
        vin("WVWZZZ1J03W386752").warnings(),
        [VinWarning::CheckDigit {
            expected: '9',
            found: '0'
        }]
    );
}

#[test]
fn a_wrong_check_digit_is_an_error_where_it_is_law() {
    for (text, expected, found) in [
        ("1HGCM82643A004352", '3', '4'),
        // Two characters swapped.
        ("1HGCM82633A004532", '5', '3'),
        ("LSVAA49J532047288", '3', '5'),
        ("7SAYGDEE0NA000001", '7', '0'),
    ] {
        let answer = check(text);
        assert_eq!(
            answer,
            Err(VinError::CheckDigit { expected, found }),
            "{text}"
        );
    }
}

#[test]
fn a_filler_is_no_check_digit_and_other_markets_need_none() {
    // Volkswagens from Mexico and China for Europe.
    for text in [
        "3VWZZZ1KZ5P000001",
        "3VWZZZ1K15P000002",
        "LSVZZZ5NZ8P000003",
    ] {
        assert!(check(text).is_ok(), "{text}");
    }
    // A letter there where check digits are law is doubtful, but for the usual filler.
    assert_eq!(vin("3VWZZZ1KZ5P000001").warnings(), []);
    assert_eq!(
        vin("1HGCM826B3A004352").warnings(),
        [VinWarning::CheckDigit {
            expected: '3',
            found: 'B'
        }]
    );
}

#[test]
fn what_scanners_and_labels_add_goes() {
    for typed in [
        "*1HGCM82633A004352*",
        "I1HGCM82633A004352",
        "*I1HGCM82633A004352*",
        "]C01HGCM82633A004352",
        "VIN: 1HGCM82633A004352",
        "1НGСМ82633А004352",
        "\u{202a}1HGCM82633A004352\u{202c}",
    ] {
        assert_eq!(
            check(typed).as_ref().map(Vin::as_str),
            Ok("1HGCM82633A004352"),
            "{typed}"
        );
    }
    assert_eq!(alphabet('Я'), "cyrillic");
    assert_eq!(alphabet('Ω'), "greek");
    assert_eq!(alphabet('O'), "latin");
    assert_eq!(alphabet('車'), "cjk");
}

#[test]
fn length_and_characters_are_told_apart() {
    assert_eq!(check(""), Err(VinError::Length { found: 0 }));
    assert_eq!(
        check("WVWZZZ1JZ3W38675"),
        Err(VinError::Length { found: 16 })
    );
    assert_eq!(
        check("WVWZZZ1JZ3W3867521"),
        Err(VinError::Length { found: 18 })
    );
    for (text, found, position) in [
        ("WVWZZZ1JZ3W38675O", 'O', 17),
        ("IVWZZZ1JZ3W386752", 'I', 1),
        ("wvwzzqz1jz3w38675", 'Q', 6),
        ("WVW_ZZ1JZ3W386752", '_', 4),
        ("WVWZЗZ1JZ3W386752", 'З', 5),
        ("B-OX 123", 'O', 2),
    ] {
        assert_eq!(
            check(text),
            Err(VinError::Character { found, position }),
            "{text}"
        );
    }
}

#[test]
fn years_come_newest_first_and_not_from_the_future() {
    let european = |code: char| format!("WVWZZZ1JZ{code}W386752");
    let years = |code, this_year| vin(&european(code)).model_years(this_year);
    assert_eq!(years('F', 2025), [2015, 1985]);
    assert_eq!(years('T', 2025), [2026, 1996]);
    assert_eq!(years('V', 2025), [1997]);
    assert_eq!(years('V', 2026), [2027, 1997]);
    assert_eq!(years('F', 2044), [2045, 2015, 1985]);
    assert!(years('Z', 2025).is_empty());
    assert!(years('0', 2025).is_empty());
    assert!(years('U', 2025).is_empty());
    assert!(years('A', 1970).is_empty());
}

#[test]
fn position_seven_decides_for_american_cars_only() {
    let years = |text: &str| decode(text, THIS_YEAR).unwrap().years;
    assert_eq!(years("1FAHP36233"), [2003]);
    assert_eq!(years("1FAHP3F20C"), [2012]);
    assert_eq!(years("1FAHP3620C"), [1982]);
    assert_eq!(years("1XPWD40X1C"), [2012, 1982]);
    assert_eq!(years("WBAHP3620C"), [2012, 1982]);
    // The letter's cycle has not come yet: what is left is the other one.
    assert_eq!(years("1FAHP3F20Y"), [2000]);
}

#[test]
fn a_partial_vin_tells_what_it_can() {
    assert_eq!(decode("", THIS_YEAR), None);
    assert_eq!(decode("?", THIS_YEAR), None);
    assert_eq!(decode("0", THIS_YEAR), None);
    assert_eq!(decode("7", THIS_YEAR), None);
    let facts = |text| decode(text, THIS_YEAR);
    let mut expected = VinFacts {
        region: Region::Europe,
        country: None,
        maker: None,
        years: vec![],
    };
    assert_eq!(facts("w"), Some(expected.clone()));
    expected.country = Some("DE");
    assert_eq!(facts("wv"), Some(expected.clone()));
    expected.maker = Some("Volkswagen");
    assert_eq!(facts("wvw"), Some(expected.clone()));
    assert_eq!(facts("WVW?ZZ1JZ3W"), Some(expected.clone()));
    expected.years = vec![2003];
    assert_eq!(facts("WVWZZZ1JZ3"), Some(expected.clone()));
    assert_eq!(facts("WVWZZZ1JZ3W386752"), Some(expected));
}

#[test]
fn regions_and_countries_follow_the_standard() {
    for (start, region, country) in [
        ("AHT", Region::Africa, Some("ZA")),
        ("HES", Region::Asia, Some("CN")),
        ("JTD", Region::Asia, Some("JP")),
        ("KMH", Region::Asia, Some("KR")),
        ("LRW", Region::Asia, Some("CN")),
        ("MA3", Region::Asia, Some("IN")),
        ("MZB", Region::Asia, Some("IN")),
        ("NM0", Region::Asia, Some("TR")),
        ("SAL", Region::Europe, Some("GB")),
        ("SUF", Region::Europe, Some("PL")),
        ("TW1", Region::Europe, Some("PT")),
        ("U5Y", Region::Europe, Some("SK")),
        ("XTA", Region::Europe, Some("RU")),
        ("Z94", Region::Europe, Some("RU")),
        ("2HG", Region::NorthAmerica, Some("CA")),
        ("3VW", Region::NorthAmerica, Some("MX")),
        ("4T1", Region::NorthAmerica, Some("US")),
        ("6T1", Region::Oceania, Some("AU")),
        ("7A8", Region::Oceania, Some("NZ")),
        ("7SA", Region::NorthAmerica, Some("US")),
        ("8AJ", Region::SouthAmerica, Some("AR")),
        ("9BW", Region::SouthAmerica, Some("BR")),
        ("93H", Region::SouthAmerica, Some("BR")),
        ("AP0", Region::Africa, None),
    ] {
        let facts = decode(start, THIS_YEAR).unwrap();
        assert_eq!((facts.region, facts.country), (region, country), "{start}");
        assert_eq!(
            serde_json::to_value(region).unwrap(),
            serde_json::Value::from(region.key())
        );
    }
}

#[test]
fn the_form_on_the_wire_is_fixed() {
    assert_eq!(
        serde_json::to_value(check("WVWZZZ1JZ3W38675O").unwrap_err()).unwrap(),
        serde_json::json!({"kind": "character", "found": "O", "position": 17})
    );
    assert_eq!(
        serde_json::to_value(decode("2HG", THIS_YEAR)).unwrap(),
        serde_json::json!({
            "region": "north_america", "country": "CA", "maker": "Honda", "years": [],
        })
    );
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>(), year in any::<i32>()) {
        if let Ok(vin) = check(&text) {
            prop_assert_eq!(vin.as_str().len(), LENGTH);
            vin.warnings();
            vin.model_years(year);
        }
        decode(&text, year);
    }

    #[test]
    fn normalising_twice_changes_nothing(text in any::<String>()) {
        let once = normalize(&text);
        prop_assert_eq!(normalize(&once), once);
    }

    #[test]
    fn exactly_one_check_digit_fits_where_it_is_law(
        head in "[1-5L][A-HJ-NPR-Z0-9]{7}",
        tail in "[A-HJ-NPR-Z0-9]{8}",
    ) {
        // Made for another market.
        prop_assume!(&head[3..6] != "ZZZ");
        let fitting: Vec<char> = "0123456789X"
            .chars()
            .filter(|digit| check(&format!("{head}{digit}{tail}")).is_ok())
            .collect();
        prop_assert_eq!(fitting.len(), 1);
        let wrong = if fitting[0] == '0' { '1' } else { '0' };
        prop_assert_eq!(
            check(&format!("{head}{wrong}{tail}")),
            Err(VinError::CheckDigit { expected: fitting[0], found: wrong })
        );
    }

    #[test]
    fn one_mistyped_digit_is_noticed_where_the_check_digit_is_law(
        at in select(vec![0usize, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16]),
        digit in select(vec!['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']),
    ) {
        let right = "11111111111111111";
        let mut typed: Vec<char> = right.chars().collect();
        typed[at] = digit;
        let typed: String = typed.into_iter().collect();
        // The first character also decides whether the check digit is law.
        if typed != right && (at != 0 || "2345".contains(digit)) {
            let is_noticed = matches!(check(&typed), Err(VinError::CheckDigit { .. }));
            prop_assert!(is_noticed, "{}", typed);
        }
    }

    #[test]
    fn elsewhere_every_form_is_accepted(
        text in "[A-GJKMNPR-Z689][A-HJ-NPR-Z0-9]{16}",
        year in 1980i32..2100,
    ) {
        let vin = check(&text);
        prop_assert!(vin.is_ok());
        if let Ok(vin) = vin {
            let years = vin.model_years(year);
            prop_assert!(years.iter().all(|candidate| (1980..=year + 1).contains(candidate)));
            prop_assert!(years.windows(2).all(|pair| pair[0] == pair[1] + 30));
            prop_assert_eq!(vin.wmi(), &text[..3]);
        }
    }

    #[test]
    fn a_whole_vin_and_its_decoding_agree(text in "[A-HJ-NPR-Z0-9]{17}") {
        if let (Ok(vin), Some(facts)) = (check(&text), decode(&text, THIS_YEAR)) {
            prop_assert_eq!(vin.region(), Some(facts.region));
            prop_assert_eq!(vin.country(), facts.country);
            prop_assert_eq!(vin.maker(), facts.maker);
            prop_assert_eq!(vin.model_years(THIS_YEAR), facts.years);
        }
    }
}
