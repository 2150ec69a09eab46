//! The code on the back of a driving licence, in a picture or on the first page of a PDF: PDF417.

use image::{DynamicImage, GrayImage};
use rxing::common::HybridBinarizer;
use rxing::pdf417::PDF417Reader;
use rxing::{BinaryBitmap, DecodeHints, Luma8LuminanceSource, Reader as _};

use crate::{MAX_SIDE, NotDrawn, page, picture};

/// How big a picture is looked at, in turn: the noise of a photograph is in the way of its code, and
/// goes when it is made smaller.
const SIDES: [u32; 3] = [MAX_SIDE, 1_800, 1_000];

/// A page of A4 is looked at with 300 dpi: the bars of a code are a third of a millimetre.
const PAGE_SIDE: u32 = 3_500;

/// What the code says; None where no code is found.
pub fn read(media_type: &str, content: Vec<u8>) -> Result<Option<String>, NotDrawn> {
    let sheet = match picture::format_of(media_type) {
        Some(format) => picture::on_white(picture::unpack(format, &content)?.0).into(),
        None if media_type == page::PDF => page::sheet(0, PAGE_SIDE, content)?.0.into(),
        None => return Err(NotDrawn::Kind),
    };
    Ok(SIDES.iter().find_map(|side| read_at(&sheet, *side)))
}

fn read_at(sheet: &DynamicImage, side: u32) -> Option<String> {
    let longer = sheet.width().max(sheet.height());
    let gray = match longer > side {
        true => sheet.thumbnail(side, side).into_luma8(),
        // It was looked at as it is, as the first one.
        false if side != MAX_SIDE => return None,
        false => sheet.to_luma8(),
    };
    find(gray)
}

fn find(gray: GrayImage) -> Option<String> {
    let (width, height) = gray.dimensions();
    let source = Luma8LuminanceSource::new(gray.into_raw(), width, height).ok()?;
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let hints = DecodeHints {
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let found = PDF417Reader.decode_with_hints(&mut bitmap, &hints);
    Some(found.ok()?.getText().to_owned())
}
