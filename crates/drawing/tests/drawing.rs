//! Pictures of papers, and what becomes of papers that are none: nothing that is drawn takes the
//! program along, or keeps anybody waiting.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

use std::ffi::OsString;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use servease_drawing::{Drawer, Drawn, NotDrawn, Wanted};
use zeroize::Zeroizing;

fn drawer() -> Drawer {
    Drawer::new(PathBuf::from(env!("CARGO_BIN_EXE_servease-draw")), [])
}

fn wanted(media_type: &str, page: u32, long_side: u32) -> Wanted {
    Wanted {
        media_type: media_type.to_owned(),
        page,
        long_side,
        is_thumbnail: false,
    }
}

fn draw(media_type: &str, page: u32, content: &[u8]) -> Result<Drawn, NotDrawn> {
    let content = Zeroizing::new(content.to_vec());
    drawer().draw(&wanted(media_type, page, 600), content)
}

fn thumbnail(media_type: &str, content: &[u8]) -> Result<Drawn, NotDrawn> {
    let wanted = Wanted {
        is_thumbnail: true,
        ..wanted(media_type, 0, 192)
    };
    drawer().draw(&wanted, Zeroizing::new(content.to_vec()))
}

fn size(drawn: &Drawn) -> (u32, u32) {
    (drawn.about.width, drawn.about.height)
}

fn encoded(picture: DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut content = Cursor::new(Vec::new());
    picture.write_to(&mut content, format).unwrap();
    content.into_inner()
}

fn red(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_pixel(width, height, Rgb([200, 20, 20])).into()
}

/// A PDF of so many pages of A4, each with a black square in its upper left corner.
fn pdf(pages: usize) -> Vec<u8> {
    let mut objects = vec!["<</Type/Catalog/Pages 2 0 R>>".to_owned()];
    let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", 4 + page)).collect();
    objects.push(format!(
        "<</Type/Pages/Count {pages}/Kids[{}]>>",
        kids.join(" ")
    ));
    let marks = "0 0 0 rg 0 642 200 200 re f";
    objects.push(format!(
        "<</Length {}>>\nstream\n{marks}\nendstream",
        marks.len()
    ));
    for _ in 0..pages {
        objects.push("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R>>".to_owned());
    }
    document(&objects)
}

fn document(objects: &[String]) -> Vec<u8> {
    let mut text = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(text.len());
        writeln!(text, "{} 0 obj\n{object}\nendobj", index + 1).unwrap();
    }
    let table = text.len();
    let count = objects.len() + 1;
    writeln!(text, "xref\n0 {count}\n0000000000 65535 f ").unwrap();
    for place in places {
        writeln!(text, "{place:010} 00000 n ").unwrap();
    }
    writeln!(
        text,
        "trailer\n<</Size {count}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF"
    )
    .unwrap();
    text
}

#[test]
fn a_picture_is_made_as_small_as_is_wanted_and_no_bigger_than_it_is() {
    for (format, media_type) in [
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Png, "image/png"),
        (ImageFormat::WebP, "image/webp"),
    ] {
        let big = draw(media_type, 0, &encoded(red(1_200, 800), format)).unwrap();
        assert_eq!(size(&big), (600, 400), "{media_type}");
        assert_eq!(big.about.pages, 1);
        let small = draw(media_type, 0, &encoded(red(60, 40), format)).unwrap();
        assert_eq!(size(&small), (60, 40), "{media_type}");
        let picture = image::load_from_memory(&small.content).unwrap().into_rgb8();
        let [r, g, b] = picture.get_pixel(30, 20).0;
        assert!(r > 180 && g < 40 && b < 40, "{media_type}: {r} {g} {b}");
    }
}

#[test]
fn what_a_telephone_held_sideways_stands_upright() {
    let plain = encoded(red(60, 40), ImageFormat::Jpeg);
    // Of EXIF, the one entry that says how it was held: turned by 90°.
    let exif = [
        &b"\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0"[..],
        b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0",
    ]
    .concat();
    let turned = [&plain[..2], &exif, &plain[2..]].concat();
    assert_eq!(size(&draw("image/jpeg", 0, &turned).unwrap()), (40, 60));
}

