//! Phone numbers: from what somebody typed to E.164, and back to what somebody reads.
//!
//! The numbering plans come from the `phonenumber` crate. Its parser strips a national prefix
//! from numbers that merely begin with the same digit (`+375 80…` loses the 8), so the plans are
//! asked here directly, and its parser only for notations that need rewriting (Argentina's 15,
//! Brazil's carrier codes). A number that no plan knows is doubtful, never refused: plans change
//! faster than programs.
//!
//! The plans are unpacked when they are first needed; see [`load_numbering_plans`].

use std::fmt::Write as _;

use phonenumber::Mode;
use phonenumber::metadata::{DATABASE, Database, Descriptor, Metadata};
use serde::{Deserialize, Serialize};
use specta::Type;
use thiserror::Error;

use crate::plain;
use crate::plain::ascii_digit;

/// Longest number the contract stores: `+`, `1` and 15 digits.
const MAX_CHARS: usize = 17;

/// A number that fits the contract's pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct Phone {
    /// `+`, calling code and national number. Without a known country and without a calling code
    /// typed: the digits as typed, no `+`.
    pub e164: String,
    /// No numbering plan has such a number. A warning to show, not a reason to refuse.
    pub doubtful: bool,
}

/// Why a text is no phone number that the contract allows.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PhoneError {
    /// A letter or a sign that belongs to no phone number, or a `+` that is not in front.
    #[error("{found:?} does not belong to a phone number")]
    Character { found: char },
    /// The pattern `^\+?1?\d{9,15}$` asks for 9 to 15 digits, 16 after a leading 1.
    #[error("a phone number has 9 to 15 digits, not {digits}")]
    Length { digits: u32 },
}

/// What somebody said of a number: the number, and what is dialled once it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub number: String,
    /// Digits only.
    pub extension: Option<String>,
}

/// Takes a text apart into number and extension (`… x12`, `… Durchwahl 12`, `… 内線12`, `;ext=12`), and
/// leaves off what links and labels put before a number (`tel:`, `Tel.`).
pub fn said(raw: &str) -> Said {
    let text = raw.trim().replace("%20", " ");
    let text = without_label(&text);
    let whole = || Said {
        number: text.to_owned(),
        extension: None,
    };
    let closed = text.trim_end_matches([')', ']', '）', ' ']);
    let before = closed.trim_end_matches(|character| ascii_digit(character).is_some());
    let extension = digits(&closed[before.len()..]);
    let marked = before.trim_end_matches([' ', '.', ':', '=', '：', '\u{a0}', '\u{3000}']);
    let lower = marked.to_lowercase();
    let Some(mark) = EXTENSION_MARKS.iter().find(|mark| lower.ends_with(**mark)) else {
        return whole();
    };
    // None of the marks is longer or shorter in capitals.
    let Some(number) = marked.get(..marked.len().saturating_sub(mark.len())) else {
        return whole();
    };
    let number = number.trim_end_matches([' ', ',', ';', '(', '[', '（', '-', '/', '\u{a0}']);
    if !(1..=EXTENSION_MAX).contains(&extension.len()) || digits(number).len() < EXTENSION_NEEDS {
        return whole();
    }
    Said {
        number: number.to_owned(),
        extension: Some(extension),
    }
}

/// A number with its extension as one text, which [`said`] takes apart again.
pub fn joined(number: &str, extension: &str) -> String {
    match extension {
        "" => number.to_owned(),
        _ => format!("{number} x{extension}"),
    }
}

/// As many digits as libphonenumber takes for an extension that is marked as one.
const EXTENSION_MAX: usize = 11;

/// Fewer digits than this are no number that an extension could follow.
const EXTENSION_NEEDS: usize = 6;

/// The longer one first where one ends with another.
const EXTENSION_MARKS: &[&str] = &[
    "extension",
    "durchwahl",
    "extensión",
    "interno",
    "anexo",
    "poste",
    "ramal",
    "ext",
    "доб",
    "内線",
    "分机",
    "分機",
    "내선",
    "转",
    "轉",
    "dw",
    "#",
    "x",
    "х",
];

