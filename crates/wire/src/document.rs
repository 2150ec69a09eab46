//! A document: its metadata, and the URL under which its file is read.

use chrono::NaiveDate;
use serde_json::{Map, Value as Json};
use servease_domain::Record;

use crate::record::{fields, instant, put};

/// `url` is where the file itself is read.
pub fn full(document: &Record, url: &str, today: NaiveDate) -> Json {
    let mut json = Map::new();
    put(&mut json, [("id", Json::String(document.id.to_string()))]);
    for (name, value) in fields(document) {
        if let Some(short) = crate::input::alias_of(&name) {
            json.insert(short.to_owned(), value.clone());
        }
        json.insert(name, value);
    }
    let size_bytes = document.get("file_size").as_integer().unwrap_or(0);
    put(
        &mut json,
        [
            ("file_path", Json::String(url.to_owned())),
            ("file_size_display", Json::String(size_display(size_bytes))),
            ("is_expired", Json::Bool(is_expired(document, today))),
            ("uploaded_at", instant(&document.created_at)),
            ("updated_at", instant(&document.updated_at)),
        ],
    );
    Json::Object(json)
}

/// Expired from the day after its expiry date on.
pub fn is_expired(document: &Record, today: NaiveDate) -> bool {
    document
        .get("expiry_date")
        .as_date()
        .is_some_and(|expiry| expiry < today)
}

/// `12 bytes`, `3.4 KB`, `1.2 MB`: steps of 1024, one decimal.
pub fn size_display(size_bytes: i64) -> String {
    const STEP: f64 = 1024.0;
    if size_bytes < 1024 {
        return format!("{size_bytes} bytes");
    }
    let mut size = size_bytes as f64 / STEP;
    for unit in ["KB", "MB"] {
        // 1023.95 KB would be written "1024.0 KB": it is a megabyte by then.
        if size < 1023.95 {
            return format!("{size:.1} {unit}");
        }
        size /= STEP;
    }
    format!("{size:.1} GB")
}

#[cfg(test)]
mod tests {
    use super::size_display;

    #[test]
    fn sizes_step_by_1024() {
        for (size_bytes, text) in [
            (0, "0 bytes"),
            (12, "12 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KB"),
            (3_482, "3.4 KB"),
            (1_048_575, "1.0 MB"),
            (1_258_291, "1.2 MB"),
            (5_368_709_120, "5.0 GB"),
        ] {
            assert_eq!(size_display(size_bytes), text);
        }
    }
}