#[test]
fn transparency_becomes_paper_in_a_small_picture() {
    let glass: DynamicImage = RgbaImage::from_pixel(400, 400, Rgba([0, 0, 0, 0])).into();
    let drawn = thumbnail("image/png", &encoded(glass, ImageFormat::Png)).unwrap();
    assert_eq!(drawn.about.media_type, "image/jpeg");
    let picture = image::load_from_memory(&drawn.content).unwrap().into_rgb8();
    assert!(picture.get_pixel(90, 90).0.iter().all(|it| *it > 245));
}

#[test]
fn pages_of_a_pdf_are_black_on_white() {
    let content = pdf(3);
    for page in 0..3 {
        let drawn = draw("application/pdf", page, &content).unwrap();
        assert_eq!(drawn.about.pages, 3);
        assert_eq!(drawn.about.height, 600);
        let picture = image::load_from_memory(&drawn.content).unwrap().into_rgb8();
        assert!(picture.get_pixel(50, 50).0.iter().all(|it| *it < 20));
        assert!(picture.get_pixel(400, 500).0.iter().all(|it| *it > 235));
    }
    assert_eq!(draw("application/pdf", 3, &content), Err(NotDrawn::NoPage));
    let small = thumbnail("application/pdf", &content).unwrap();
    assert_eq!(small.about.media_type, "image/jpeg");
    assert_eq!(small.about.height, 192);
}

/// The sum of a PNG's chunk.
fn crc32(bytes: &[u8]) -> u32 {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 * (sum & 1))
        })
    });
    !sum
}

/// Files that are made to hurt whoever opens them.
fn hostile() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let jpeg = encoded(red(400, 300), ImageFormat::Jpeg);
    let png = encoded(red(400, 300), ImageFormat::Png);
    let webp = encoded(red(400, 300), ImageFormat::WebP);
    let mut torn = jpeg.clone();
    for (index, byte) in torn.iter_mut().enumerate().skip(200) {
        *byte = u8::try_from(index * 31 % 251).unwrap();
    }
    // 30,000 × 30,000 of nothing: 900 megapixels in a megabyte.
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let sum = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&sum.to_be_bytes());
    let ring = "<</Type/Pages/Count 1/Kids[2 0 R]>>";
    let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
    let page = |media_box: &str, content: &str| {
        document(&[
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
            format!("<</Type/Page/Parent 2 0 R/MediaBox[{media_box}]/Contents 4 0 R>>"),
            format!(
                "<</Length {}>>\nstream\n{content}\nendstream",
                content.len()
            ),
        ])
    };
    vec![
        ("nothing", "image/jpeg", Vec::new()),
        ("half a JPEG's head", "image/jpeg", jpeg[..30].to_vec()),
        ("a torn JPEG", "image/jpeg", torn),
        ("a cut PNG", "image/png", png[..60].to_vec()),
        ("a bomb", "image/png", bomb),
        ("a cut WebP", "image/webp", webp[..30].to_vec()),
        ("a picture under another name", "image/png", jpeg),
        ("no PDF", "application/pdf", b"%PDF-1.7\nhello".to_vec()),
        ("a cut PDF", "application/pdf", pdf(2)[..120].to_vec()),
        (
            "a PDF whose pages are themselves",
            "application/pdf",
            document(&["<</Type/Catalog/Pages 2 0 R>>".to_owned(), ring.to_owned()]),
        ),
        (
            "a PDF that goes deep",
            "application/pdf",
            document(&[format!("<</Type/Catalog/Pages {deep}>>")]),
        ),
        ("a ribbon", "application/pdf", page("0 0 10000000 1", "")),
        ("a page of no size", "application/pdf", page("0 0 0 0", "")),
        (
            "a page that nests without end",
            "application/pdf",
            page("0 0 595 842", &"q ".repeat(3_000_000)),
        ),
    ]
}

#[test]
fn what_is_made_to_hurt_is_refused_in_time_and_the_next_one_is_drawn() {
    for (name, media_type, content) in hostile() {
        let start = Instant::now();
        let drawn = thumbnail(media_type, &content);
        let took = start.elapsed();
        assert!(took < Duration::from_secs(25), "{name} took {took:?}");
        if let Ok(drawn) = &drawn {
            assert!(drawn.content.len() < 1_000_000, "{name}");
            assert!(drawn.about.width.max(drawn.about.height) <= 400, "{name}");
        }
        println!("{name}: {:?} in {took:?}", drawn.map(|it| it.about));
    }
    let after = draw("image/png", 0, &encoded(red(30, 30), ImageFormat::Png));
    assert_eq!(size(&after.unwrap()), (30, 30));
}

