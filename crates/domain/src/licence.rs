//! The code on the back of a driving licence of the United States or Canada, as readers and scanners
//! hand it out: the AAMVA DL/ID Card Design Standard, versions 1 to 10.
//!
//! Only what a customer's record has a place for is read. Date of birth, number of the licence, height
//! and eyes stay in the code: what is not needed is not kept. The header tells where its parts begin,
//! and cards are in use on which it is wrong; the parts are found by what separates them instead.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use specta::Type;
use strum::{Display, EnumString, IntoStaticStr};

/// A PDF417 symbol holds 1,850 characters at most.
pub const TEXT_MAX: usize = 4_096;

/// The longest element that the standard knows has 99 characters.
const ELEMENT_MAX: usize = 100;

/// How far the mark of the file stands from its beginning: a compliance mark and three separators.
const MARK_WITHIN: usize = 16;

const PROVINCES: &[&str] = &[
    "AB", "BC", "MB", "NB", "NF", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT",
];

/// What a licence says of its holder, as it is proposed: somebody looks at it before it is saved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Licence {
    pub first_name: String,
    pub last_name: String,
    pub street_address: String,
    pub apartment_unit: String,
    pub city: String,
    pub state: String,
    pub zip_code: String,
    pub country: String,
    /// The last day on which it is valid.
    pub expires_on: Option<NaiveDate>,
    /// A name did not fit on the card.
    pub is_truncated: bool,
}

/// Why a text is no code of a licence.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum NotALicence {
    /// It does not begin as one.
    Header,
    /// Longer than any.
    TooLong,
    /// What separates its parts was left out on the way.
    Separators,
    /// It names nobody.
    Nobody,
}

impl Licence {
    /// Reads a code. What cannot be read in it is left out.
    pub fn read(text: &str) -> Result<Licence, NotALicence> {
        if text.len() > TEXT_MAX {
            return Err(NotALicence::TooLong);
        }
        let body = body(text).ok_or(NotALicence::Header)?;
        let elements = elements(body);
        // One element that runs on into the next: DCSSMITHDCTJOHN.
        if elements.len() <= 1 && !body.trim_end().contains(char::is_control) {
            return Err(NotALicence::Separators);
        }
        let of = |names: &[&str]| {
            let found = names.iter().find_map(|name| elements.get(name));
            found.map_or("", |text| *text)
        };
        let (last_name, first_name) = names(&of);
        if last_name.is_empty() && first_name.is_empty() {
            return Err(NotALicence::Nobody);
        }
        let state = of(&["DAJ", "DAO"]).to_ascii_uppercase();
        let is_canadian = of(&["DCG"]) == "CAN" || PROVINCES.contains(&state.as_str());
        let (street_address, apartment_unit) = street(of(&["DAG", "DAL"]), of(&["DAH", "DAM"]));
        Ok(Licence {
            first_name,
            last_name,
            street_address,
            apartment_unit,
            city: in_words(of(&["DAI", "DAN"])),
            zip_code: postal_code(of(&["DAK", "DAP"]), is_canadian),
            state,
            country: match is_canadian {
                true => "Canada".to_owned(),
                false => "United States".to_owned(),
            },
            expires_on: date(of(&["DBA"])),
            is_truncated: ["DDE", "DDF"].iter().any(|name| of(&[name]) == "T"),
        })
    }

    /// The fields of a customer that it names, under their described names.
    pub fn fields(&self) -> Map<String, Json> {
        let named = [
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("street_address", &self.street_address),
            ("apartment_unit", &self.apartment_unit),
            ("city", &self.city),
            ("state", &self.state),
            ("zip_code", &self.zip_code),
            ("country", &self.country),
        ];
        let named = named.into_iter().filter(|(_, text)| !text.is_empty());
        named
            .map(|(name, text)| (name.to_owned(), Json::String(text.clone())))
            .collect()
    }
}

/// What follows the mark of the file, from the number of its issuer on.
fn body(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('@') {
        return None;
    }
    let (at, mark) = ["ANSI", "AAMVA"]
        .iter()
        .find_map(|mark| Some((text.find(mark)?, mark)))?;
    if at > MARK_WITHIN {
        return None;
    }
    let body = text.get(at + mark.len()..)?.trim_start();
    let issuer = body.get(..6)?;
    issuer
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(body)
}

/// The elements of the licence by their names. Of one that is repeated the first that says anything
/// counts; parts of a jurisdiction's own are passed over.
fn elements(body: &str) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    for (at, line) in body.split(char::is_control).enumerate() {
        let line = match at {
            // The header runs on into the first element.
            0 => from_first_element(line),
            _ => without_type(line),
        };
        let Some((name, text)) = line.split_at_checked(3) else {
            continue;
        };
        let text = text.trim();
        let says_something = !text.is_empty()
            && text.len() <= ELEMENT_MAX
            && !["NONE", "UNAVL", "UNAVAIL"].contains(&text.to_ascii_uppercase().as_str());
        if is_name(name) && says_something {
            found.entry(name).or_insert(text);
        }
    }
    found
}

