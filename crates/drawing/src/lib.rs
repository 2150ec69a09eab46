//! Pictures of documents: an image as it stands upright, a page of a PDF; and what the code on a
//! licence says.
//!
//! What people are sent is drawn in a process of its own ([`worker`]), which may be killed for time
//! or memory, or die of what it reads. Who wants a picture ([`Drawer`]) is given pixels that this
//! program encoded, or why there are none: no byte of a foreign picture comes near the window.

mod code;
mod drawer;
mod limits;
mod page;
mod picture;
pub mod worker;

pub use drawer::Drawer;
use serde::{Deserialize, Serialize};

/// The most pixels of a picture that is unpacked: the finest scan of an A3 page (600 dpi, 70
/// megapixels) with room, and 300 MiB of memory.
pub const MAX_PIXELS: u64 = 100_000_000;

/// The longest side of what is drawn: a page of A4 at 350 dpi.
pub const MAX_SIDE: u32 = 4_096;

/// Which part of a file is wanted, and how big.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub media_type: String,
    /// From 0; pictures have one.
    pub page: u32,
    /// The longer side of what is drawn, in pixels. A picture is never made bigger than it is.
    pub long_side: u32,
    /// Small and quick instead of sharp.
    pub is_thumbnail: bool,
}

/// What was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    pub about: About,
    /// A PNG or a JPEG, as `about` says.
    pub content: Vec<u8>,
}

/// What is known of a file once a part of it was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub pages: u32,
    pub width: u32,
    pub height: u32,
    pub media_type: String,
}

/// Why there is no picture.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum NotDrawn {
    /// Of this kind nothing is drawn.
    #[error("nothing is drawn of this kind of file")]
    Kind,
    /// Only its password shows it.
    #[error("the file is locked")]
    Locked,
    /// More pixels, memory or time than a picture is worth.
    #[error("the file needs more than a picture is worth")]
    TooMuch,
    #[error("the file cannot be read as what it says it is")]
    Damaged,
    /// It has fewer pages.
    #[error("there is no such page")]
    NoPage,
    /// The process that draws could not be started, or not be spoken to.
    #[error("nothing that draws could be started")]
    NoDrawer,
}

/// Whether there is any picture of files of this kind.
pub fn can_draw(media_type: &str) -> bool {
    media_type == page::PDF || picture::format_of(media_type).is_some()
}

/// Draws in this process. Whoever cannot afford to die of it asks a [`Drawer`].
fn draw(wanted: &Wanted, content: Vec<u8>) -> Result<Drawn, NotDrawn> {
    let mut wanted = wanted.clone();
    wanted.long_side = wanted.long_side.clamp(16, MAX_SIDE);
    match picture::format_of(&wanted.media_type) {
        Some(format) => picture::draw(&wanted, format, &content),
        None if wanted.media_type == page::PDF => page::draw(&wanted, content),
        None => Err(NotDrawn::Kind),
    }
}