#[test]
fn every_beginning_of_a_file_is_drawn_or_refused() {
    let files = [
        ("image/jpeg", encoded(red(40, 30), ImageFormat::Jpeg)),
        ("image/png", encoded(red(40, 30), ImageFormat::Png)),
        ("application/pdf", pdf(1)),
    ];
    for (media_type, content) in files {
        let step = content.len() / 6;
        for length in (0..content.len()).step_by(step.max(1)) {
            // Whatever comes of it: an answer, from a process that has ended.
            let drawn = thumbnail(media_type, &content[..length]);
            assert_ne!(drawn, Err(NotDrawn::NoDrawer), "{media_type} of {length}");
        }
    }
}

#[test]
fn a_bomb_is_refused_by_its_size() {
    let (_, media_type, bomb) = hostile().swap_remove(4);
    assert_eq!(thumbnail(media_type, &bomb), Err(NotDrawn::TooMuch));
}

/// Forms that draw each other ten times over, twelve deep: as many squares as nobody draws.
fn laughs() -> Vec<u8> {
    const DEEP: usize = 12;
    let form = |index: usize| {
        let calls = format!("/F{} Do ", index + 1).repeat(10);
        let marks = match index < DEEP {
            true => calls,
            false => "0 0 9 9 re f".to_owned(),
        };
        let next = index + 5;
        format!(
            "<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</F{} {next} 0 R>>>>\
             /Length {}>>\nstream\n{marks}\nendstream",
            index + 1,
            marks.len()
        )
    };
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
         /Resources<</XObject<</F1 5 0 R>>>>>>"
            .to_owned(),
    ];
    objects.extend((0..=DEEP).map(form));
    document(&objects)
}

#[test]
fn a_page_that_takes_for_ever_is_given_up() {
    let patience = Duration::from_secs(3);
    let start = Instant::now();
    let content = Zeroizing::new(laughs());
    let drawn = drawer()
        .with_patience(patience)
        .draw(&wanted("application/pdf", 0, 300), content);
    assert_eq!(drawn, Err(NotDrawn::TooMuch));
    assert!(start.elapsed() < patience * 3);
}

/// The process that draws is refused the memory, and says so or dies of it; nobody else does.
#[cfg(target_os = "linux")]
#[test]
fn a_picture_of_a_page_that_fills_the_memory_is_refused() {
    let marks = "595 0 0 842 0 0 cm /I Do";
    let content = document(&[
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
         /Resources<</XObject<</I 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>\nstream\n{marks}\nendstream", marks.len()),
        "<</Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB\
         /BitsPerComponent 8/Length 3>>\nstream\nabc\nendstream"
            .to_owned(),
    ]);
    let start = Instant::now();
    let drawn = thumbnail("application/pdf", &content);
    println!("{:?} in {:?}", drawn.map(|it| it.about), start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(25));
}

#[cfg(unix)]
#[test]
fn a_process_that_hangs_is_given_up() {
    let sleeps = Drawer::new(PathBuf::from("/bin/sleep"), [OsString::from("600")])
        .with_patience(Duration::from_millis(300));
    let start = Instant::now();
    let content = Zeroizing::new(vec![0; 5_000_000]);
    let drawn = sleeps.draw(&wanted("image/png", 0, 100), content);
    assert_eq!(drawn, Err(NotDrawn::TooMuch));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_has_no_picture_starts_nothing() {
    let nowhere = Drawer::new(PathBuf::from("/nowhere"), []);
    let content = || Zeroizing::new(b"hello".to_vec());
    let heic = nowhere.draw(&wanted("image/heic", 0, 100), content());
    assert_eq!(heic, Err(NotDrawn::Kind));
    let png = nowhere.draw(&wanted("image/png", 0, 100), content());
    assert_eq!(png, Err(NotDrawn::NoDrawer));
}
