//! What a file probably is, by its name and by what can be read in it. Somebody looks at it
//! before it is saved, or has said something else.

use servease_domain::fold::fold;
use servease_files::names;

/// Words of each type as people and scanners write them, folded; the first that is found counts.
const SIGNS: &[(&str, &[&str])] = &[
    (
        "registration",
        &[
            "registration",
            "zulassung",
            "fahrzeugschein",
            "fahrzeugbrief",
            "kfz-schein",
            "title deed",
        ],
    ),
    (
        "license",
        &[
            "licence",
            "license",
            "fuhrerschein",
            "fuehrerschein",
            "fahrerlaubnis",
        ],
    ),
    (
        "insurance",
        &[
            "insurance",
            "versicherung",
            "police",
            "policy",
            "evb",
            "green card",
        ],
    ),
    ("warranty", &["warranty", "guarantee", "garantie"]),
    (
        "service_history",
        &[
            "service history",
            "service book",
            "serviceheft",
            "scheckheft",
            "wartung",
        ],
    ),
    ("invoice", &["invoice", "rechnung"]),
    ("receipt", &["receipt", "quittung", "kassenbon"]),
];

/// How much of a text is looked at, in bytes: its head says what it is.
const HEAD_BYTES: usize = 16 * 1024;

/// The type that the name tells, else the content.
pub(crate) fn document_type(name: &str, media_type: &str, content: &[u8]) -> Option<&'static str> {
    by_words(&words_of(names::stem(name))).or_else(|| match media_type {
        "text/plain" => {
            let head = content.get(..HEAD_BYTES).unwrap_or(content);
            by_words(&String::from_utf8_lossy(head))
        }
        _ => None,
    })
}

/// The name without its ending, as one would write it.
pub(crate) fn title(name: &str) -> String {
    let words = words_of(names::stem(name));
    match words.is_empty() {
        true => name.to_owned(),
        false => words.chars().take(200).collect(),
    }
}

fn words_of(stem: &str) -> String {
    stem.split(['_', '.', ' '])
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn by_words(text: &str) -> Option<&'static str> {
    let text = fold(text);
    SIGNS
        .iter()
        .find(|(_, signs)| signs.iter().any(|sign| text.contains(&fold(sign))))
        .map(|(document_type, _)| *document_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_the_type_and_the_title() {
        for (name, expected) in [
            ("Versicherung_2026.pdf", Some("insurance")),
            ("Insurance card.jpg", Some("insurance")),
            ("Führerschein vorn.png", Some("license")),
            ("drivers_license.png", Some("license")),
            ("KFZ-Zulassung.pdf", Some("registration")),
            ("rechnung.4711.pdf", Some("invoice")),
            ("IMG_0042.jpg", None),
        ] {
            assert_eq!(document_type(name, "image/png", b""), expected, "{name}");
        }
        let content = "Extended warranty until 2031".as_bytes();
        let guessed = document_type("scan.txt", "text/plain", content);
        assert_eq!(guessed, Some("warranty"));
        assert_eq!(title("Insurance_card__front.pdf"), "Insurance card front");
        assert_eq!(title("_.pdf"), "_.pdf");
    }
}
