//! Pictures: unpacked within limits, turned upright, made as small as is wanted.

use std::io::Cursor;

use fast_image_resize::{FilterType as Filter, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};

use crate::{About, Drawn, MAX_PIXELS, NotDrawn, Wanted};

/// Of a decoded picture with sixteen bits a channel and transparency, and what its decoder needs.
const MAX_ALLOC_BYTES: u64 = 800 * 1024 * 1024;

/// What the eye does not tell from the original.
const THUMBNAIL_QUALITY: u8 = 80;

/// How a picture of this media type is written; None where there is none.
pub fn format_of(media_type: &str) -> Option<ImageFormat> {
    match media_type {
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/png" => Some(ImageFormat::Png),
        "image/webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

pub fn draw(wanted: &Wanted, format: ImageFormat, content: &[u8]) -> Result<Drawn, NotDrawn> {
    if wanted.page > 0 {
        return Err(NotDrawn::NoPage);
    }
    let (mut picture, orientation) = unpack(format, content)?;
    // Made small before it is turned: that turns fewer pixels.
    let (width, height) = (picture.width(), picture.height());
    if width.max(height) > wanted.long_side {
        picture = smaller(picture, wanted.long_side)?;
    }
    picture.apply_orientation(orientation);
    match wanted.is_thumbnail {
        true => jpeg(&on_white(picture), 1, THUMBNAIL_QUALITY),
        // Four times as quick to write as a JPEG.
        false => match picture.color().has_alpha() {
            true => png(&picture.into_rgba8().into(), 1),
            false => png(&picture.into_rgb8().into(), 1),
        },
    }
}

/// The picture with this longer side, every pixel of it counted.
fn smaller(picture: DynamicImage, long_side: u32) -> Result<DynamicImage, NotDrawn> {
    let longer = u64::from(picture.width().max(picture.height()));
    let scaled = |side: u32| {
        let scaled = (u64::from(side) * u64::from(long_side) + longer / 2) / longer.max(1);
        u32::try_from(scaled).unwrap_or(long_side).max(1)
    };
    let (width, height) = (scaled(picture.width()), scaled(picture.height()));
    // Eight bits a channel, which is what is shown.
    let picture: DynamicImage = match picture.color().has_alpha() {
        true => picture.into_rgba8().into(),
        false => picture.into_rgb8().into(),
    };
    let mut small = DynamicImage::new(width, height, picture.color());
    let how = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(Filter::Bilinear));
    Resizer::new()
        .resize(&picture, &mut small, &how)
        .map_err(|_| NotDrawn::Damaged)?;
    Ok(small)
}

/// A picture as it lies in its file, and how it is held.
pub fn unpack(
    format: ImageFormat,
    content: &[u8],
) -> Result<(DynamicImage, Orientation), NotDrawn> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOC_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(content), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(why)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(NotDrawn::TooMuch);
    }
    decoder.set_limits(limits).map_err(why)?;
    let orientation = decoder.orientation().map_err(why)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(why)?;
    Ok((picture, orientation))
}

/// Transparency becomes paper.
pub fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (to, from) in flat.pixels_mut().zip(picture.pixels()) {
        let [red, green, blue, alpha] = from.0;
        let over = |channel: u8| {
            let (channel, alpha) = (u32::from(channel), u32::from(alpha));
            u8::try_from((channel * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
        };
        to.0 = [over(red), over(green), over(blue)];
    }
    flat
}

pub fn jpeg(picture: &RgbImage, pages: u32, quality: u8) -> Result<Drawn, NotDrawn> {
    let mut content = Vec::new();
    picture
        .write_with_encoder(JpegEncoder::new_with_quality(&mut content, quality))
        .map_err(why)?;
    Ok(Drawn {
        about: About {
            pages,
            width: picture.width(),
            height: picture.height(),
            media_type: "image/jpeg".to_owned(),
        },
        content,
    })
}

pub fn png(picture: &DynamicImage, pages: u32) -> Result<Drawn, NotDrawn> {
    let mut content = Vec::new();
    // It goes no further than this PC's window: quick counts, not small.
    let encoder =
        PngEncoder::new_with_quality(&mut content, CompressionType::Fast, FilterType::Adaptive);
    picture.write_with_encoder(encoder).map_err(why)?;
    Ok(Drawn {
        about: About {
            pages,
            width: picture.width(),
            height: picture.height(),
            media_type: "image/png".to_owned(),
        },
        content,
    })
}

fn why(error: ImageError) -> NotDrawn {
    match error {
        ImageError::Limits(_) => NotDrawn::TooMuch,
        _ => NotDrawn::Damaged,
    }
}
