//! Pictures by their headers: whether they are complete, and how big they would become. Nothing is
//! unpacked here.

use crate::Refusal;
use crate::kinds::{FileKind, HEIC, JPEG, PNG, WEBP};

/// The most pixels that a picture may have: those of a telephone's camera at its finest (200
/// megapixels) with room. Shown, each takes four bytes.
pub const MAX_PIXELS: u64 = 250_000_000;

/// Refuses pictures that end too early and those that would fill the memory of whoever looks at
/// them.
pub(crate) fn check(kind: FileKind, content: &[u8]) -> Result<(), Refusal> {
    let is_whole = match kind {
        JPEG => is_whole_jpeg(content),
        PNG => is_whole_png(content),
        WEBP => is_whole_webp(content),
        _ => Some(()),
    };
    is_whole.ok_or(Refusal::Incomplete)?;
    if ![JPEG, PNG, WEBP, HEIC].contains(&kind) {
        return Ok(());
    }
    match imagesize::blob_size(content) {
        Ok(size) => {
            let pixels = (size.width as u64).saturating_mul(size.height as u64);
            if pixels == 0 {
                return Err(Refusal::Incomplete);
            }
            (pixels <= MAX_PIXELS)
                .then_some(())
                .ok_or(Refusal::TooManyPixels)
        }
        // Cameras write more sorts of HEIC than anybody's header reader knows.
        Err(_) if kind == HEIC => Ok(()),
        Err(_) => Err(Refusal::Incomplete),
    }
}

/// Segments up to the picture's data, and an end behind it. In the data `FF D9` is always the end.
fn is_whole_jpeg(content: &[u8]) -> Option<()> {
    let mut at = 2;
    loop {
        if *content.get(at)? != 0xff {
            return None;
        }
        let marker = *content.get(at + 1)?;
        match marker {
            // A byte of filling.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            // The end, before any picture.
            0xd9 => return None,
            _ => {
                let length = content.get(at + 2..at + 4)?;
                let length = usize::from(u16::from_be_bytes(length.try_into().ok()?));
                if length < 2 {
                    return None;
                }
                at += 2 + length;
                if marker == 0xda {
                    let data = content.get(at..)?;
                    return data
                        .windows(2)
                        .any(|pair| pair == [0xff, 0xd9])
                        .then_some(());
                }
            }
        }
    }
}

/// Chunk by chunk from `IHDR` to `IEND`.
fn is_whole_png(content: &[u8]) -> Option<()> {
    let mut at = 8;
    let mut is_first = true;
    loop {
        let length = content.get(at..at + 4)?;
        let length = usize::try_from(u32::from_be_bytes(length.try_into().ok()?)).ok()?;
        let name = content.get(at + 4..at + 8)?;
        if is_first && (name != b"IHDR" || length != 13) {
            return None;
        }
        is_first = false;
        // Name, length and sum take twelve bytes.
        let end = at.checked_add(length)?.checked_add(12)?;
        if end > content.len() {
            return None;
        }
        if name == b"IEND" {
            return Some(());
        }
        at = end;
    }
}

/// As many bytes as the container says.
fn is_whole_webp(content: &[u8]) -> Option<()> {
    let length = content.get(4..8)?;
    let length = u64::from(u32::from_le_bytes(length.try_into().ok()?));
    (length + 8 <= content.len() as u64).then_some(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A chunk of a PNG; nobody looks at the sum.
    fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], name, data, b"sums"].concat()
    }

    pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
        let size = [
            &width.to_be_bytes()[..],
            &height.to_be_bytes(),
            b"\x08\x06\0\0\0",
        ]
        .concat();
        [
            &b"\x89PNG\r\n\x1a\n"[..],
            &chunk(b"IHDR", &size),
            &chunk(b"IDAT", &[7; 40]),
            &chunk(b"IEND", b""),
        ]
        .concat()
    }

    pub(crate) fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let frame = [
            &b"\x08"[..],
            &height.to_be_bytes(),
            &width.to_be_bytes(),
            b"\x01\x01\x11\0",
        ];
        [
            &b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"[..],
            b"\xff\xc0\0\x0b",
            &frame.concat(),
            b"\xff\xda\0\x08\x01\x01\0\0\x3f\0",
            &[0x55; 60],
            b"\xff\xd9",
        ]
        .concat()
    }

    #[test]
    fn a_picture_that_ends_early_is_refused_wherever_it_ends() {
        for (kind, whole) in [(JPEG, jpeg(30, 20)), (PNG, png(30, 20))] {
            assert_eq!(check(kind, &whole), Ok(()));
            let more = [&whole[..], b"what cameras append"].concat();
            assert_eq!(check(kind, &more), Ok(()));
            for length in 0..whole.len() {
                let cut = check(kind, &whole[..length]);
                assert_eq!(cut, Err(Refusal::Incomplete), "{kind:?} of {length} bytes");
            }
        }
        assert_eq!(
            check(WEBP, b"RIFF\x10\x00\0\0WEBPVP8 "),
            Err(Refusal::Incomplete)
        );
    }

    #[test]
    fn a_picture_of_too_many_pixels_is_refused_by_its_header() {
        for (width, height) in [(100_000, 100_000), (u32::MAX, u32::MAX), (250_001, 1_000)] {
            let picture = png(width, height);
            assert_eq!(check(PNG, &picture), Err(Refusal::TooManyPixels));
        }
        assert_eq!(
            check(JPEG, &jpeg(65_000, 65_000)),
            Err(Refusal::TooManyPixels)
        );
        assert_eq!(check(PNG, &png(16_320, 12_240)), Ok(()));
        assert_eq!(check(PNG, &png(0, 5)), Err(Refusal::Incomplete));
    }
}
