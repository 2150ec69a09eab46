//! What a file is, by its content. Only what is on the list is kept: papers and pictures.
//! Markup, scripts and programs never are, whatever they are called.

/// A kind of file that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognised {
    pub media_type: &'static str,
    /// Endings that fit; the first is given to a file without one.
    pub extensions: &'static [&'static str],
}

/// Why a file is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the file is empty")]
    Empty,
    #[error("files of this kind are not accepted")]
    Kind,
    #[error("the file's name says another kind than its content")]
    Name,
    #[error("files with macros are not accepted")]
    Macros,
}

const PDF: Recognised = Recognised {
    media_type: "application/pdf",
    extensions: &["pdf"],
};
const JPEG: Recognised = Recognised {
    media_type: "image/jpeg",
    extensions: &["jpg", "jpeg", "jpe", "jfif"],
};
const PNG: Recognised = Recognised {
    media_type: "image/png",
    extensions: &["png"],
};
const WEBP: Recognised = Recognised {
    media_type: "image/webp",
    extensions: &["webp"],
};
const HEIC: Recognised = Recognised {
    media_type: "image/heic",
    extensions: &["heic", "heif", "hif"],
};
const TEXT: Recognised = Recognised {
    media_type: "text/plain",
    extensions: &["txt", "text", "log", "md", "csv"],
};
const DOCX: Recognised = Recognised {
    media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    extensions: &["docx"],
};
const XLSX: Recognised = Recognised {
    media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    extensions: &["xlsx"],
};
const PPTX: Recognised = Recognised {
    media_type: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    extensions: &["pptx"],
};
const ODT: Recognised = Recognised {
    media_type: "application/vnd.oasis.opendocument.text",
    extensions: &["odt"],
};
const ODS: Recognised = Recognised {
    media_type: "application/vnd.oasis.opendocument.spreadsheet",
    extensions: &["ods"],
};
const DOC: Recognised = Recognised {
    media_type: "application/msword",
    extensions: &["doc"],
};
const XLS: Recognised = Recognised {
    media_type: "application/vnd.ms-excel",
    extensions: &["xls"],
};
const PPT: Recognised = Recognised {
    media_type: "application/vnd.ms-powerpoint",
    extensions: &["ppt"],
};

/// Says what a whole file is. `name` is the client's name for it: an ending that is known to
/// mean something else than the content is a reason to refuse.
pub fn recognise(content: &[u8], name: &str) -> Result<Recognised, Refusal> {
    if content.is_empty() {
        return Err(Refusal::Empty);
    }
    let kind = by_content(content)?;
    match extension(name) {
        Some(ending) if !kind.extensions.contains(&ending.as_str()) => Err(Refusal::Name),
        _ => Ok(kind),
    }
}

/// The ending of a name, lower case; none where there is none, or where what follows the last
/// dot is a part of the name (`Dr. Smith`).
fn extension(name: &str) -> Option<String> {
    let (stem, ending) = name.rsplit_once('.')?;
    let is_ending = !stem.is_empty()
        && (1..=5).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_ending.then(|| ending.to_ascii_lowercase())
}

fn by_content(content: &[u8]) -> Result<Recognised, Refusal> {
    let found = infer::get(content).map(|found| found.mime_type());
    match found {
        Some("application/pdf") => Ok(PDF),
        Some("image/jpeg") => Ok(JPEG),
        Some("image/png") => Ok(PNG),
        Some("image/webp") => Ok(WEBP),
        Some("image/heif" | "image/heic") => Ok(HEIC),
        _ if content.starts_with(b"PK\x03\x04") => zipped_office(content),
        _ if content.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) => {
            old_office(content)
        }
        _ if is_heic(content) => Ok(HEIC),
        // What has a known signature of another kind is that, readable or not.
        None if is_plain_text(content) => Ok(TEXT),
        _ => Err(Refusal::Kind),
    }
}

/// ISO base media with one of the brands that cameras write.
fn is_heic(content: &[u8]) -> bool {
    content.get(4..8) == Some(b"ftyp")
        && content.get(8..12).is_some_and(|brand| {
            [b"heic", b"heix", b"mif1", b"msf1", b"hevc"]
                .iter()
                .any(|known| brand == known.as_slice())
        })
}

/// Names of the parts stand uncompressed in a ZIP file, so looking for them is enough.
fn zipped_office(content: &[u8]) -> Result<Recognised, Refusal> {
    if contains(content, b"vbaProject") || contains(content, b"macroEnabled") {
        return Err(Refusal::Macros);
    }
    if contains(content, b"[Content_Types].xml") {
        return [
            (&b"word/document.xml"[..], DOCX),
            (b"xl/workbook.xml", XLSX),
            (b"ppt/presentation.xml", PPTX),
        ]
        .into_iter()
        .find(|(part, _)| contains(content, part))
        .map(|(_, kind)| kind)
        .ok_or(Refusal::Kind);
    }
    // OpenDocument stores its media type first and uncompressed.
    let head = &content[..content.len().min(200)];
    [ODT, ODS]
        .into_iter()
        .find(|kind| contains(head, kind.media_type.as_bytes()))
        .ok_or(Refusal::Kind)
}

