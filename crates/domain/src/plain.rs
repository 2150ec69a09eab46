//! Characters: what people typed, pasted or scanned, without what nobody sees.
//!
//! Free text keeps what its writer meant: it is composed (NFC), and only marks without a shape go.
//! Numbers, dates, codes and addresses are read in their compatibility form (NFKC), so that
//! full-width digits, `＠` and the forms of other keyboards mean what they look like.
//!
//! A NUL is told (`Err`) and never dropped: text that holds one is no text, but bytes of something
//! else read wrongly.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// The ASCII form of a decimal digit of any of the scripts in common use.
pub fn ascii_digit(character: char) -> Option<char> {
    // Each block holds its digits 0 to 9 in a row.
    const ZEROS: [u32; 16] = [
        0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66,
        0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0xFF10,
    ];
    let code = u32::from(character);
    ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&code))
        .and_then(|zero| char::from_digit(code - zero, 10))
}

/// The character that shows that a text is none.
pub const NUL: char = '\0';

/// Free text of one line: line breaks and tabs become spaces. Errors: [`NUL`].
pub fn one_line(raw: &str) -> Result<String, char> {
    free_text(raw, ' ', ' ')
}

/// Free text of several lines. Errors: [`NUL`].
pub fn lines(raw: &str) -> Result<String, char> {
    free_text(raw, '\n', '\t')
}

/// A number, a date, a code: in its compatibility form, with the decimal digits of all scripts as
/// ASCII. Other numbers (`²`, `①`, `½`) stay what they are: they are no digits that somebody
/// typed. Errors: [`NUL`].
pub fn code(raw: &str) -> Result<String, char> {
    let mut text = String::with_capacity(raw.len());
    let mut run = String::new();
    for character in raw.chars() {
        if character.is_numeric() && ascii_digit(character).is_none() {
            text.extend(run.nfkc());
            run.clear();
            text.push(character);
        } else {
            run.push(character);
        }
    }
    text.extend(run.nfkc());
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            NUL => return Err(NUL),
            _ if is_line_break(character) || character.is_whitespace() => plain.push(' '),
            _ if character.is_control() || is_unseen(character) => {}
            _ => plain.push(ascii_digit(character).unwrap_or(character)),
        }
    }
    Ok(plain.trim().to_owned())
}

/// A dash of any kind, as people type one between digits: Japanese keyboards give the sign of a
/// long vowel.
pub(crate) fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
    )
}

/// Characters without a shape: soft hyphen, zero-width spaces, directions, variation selectors,
/// Hangul fillers, and the stretch of Arabic letters. They come along when text is pasted.
pub(crate) fn is_unseen(character: char) -> bool {
    matches!(u32::from(character),
        0x00AD | 0x034F | 0x061C | 0x0640 | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F
        | 0xFEFF | 0xFFA0 | 0xFFF9..=0xFFFB | 0xE0000..=0xE0FFF)
}

fn free_text(raw: &str, line_break: char, tab: char) -> Result<String, char> {
    let mut text = String::with_capacity(raw.len());
    for character in raw.replace("\r\n", "\n").chars() {
        match character {
            NUL => return Err(NUL),
            '\t' => text.push(tab),
            _ if is_line_break(character) => text.push(line_break),
            _ if character.is_control() || is_never_meant(character) => {}
            _ => text.push(character),
        }
    }
    Ok(composed(text.trim_matches(is_edge)))
}

/// Word breaks lines with U+000B and pages with U+000C.
fn is_line_break(character: char) -> bool {
    matches!(
        character,
        '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Marks that say nothing wherever they stand. Joiners stay, since Persian words, Indic letters
/// and emoji need them, as do the marks of single directions within a line.
fn is_never_meant(character: char) -> bool {
    matches!(u32::from(character),
        0x00AD | 0x200B | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFF9..=0xFFFB)
}

/// What says nothing at either end of a text.
fn is_edge(character: char) -> bool {
    character.is_whitespace()
        || matches!(u32::from(character),
            0x034F | 0x061C | 0x115F..=0x1160 | 0x180E | 0x200C..=0x200F | 0x2800 | 0x3164
            | 0xFFA0)
}

/// Letters and their accents in one. The compatibility ideographs stay as they are, though Unicode
/// gives them canonical counterparts: 神 in somebody's name is written in this form and no other.
fn composed(text: &str) -> String {
    if is_nfc(text) {
        return text.to_owned();
    }
    let mut whole = String::with_capacity(text.len());
    let mut run = String::new();
    for character in text.chars() {
        if matches!(u32::from(character), 0xF900..=0xFAFF | 0x2F800..=0x2FA1F) {
            whole.extend(run.nfc());
            run.clear();
            whole.push(character);
        } else {
            run.push(character);
        }
    }
    whole.extend(run.nfc());
    whole
}
