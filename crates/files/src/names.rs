//! Names of files as others gave them: cleaned, never refused. A name is for people; it names
//! nothing on this side.

use unicode_normalization::UnicodeNormalization as _;

/// The longest name, in characters: what the field of a document takes, and what file systems do.
const MAX_CHARS: usize = 255;

/// The last part of a name, without what could do harm in a header, a shell or on a screen. One that
/// is too long keeps its ending.
pub fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    // As one would type it: macOS hands out letters and their accents apart.
    let kept: String = last.nfc().filter(|c| !is_harmful(*c)).collect();
    // Windows takes no name with a dot or a space at its end.
    let kept = kept.trim().trim_end_matches(['.', ' ']);
    if kept.chars().count() <= MAX_CHARS {
        return kept.to_owned();
    }
    let ending = ending_of(kept).map_or(String::new(), |ending| format!(".{ending}"));
    let stem: String = kept
        .chars()
        .take(MAX_CHARS - ending.chars().count())
        .collect();
    format!("{}{ending}", stem.trim_end())
}

/// The ending of a name, lower case; none where there is none, or where what follows the last
/// dot is a part of the name (`Dr. Smith`).
pub fn extension(name: &str) -> Option<String> {
    ending_of(name).map(str::to_ascii_lowercase)
}

/// A name without its ending.
pub fn stem(name: &str) -> &str {
    match ending_of(name) {
        Some(ending) => name
            .strip_suffix(ending)
            .and_then(|stem| stem.strip_suffix('.'))
            .unwrap_or(name),
        None => name,
    }
}

fn ending_of(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    let is_ending = !stem.is_empty()
        && (1..=5).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_ending.then_some(ending)
}

/// Controls, what turns the direction of writing (`exe.fdp` for `pdf.exe`), what nobody sees, and what
/// shells and file systems take for something else.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?')
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned_and_never_refused() {
        for (given, kept) in [
            ("../../etc/Größe \"x\".txt", "Größe x.txt"),
            (r"C:\scans\card.pdf", "card.pdf"),
            ("police\u{202e}fdp.exe", "policefdp.exe"),
            ("a\u{0}b\nc\u{7f}.png", "abc.png"),
            ("Gro\u{308}ße.pdf", "Größe.pdf"),
            ("  card. . ", "card"),
            ("\u{feff}", ""),
            ("..", ""),
        ] {
            assert_eq!(clean(given), kept, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = clean(&format!("{}.pdf", "é".repeat(300)));
        assert_eq!(name.chars().count(), 255);
        assert!(name.ends_with("é.pdf"));
        assert_eq!(clean(&"x".repeat(300)).len(), 255);
    }

    #[test]
    fn an_ending_is_told_from_a_part_of_the_name() {
        assert_eq!(extension("a.JPG").as_deref(), Some("jpg"));
        assert_eq!(extension("letter to Dr. Smith"), None);
        assert_eq!(extension(".hidden"), None);
        assert_eq!(stem("card.front.pdf"), "card.front");
        assert_eq!(stem("Dr. Smith"), "Dr. Smith");
    }
}
