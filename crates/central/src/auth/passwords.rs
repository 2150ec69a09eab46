//! Passwords: hashed with argon2id, in the parameters that the crate recommends (19 MiB, two
//! passes: OWASP's first choice). A hash takes tens of milliseconds of a whole core, so only
//! a few run at once.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use rand::Rng as _;
use tokio::sync::Semaphore;

use crate::failure::Failure;

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
    pub async fn matches(&self, password: String, hash: Option<String>) -> Result<bool, Failure> {
        let is_known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let fits = self
            .apart(move || {
                let parsed = PasswordHash::new(&hash);
                parsed.is_ok_and(|parsed| {
                    Argon2::default()
                        .verify_password(password.as_bytes(), &parsed)
                        .is_ok()
                })
            })
            .await?;
        Ok(fits && is_known)
    }

    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let internal = |source: Box<dyn std::error::Error + Send + Sync>| Failure::Internal {
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

/// The hash that is stored. None if the system has no randomness to offer.
pub fn hash(password: &str) -> Option<String> {
    let salt = SaltString::generate(&mut OsRng);
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
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

    #[test]
    fn the_hash_of_nobody_is_a_real_one_and_takes_the_usual_time() {
        let parsed = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(parsed.algorithm.as_str(), "argon2id");
        assert!(parsed.hash.is_some());
    }
}
