//! Files of documents: what is taken in, how it is recognised, and how it is kept, for the desk and
//! for Central. Nothing here knows records: a file is its hash, its size and its media type.
//!
//! [`sniff`] says what a file is and what is refused; [`picked`] reads a file that somebody has
//! chosen; [`folder`] keeps files readable (Central) and [`arrivals`] what comes to it part by part;
//! [`sealed`] keeps them sealed (a desk).

pub mod arrivals;
pub mod folder;
pub mod key;
mod kinds;
pub mod names;
pub mod picked;
mod pictures;
mod refusal;
mod seal;
pub mod sealed;
mod sniff;

pub use kinds::{FileKind, MAX_BYTES};
pub use pictures::MAX_PIXELS;
pub use refusal::Refusal;
use sha2::{Digest as _, Sha256};
pub use sniff::{Recognised, recognise};

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Of the content, hexadecimal, lower case.
    pub sha256: String,
    pub size_bytes: u64,
}

/// The hash under which a content is known, as documents carry it.
pub fn hash_of(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

/// Whether a text is a hash as documents carry it.
pub fn is_hash(sha256: &str) -> bool {
    sha256.len() == 64
        && sha256
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
