//! The key with which a desk seals its files, and the words that bring it back.

use std::fmt;

use bip39::{Language, Mnemonic};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// 128 bits: nobody guesses them, and they are twelve words and not twenty-four.
const SEED_BYTES: usize = 16;

/// How many words a recovery code has.
pub const WORD_COUNT: usize = 12;

/// The key of one data folder's files. Everything that is used is derived from it.
#[derive(Clone, PartialEq, Eq)]
pub struct FileKey(Zeroizing<[u8; SEED_BYTES]>);

/// Why words are no recovery code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotACode {
    #[error("a recovery code has twelve words, these are {0}")]
    Count(usize),
    #[error("{0:?} is no word of a recovery code")]
    Word(String),
    #[error("the words do not fit together: one of them is another, or they are out of order")]
    Order,
}

impl FileKey {
    /// A key that nobody had before.
    pub fn random() -> FileKey {
        FileKey(Zeroizing::new(rand::random()))
    }

    /// The key that [`FileKey::to_text`] wrote.
    pub fn from_text(text: &str) -> Option<FileKey> {
        let bytes = Zeroizing::new(hex::decode(text.trim()).ok()?);
        let seed = <[u8; SEED_BYTES]>::try_from(bytes.as_slice()).ok()?;
        Some(FileKey(Zeroizing::new(seed)))
    }

    /// For a keyring.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }

    /// The recovery code (BIP-39, English), to be printed and typed.
    pub fn words(&self) -> Zeroizing<String> {
        // Sixteen bytes always make words; an empty code would be refused when typed.
        let words = Mnemonic::from_entropy_in(Language::English, self.0.as_slice())
            .map(|words| words.to_string());
        Zeroizing::new(words.unwrap_or_default())
    }

    /// The key of a recovery code, however it is spaced, numbered or capitalised.
    pub fn from_words(text: &str) -> Result<FileKey, NotACode> {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        if words.len() != WORD_COUNT {
            return Err(NotACode::Count(words.len()));
        }
        let text = Zeroizing::new(words.join(" "));
        let known = Mnemonic::parse_in_normalized(Language::English, &text);
        let known = known.map_err(|error| match error {
            bip39::Error::UnknownWord(at) => {
                NotACode::Word(words.get(at).cloned().unwrap_or_default())
            }
            _ => NotACode::Order,
        })?;
        let seed = Zeroizing::new(known.to_entropy());
        <[u8; SEED_BYTES]>::try_from(seed.as_slice())
            .map(|seed| FileKey(Zeroizing::new(seed)))
            .map_err(|_| NotACode::Order)
    }

    /// Tells keys apart and tells nothing of them.
    pub fn fingerprint(&self) -> String {
        hex::encode(&self.derive(b"fingerprint")[..8])
    }

    /// A key for one use.
    pub(crate) fn derive(&self, label: &[u8]) -> Zeroizing<[u8; 32]> {
        let mut derived = Zeroizing::new([0; 32]);
        let hkdf = Hkdf::<Sha256>::new(Some(b"servease files 1"), self.0.as_slice());
        // It refuses only what is longer than 255 hashes.
        let made = hkdf.expand(label, derived.as_mut_slice());
        debug_assert!(made.is_ok(), "32 bytes are one hash");
        derived
    }
}

/// Says nothing: it would stand in logs.
impl fmt::Debug for FileKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FileKey({})", self.fingerprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_words_bring_a_key_back_however_they_are_typed() {
        let key = FileKey::random();
        let words = key.words();
        assert_eq!(words.split(' ').count(), WORD_COUNT);
        assert_eq!(FileKey::from_words(&words), Ok(key.clone()));
        let numbered: String = words
            .split(' ')
            .enumerate()
            .map(|(at, word)| format!("{}. {}\r\n", at + 1, word.to_uppercase()))
            .collect();
        assert_eq!(FileKey::from_words(&numbered), Ok(key.clone()));
        assert_eq!(FileKey::from_text(&key.to_text()), Some(key));
    }

    #[test]
    fn words_that_are_no_code_are_told_apart() {
        assert_eq!(
            FileKey::from_words("abandon ability"),
            Err(NotACode::Count(2))
        );
        let eleven = "abandon ".repeat(11);
        let wrong = FileKey::from_words(&format!("{eleven}garage door"));
        assert_eq!(wrong, Err(NotACode::Count(13)));
        let wrong = FileKey::from_words(&format!("{eleven}servease"));
        assert_eq!(wrong, Err(NotACode::Word("servease".to_owned())));
        let wrong = FileKey::from_words(&format!("{eleven}abandon"));
        assert_eq!(wrong, Err(NotACode::Order));
        assert!(FileKey::from_words(&format!("{eleven}about")).is_ok());
    }

    #[test]
    fn a_key_shows_itself_nowhere() {
        let key = FileKey::random();
        assert!(!format!("{key:?}").contains(key.to_text().as_str()));
        assert_ne!(key.derive(b"a"), key.derive(b"b"));
        assert_ne!(key.fingerprint(), FileKey::random().fingerprint());
    }
}
