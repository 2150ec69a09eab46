//! The words of alerts, in one language.

use std::sync::LazyLock;

use servease_domain::alerts::AlertKind;
use servease_domain::due::{Due, DueReason};
use servease_domain::standing::AlertLine;
use servease_locale::Locale;

/// What is spoken where nothing was chosen.
const FALLBACK: &str = "en";

/// Longer headers than browsers send are not read.
const ACCEPTED_MAX: usize = 32;

static ALL: LazyLock<Vec<AlertWords>> = LazyLock::new(|| {
    let languages = servease_locale::languages();
    let words = languages.into_iter().map(|name| AlertWords {
        locale: Locale::new(name),
    });
    words.collect()
});

static ENGLISH: LazyLock<AlertWords> = LazyLock::new(|| AlertWords {
    locale: Locale::new(FALLBACK),
});

/// Says alerts in one language.
#[derive(Debug)]
pub struct AlertWords {
    locale: Locale,
}

/// The words of a language tag (`de`, `de-AT`); English where there are none.
pub fn of_language(tag: &str) -> &'static AlertWords {
    find(tag).unwrap_or(&ENGLISH)
}

fn find(tag: &str) -> Option<&'static AlertWords> {
    let wanted = tag.split(['-', '_']).next().unwrap_or_default();
    let of = |words: &&AlertWords| words.locale.language().eq_ignore_ascii_case(wanted);
    ALL.iter().find(of)
}

/// The words that a requester prefers, of those that there are (RFC 9110, section 12.5.4).
pub fn accepted(header: &str) -> &'static AlertWords {
    let mut best: Option<(f32, &'static AlertWords)> = None;
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

impl AlertWords {
    pub fn language(&self) -> &'static str {
        self.locale.language()
    }

    /// What an alert says: "Service: Due in 5 days, B-XY 12 VW Golf". `unit` is that of distances.
    pub fn alert(&self, line: &AlertLine, unit: &str) -> String {
        let words = match line.due {
            Some(due) => self.due(line.kind, &due, unit),
            None => self.text("alert-withdrawn", &[]),
        };
        let kind = self.kind(line);
        let words = self.text("due-named", &[("what", &kind), ("words", &words)]);
        match line.title.is_empty() {
            true => words,
            false => self.text("alert-about", &[("words", &words), ("title", &line.title)]),
        }
    }

    /// What a calendar says on the day itself: "Registration: B-XY 12 VW Golf".
    pub fn calendar_entry(&self, line: &AlertLine) -> String {
        let kind = self.kind(line);
        match line.title.is_empty() {
            true => kind,
            false => self.text("due-named", &[("what", &kind), ("words", &line.title)]),
        }
    }

    fn kind(&self, line: &AlertLine) -> String {
        let name = line.kind.name().replace('_', "-");
        self.text(&format!("alert-kind-{name}"), &[])
    }

    /// How something stands: what is done falls due, papers expire.
    fn due(&self, kind: AlertKind, due: &Due, unit: &str) -> String {
        let expires = !matches!(kind, AlertKind::Service | AlertKind::FollowUp);
        let (left, [past, now, ahead]) = match due.reason {
            DueReason::Date { days, .. } if expires => {
                (days, ["expired-days", "expires-today", "expires-in-days"])
            }
            DueReason::Date { days, .. } => (days, ["overdue-days", "today", "in-days"]),
            DueReason::Mileage { remaining, .. } => {
                (remaining, ["overdue-distance", "now", "in-distance"])
            }
        };
        let id = match left {
            ..0 => past,
            0 => now,
            _ => ahead,
        };
        let number = left.abs().to_string();
        let distance = format!("{number} {unit}");
        let args = [("days", number.as_str()), ("distance", distance.as_str())];
        self.text(&format!("due-{id}"), &args)
    }

    fn text(&self, id: &str, args: &[(&str, &str)]) -> String {
        self.locale.text(id, args.iter().copied())
    }
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