/// What stands before numbers in links and on cards goes.
fn without_label(text: &str) -> &str {
    for label in ["tel:", "callto:", "sms:", "telephone", "phone", "tel"] {
        let start = text.get(..label.len());
        if start.is_some_and(|start| start.eq_ignore_ascii_case(label)) {
            return text[label.len()..].trim_start_matches(['.', ':', ' ']);
        }
    }
    text
}

/// The digits by which stored numbers are found, for what somebody typed: a part of the number,
/// or the number in any notation in which it may have been stored. None where it can be no number.
///
/// Stored are E.164 and, from programs that know no country, whatever was dialled; so both are
/// looked for. `country` is where the person sits; blank where nobody knows.
pub fn sought(raw: &str, country: &str) -> Vec<String> {
    let said = said(raw);
    let Ok(dialled) = plain(&said.number) else {
        return Vec::new();
    };
    let dialled = without_bracketed_zero(&said.number, dialled);
    let mut forms: Vec<String> = Vec::new();
    let mut add = |digits: &str| {
        let fits = (SOUGHT_MIN..=2 * MAX_CHARS).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if fits && !forms.iter().any(|known| known == digits) {
            forms.push(digits.to_owned());
        }
    };
    let international = dialled
        .strip_prefix('+')
        .or_else(|| dialled.strip_prefix("00"));
    if let Some(digits) = international {
        add(digits);
        // The trunk prefix does not belong behind a calling code, yet is often left there.
        if let Some((code, national)) = split(digits)
            && let Some(rest) = national.strip_prefix('0')
        {
            add(&format!("{code}{rest}"));
        }
        return forms;
    }
    add(dialled.strip_prefix('0').unwrap_or(&dialled));
    let is_whole = dialled.len() >= WHOLE_NUMBER;
    if let Some(plan) = home(country) {
        let trunk = plan.national_prefix().filter(|prefix| *prefix != "0");
        if let Some(rest) = trunk.and_then(|prefix| dialled.strip_prefix(prefix)) {
            add(rest);
        }
        if is_whole && let Ok(Some(phone)) = read(&said.number, country) {
            add(&digits(&phone.e164));
        }
    } else if is_whole {
        // The trunk prefixes that are no 0, of Russia, Hungary and Mexico.
        for trunk in ["8", "06", "01"] {
            if let Some(rest) = dialled.strip_prefix(trunk) {
                add(rest);
            }
        }
    }
    forms
}

/// Fewer digits than this are no phone number to search for: two digits occur in most numbers.
const SOUGHT_MIN: usize = 3;

/// From so many digits on somebody typed a number and no part of one.
const WHOLE_NUMBER: usize = 9;

/// A stored number without its calling code, which is what people in its country say. What is no
/// international number loses its first digits too, which finds a little more and misses nothing.
pub fn national_part(digits: &str) -> &str {
    match split(digits) {
        Some((_, national)) => national,
        None => digits.get(3..).unwrap_or_default(),
    }
}

/// Reads a number as the desk of a garage in this country does.
///
/// `country` is the ISO 3166 alpha-2 code, in either case; with an unknown one only numbers with
/// a calling code are completed. Spaces, dots, dashes, slashes and brackets go, digits of other
/// scripts become ASCII. A leading `+` is kept and `00` is read as `+`; `(0)` after a calling code
/// goes. Everything else is read as dialled inside the country. `Ok(None)` for a blank text.
pub fn read(raw: &str, country: &str) -> Result<Option<Phone>, PhoneError> {
    let plain = without_bracketed_zero(raw, plain(raw).map_err(character)?);
    if plain.is_empty() {
        return Ok(None);
    }
    let international = plain.strip_prefix('+').or_else(|| plain.strip_prefix("00"));
    // A number far too long is refused before any plan is searched.
    if plain.len() > 2 * MAX_CHARS {
        return Err(length(&plain));
    }
    let phone = match (international, home(country)) {
        (Some(digits), _) => read_international(digits),
        (None, Some(plan)) => read_national(&plain, plan),
        (None, None) => Phone {
            e164: plain,
            doubtful: true,
        },
    };
    fits_pattern(&phone.e164)?;
    Ok(Some(phone))
}

/// Normalises a number as Central does, which does not guess a country: the same characters go,
/// then the contract's pattern is applied. An empty string for a blank text.
pub fn normalize_contract(raw: &str) -> Result<String, PhoneError> {
    let plain = plain(raw).map_err(character)?;
    if !plain.is_empty() {
        fits_pattern(&plain)?;
    }
    Ok(plain)
}

