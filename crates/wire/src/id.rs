//! Ids as clients write them.

use uuid::Uuid;

/// A UUID in any case, with or without dashes; none of the other spellings (braces, `urn:`)
/// that a lenient parser would take.
pub fn parse(text: &str) -> Option<Uuid> {
    let text = text.trim();
    let plain = match text.len() {
        32 => true,
        36 => text.bytes().filter(|byte| *byte == b'-').count() == 4,
        _ => false,
    };
    plain.then(|| Uuid::try_parse(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn any_case_and_dashes_or_none() {
        let id = parse("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
        assert!(id.is_some());
        assert_eq!(id, parse("0190A1B2C3D47E5F8A9B0C1D2E3F4A5B"));
        for bad in [
            "",
            "1",
            "bad",
            "{0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b}",
            "urn:uuid:0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
            "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5g",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