/// A licence, an identity card, an enhanced licence.
const TYPES: &[&str] = &["DL", "ID", "EN"];

fn is_name(name: &str) -> bool {
    matches!(name.as_bytes(), [b'D', b'A'..=b'D', b'A'..=b'Z'])
}

/// A line without the type of its part, where the part begins with it.
fn without_type(line: &str) -> &str {
    let inner = TYPES.iter().find_map(|kind| line.strip_prefix(kind));
    let inner = inner.filter(|inner| inner.get(..3).is_some_and(is_name));
    inner.unwrap_or(line)
}

fn from_first_element(line: &str) -> &str {
    let mut rest = line;
    while !rest.is_empty() {
        let inner = without_type(rest);
        if inner.len() < rest.len() {
            return inner;
        }
        let mut letters = rest.chars();
        letters.next();
        rest = letters.as_str();
    }
    rest
}

/// Last and first name. Version 1 has them in one element, 2 and 3 the given names in another.
fn names<'a>(of: &impl Fn(&[&str]) -> &'a str) -> (String, String) {
    let whole = of(&["DAA"]);
    let mut parts = whole.split([',', '$', '@']).map(str::trim);
    let (whole_last, whole_first) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let or = |said: &'a str, other: &'a str| if said.is_empty() { other } else { said };
    let last = or(of(&["DCS", "DAB"]), whole_last);
    let given = of(&["DCT"]).split([',', '$']).next().unwrap_or("").trim();
    let first = or(or(of(&["DAC"]), given), whole_first);
    let last = last.trim_end_matches(',');
    let suffix = of(&["DCU", "DAE"]);
    let mut last = in_words(last);
    let suffix = as_suffix(suffix);
    let length = last.chars().count() + suffix.chars().count() + 1;
    if !suffix.is_empty() && !last.is_empty() && length <= ELEMENT_MAX {
        last.push(' ');
        last.push_str(&suffix);
    }
    (last, in_words(first.trim_end_matches(',')))
}

/// `Jr`, `Sr`, `III`.
fn as_suffix(text: &str) -> String {
    let is_roman = text.chars().all(|letter| "IVX".contains(letter));
    match is_roman {
        true => text.to_owned(),
        false => in_words(text),
    }
}

/// The street, and the unit where the second line is one.
fn street(first: &str, second: &str) -> (String, String) {
    /// As many characters as the field takes.
    const UNIT_MAX: usize = 10;
    let street = in_words(first.trim_end_matches(','));
    let second = in_words(second);
    if second.is_empty() {
        (street, String::new())
    } else if street.is_empty() {
        (second, String::new())
    } else if second.chars().count() <= UNIT_MAX {
        (street, second)
    } else {
        (format!("{street}, {second}"), String::new())
    }
}

/// `43215`, `43215-1234`, `K1A 0B1`.
fn postal_code(text: &str, is_canadian: bool) -> String {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    match (is_canadian, plain.len()) {
        (true, 6..) => {
            let plain = plain.to_ascii_uppercase();
            let (area, unit) = plain.split_at(3);
            format!("{area} {}", unit.get(..3).unwrap_or(unit))
        }
        (false, 9..) if plain.bytes().all(|byte| byte.is_ascii_digit()) => {
            let (zip, four) = plain.split_at(5);
            match four.get(..4) {
                None | Some("0000") => zip.to_owned(),
                Some(four) => format!("{zip}-{four}"),
            }
        }
        _ => plain.chars().take(10).collect(),
    }
}

/// Both orders of a date: no year of a licence is a month and a day of another.
fn date(text: &str) -> Option<NaiveDate> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let day = |year: u32, month: u32, day: u32| {
        let year = i32::try_from(year).ok()?;
        (1900..=2200).contains(&year).then_some(())?;
        NaiveDate::from_ymd_opt(year, month, day)
    };
    let american = day(number(4, 8)?, number(0, 2)?, number(2, 4)?);
    american.or_else(|| day(number(0, 4)?, number(4, 6)?, number(6, 8)?))
}

/// Cards are written in capitals, people are not. What holds a digit or is a point of the compass
/// stays as it is; what is not all capitals was written so on purpose.
fn in_words(text: &str) -> String {
    if text.chars().any(char::is_lowercase) {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let words = text.split_whitespace().map(|word| {
        let stays = word.chars().any(|letter| letter.is_ascii_digit())
            || ["N", "S", "E", "W", "NE", "NW", "SE", "SW", "PO", "US"].contains(&word);
        match stays {
            true => word.to_owned(),
            false => capitalised(word),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// `O'Brien-Smith`, `McDonald`.
fn capitalised(word: &str) -> String {
    let mut written = String::with_capacity(word.len());
    let mut is_first = true;
    for letter in word.chars() {
        if is_first {
            written.push(letter);
        } else {
            written.extend(letter.to_lowercase());
        }
        is_first = !letter.is_alphabetic();
        if written == "Mc" && word.chars().count() > 4 {
            is_first = true;
        }
    }
    written
}
