//! Codes of driving licences, made as the standard has them: versions 1 to 10, both countries; then
//! cut off, torn, and written by somebody who means harm.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use chrono::NaiveDate;
use proptest::prelude::*;
use servease_domain::licence::{Licence, NotALicence, TEXT_MAX};

/// A card that is to be encoded.
#[derive(Debug, Clone)]
struct Card {
    version: u8,
    is_canadian: bool,
    kind: &'static str,
    last: &'static str,
    first: &'static str,
    street: &'static str,
    unit: &'static str,
    city: &'static str,
    state: &'static str,
    postal: &'static str,
    expires: NaiveDate,
}

fn ohio() -> Card {
    Card {
        version: 8,
        is_canadian: false,
        kind: "DL",
        last: "O'BRIEN-SMITH",
        first: "MARY",
        street: "2300 W BROAD ST",
        unit: "APT 4B",
        city: "COLUMBUS",
        state: "OH",
        postal: "432150000",
        expires: NaiveDate::from_ymd_opt(2031, 5, 3).unwrap(),
    }
}

fn ontario() -> Card {
    Card {
        is_canadian: true,
        last: "TREMBLAY",
        first: "ÉLOÏSE",
        street: "10 RUE PRINCIPALE",
        unit: "",
        city: "OTTAWA",
        state: "ON",
        postal: "K1A0B1",
        ..ohio()
    }
}

impl Card {
    /// As the standard of its version writes it.
    fn code(&self) -> String {
        let date = |at: NaiveDate| match self.is_canadian || self.version == 1 {
            true => at.format("%Y%m%d").to_string(),
            false => at.format("%m%d%Y").to_string(),
        };
        let mut elements = vec![("DAQ", "SX123456".to_owned())];
        match self.version {
            1 => elements.push(("DAA", format!("{},{},QUINCY", self.last, self.first))),
            2 | 3 => {
                elements.push(("DCS", self.last.to_owned()));
                elements.push(("DCT", format!("{},QUINCY", self.first)));
            }
            _ => {
                elements.push(("DCS", self.last.to_owned()));
                elements.push(("DAC", self.first.to_owned()));
                elements.push(("DAD", "QUINCY".to_owned()));
                elements.push(("DDE", "N".to_owned()));
                elements.push(("DDF", "N".to_owned()));
            }
        }
        let born = NaiveDate::from_ymd_opt(1985, 12, 31).unwrap();
        elements.extend([
            ("DBB", date(born)),
            ("DBA", date(self.expires)),
            ("DAG", self.street.to_owned()),
            ("DAI", self.city.to_owned()),
            ("DAJ", self.state.to_owned()),
            ("DAK", format!("{:<11}", self.postal)),
            ("DAU", "068 in".to_owned()),
        ]);
        if !self.unit.is_empty() {
            elements.push(("DAH", self.unit.to_owned()));
        }
        if self.version > 1 {
            let country = if self.is_canadian { "CAN" } else { "USA" };
            elements.push(("DCG", country.to_owned()));
        }
        let lines: Vec<String> = elements
            .iter()
            .map(|(id, text)| format!("{id}{text}"))
            .collect();
        let part = format!("{}{}\r", self.kind, lines.join("\n"));
        let own = "ZOZOAN\r";
        let issuer = if self.is_canadian { "636012" } else { "636023" };
        let jurisdiction = if self.version > 1 { "00" } else { "" };
        let at = 21 + jurisdiction.len() + 20;
        format!(
            "@\n\u{1e}\rANSI {issuer}{:02}{jurisdiction}02{}{at:04}{:04}ZO{:04}{:04}{part}{own}",
            self.version,
            self.kind,
            part.len(),
            at + part.len(),
            own.len(),
        )
    }
}

#[test]
fn every_version_says_the_same_of_its_holder_in_both_countries() {
    for version in 1..=10 {
        for kind in ["DL", "ID"] {
            let card = Card {
                version,
                kind,
                ..ohio()
            };
            let expected = Licence {
                first_name: "Mary".to_owned(),
                last_name: "O'Brien-Smith".to_owned(),
                street_address: "2300 W Broad St".to_owned(),
                apartment_unit: "Apt 4B".to_owned(),
                city: "Columbus".to_owned(),
                state: "OH".to_owned(),
                zip_code: "43215".to_owned(),
                country: "United States".to_owned(),
                expires_on: Some(card.expires),
                is_truncated: false,
            };
            assert_eq!(
                Licence::read(&card.code()),
                Ok(expected),
                "{version} {kind}"
            );
        }
        let card = Card {
            version,
            ..ontario()
        };
        let read = Licence::read(&card.code()).unwrap();
        assert_eq!(
            (&*read.first_name, &*read.last_name),
            ("Éloïse", "Tremblay")
        );
        assert_eq!((&*read.zip_code, &*read.country), ("K1A 0B1", "Canada"));
        assert_eq!(read.expires_on, Some(card.expires), "version {version}");
    }
}

