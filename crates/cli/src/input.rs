//! What is given to a command: records as JSON, changes as `field=value`, ids.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde_json::{Map, Value as Json};
use servease_domain::EntityKind;
use uuid::Uuid;

use crate::error::CliError;

/// A note of 65,536 characters, each escaped as `\uXXXX\uXXXX`, is 768 KiB; twenty times
/// that is no record any more.
const INPUT_MAX: u64 = 16 << 20;

/// The JSON object in a file, or on standard input for `-`.
pub fn object(file: &Path) -> Result<Map<String, Json>, CliError> {
    let bytes = bytes(file)?;
    let text = text(&bytes).ok_or_else(|| CliError::NotText(file.to_owned()))?;
    match serde_json::from_str(&text).map_err(CliError::NotJson)? {
        Json::Object(object) => Ok(object),
        _ => Err(CliError::NotAnObject),
    }
}

/// The text in a file, or on standard input for `-`: in Latin-1, as cards are written, where it is
/// nothing else.
pub fn latin_text(file: &Path) -> Result<String, CliError> {
    let bytes = bytes(file)?;
    Ok(match text(&bytes) {
        Some(text) => text.into_owned(),
        None => bytes.iter().copied().map(char::from).collect(),
    })
}

fn bytes(file: &Path) -> Result<Vec<u8>, CliError> {
    let read = match file == Path::new("-") {
        true => read(io::stdin().lock()),
        false => File::open(file).and_then(read),
    };
    read.map_err(|cause| CliError::Input {
        file: file.to_owned(),
        cause,
    })
}

/// Text in UTF-8 or UTF-16, with or without a byte order mark: Windows editors and PowerShell's `>`
/// write either. JSON begins with an ASCII character, so that its two bytes tell UTF-16 without a
/// mark (RFC 4627, section 3). None for what is neither.
fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        let text = String::from_utf16(&units).ok().filter(|_| rest.is_empty());
        text.map(Cow::Owned)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf16(bytes, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(Cow::Borrowed),
        _ => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    }
}

fn read(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(INPUT_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > INPUT_MAX {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge));
    }
    Ok(bytes)
}

/// `field=value` pairs; the last of a field counts. Values are text: the rules of the field
/// read them.
pub fn changes(pairs: &[String]) -> Result<Map<String, Json>, CliError> {
    pairs
        .iter()
        .map(|pair| match pair.split_once('=') {
            Some((field, value)) if !field.trim().is_empty() => {
                Ok((field.trim().to_owned(), Json::String(value.to_owned())))
            }
            _ => Err(CliError::Usage(format!(
                "'{pair}' is not of the form FIELD=VALUE"
            ))),
        })
        .collect()
}

/// An id of whatever it may be of.
pub fn any_id(text: &str) -> Result<Uuid, CliError> {
    servease_wire::id::parse(text).ok_or_else(|| CliError::NoSuchRecord {
        entity: "record",
        id: text.to_owned(),
    })
}

/// An id in any case, with or without dashes. What is no id names no record.
pub fn id(kind: EntityKind, text: &str) -> Result<Uuid, CliError> {
    servease_wire::id::parse(text).ok_or_else(|| CliError::NoSuchRecord {
        entity: kind.name(),
        id: text.to_owned(),
    })
}