/// Names of streams in a compound file are UTF-16. Installers are such files too.
fn old_office(content: &[u8]) -> Result<Recognised, Refusal> {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        contains(content, &wide)
    };
    if has("_VBA_PROJECT") {
        return Err(Refusal::Macros);
    }
    [
        ("WordDocument", DOC),
        ("Workbook", XLS),
        ("PowerPoint Document", PPT),
    ]
    .into_iter()
    .find(|(stream, _)| has(stream))
    .map(|(_, kind)| kind)
    .ok_or(Refusal::Kind)
}

/// UTF-8 without control characters, and nothing that a browser or a shell would run.
fn is_plain_text(content: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(content) else {
        return false;
    };
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    if text.chars().any(is_control) {
        return false;
    }
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let runs = ["<", "#!", "%!ps", "{\\rtf", "mz", "@echo", "begin:v"];
    let head: String = start.chars().take(16).collect::<String>().to_lowercase();
    if runs.iter().any(|sign| head.starts_with(sign)) {
        return false;
    }
    let markup = [
        "<script",
        "<html",
        "<!doctype",
        "<svg",
        "<?xml",
        "<?php",
        "<iframe",
        "<body",
        "<head",
    ];
    !markup
        .iter()
        .any(|sign| contains_in_any_case(content, sign.as_bytes()))
}

/// Without a copy of the whole: a file may be as big as the operator allows.
fn contains_in_any_case(content: &[u8], part: &[u8]) -> bool {
    content
        .windows(part.len())
        .any(|window| window[0] == part[0] && window.eq_ignore_ascii_case(part))
}

fn contains(content: &[u8], part: &[u8]) -> bool {
    content
        .windows(part.len())
        .any(|window| window[0] == part[0] && window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG_HEAD: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06";

    fn kind(content: &[u8], name: &str) -> Result<&'static str, Refusal> {
        recognise(content, name).map(|kind| kind.media_type)
    }

    #[test]
    fn content_decides() {
        assert_eq!(kind(b"%PDF-1.7\n...", "a.pdf"), Ok("application/pdf"));
        assert_eq!(kind(PNG_HEAD, "photo"), Ok("image/png"));
        assert_eq!(
            kind(b"\xff\xd8\xff\xe0\0\x10JFIF", "a.JPG"),
            Ok("image/jpeg")
        );
        assert_eq!(kind(b"RIFF\x10\0\0\0WEBPVP8 ", "a.webp"), Ok("image/webp"));
        assert_eq!(
            kind(b"\0\0\0\x18ftypheic\0\0\0\0mif1", "a.heic"),
            Ok("image/heic")
        );
        assert_eq!(kind("Größe: 5\n".as_bytes(), "a.txt"), Ok("text/plain"));
        let docx = b"PK\x03\x04....[Content_Types].xml....word/document.xml";
        assert_eq!(kind(docx, "a.docx"), Ok(DOCX.media_type));
    }

    #[test]
    fn what_a_browser_or_a_shell_would_run_is_refused() {
        for bad in [
            &b"<html><body>"[..],
            b"  <svg xmlns='x'/>",
            b"<?xml version='1.0'?>",
            b"#!/bin/sh\nrm",
            b"MZ\x90\0\x03",
            b"\x7fELF\x02\x01\x01",
            b"hello <script>alert(1)</script>",
            b"\xef\xbb\xbf<!DOCTYPE html>",
            b"PK\x03\x04 some.jar META-INF/",
            b"GIF89a",
            b"\xff\xfe<\0h\0",
        ] {
            assert_eq!(kind(bad, ""), Err(Refusal::Kind), "{bad:?}");
        }
        assert_eq!(kind(b"", "a.txt"), Err(Refusal::Empty));
        let macros = b"PK\x03\x04[Content_Types].xml word/document.xml word/vbaProject.bin";
        assert_eq!(kind(macros, "a.docx"), Err(Refusal::Macros));
    }

    #[test]
    fn a_name_that_says_otherwise_is_refused() {
        assert_eq!(kind(PNG_HEAD, "a.pdf"), Err(Refusal::Name));
        assert_eq!(kind(b"alert(1)", "a.js"), Err(Refusal::Name));
        assert_eq!(kind(b"hello", "letter to Dr. Smith"), Ok("text/plain"));
        assert_eq!(kind(b"hello", ".hidden"), Ok("text/plain"));
    }
}
