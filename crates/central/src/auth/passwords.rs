//! Passwords: hashed with argon2id, in the parameters that the crate recommends (19 MiB, two
//! passes: OWASP's first choice). A hash takes tens of milliseconds of a whole core, so only
//! a few run at once.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use rand::Rng as _;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

use crate::failure::ApiFailure;

/// Longer passwords are refused: hashing must not become a way to keep the service busy.
pub const PASSWORD_MAX_BYTES: usize = 1_024;

/// Compared with when the account does not exist, so that both take the same time. It is
/// the hash of a random text that nobody kept.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2VydmVhc2Utbm9ib2R5$\
                      T6O1S8mDqKGHnDkOOjGbEYlgqL0yB5gnqXn1G3qvFfk";

/// Hashes and checks passwords, a few at a time.
#[derive(Debug, Clone)]
pub struct Passwords {
    at_once: Arc<Semaphore>,
}

impl Passwords {
    pub fn new(at_once: usize) -> Passwords {
        Passwords {
            at_once: Arc::new(Semaphore::new(at_once.max(1))),
        }
    }

    /// Whether the password is the one behind the hash. `None`: no such account; takes as
    /// long and is always wrong.
    pub async fn matches(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, ApiFailure> {
        let is_known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let fits = self
            .apart(move || {
                PasswordHash::new(&hash).is_ok_and(|parsed| {
                    let is_of = |text: &str| {
                        let hasher = Argon2::default();
                        hasher.verify_password(text.as_bytes(), &parsed).is_ok()
                    };
                    let prepared = prepared(&password);
                    // Hashes of before passwords were prepared are of the text as it was typed.
                    is_of(&prepared) || (prepared != password && is_of(&password))
                })
            })
            .await?;
        Ok(fits && is_known)
    }

    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiFailure> {
        let internal = |source: Box<dyn std::error::Error + Send + Sync>| ApiFailure::Internal {
            what: "a password could not be checked",
            source,
        };
        let _turn = self
            .at_once
            .acquire()
            .await
            .map_err(|error| internal(error.into()))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| internal(error.into()))
    }
}

/// A password in the one form of those that a keyboard may give: letters composed with their accents,
/// and every space a plain one. These are the two mappings of RFC 8265's OpaqueString; case and width
/// stay. The crates of that profile know Unicode 6.3 and refuse the letters and emoji that came
/// since.
fn prepared(password: &str) -> String {
    let is_space = |letter: char| letter.is_whitespace() && !letter.is_control();
    password
        .nfc()
        .map(|letter| if is_space(letter) { ' ' } else { letter })
        .collect()
}

/// The hash that is stored. None if the system has no randomness to offer.
pub fn hash(password: &str) -> Option<String> {
    let salt = SaltString::generate(&mut OsRng);
    Argon2::default()
        .hash_password(prepared(password).as_bytes(), &salt)
        .ok()
        .map(|hash| hash.to_string())
}

/// A password for somebody who did not choose one: 20 letters and digits without look-alikes,
/// 5.8 bits each.
pub fn generate() -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut random = rand::rng();
    (0..20)
        .map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_matches() {
        let passwords = Passwords::new(1);
        let hash = hash("correct horse").unwrap();
        let matches = |text: &str, hash: Option<String>| passwords.matches(text.to_owned(), hash);
        assert!(matches("correct horse", Some(hash.clone())).await.unwrap());
        assert!(!matches("wrong horse", Some(hash)).await.unwrap());
        assert!(!matches("correct horse", None).await.unwrap());
    }

    #[tokio::test]
    async fn a_password_is_the_same_however_a_keyboard_composes_it() {
        let passwords = Passwords::new(1);
        for (set, typed) in [
            ("caf\u{e9} creme", "cafe\u{301} creme"),
            ("Stra\u{df}e \u{fc}ber", "Stra\u{df}e u\u{308}ber"),
            (
                "\u{d55c}\u{ad6d} 2026!",
                "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8} 2026!",
            ),
            (
                "\u{304c}\u{304e} word",
                "\u{304b}\u{3099}\u{304d}\u{3099}\u{3000}word",
            ),
            ("vi\u{1ec7}t nam", "vie\u{323}\u{302}t\u{a0}nam"),
            ("\u{1fae0} melting", "\u{1fae0} melting"),
        ] {
            let hash = hash(set).unwrap();
            assert!(
                passwords
                    .matches(typed.to_owned(), Some(hash.clone()))
                    .await
                    .unwrap(),
                "{set}"
            );
            let other = format!("{set}!");
            assert!(
                !passwords.matches(other, Some(hash)).await.unwrap(),
                "{set}"
            );
        }
        // Made before passwords were prepared, of a decomposed text.
        let salt = SaltString::generate(&mut OsRng);
        let old = Argon2::default()
            .hash_password("cafe\u{301}".as_bytes(), &salt)
            .unwrap();
        let old = old.to_string();
        assert!(
            passwords
                .matches("cafe\u{301}".to_owned(), Some(old))
                .await
                .unwrap()
        );
    }

    #[test]
    fn the_hash_of_nobody_is_a_real_one_and_takes_the_usual_time() {
        let parsed = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(parsed.algorithm.as_str(), "argon2id");
        assert!(parsed.hash.is_some());
    }
}
