//! Licence plates: stored as typed, compared by the shape of their letters.
//!
//! No country's plate format is checked here: a garage sees foreign, historic and personal plates,
//! and a wrong refusal costs more than an odd plate.

use crate::fold::fold;

/// The form in which two plates are compared and searched: folded, without spaces, dashes and
/// dots, and with letters of other alphabets as the Latin ones that look like them, so that
/// `B-XY 1234`, `b xy1234` and `B·XY–1234` are one plate, and `А123ВС` in Cyrillic is `A123BC`. Empty
/// for a blank plate.
pub fn key(raw: &str) -> String {
    let plain = fold(&fold(raw).replace(' ', ""));
    plain.chars().map(latin).collect()
}

/// A key with O as 0 and I as 1: people read one for the other, and few countries' plates show a
/// difference. Two plates with the same form may be one; they need not be, so that this finds and
/// warns, and never replaces the key.
pub fn look_alike(key: &str) -> String {
    key.replace('o', "0").replace('i', "1")
}

/// More than this many letters and digits that could be read either way are no plate that is
/// compared in all its readings: 2⁶ are 64 keys.
const DOUBTFUL_MAX: usize = 6;

/// Every key that looks like this one, itself first.
pub fn readings(key: &str) -> Vec<String> {
    let doubtful = key.chars().filter(|c| swapped(*c).is_some()).count();
    let mut readings = vec![String::with_capacity(key.len())];
    for character in key.chars() {
        let other = swapped(character).filter(|_| doubtful <= DOUBTFUL_MAX);
        let mut others = Vec::new();
        for reading in &mut readings {
            if let Some(other) = other {
                let mut second = reading.clone();
                second.push(other);
                others.push(second);
            }
            reading.push(character);
        }
        readings.extend(others);
    }
    readings
}

fn swapped(character: char) -> Option<char> {
    Some(match character {
        'o' => '0',
        '0' => 'o',
        'i' => '1',
        '1' => 'i',
        _ => return None,
    })
}

/// The Latin letter of which a capital of another alphabet has the shape. Plates are capitals: Η is
/// H and not n.
pub(crate) fn latin(letter: char) -> char {
    match letter {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' => 'c',
        'е' | 'ε' => 'e',
        'н' | 'η' => 'h',
        'і' | 'ι' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' | 'μ' => 'm',
        'ν' => 'n',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'у' | 'υ' => 'y',
        'х' | 'χ' => 'x',
        'ζ' => 'z',
        other => other,
    }
}
