//! Vehicle identification numbers: is it one, and what does it say about the car.
//!
//! ISO 3779 fixes the form, ISO 3780 the first three characters (the world manufacturer
//! identifier, WMI), 49 CFR part 565 the check digit and the year. Only North America and China
//! hold their makers to the last two; what other VINs say there is a hint. Nothing here refuses a
//! VIN for an unknown maker or country: the tables are for filling a form in, not for judging.

use serde::{Deserialize, Serialize};
use specta::Type;
use thiserror::Error;

use crate::{plain, plate};

mod makers;
mod regions;

pub use regions::Region;

/// Characters in a VIN.
pub const LENGTH: usize = 17;

/// A VIN whose form is right: 17 letters and digits in upper case, none of them I, O or Q.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vin {
    text: String,
}

/// Why a text is no VIN.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum VinError {
    #[error("a VIN has 17 characters, not {found}")]
    Length { found: u32 },
    /// I, O and Q are left out of VINs since they look like 1 and 0. Positions count from 1.
    #[error("{found:?} at position {position} does not occur in a VIN")]
    Character { found: char, position: u32 },
    /// Only where the check digit is binding: some character is mistyped.
    #[error("the check digit (position 9) is {found:?}, but the others ask for {expected:?}")]
    CheckDigit { expected: char, found: char },
}

/// What is odd about a VIN that is accepted all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum VinWarning {
    /// The check digit does not match, in a region where makers may put anything there.
    CheckDigit { expected: char, found: char },
}

/// What a whole or partial VIN tells, to fill a form in. The years are candidates, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct VinFacts {
    pub region: Region,
    /// ISO 3166 alpha-2. The country of the maker's seat, mostly that of the plant too.
    pub country: Option<&'static str>,
    pub maker: Option<&'static str>,
    pub years: Vec<i32>,
}

/// A VIN as people type, paste and scan it, in upper case: without spaces, dashes and marks that
/// nobody sees, full-width characters as plain ones, and capitals of other alphabets as the Latin
/// ones of their shape. What scanners and their labels add goes too: the stars of Code 39
/// (`*…*`), the data identifier I of import labels (ISO/IEC 15418), the symbology in front
/// (`]C0`, ISO/IEC 15424), and the word VIN.
pub fn normalize(raw: &str) -> String {
    let mut text = normalize_once(raw);
    // What goes may leave what goes too: a star within stars, an accent beside its letter.
    for _ in 0..3 {
        let again = normalize_once(&text);
        if again == text {
            break;
        }
        text = again;
    }
    text
}

fn normalize_once(raw: &str) -> String {
    let plain = plain::code(raw).unwrap_or_else(|_| raw.to_owned());
    let text: String = plain
        .chars()
        .filter(|c| !c.is_whitespace() && !plain::is_dash(*c))
        .map(latin)
        .collect();
    let text = match text.strip_prefix(']') {
        Some(rest) => rest.get(2..).unwrap_or(rest),
        None => &text,
    };
    let text = text.strip_prefix("VIN:").unwrap_or(text);
    let text = text.trim_matches('*');
    match text.strip_prefix('I') {
        Some(rest) if rest.chars().count() == LENGTH => rest.to_owned(),
        _ => text.to_owned(),
    }
}

/// Upper case, and what looks like a Latin capital is one. Small letters look otherwise (η is no h),
/// but nobody writes a VIN in them.
fn latin(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_uppercase();
    }
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(letter), None) => {
            let latin = plate::latin(letter);
            if latin.is_ascii() {
                latin.to_ascii_uppercase()
            } else {
                character
            }
        }
        _ => character,
    }
}

/// The alphabet of a letter that no VIN has, as the locale files know it: the words name it, since
/// the letter may look like one that a VIN has.
pub fn alphabet(letter: char) -> &'static str {
    match u32::from(letter) {
        0x0000..=0x024F => "latin",
        0x0370..=0x03FF | 0x1F00..=0x1FFF => "greek",
        0x0400..=0x052F => "cyrillic",
        0x0590..=0x05FF => "hebrew",
        0x0600..=0x077F => "arabic",
        _ if crate::fold::is_cjk(letter) => "cjk",
        _ => "other",
    }
}

/// Reads a VIN in any case and grouping. Errors in this order: characters that no VIN has, the
/// wrong length, a check digit that does not match where it is binding.
pub fn check(raw: &str) -> Result<Vin, VinError> {
    let text = normalize(raw);
    if let Some((at, found)) = text.chars().enumerate().find(|(_, c)| !is_allowed(*c)) {
        return Err(VinError::Character {
            found,
            position: count(at + 1),
        });
    }
    if text.len() != LENGTH {
        return Err(VinError::Length {
            found: count(text.len()),
        });
    }
    let vin = Vin { text };
    match vin.check_digit_mismatch() {
        Some((expected, found)) if vin.has_check_digit() && vin.is_held_to_it() => {
            Err(VinError::CheckDigit { expected, found })
        }
        _ => Ok(vin),
    }
}

/// What can be told from the beginning of a VIN while it is being typed: the region from the
/// first characters on, the country from two, the maker from three, the years from ten. Reads up
/// to the first character that no VIN has. None as long as not even the region is known.
pub fn decode(raw: &str, this_year: i32) -> Option<VinFacts> {
    let text: String = normalize(raw)
        .chars()
        .take_while(|c| is_allowed(*c))
        .take(LENGTH)
        .collect();
    Some(VinFacts {
        region: regions::region(&text)?,
        country: regions::country(&text),
        maker: makers::maker(&text),
        years: model_years(&text, this_year),
    })
}

