//! The code of a driving licence is read out of pictures of it, however it was laid down, and nothing
//! is read out of anything else.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

use std::io::Cursor;
use std::path::PathBuf;

use image::imageops::{FilterType, overlay};
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use rxing::pdf417::PDF417Writer;
use rxing::{BarcodeFormat, Writer as _};
use servease_drawing::{Drawer, NotDrawn};
use zeroize::Zeroizing;

const CODE: &str = "@\n\u{1e}\rANSI 636023080102DL00410278ZO03190008DLDAQSX123456\nDCSO'BRIEN\n\
    DDEN\nDACMARY\nDDFN\nDADQUINCY\nDCAD\nDBD05032023\nDBB12311985\nDBA05032031\nDAU068 in\n\
    DAG2300 W BROAD ST\nDAICOLUMBUS\nDAJOH\nDAK432150000  \nDCF2509UN6813300000\nDCGUSA\r";

fn drawer() -> Drawer {
    Drawer::new(PathBuf::from(env!("CARGO_BIN_EXE_servease-draw")), [])
}

/// The code as it is printed on a card.
fn code() -> DynamicImage {
    let printed = PDF417Writer.encode(CODE, &BarcodeFormat::PDF_417, 1_200, 400);
    let printed = printed.unwrap();
    let (width, height) = (printed.getWidth(), printed.getHeight());
    let is_black = |x, y| printed.get(x, y);
    GrayImage::from_fn(width, height, |x, y| {
        Luma([if is_black(x, y) { 20 } else { 235 }])
    })
    .into()
}

/// A card that lies on a table, in a picture of this size.
fn photo(card: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    let mut table = GrayImage::from_fn(width, height, |x, y| {
        Luma([u8::try_from(110 + (x * 7 + y * 3) % 40).unwrap()])
    });
    let card = card.to_luma8();
    let (x, y) = ((width - card.width()) / 2, (height - card.height()) / 3);
    overlay(&mut table, &card, i64::from(x), i64::from(y));
    table.into()
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Zeroizing<Vec<u8>> {
    let mut content = Cursor::new(Vec::new());
    picture.write_to(&mut content, format).unwrap();
    Zeroizing::new(content.into_inner())
}

fn read(media_type: &str, picture: &DynamicImage, format: ImageFormat) -> Option<String> {
    let content = encoded(picture, format);
    drawer().read_code(media_type, content).unwrap()
}

#[test]
fn a_code_is_read_however_the_card_was_laid_down() {
    let photo = photo(&code(), 2_000, 1_600);
    for (turned, picture) in [
        ("upright", photo.clone()),
        ("right", photo.rotate90()),
        ("upside down", photo.rotate180()),
        ("left", photo.rotate270()),
    ] {
        let said = read("image/jpeg", &picture, ImageFormat::Jpeg);
        assert_eq!(said.as_deref(), Some(CODE), "{turned}");
    }
    let small = code();
    let said = read("image/png", &small, ImageFormat::Png);
    assert_eq!(said.as_deref(), Some(CODE), "cut out");
    // Of a camera with more pixels than any code needs.
    let big = photo.resize(6_000, 4_800, FilterType::Triangle);
    let said = read("image/jpeg", &big, ImageFormat::Jpeg);
    assert_eq!(said.as_deref(), Some(CODE), "big");
}

#[test]
fn a_picture_without_a_code_says_nothing() {
    let plain = DynamicImage::from(GrayImage::from_pixel(800, 600, Luma([200])));
    assert_eq!(read("image/png", &plain, ImageFormat::Png), None);
    let torn = code().crop_imm(0, 0, 300, 200);
    assert_eq!(read("image/png", &torn, ImageFormat::Png), None);
}

#[test]
fn what_is_no_picture_is_refused_as_for_drawing() {
    let junk = || Zeroizing::new(b"\xff\xd8\xff junk".to_vec());
    let drawer = drawer();
    assert_eq!(
        drawer.read_code("image/jpeg", junk()),
        Err(NotDrawn::Damaged)
    );
    assert_eq!(
        drawer.read_code("application/pdf", junk()),
        Err(NotDrawn::Damaged)
    );
    assert_eq!(drawer.read_code("text/plain", junk()), Err(NotDrawn::Kind));
}
