//! What a file is, by its content. Only what is on the list is kept.

use memchr::memmem;

use crate::kinds::{
    DOC, DOCX, FileKind, HEIC, JPEG, ODS, ODT, PDF, PNG, PPT, PPTX, TEXT, WEBP, XLS, XLSX,
};
use crate::{Refusal, names, pictures};

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognised {
    pub kind: FileKind,
    /// A PDF that asks for a password. It is kept: insurers send them so, and keeping needs no
    /// reading. Whoever takes it in is told that only its password shows it.
    pub is_locked: bool,
}

/// Says what a whole file is. `name` is the client's name for it: an ending that is known to
/// mean something else than the content is a reason to refuse.
pub fn recognise(content: &[u8], name: &str) -> Result<Recognised, Refusal> {
    if content.is_empty() {
        return Err(Refusal::Empty);
    }
    let kind = by_content(content)?;
    if names::extension(name).is_some_and(|ending| !kind.extensions.contains(&ending.as_str())) {
        return Err(Refusal::Name);
    }
    pictures::check(kind, content)?;
    Ok(Recognised {
        kind,
        is_locked: kind == PDF && is_locked(content),
    })
}

/// The trailer of a locked PDF names its `/Encrypt`; `/EncryptMetadata` and the like are other words.
fn is_locked(content: &[u8]) -> bool {
    const SIGN: &[u8] = b"/Encrypt";
    memmem::find_iter(content, SIGN).any(|at| {
        let after = content.get(at + SIGN.len());
        after.is_some_and(|byte| !byte.is_ascii_alphanumeric())
    })
}

fn by_content(content: &[u8]) -> Result<FileKind, Refusal> {
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
fn zipped_office(content: &[u8]) -> Result<FileKind, Refusal> {
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
fn old_office(content: &[u8]) -> Result<FileKind, Refusal> {
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
    memmem::find(content, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::pictures::tests::{jpeg, png};

    fn kind(content: &[u8], name: &str) -> Result<&'static str, Refusal> {
        recognise(content, name).map(|found| found.kind.media_type)
    }

    #[test]
    fn content_decides() {
        assert_eq!(kind(b"%PDF-1.7\n...", "a.pdf"), Ok("application/pdf"));
        assert_eq!(kind(&png(1, 1), "photo"), Ok("image/png"));
        assert_eq!(kind(&jpeg(1, 1), "a.JPG"), Ok("image/jpeg"));
        let webp = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x07\0\0\x07\0\0";
        assert_eq!(kind(webp, "a.webp"), Ok("image/webp"));
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
        assert_eq!(kind(&png(1, 1), "a.pdf"), Err(Refusal::Name));
        assert_eq!(kind(b"alert(1)", "a.js"), Err(Refusal::Name));
        assert_eq!(kind(b"hello", "letter to Dr. Smith"), Ok("text/plain"));
        assert_eq!(kind(b"hello", ".hidden"), Ok("text/plain"));
    }

    #[test]
    fn programs_and_pages_are_refused_whatever_they_are_called() {
        for name in ["card.pdf", "card.png", "card.jpg", "card.txt"] {
            for bad in [
                &b"MZ\x90\0\x03\0\0\0"[..],
                b"\x7fELF\x02\x01\x01",
                b"<!DOCTYPE html><html>",
                b"#!/bin/sh\n",
            ] {
                assert_eq!(kind(bad, name), Err(Refusal::Kind), "{name}");
            }
        }
    }

    #[test]
    fn a_locked_pdf_is_kept_and_known_for_one() {
        let found = |content: &[u8]| recognise(content, "a.pdf").map(|found| found.is_locked);
        assert_eq!(
            found(b"%PDF-1.7\ntrailer <</Encrypt 5 0 R>>\n%%EOF"),
            Ok(true)
        );
        assert_eq!(found(b"%PDF-1.7\ntrailer <</Encrypt<</V 5>>>>"), Ok(true));
        assert_eq!(
            found(b"%PDF-1.7\n<</EncryptMetadata true>>\n%%EOF"),
            Ok(false)
        );
        assert_eq!(
            found(b"%PDF-1.7\ntrailer <</Root 1 0 R>>\n%%EOF"),
            Ok(false)
        );
    }
}
