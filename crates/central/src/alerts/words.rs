//! In which language alerts are said.

use std::sync::LazyLock;

use servease_locale::Locale;

/// What is spoken where nothing was chosen.
const FALLBACK: &str = "en";

/// Longer headers than browsers send are not read.
const ACCEPTED_MAX: usize = 32;

static ALL: LazyLock<Vec<Locale>> = LazyLock::new(|| {
    let languages = servease_locale::languages();
    languages.into_iter().map(Locale::new).collect()
});

static ENGLISH: LazyLock<Locale> = LazyLock::new(|| Locale::new(FALLBACK));

/// The words of a language tag (`de`, `de-AT`); English where there are none.
pub fn of_language(tag: &str) -> &'static Locale {
    find(tag).unwrap_or(&ENGLISH)
}

fn find(tag: &str) -> Option<&'static Locale> {
    let wanted = tag.split(['-', '_']).next().unwrap_or_default();
    let of = |words: &&Locale| words.language().eq_ignore_ascii_case(wanted);
    ALL.iter().find(of)
}

/// The words that a requester prefers, of those that there are (RFC 9110, section 12.5.4).
pub fn accepted(header: &str) -> &'static Locale {
    let mut best: Option<(f32, &'static Locale)> = None;
    for part in header.split(',').take(ACCEPTED_MAX) {
        let mut pieces = part.split(';').map(str::trim);
        let Some(words) = pieces.next().and_then(find) else {
            continue;
        };
        let quality = pieces.find_map(|piece| piece.strip_prefix("q="));
        let quality: f32 = quality.map_or(1.0, |text| text.trim().parse().unwrap_or(0.0));
        if quality > 0.0 && best.is_none_or(|(known, _)| quality > known) {
            best = Some((quality, words));
        }
    }
    best.map_or(&ENGLISH, |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::{accepted, of_language};

    #[test]
    fn the_language_that_is_liked_best_of_those_there_are_is_spoken() {
        for (header, expected) in [
            ("", "en"),
            ("de", "de"),
            ("de-AT,en;q=0.5", "de"),
            ("fr, de;q=0.4, en;q=0.8", "en"),
            ("xx;q=1, de;q=0.1", "de"),
            ("de;q=0, en;q=0.1", "en"),
            ("de;q=x", "en"),
            ("*", "en"),
        ] {
            assert_eq!(accepted(header).language(), expected, "{header:?}");
        }
        assert_eq!(of_language("DE_at").language(), "de");
        assert_eq!(of_language("zz").language(), "en");
    }
}
