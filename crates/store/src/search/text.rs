//! What the search box knows of a record: its words, marked and cut up. Text in, text out; no
//! database.

use servease_domain::{EntityKind, Record, SearchRole, Value, fold, phone, plate};

/// Stands before a word that the record says of itself, and behind every word.
pub(crate) const OWN: char = '.';
/// Stands before a word of a vehicle's owner.
pub(crate) const OWNER: char = '@';

/// How many characters a gram has, at most.
pub(crate) const GRAM_CHARS: usize = 3;

/// The two forms in which a record stands in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The marked words, in which a find is verified: `.corolla.2015.@john.@smith.`.
    pub text: String,
    /// The grams of the text, apart by spaces, each once.
    pub grams: String,
}

/// The entry of a customer, or of a vehicle with its owner.
pub(crate) fn entry(record: &Record, owner: Option<&Record>) -> Entry {
    let mut text = own_part(record);
    if let Some(owner) = owner {
        text.push_str(&owner_part(owner));
    }
    let grams = grams(&text);
    Entry { text, grams }
}

/// The end of a vehicle's text: how its owner is called.
pub(crate) fn owner_part(owner: &Record) -> String {
    let mut part = String::new();
    for word in words(owner, is_name) {
        part.push(OWNER);
        part.push_str(&word);
        part.push(OWN);
    }
    part
}

pub(crate) fn own_part(record: &Record) -> String {
    let mut part = String::from(OWN);
    for word in words(record, |_| true) {
        part.push_str(&word);
        part.push(OWN);
    }
    part
}

fn is_name(role: SearchRole) -> bool {
    matches!(
        role,
        SearchRole::FirstName | SearchRole::LastName | SearchRole::Words
    )
}

/// The folded words of a record's fields with these roles, each once.
fn words(record: &Record, wanted: impl Fn(SearchRole) -> bool) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut add = |word: String| {
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    };
    let (mut first, mut last) = ("", "");
    for field in record.kind.fields() {
        let Some(role) = field.found_by.filter(|role| wanted(*role)) else {
            continue;
        };
        let value = record.get(field.name);
        let text = value.as_text();
        match role {
            SearchRole::FirstName => first = text,
            SearchRole::LastName => last = text,
            SearchRole::Words => {
                fold::tokens(text).into_iter().for_each(&mut add);
                // `Model 3` is also asked for as `model3`.
                add(squeezed(text));
                if let Value::Integer(number) = value {
                    add(number.to_string());
                }
            }
            SearchRole::Email => {
                fold::tokens(text).into_iter().for_each(&mut add);
                // Tokens are cut; any part of a long address is to be found.
                add(squeezed(text));
            }
            SearchRole::Phone => {
                let digits = phone::digits(text);
                add(phone::national_part(&digits).to_owned());
                add(digits);
            }
            SearchRole::Code => {
                let key = plate::key(text);
                let look_alike = plate::look_alike(&key);
                add(key);
                add(look_alike);
                fold::tokens(text).into_iter().for_each(&mut add);
            }
        }
    }
    fold::name_tokens(first, last)
        .into_iter()
        .for_each(&mut add);
    words
}

fn squeezed(text: &str) -> String {
    fold::fold(text).replace(' ', "")
}

/// Of every marked word: the whole with its marks, which finds it as such; the mark with the
/// first two characters, for what begins so; every run of three characters and the shorter ones
/// at the end, for its parts.
pub(crate) fn grams(text: &str) -> String {
    let mut grams: Vec<&str> = Vec::with_capacity(text.len());
    for word in marked_words(text) {
        grams.push(word);
        let unclosed = &word[..word.len() - OWN.len_utf8()];
        let starts: Vec<usize> = unclosed.char_indices().map(|(at, _)| at).collect();
        for (index, start) in starts.iter().enumerate() {
            let end = starts.get(index + GRAM_CHARS).copied();
            if index > 0 || starts.len() >= GRAM_CHARS {
                grams.push(&unclosed[*start..end.unwrap_or(unclosed.len())]);
            }
        }
    }
    grams.sort_unstable();
    grams.dedup();
    grams.join(" ")
}

/// The words with the marks on both sides: `.john.`, `.smith.`, `@acme.`.
fn marked_words(text: &str) -> impl Iterator<Item = &str> {
    let marks: Vec<usize> = text
        .char_indices()
        .filter(|(_, character)| [OWN, OWNER].contains(character))
        .map(|(at, _)| at)
        .collect();
    (1..marks.len())
        .map(move |index| &text[marks[index - 1]..=marks[index]])
        // Between the last own word and the owner's first there is none.
        .filter(|word| word.len() > 2)
}

/// Which kinds can be searched for.
pub(crate) fn is_findable(kind: EntityKind) -> bool {
    kind.fields().iter().any(|field| field.found_by.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use servease_domain::Values;
    use uuid::Uuid;

    fn record(kind: EntityKind, fields: &[(&'static str, &str)]) -> Record {
        let said: Values = fields
            .iter()
            .map(|(name, text)| (*name, Value::Text((*text).to_owned())))
            .collect();
        Record::new(kind, Uuid::nil(), said, DateTime::<Utc>::UNIX_EPOCH)
    }

    #[test]
    fn a_vehicle_carries_its_owner_apart_from_its_own_words() {
        let owner = record(
            EntityKind::Customer,
            &[
                ("first_name", "Ana"),
                ("last_name", "Li"),
                ("email", "a@b.de"),
            ],
        );
        let car = record(
            EntityKind::Vehicle,
            &[("make", "VW"), ("license_plate", "AB 1")],
        );
        let entry = entry(&car, Some(&owner));
        assert_eq!(entry.text, ".vw.ab1.ab.1.@ana.@li.");
        assert_eq!(
            entry.grams.split(' ').collect::<Vec<_>>(),
            [
                ".1.", ".ab", ".ab.", ".ab1.", ".vw", ".vw.", "1", "@an", "@ana.", "@li", "@li.",
                "a", "ab", "ab1", "ana", "b", "b1", "i", "li", "na", "vw", "w"
            ]
        );
    }

    #[test]
    fn phone_numbers_are_known_with_and_without_their_calling_code() {
        let text = own_part(&record(
            EntityKind::Customer,
            &[("phone", "+493012345"), ("secondary_phone", "+12025550123")],
        ));
        for number in [".493012345.", ".3012345.", ".12025550123.", ".2025550123."] {
            assert!(text.contains(number), "{text}");
        }
    }

    #[test]
    fn nothing_to_find_makes_an_empty_entry() {
        let entry = entry(&record(EntityKind::Customer, &[]), None);
        assert_eq!(entry.text, ".");
        assert_eq!(entry.grams, "");
    }
}
