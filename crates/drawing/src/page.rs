//! Pages of a PDF.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::RgbaImage;
use servease_files::recognise;

use crate::{Drawn, NotDrawn, Wanted, picture};

pub const PDF: &str = "application/pdf";

/// So little that a longer side of it is no page.
const MIN_POINTS: f32 = 1.0;

pub fn draw(wanted: &Wanted, content: Vec<u8>) -> Result<Drawn, NotDrawn> {
    let (sheet, pages) = sheet(wanted.page, wanted.long_side, content)?;
    // Drawn on white: nothing of it is transparent, and a quarter less is written.
    let sheet = image::DynamicImage::from(sheet).into_rgb8();
    match wanted.is_thumbnail {
        true => picture::jpeg(&sheet, pages, 80),
        false => picture::png(&sheet.into(), pages),
    }
}

/// A page, its longer side so many pixels long, and how many pages there are.
pub fn sheet(page: u32, long_side: u32, content: Vec<u8>) -> Result<(RgbaImage, u32), NotDrawn> {
    // Asked first: what the reader says of a file that it cannot open is its own.
    let is_locked = recognise(&content, "").is_ok_and(|it| it.is_locked);
    let pdf = Pdf::new(content).map_err(|_| match is_locked {
        true => NotDrawn::Locked,
        false => NotDrawn::Damaged,
    })?;
    let pages = u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX);
    if pages == 0 {
        return Err(NotDrawn::Damaged);
    }
    let page = usize::try_from(page)
        .ok()
        .and_then(|page| pdf.pages().get(page))
        .ok_or(NotDrawn::NoPage)?;
    let (width, height) = page.render_dimensions();
    let longer = width.max(height);
    if !longer.is_finite() || width.min(height) < MIN_POINTS {
        return Err(NotDrawn::Damaged);
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "a side of some thousand pixels is exact"
    )]
    let scale = long_side as f32 / longer;
    // The narrow side of a ribbon would be no pixel at all.
    if width.min(height) * scale < MIN_POINTS {
        return Err(NotDrawn::TooMuch);
    }
    let drawn = render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        // Without a background, what no ink covers is black in a JPEG.
        &PixmapSettings {
            x_scale: scale,
            y_scale: scale,
            bg_color: WHITE,
        },
    );
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    // On white nothing is transparent: the pixels are the colours.
    let pixels = drawn.data_as_u8_slice().to_vec();
    let sheet = RgbaImage::from_raw(width, height, pixels).ok_or(NotDrawn::Damaged)?;
    Ok((sheet, pages))
}
