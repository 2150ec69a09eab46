//! `cargo bench -p servease-drawing`: a scan of 5 MB from its bytes to what the window shows, by a
//! process that is started anew each time.

#![expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]

use std::error::Error;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use servease_drawing::{Drawer, Wanted};
use zeroize::Zeroizing;

/// A page of A4 at 300 dpi.
const SCAN: (u32, u32) = (2_480, 3_508);

/// What the preview first asks for: the page in a window of 1280 × 800 pixels.
const LONG_SIDE: u32 = 1_600;

const TARGET_MS: f64 = 150.0;
const REPEATS: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let drawer = Drawer::new(PathBuf::from(env!("CARGO_BIN_EXE_servease-draw")), []);
    let jpeg = scan()?;
    let pdf = pdf_of(&jpeg)?;
    println!("| what | result | target |\n|---|---|---|");
    for (name, media_type, content, is_thumbnail, long_side) in [
        (
            "preview of a picture",
            "image/jpeg",
            &jpeg,
            false,
            LONG_SIDE,
        ),
        (
            "preview of a PDF of it",
            "application/pdf",
            &pdf,
            false,
            LONG_SIDE,
        ),
        ("small picture of a picture", "image/jpeg", &jpeg, true, 192),
        (
            "small picture of a PDF of it",
            "application/pdf",
            &pdf,
            true,
            192,
        ),
    ] {
        let wanted = Wanted {
            media_type: media_type.to_owned(),
            page: 0,
            long_side,
            is_thumbnail,
        };
        let mut took = Vec::new();
        for _ in 0..REPEATS {
            let content = Zeroizing::new(content.clone());
            let started = Instant::now();
            drawer.draw(&wanted, content)?;
            took.push(started.elapsed());
        }
        took.sort_unstable();
        let at = |percent: usize| milliseconds(took.get(took.len() * percent / 100));
        println!(
            "| {name}, {:.1} MB | p50 {:.0}, p95 {:.0} ms | p95 ≤ {TARGET_MS} ms |",
            content.len() as f64 / 1e6,
            at(50),
            at(95)
        );
    }
    Ok(())
}

fn milliseconds(took: Option<&Duration>) -> f64 {
    took.map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
}

/// Paper with its grain, and lines of something dark: about 5 MB.
fn scan() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut noise: u32 = 1;
    let picture = RgbImage::from_fn(SCAN.0, SCAN.1, |x, y| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = (noise >> 27) as u8;
        let is_ink = y % 60 < 24 && x % 40 < 22;
        let base = if is_ink { 40 } else { 215 };
        Rgb([base + grain, base + grain, base + grain / 2])
    });
    let mut content = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut content, 95).encode_image(&picture)?;
    Ok(content.into_inner())
}

/// A PDF of one page that shows a picture, as scanners write them.
fn pdf_of(jpeg: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let (width, height) = SCAN;
    let show = "q 595 0 0 842 0 0 cm /I Do Q";
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let mut begin = |pdf: &mut Vec<u8>| places.push(pdf.len());
    begin(&mut pdf);
    pdf.extend_from_slice(b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n");
    begin(&mut pdf);
    pdf.extend_from_slice(b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n");
    begin(&mut pdf);
    pdf.extend_from_slice(b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>endobj\n");
    begin(&mut pdf);
    writeln!(
        pdf,
        "4 0 obj<</Length {}>>stream\n{show}\nendstream endobj",
        show.len()
    )?;
    begin(&mut pdf);
    writeln!(
        pdf,
        "5 0 obj<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length {}>>stream",
        jpeg.len()
    )?;
    pdf.extend_from_slice(jpeg);
    pdf.extend_from_slice(b"\nendstream endobj\n");
    let table = pdf.len();
    writeln!(pdf, "xref\n0 6\n0000000000 65535 f ")?;
    for place in &places {
        writeln!(pdf, "{place:010} 00000 n ")?;
    }
    writeln!(
        pdf,
        "trailer<</Size 6/Root 1 0 R>>\nstartxref\n{table}\n%%EOF"
    )?;
    Ok(pdf)
}