impl Vin {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The world manufacturer identifier: the first three characters.
    pub fn wmi(&self) -> &str {
        self.text.get(..3).unwrap_or_default()
    }

    /// None for VINs beginning with 0, which no region has.
    pub fn region(&self) -> Option<Region> {
        regions::region(&self.text)
    }

    /// ISO 3166 alpha-2 code of the country that gave out the WMI, where it is known.
    pub fn country(&self) -> Option<&'static str> {
        regions::country(&self.text)
    }

    /// The make as people call it, for the makers in the table.
    pub fn maker(&self) -> Option<&'static str> {
        makers::maker(&self.text)
    }

    /// The model years that position 10 can mean, not later than the next year, newest first.
    ///
    /// The code repeats every 30 years. For cars and light trucks of North America position 7
    /// tells the cycles apart and one year is left. Elsewhere makers need not put the year there
    /// at all, so that even a single candidate is no more than a suggestion; empty where the
    /// character is no year code.
    pub fn model_years(&self, this_year: i32) -> Vec<i32> {
        model_years(&self.text, this_year)
    }

    /// What to show beside the VIN without refusing it.
    ///
    /// A maker that puts Z in position 9 uses no check digit, and there is nothing to warn of; nor
    /// of any other letter, but where check digits are law: one was misread there, it seems.
    pub fn warnings(&self) -> Vec<VinWarning> {
        self.check_digit_mismatch()
            .filter(|(_, found)| self.has_check_digit() || (*found != 'Z' && self.is_held_to_it()))
            .map(|(expected, found)| VinWarning::CheckDigit { expected, found })
            .into_iter()
            .collect()
    }

    /// Whether position 9 holds a check digit: other letters than X are a filler.
    fn has_check_digit(&self) -> bool {
        let place = self.text.chars().nth(8);
        place.is_some_and(|place| place.is_ascii_digit() || place == 'X')
    }

    /// Whether the car was made for a market where the check digit is law. ZZZ in positions 4 to 6
    /// says that it was not, wherever its plant stands: a Volkswagen from Mexico for Europe.
    fn is_held_to_it(&self) -> bool {
        regions::binds_check_digit(&self.text) && self.text.get(3..6) != Some("ZZZ")
    }

    /// Expected and found, if they differ.
    fn check_digit_mismatch(&self) -> Option<(char, char)> {
        let expected = check_digit(&self.text);
        let found = self.text.chars().nth(8)?;
        (expected != found).then_some((expected, found))
    }
}

impl std::fmt::Display for Vin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The check digit by 49 CFR 565.15(c), which ISO 3779 describes in its annex: every character's
/// value times the weight of its position, summed, modulo 11; ten is written X. Position 9, the
/// check digit itself, has weight 0.
fn check_digit(text: &str) -> char {
    const WEIGHTS: [u32; LENGTH] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let sum: u32 = text
        .chars()
        .zip(WEIGHTS)
        .map(|(character, weight)| value(character) * weight)
        .sum();
    char::from_digit(sum % 11, 10).unwrap_or('X')
}

/// Letters count 1 to 9 as in the rows A–I, J–R and S–Z of the old EBCDIC table, where S begins
/// at 2: A, J = 1; B, K, S = 2; … 49 CFR 565.15(c), table III.
fn value(character: char) -> u32 {
    match character {
        '0'..='9' => u32::from(character) - u32::from('0'),
        'A'..='I' => u32::from(character) - u32::from('A') + 1,
        'J'..='R' => u32::from(character) - u32::from('J') + 1,
        'S'..='Z' => u32::from(character) - u32::from('S') + 2,
        _ => 0,
    }
}

/// Position 10 by 49 CFR 565.15(d)(1), table VII: A is 1980, and again every 30 years. I, O, Q, U,
/// Z and 0 are no years.
fn model_years(text: &str, this_year: i32) -> Vec<i32> {
    const CODES: &str = "ABCDEFGHJKLMNPRSTVWXY123456789";
    const CYCLE: i32 = 30;
    let Some(offset) = text
        .chars()
        .nth(9)
        .and_then(|code| CODES.chars().position(|other| other == code))
        .and_then(|offset| i32::try_from(offset).ok())
    else {
        return Vec::new();
    };
    let first = 1980 + offset;
    let cycles = this_year
        .saturating_add(1)
        .saturating_sub(first)
        .div_euclid(CYCLE);
    let years: Vec<i32> = (0..=cycles)
        .rev()
        .map(|cycle| first + CYCLE * cycle)
        // A car of three cycles back is history, and no form needs it suggested.
        .take(3)
        .collect();
    if let Some(cycle) = stated_cycle(text)
        && let Some(year) = years.iter().copied().find(|year| cycle.contains(year))
    {
        return vec![year];
    }
    years
}

/// 49 CFR 565.15(d)(1): in passenger cars, multipurpose vehicles and trucks up to 10,000 lb, a
/// digit in position 7 means 1980 to 2009, a letter 2010 to 2039. It does not hold for
/// motorcycles and heavy trucks, so it is used only for makers known to build others.
fn stated_cycle(text: &str) -> Option<std::ops::Range<i32>> {
    if regions::region(text) != Some(Region::NorthAmerica) || !makers::builds_light_vehicles(text) {
        return None;
    }
    let tell = text.chars().nth(6)?;
    Some(if tell.is_ascii_digit() {
        1980..2010
    } else {
        2010..2040
    })
}

fn is_allowed(character: char) -> bool {
    matches!(character, '0'..='9' | 'A'..='H' | 'J'..='N' | 'P' | 'R'..='Z')
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