/// A stored number as people in the home country read it: in national notation when it has the
/// home country's calling code, else in international notation. What is not E.164, or fits no
/// known way of writing, is returned unchanged.
pub fn display(e164: &str, home_country: &str) -> String {
    formatted(e164, home_country).unwrap_or_else(|| e164.to_owned())
}

/// Whether the ISO 3166 alpha-2 code (upper case) is a country whose numbers can be read.
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && home(code).is_some()
}

/// Only the digits of a text, those of other scripts as ASCII.
pub fn digits(raw: &str) -> String {
    raw.chars().filter_map(ascii_digit).collect()
}

/// Unpacks the numbering plans of all countries (about 75 ms), which the first call of [`read`] or
/// [`display`] would otherwise wait for. To be called from a thread on which nobody waits.
pub fn load_numbering_plans() {
    let _loaded: &Database = &DATABASE;
}

/// Digits with at most one `+` in front; the rest is decoration and goes. Errors: the first
/// character that is none of these.
pub(crate) fn plain(raw: &str) -> Result<String, char> {
    let mut digits = String::with_capacity(raw.len());
    for character in raw.chars() {
        match character {
            '+' | '＋' if digits.is_empty() => digits.push('+'),
            _ if is_decoration(character) || plain::is_unseen(character) => {}
            _ => digits.push(ascii_digit(character).ok_or(character)?),
        }
    }
    Ok(digits)
}

/// In `+49 (0)151 …` the zero is a reminder of what is dialled inside the country.
pub(crate) fn without_bracketed_zero(raw: &str, plain: String) -> String {
    if !plain.starts_with('+') && !plain.starts_with("00") {
        return plain;
    }
    let compact: String = raw.chars().filter(|c| !c.is_whitespace()).collect();
    for zero in ["(0)", "[0]", "（0）", "（０）"] {
        if let Some(at) = compact.find(zero) {
            let without = [&compact[..at], &compact[at + zero.len()..]].concat();
            return self::plain(&without).unwrap_or(plain);
        }
    }
    plain
}

/// Spaces, dots, dashes, slashes and brackets in all their widths.
fn is_decoration(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '.' | '-' | '/' | '(' | ')' | '[' | ']' | '·' | '‧' | '・' | '−'
        )
        || matches!(u32::from(character),
            0x2010..=0x2015 | 0x3014 | 0x3015 | 0x30FC | 0xFF08 | 0xFF09 | 0xFF0D..=0xFF0F
            | 0xFF3B | 0xFF3D)
}

fn character(found: char) -> PhoneError {
    PhoneError::Character { found }
}

fn length(number: &str) -> PhoneError {
    let digits = number.len() - usize::from(number.starts_with('+'));
    PhoneError::Length {
        digits: u32::try_from(digits).unwrap_or(u32::MAX),
    }
}

/// `^\+?1?\d{9,15}$` and at most 17 characters, for a text of digits with at most one `+` in front.
fn fits_pattern(number: &str) -> Result<(), PhoneError> {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let fits = match digits.len() {
        9..=15 => true,
        16 => digits.starts_with('1'),
        _ => false,
    };
    if fits { Ok(()) } else { Err(length(number)) }
}

fn home(country: &str) -> Option<&'static Metadata> {
    DATABASE.by_id(country.to_ascii_uppercase().as_str())
}

/// Calling code and national number. Calling codes are prefix-free, so the first that exists is
/// the one.
fn split(digits: &str) -> Option<(u16, &str)> {
    // "049" is no way to write 49.
    if digits.starts_with('0') {
        return None;
    }
    (1..=3).find_map(|width| {
        let code = digits.get(..width)?.parse().ok()?;
        DATABASE.by_code(&code)?;
        Some((code, digits.get(width..)?))
    })
}

/// Whether some country with this calling code has such numbers.
fn is_assigned(code: u16, national: &str) -> bool {
    DATABASE
        .by_code(&code)
        .is_some_and(|plans| plans.into_iter().any(|plan| has_number(plan, national)))
}

