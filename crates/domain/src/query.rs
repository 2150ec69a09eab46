//! Reading what somebody types to find a record.

use crate::fold::{composed, cut, words};
use crate::phone;

/// Fewer digits than this are no phone number to search for: two digits occur in most numbers.
const MIN_PHONE_DIGITS: usize = 3;

/// What somebody typed into the search box, ready to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The folded words in the order typed, never empty, each at most [`MAX_TOKEN_CHARS`] long.
    pub words: Vec<String>,
    /// All words without the spaces, for what is stored in one piece: plates, VINs, names.
    pub joined: String,
    /// The digits, when what was typed can be a phone number: without `+` or `00`, and without
    /// the `0` that national notation puts first, so that they are a part of the stored number.
    pub phone_digits: Option<String>,
}

impl Query {
    /// None for blank text and bare punctuation, which find nothing.
    pub fn parse(text: &str) -> Option<Query> {
        let mut words = words(text);
        if words.is_empty() {
            return None;
        }
        let joined = cut(&composed(words.concat())).to_owned();
        for word in &mut words {
            *word = cut(word).to_owned();
        }
        Some(Query {
            words,
            joined,
            phone_digits: phone_digits(text),
        })
    }
}

/// Only the trunk prefix 0 is known here: other countries' (8 in Russia, 06 in Hungary) would need
/// the garage's country, and a Hungarian who leaves it out finds the number.
fn phone_digits(text: &str) -> Option<String> {
    let plain = phone::without_bracketed_zero(text, phone::plain(text).ok()?);
    let digits = plain
        .strip_prefix('+')
        .or_else(|| plain.strip_prefix("00"))
        .or_else(|| plain.strip_prefix('0'))
        .unwrap_or(&plain);
    (digits.len() >= MIN_PHONE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| cut(digits).to_owned())
}
