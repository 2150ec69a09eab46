//! Reading what somebody types to find a record.

use crate::fold::{composed, cut, words};
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
