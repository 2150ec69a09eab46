//! Who gives out the first two characters of a VIN: regions and countries by ISO 3780.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The part of the world by the first character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    Africa,
    Asia,
    Europe,
    NorthAmerica,
    Oceania,
    SouthAmerica,
}

impl Region {
    /// The name in serialised form, by which the locale files know it.
    pub fn key(self) -> &'static str {
        match self {
            Region::Africa => "africa",
            Region::Asia => "asia",
            Region::Europe => "europe",
            Region::NorthAmerica => "north_america",
            Region::Oceania => "oceania",
            Region::SouthAmerica => "south_america",
        }
    }
}

/// The order of characters within a country's range: letters before digits, 0 last.
const ORDER: &str = "ABCDEFGHJKLMNPRSTUVWXYZ1234567890";

/// First character, range of the second, country. Ranges that were reassigned between editions of
/// the standard are left out: no answer is better than the wrong one.
const COUNTRIES: &[(char, char, char, &str)] = &[
    ('A', 'A', 'H', "ZA"),
    ('A', 'J', 'N', "CI"),
    ('B', 'A', 'E', "AO"),
    ('B', 'F', 'K', "KE"),
    ('B', 'L', 'R', "TZ"),
    ('C', 'A', 'E', "BJ"),
    ('C', 'F', 'K', "MG"),
    ('C', 'L', 'R', "TN"),
    ('D', 'A', 'E', "EG"),
    ('D', 'F', 'K', "MA"),
    ('D', 'L', 'R', "ZM"),
    ('E', 'A', 'E', "ET"),
    ('E', 'F', 'K', "MZ"),
    ('F', 'A', 'E', "GH"),
    ('F', 'F', 'K', "NG"),
    ('H', 'A', '0', "CN"),
    ('J', 'A', '0', "JP"),
    ('K', 'A', 'E', "LK"),
    ('K', 'F', 'K', "IL"),
    ('K', 'L', 'R', "KR"),
    ('L', 'A', '0', "CN"),
    ('M', 'A', 'E', "IN"),
    ('M', 'F', 'K', "ID"),
    ('M', 'L', 'R', "TH"),
    ('M', 'S', 'T', "MM"),
    ('M', 'Y', '0', "IN"),
    ('N', 'A', 'E', "IR"),
    ('N', 'F', 'G', "PK"),
    ('N', 'L', 'R', "TR"),
    ('P', 'A', 'E', "PH"),
    ('P', 'F', 'K', "SG"),
    ('P', 'L', 'R', "MY"),
    ('R', 'A', 'E', "AE"),
    ('R', 'F', 'K', "TW"),
    ('R', 'L', 'N', "VN"),
    ('R', 'S', 'T', "SA"),
    ('S', 'A', 'M', "GB"),
    ('S', 'N', 'T', "DE"),
    ('S', 'U', 'Z', "PL"),
    ('S', '1', '2', "LV"),
    ('T', 'A', 'H', "CH"),
    ('T', 'J', 'P', "CZ"),
    ('T', 'R', 'V', "HU"),
    ('T', 'W', '1', "PT"),
    ('U', 'H', 'M', "DK"),
    ('U', 'N', 'T', "IE"),
    ('U', 'U', 'Z', "RO"),
    ('U', '5', '7', "SK"),
    ('V', 'A', 'E', "AT"),
    ('V', 'F', 'R', "FR"),
    ('V', 'S', 'W', "ES"),
    ('V', '3', '5', "HR"),
    ('V', '6', '8', "EE"),
    ('W', 'A', '0', "DE"),
    ('X', 'A', 'C', "BG"),
    ('X', 'F', 'H', "GR"),
    ('X', 'L', 'N', "NL"),
    ('X', 'S', 'W', "RU"),
    ('X', 'X', 'Y', "LU"),
    ('X', '3', '0', "RU"),
    ('Y', 'A', 'E', "BE"),
    ('Y', 'F', 'K', "FI"),
    ('Y', 'S', 'W', "SE"),
    ('Y', 'X', '2', "NO"),
    ('Y', '3', '5', "BY"),
    ('Y', '6', '8', "UA"),
    ('Z', 'A', 'U', "IT"),
    ('Z', 'X', 'Z', "SI"),
    ('Z', '3', '5', "LT"),
    ('Z', '6', '0', "RU"),
    ('1', 'A', '0', "US"),
    ('2', 'A', '5', "CA"),
    ('3', 'A', 'X', "MX"),
    ('4', 'A', '0', "US"),
    ('5', 'A', '0', "US"),
    ('6', 'A', 'W', "AU"),
    ('7', 'A', 'E', "NZ"),
    ('7', 'F', '0', "US"),
    ('8', 'A', 'E', "AR"),
    ('8', 'F', 'G', "CL"),
    ('8', 'L', 'N', "EC"),
    ('8', 'S', 'T', "PE"),
    ('8', 'X', 'Z', "VE"),
    ('9', 'A', 'E', "BR"),
    ('9', 'F', 'G', "CO"),
    ('9', 'L', 'M', "PY"),
    ('9', 'S', 'T', "UY"),
    ('9', '3', '9', "BR"),
];

/// The region of a VIN or its beginning. None when empty, for 0, and for a single 7, which is
/// shared by New Zealand and the United States.
pub(super) fn region(text: &str) -> Option<Region> {
    let mut characters = text.chars();
    Some(match characters.next()? {
        // H, once African, was given to China.
        'A'..='G' => Region::Africa,
        'H' | 'J'..='R' => Region::Asia,
        'S'..='Z' => Region::Europe,
        '1'..='5' => Region::NorthAmerica,
        '6' => Region::Oceania,
        '7' => match characters.next()? {
            'A'..='E' => Region::Oceania,
            _ => Region::NorthAmerica,
        },
        '8' | '9' => Region::SouthAmerica,
        _ => return None,
    })
}

/// The country of a VIN or its beginning, from two characters on.
pub(super) fn country(text: &str) -> Option<&'static str> {
    let mut characters = text.chars();
    let first = characters.next()?;
    let second = ORDER.find(characters.next()?)?;
    COUNTRIES
        .iter()
        .find(|(initial, from, to, _)| {
            *initial == first
                && ORDER.find(*from).is_some_and(|from| from <= second)
                && ORDER.find(*to).is_some_and(|to| second <= to)
        })
        .map(|(.., country)| *country)
}

/// Whether the check digit is law where the maker sits: North America (49 CFR 565.15(c), and the
/// same in Canada and Mexico) and China (GB 16735).
pub(super) fn binds_check_digit(text: &str) -> bool {
    region(text) == Some(Region::NorthAmerica) || country(text) == Some("CN")
}
