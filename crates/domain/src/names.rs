//! Names of people and companies: what a customer is called, and where in a list it stands.

use crate::fold::{fold, is_cjk};

/// What a customer is called: the person, or the company where there is none.
///
/// A name in Han, kana or Hangul is said family name first. It is written with a space: without
/// one Japanese and Chinese names could not be told apart, and a reader of either knows where it is.
pub fn title(first: &str, last: &str, company: &str) -> String {
    let is_family_first = [first, last].into_iter().all(is_cjk_name);
    let person = if is_family_first {
        [last, first]
    } else {
        [first, last]
    };
    let person: Vec<&str> = person.into_iter().filter(|name| !name.is_empty()).collect();
    if person.is_empty() {
        company.to_owned()
    } else {
        person.join(" ")
    }
}

/// The same as lists have it, by the name after which they are sorted: `de Vries, Cees`. Who has one
/// name stands under it.
pub fn listed_as(first: &str, last: &str, company: &str) -> String {
    if first.is_empty() || last.is_empty() || [first, last].into_iter().all(is_cjk_name) {
        title(first, last, company)
    } else {
        format!("{last}, {first}")
    }
}

fn is_cjk_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|letter| is_cjk(letter) || letter.is_whitespace())
}

/// The key of a name: text order of keys is the order of names. Letters with accents stand beside
/// those without, capitals beside small ones, and spaces, hyphens and apostrophes do not count
/// (`de Vries` stands where `Devries` would). Scripts stand in the order of Unicode.
///
/// The search fold's form and no collation of a language: a garage's customers have names of many
/// languages, every desk and Central show one order, and keys of a collation library are worth
/// nothing after its next update.
pub fn sort_key(name: &str) -> String {
    fold(&fold(name).replace(' ', ""))
}