#[test]
fn what_scanners_make_of_the_separators_does_no_harm() {
    let code = ohio().code();
    let expected = Licence::read(&code).unwrap();
    let typed = code.replace(['\u{1e}', '\r'], "\n");
    let tabs = code.replace(['\n', '\r'], "\t");
    let windows = code.replace('\n', "\r\n");
    let bare = code.replace('\u{1e}', "");
    for said in [typed, tabs, windows, bare, format!("\u{feff}\r\n{code}")] {
        assert_eq!(Licence::read(&said), Ok(expected.clone()), "{said:?}");
    }
    let none = code.replace(['\n', '\r', '\u{1e}'], "");
    assert_eq!(Licence::read(&none), Err(NotALicence::Separators));
}

#[test]
fn offsets_that_lie_and_parts_in_another_order_are_read_all_the_same() {
    let code = ohio().code();
    let expected = Licence::read(&code);
    let at = code.find("DL").unwrap();
    let mut lying = code.clone();
    lying.replace_range(at + 2..at + 10, "99999999");
    assert_eq!(Licence::read(&lying), expected);
    // The part of the jurisdiction first, and elements of another card behind.
    let (head, part) = code.split_once("DLDAQ").unwrap();
    let other = format!("{head}ZOZOADBAX\rDLDAQ{part}DCSELSE\nDACNOBODY\n");
    assert_eq!(Licence::read(&other), expected);
}

#[test]
fn a_name_that_did_not_fit_is_told() {
    let code = ohio().code().replace("DDEN", "DDET");
    assert!(Licence::read(&code).unwrap().is_truncated);
}

#[test]
fn what_is_unavailable_is_left_out() {
    let code = ohio().code();
    let code = code.replace("DBA05032031", "DBA99999999");
    let code = code
        .replace("COLUMBUS", "unavl")
        .replace("432150000  ", "432151234  ");
    let code = code.replace("APT 4B", "NONE");
    let read = Licence::read(&code).unwrap();
    assert_eq!((read.expires_on, &*read.city), (None, ""));
    assert_eq!((&*read.zip_code, &*read.apartment_unit), ("43215-1234", ""));
    assert!(!read.fields().contains_key("city"));
}

#[test]
fn a_suffix_stands_behind_the_name_and_a_long_second_line_behind_the_street() {
    let code = ohio().code();
    let code = code
        .replace("DAD", "DCUJR\nDAD")
        .replace("APT 4B", "CARE OF MCDONALD");
    let read = Licence::read(&code).unwrap();
    assert_eq!(read.last_name, "O'Brien-Smith Jr");
    assert_eq!(read.street_address, "2300 W Broad St, Care Of McDonald");
}

#[test]
fn other_texts_are_no_licence() {
    let long = format!("{}{}", ohio().code(), "X".repeat(TEXT_MAX));
    let nobody = ohio().code().replace("DCS", "ZCS").replace("DAC", "ZAC");
    for (text, why) in [
        ("", NotALicence::Header),
        ("@", NotALicence::Header),
        ("1HGCM82633A004352", NotALicence::Header),
        ("ANSI 636023080002DL", NotALicence::Header),
        ("@ANSI 63é023080002", NotALicence::Header),
        ("@\n\u{1e}\rANSI", NotALicence::Header),
        ("mail me @ work: ANSI 636023", NotALicence::Header),
        (
            "@ and some more text before ANSI 636023",
            NotALicence::Header,
        ),
        (&nobody, NotALicence::Nobody),
        (&long, NotALicence::TooLong),
    ] {
        assert_eq!(Licence::read(text), Err(why), "{text:?}");
    }
}

/// Nothing that a record would refuse for its length or its characters.
fn is_sound(read: &Licence) -> bool {
    let fields = read.fields();
    fields.iter().all(|(name, said)| {
        let said = said.as_str().unwrap();
        let most = match name.as_str() {
            "zip_code" | "apartment_unit" => 10,
            "first_name" | "last_name" | "city" | "state" => 100,
            _ => 255,
        };
        !said.chars().any(char::is_control) && said.trim() == said && said.chars().count() <= most
    })
}

proptest! {
    #[test]
    fn a_code_that_is_cut_off_anywhere_never_says_anything_else(cut in 0..600_usize, version in 1..=10_u8) {
        let whole = Card { version, ..ohio() }.code();
        let expected = Licence::read(&whole).unwrap();
        let part: String = whole.chars().take(cut).collect();
        if let Ok(read) = Licence::read(&part) {
            prop_assert!(is_sound(&read));
            let begins = |whole: &str, part: &str| part.is_empty() || whole.starts_with(part);
            prop_assert!(begins(&expected.last_name, &read.last_name), "{read:?}");
            prop_assert!(begins(&expected.city, &read.city), "{read:?}");
            prop_assert!(read.expires_on.is_none() || read.expires_on == expected.expires_on);
        }
    }

    #[test]
    fn whatever_stands_in_a_code_is_kept_within_its_bounds(
        junk in prop::collection::vec("D[A-D][A-Z][^\u{1}]{0,130}", 0..20),
        separator in "[\n\r\t\u{1e}]",
    ) {
        let code = format!("@\n\u{1e}\rANSI 636023080002DL00410278{separator}{}", junk.join(&separator));
        if let Ok(read) = Licence::read(&code) {
            prop_assert!(is_sound(&read), "{read:?}");
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,200}", control in any::<Vec<u8>>()) {
        let _ = Licence::read(&text);
        let _ = Licence::read(&format!("@\nANSI {text}"));
        let _ = Licence::read(&format!("@\nANSI 636023{}", String::from_utf8_lossy(&control)));
    }
}