fn has_number(plan: &Metadata, national: &str) -> bool {
    let kinds = plan.descriptors();
    let callable: [Option<&Descriptor>; 10] = [
        kinds.mobile(),
        kinds.fixed_line(),
        kinds.voip(),
        kinds.toll_free(),
        kinds.shared_cost(),
        kinds.uan(),
        kinds.personal_number(),
        kinds.premium_rate(),
        kinds.pager(),
        kinds.voicemail(),
    ];
    kinds.general().is_match(national)
        && callable
            .into_iter()
            .flatten()
            .any(|kind| kind.is_match(national))
}

fn read_international(digits: &str) -> Phone {
    let as_typed = Phone {
        e164: format!("+{digits}"),
        doubtful: true,
    };
    let Some((code, national)) = split(digits) else {
        return as_typed;
    };
    if is_assigned(code, national) {
        return Phone {
            doubtful: false,
            ..as_typed
        };
    }
    // The trunk 0 does not belong behind a calling code, yet is often left there.
    match national.strip_prefix('0') {
        Some(rest) if is_assigned(code, rest) => Phone {
            e164: format!("+{code}{rest}"),
            doubtful: false,
        },
        _ => as_typed,
    }
}

fn read_national(dialled: &str, plan: &Metadata) -> Phone {
    let code = plan.country_code();
    let without_trunk = plan
        .national_prefix()
        .and_then(|prefix| dialled.strip_prefix(prefix));
    let own_code = code.to_string();
    let behind_own_code = dialled.strip_prefix(own_code.as_str());

    // Last, a 0 in front in a country that has none: the habit of another country.
    let without_zero = dialled.strip_prefix('0');

    let readings = [Some(dialled), without_trunk, behind_own_code, without_zero];
    if let Some(national) = readings
        .into_iter()
        .flatten()
        .find(|national| is_assigned(code, national))
    {
        return Phone {
            e164: format!("+{code}{national}"),
            doubtful: false,
        };
    }
    if let Some(e164) = rewritten(dialled, plan) {
        return Phone {
            e164,
            doubtful: false,
        };
    }
    // An international number whose + was lost, as spreadsheets do: likely, but a guess.
    if let Some((foreign, national)) = split(dialled)
        && is_assigned(foreign, national)
    {
        return Phone {
            e164: format!("+{dialled}"),
            doubtful: true,
        };
    }
    let national = match without_trunk {
        Some(rest) if rest.starts_with('0') || !has_length(plan, dialled) => rest,
        _ => dialled,
    };
    // Read like any stored number, so that reading the answer again gives the answer.
    read_international(&format!("{code}{national}"))
}

fn has_length(plan: &Metadata, national: &str) -> bool {
    let lengths = plan.descriptors().general().possible_length();
    u16::try_from(national.len()).is_ok_and(|length| lengths.contains(&length))
}

/// What the library's parser makes of a number dialled inside the country: it knows carrier
/// codes, the country's own international prefix (011, 010), and numbers that are written
/// differently at home and abroad. None unless the result is an assigned number.
fn rewritten(dialled: &str, plan: &Metadata) -> Option<String> {
    let number = phonenumber::parse(Some(plan.id().parse().ok()?), dialled).ok()?;
    let code = number.code().value();
    let national = number.national().to_string();
    is_assigned(code, &national).then(|| format!("+{code}{national}"))
}

fn formatted(e164: &str, home_country: &str) -> Option<String> {
    let digits = e164.strip_prefix('+')?;
    if e164.len() > MAX_CHARS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (code, national) = split(digits)?;
    let region = DATABASE.by_code(&code)?.first()?.id().parse().ok()?;
    let number = phonenumber::parse(Some(region), e164).ok()?;
    if number.code().value() != code || number.national().to_string() != national {
        // The parser took the first digits for a prefix. The number as stored is the right one.
        return None;
    }
    let write = |mode| {
        let mut text = String::new();
        write!(text, "{}", number.format().mode(mode)).ok()?;
        Some(text)
    };
    let at_home = home(home_country).is_some_and(|plan| plan.country_code() == code);
    let text = write(if at_home {
        Mode::National
    } else {
        Mode::International
    })?;
    // No national way of writing is known: the bare number would lack its trunk prefix.
    if text == national {
        write(Mode::International)
    } else {
        Some(text)
    }
}
