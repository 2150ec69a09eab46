//! The form of a sealed file: a header, then chunks that are sealed one by one.
//!
//! ```text
//! SERVEASE  1  name (32)  length (8, little endian)  nonce (19)  chunk …
//! ```
//!
//! Each chunk is 64 KiB of content, the last one what is left, with a tag of 16 bytes behind it:
//! XChaCha20-Poly1305 in the STREAM construction (<https://eprint.iacr.org/2015/189.pdf>). Its nonce holds
//! the chunk's number and whether it is the last, so that none can be left out, doubled or moved;
//! the whole header is authenticated with each of them, so that no file stands for another and
//! none is cut. Any chunk can be opened by itself.

use aead_stream::{NewStream as _, Nonce, StreamBE32, StreamPrimitive as _};
use chacha20poly1305::aead::Payload;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};

use crate::key::FileKey;

pub(crate) const CHUNK_BYTES: u64 = 64 * 1024;
pub(crate) const TAG_BYTES: u64 = 16;
pub(crate) const HEADER_BYTES: usize = MAGIC.len() + 1 + NAME_BYTES + 8 + NONCE_BYTES;

const MAGIC: &[u8; 8] = b"SERVEASE";
const VERSION: u8 = 1;
const NAME_BYTES: usize = 32;
const NONCE_BYTES: usize = 19;

/// The name of a file, which follows from its content and the key.
pub(crate) type Name = [u8; NAME_BYTES];

/// What stands before the chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub name: Name,
    /// Of the content, in bytes.
    pub length: u64,
    nonce: [u8; NONCE_BYTES],
}

impl Header {
    /// Of a file that is about to be written: no two have the same nonce, not of the same content
    /// either.
    pub fn new(name: Name, length: u64) -> Header {
        Header {
            name,
            length,
            nonce: rand::random(),
        }
    }

    pub fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let parts: [&[u8]; 5] = [
            MAGIC,
            &[VERSION],
            &self.name,
            &self.length.to_le_bytes(),
            &self.nonce,
        ];
        let mut rest = bytes.as_mut_slice();
        for part in parts {
            let (place, after) = rest.split_at_mut(part.len());
            place.copy_from_slice(part);
            rest = after;
        }
        bytes
    }

    /// None where this is no header that this program knows.
    pub fn from_bytes(bytes: &[u8; HEADER_BYTES]) -> Option<Header> {
        let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(&[VERSION])?;
        let (name, rest) = rest.split_first_chunk()?;
        let (length, nonce) = rest.split_first_chunk()?;
        Some(Header {
            name: *name,
            length: u64::from_le_bytes(*length),
            nonce: nonce.try_into().ok()?,
        })
    }

    pub fn chunk_count(&self) -> u64 {
        self.length.div_ceil(CHUNK_BYTES)
    }

    /// How long the file is on the disk, if it is whole.
    pub fn sealed_length(&self) -> Option<u64> {
        let tags = self.chunk_count().checked_mul(TAG_BYTES)?;
        self.length
            .checked_add(tags)?
            .checked_add(HEADER_BYTES as u64)
    }

    /// Where a chunk begins on the disk, and how long it is there.
    pub fn place_of(&self, chunk: u64) -> Option<(u64, usize)> {
        let before = chunk.checked_mul(CHUNK_BYTES)?;
        let length = self.length.checked_sub(before)?.min(CHUNK_BYTES);
        let at = chunk.checked_mul(CHUNK_BYTES + TAG_BYTES)? + HEADER_BYTES as u64;
        (length > 0).then_some((at, usize::try_from(length + TAG_BYTES).ok()?))
    }
}

/// Seals and opens the chunks of one file.
pub(crate) struct Seal {
    stream: StreamBE32<XChaCha20Poly1305>,
    header: Header,
    associated: [u8; HEADER_BYTES],
}

impl Seal {
    pub fn new(key: &FileKey, header: Header) -> Seal {
        let secret = key.derive(b"seal");
        let cipher = XChaCha20Poly1305::new((&*secret).into());
        let nonce = Nonce::<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>>::from(header.nonce);
        Seal {
            stream: StreamBE32::from_aead(cipher, &nonce),
            header,
            associated: header.to_bytes(),
        }
    }

    fn is_last(&self, chunk: u64) -> bool {
        chunk + 1 == self.header.chunk_count()
    }

    /// None where a file has no such chunk, or more than can be numbered (256 TiB).
    pub fn seal(&self, chunk: u64, content: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload {
            msg: content,
            aad: &self.associated,
        };
        let number = u32::try_from(chunk).ok()?;
        self.stream
            .encrypt(number, self.is_last(chunk), payload)
            .ok()
    }

    /// Opens a chunk where it lies. Whether it is what was sealed; the room holds nothing else then.
    pub fn open(&self, chunk: u64, room: &mut Vec<u8>) -> bool {
        let is_last = self.is_last(chunk);
        u32::try_from(chunk).is_ok_and(|number| {
            self.stream
                .decrypt_in_place(number, is_last, &self.associated, room)
                .is_ok()
        })
    }
}
