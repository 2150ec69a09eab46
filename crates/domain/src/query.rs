//! Reading what somebody types to find a record, and what it would be in a new one.

use crate::fold::{composed, cut, words};
use crate::kind::EntityKind;
use crate::{phone, plate, vin};

/// What somebody typed into the search box, ready to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The folded words in the order typed, never empty, each at most [`MAX_TOKEN_CHARS`] long.
    ///
    /// [`MAX_TOKEN_CHARS`]: crate::fold::MAX_TOKEN_CHARS
    pub words: Vec<String>,
    /// What it may be in one piece, other than the words, each once: all words without the spaces
    /// (plates, VINs and names are stored so), a plate by the shape of its letters, a VIN without
    /// what a scanner adds, the digits of a phone number in the notations that are stored.
    pub pieces: Vec<String>,
}

impl Query {
    /// None for blank text and bare punctuation, which find nothing. Phone numbers are read as
    /// those of somebody whose country nobody knows.
    pub fn parse(text: &str) -> Option<Query> {
        Query::parse_in(text, "")
    }

    /// The same, with phone numbers read as they are dialled in a country (ISO 3166 alpha-2).
    pub fn parse_in(text: &str, country: &str) -> Option<Query> {
        let mut words = words(text);
        if words.is_empty() {
            return None;
        }
        let whole = composed(words.concat());
        let joined = cut(&whole).to_owned();
        for word in &mut words {
            *word = cut(word).to_owned();
        }
        let mut query = Query {
            words,
            pieces: Vec::new(),
        };
        query.add(joined.clone());
        let plate = plate::key(text);
        if plate != whole && plate.is_ascii() {
            query.add(cut(&plate).to_owned());
        }
        if plate.bytes().any(|byte| byte.is_ascii_digit()) {
            query.add(cut(&plate::look_alike(&plate)).to_owned());
        }
        let vin = vin::normalize(text);
        if vin.len() == vin::LENGTH {
            query.add(vin.to_ascii_lowercase());
        }
        for digits in phone::sought(text, country) {
            query.add(cut(&digits).to_owned());
        }
        Some(query)
    }

    fn add(&mut self, piece: String) {
        if !self.pieces.contains(&piece) && self.words != [piece.as_str()] {
            self.pieces.push(piece);
        }
    }
}

/// Fewer digits than this, without a letter, are a plate rather than a phone number.
const MIN_PHONE_TO_CALL: usize = 7;

fn is_like_vin(code: &str) -> bool {
    code.len() == vin::LENGTH
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && code.bytes().any(|byte| byte.is_ascii_digit())
        && code.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The fields of a new record for which unknown text was most likely typed: somebody was looked
/// for and is not here yet. An e-mail address, a VIN, a phone number, a name of one or more
/// words; all else is a plate. Nothing for blank text.
pub fn fields_for(text: &str) -> Vec<(EntityKind, &'static str, String)> {
    let text = text.trim();
    let customer = |field, text: &str| (EntityKind::Customer, field, text.to_owned());
    let car = |field, text: &str| (EntityKind::Vehicle, field, text.to_owned());
    if text.is_empty() {
        return Vec::new();
    }
    // Wrong ones too: beside their field it is said what is wrong with them.
    if text.contains('@') {
        return vec![customer("email", text)];
    }
    let code = vin::normalize(text);
    if is_like_vin(&code) {
        return vec![car("vin", &code)];
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits == 0 && text.chars().any(char::is_alphabetic) {
        return match text.rsplit_once(char::is_whitespace) {
            Some((first, last)) => {
                vec![
                    customer("first_name", first.trim()),
                    customer("last_name", last),
                ]
            }
            None => vec![customer("last_name", text)],
        };
    }
    if digits >= MIN_PHONE_TO_CALL && !phone::sought(text, "").is_empty() {
        return vec![customer("phone", text)];
    }
    vec![car("license_plate", text)]
}
