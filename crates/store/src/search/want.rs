//! From a query to what an entry must hold, in the three forms in which it is asked: of the
//! index, of the text in SQL, and of a text in memory. They agree by construction.

use std::fmt::Write as _;

use servease_domain::query::Query;

use super::text::{GRAM_CHARS, OWN, OWNER};

/// More words than anybody types. Pasted text is cut here, since every word adds a dozen lists
/// to be walked through side by side.
const WORDS_MAX: usize = 12;

/// What the text of an entry must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Want {
    Holds(String),
    All(Vec<Want>),
    Any(Vec<Want>),
}

/// How a word of the query stands in the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// It is one of the words.
    Whole,
    /// A word begins with it.
    Begun,
    /// It stands somewhere in a word.
    Part,
}

/// Who says the words of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// At least one of them the record itself: a person's name finds the person before their
    /// cars.
    Itself,
    /// The record or its owner.
    Anyone,
}

/// What to look for, best first. Every tier but the last holds more than the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tiers {
    /// All words are whole words.
    pub whole: Vec<Want>,
    /// All words begin words; first those where only the last, still being typed, is unfinished.
    pub begun: Vec<Want>,
    /// All words are parts of words.
    pub part: Want,
}

impl Tiers {
    pub fn of(query: &Query) -> Tiers {
        let alternatives = alternatives(query);
        let tier = |reach: fn(usize, usize) -> Reach, by: By| {
            Want::any(
                alternatives
                    .iter()
                    .map(|words| all_words(words, reach, by))
                    .collect(),
            )
        };
        let both = |reach| [tier(reach, By::Itself), tier(reach, By::Anyone)];
        let mut begun = Vec::new();
        if alternatives.iter().any(|words| words.len() > 1) {
            begun.extend(both(|index, last| {
                if index < last {
                    Reach::Whole
                } else {
                    Reach::Begun
                }
            }));
        }
        begun.extend(both(|_, _| Reach::Begun));
        Tiers {
            whole: both(|_, _| Reach::Whole).into(),
            begun,
            part: tier(|_, _| Reach::Part, By::Anyone),
        }
    }

    /// The tier of an entry with this text, 0 the best; all of them hold what `part` wants.
    pub fn rank(&self, text: &str) -> usize {
        self.whole
            .iter()
            .chain(&self.begun)
            .position(|want| want.is_met_by(text))
            .unwrap_or(self.whole.len() + self.begun.len())
    }
}

/// What was typed, as the words it may be: each for itself, or all in one piece.
fn alternatives(query: &Query) -> Vec<Vec<&str>> {
    let words: Vec<&str> = query
        .words
        .iter()
        .take(WORDS_MAX)
        .map(String::as_str)
        .collect();
    let pieces = query.pieces.iter().map(|piece| vec![piece.as_str()]);
    std::iter::once(words).chain(pieces).collect()
}

fn all_words(words: &[&str], reach: fn(usize, usize) -> Reach, by: By) -> Want {
    let last = words.len().saturating_sub(1);
    let each = |by: By| {
        words
            .iter()
            .enumerate()
            .map(|(index, word)| one_word(word, reach(index, last), by))
            .collect::<Vec<_>>()
    };
    if words.len() == 1 {
        return Want::all(each(by));
    }
    let mut wants = each(By::Anyone);
    if by == By::Itself {
        wants.push(Want::any(each(By::Itself)));
    }
    Want::all(wants)
}

fn one_word(word: &str, reach: Reach, by: By) -> Want {
    let marked = |mark: char| match reach {
        Reach::Whole => Want::Holds(format!("{mark}{word}{OWN}")),
        Reach::Begun => Want::Holds(format!("{mark}{word}")),
        Reach::Part => Want::Holds(word.to_owned()),
    };
    match (reach, by) {
        (Reach::Part, _) | (_, By::Itself) => marked(OWN),
        (_, By::Anyone) => Want::any(vec![marked(OWN), marked(OWNER)]),
    }
}

impl Want {
    fn all(mut wants: Vec<Want>) -> Want {
        if wants.len() == 1 {
            wants.remove(0)
        } else {
            Want::All(wants)
        }
    }

    fn any(mut wants: Vec<Want>) -> Want {
        if wants.len() == 1 {
            wants.remove(0)
        } else {
            Want::Any(wants)
        }
    }

    fn is_met_by(&self, text: &str) -> bool {
        match self {
            Want::Holds(needle) => text.contains(needle.as_str()),
            Want::All(wants) => wants.iter().all(|want| want.is_met_by(text)),
            Want::Any(wants) => wants.iter().any(|want| want.is_met_by(text)),
        }
    }

    /// What is wanted as an FTS5 expression over the grams. It may find too much, since grams may
    /// stand in different words, and never too little.
    ///
    /// Needles are folded text and marks: nothing in them means anything to FTS5, and they are
    /// quoted all the same.
    pub fn expression(&self) -> String {
        let mut expression = String::new();
        self.write_expression(&mut expression);
        expression
    }

    fn write_expression(&self, to: &mut String) {
        let (wants, word) = match self {
            Want::Holds(needle) => return write_grams(needle, to),
            Want::All(wants) => (wants, " AND "),
            Want::Any(wants) => (wants, " OR "),
        };
        to.push('(');
        for (index, want) in wants.iter().enumerate() {
            if index > 0 {
                to.push_str(word);
            }
            want.write_expression(to);
        }
        to.push(')');
    }

    /// What is wanted as an SQL condition on the column `text`, with a mark for each of the needles
    /// that are added to `needles`.
    pub fn condition<'w>(&'w self, needles: &mut Vec<&'w str>) -> String {
        let (wants, word) = match self {
            Want::Holds(needle) => {
                needles.push(needle);
                return "instr(text, ?) > 0".to_owned();
            }
            Want::All(wants) => (wants, " AND "),
            Want::Any(wants) => (wants, " OR "),
        };
        let parts: Vec<String> = wants.iter().map(|want| want.condition(needles)).collect();
        format!("({})", parts.join(word))
    }
}

/// A whole word is one gram. A part is covered by as few grams as possible: each more is one
/// more list to walk through, and they nearly always agree.
fn write_grams(needle: &str, to: &mut String) {
    let is_whole = needle.starts_with([OWN, OWNER]) && needle.ends_with(OWN);
    let characters: Vec<char> = needle.chars().collect();
    let last = characters.len().saturating_sub(GRAM_CHARS);
    if is_whole {
        let _ = write!(to, "\"{needle}\"");
    } else if characters.len() < GRAM_CHARS {
        let _ = write!(to, "\"{needle}\" *");
    } else {
        to.push('(');
        for start in (0..last).step_by(GRAM_CHARS).chain([last]) {
            if start > 0 {
                to.push_str(" AND ");
            }
            let gram: String = characters[start..start + GRAM_CHARS].iter().collect();
            let _ = write!(to, "\"{gram}\"");
        }
        to.push(')');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiers(typed: &str) -> Tiers {
        Tiers::of(&Query::parse(typed).unwrap())
    }

    #[test]
    fn a_part_is_covered_by_few_grams() {
        let expression = |needle: &str| Want::Holds(needle.to_owned()).expression();
        assert_eq!(expression("a"), r#""a" *"#);
        assert_eq!(expression("ab"), r#""ab" *"#);
        assert_eq!(expression("abc"), r#"("abc")"#);
        assert_eq!(expression("abcd"), r#"("abc" AND "bcd")"#);
        assert_eq!(expression("abcdefg"), r#"("abc" AND "def" AND "efg")"#);
        assert_eq!(expression("abcdef"), r#"("abc" AND "def")"#);
        assert_eq!(expression("@smith."), r#""@smith.""#);
        assert_eq!(expression(".s"), r#"".s" *"#);
    }

    #[test]
    fn better_matches_rank_before_worse_ones() {
        let tiers = tiers("smith co");
        let texts = [
            ".smith.co.",
            ".co.@smith.",
            ".smith.corolla.",
            ".corolla.@smith.",
            ".@smith.@cook.",
            ".smithson.corolla.",
            ".blacksmith.disco.",
        ];
        let ranks: Vec<usize> = texts.iter().map(|text| tiers.rank(text)).collect();
        assert_eq!(ranks, [0, 0, 2, 2, 3, 4, 6]);
    }

    #[test]
    fn condition_and_needles_go_together() {
        let tiers = tiers("jo 23");
        let mut needles = Vec::new();
        let condition = tiers.part.condition(&mut needles);
        assert_eq!(
            condition,
            "((instr(text, ?) > 0 AND instr(text, ?) > 0) OR instr(text, ?) > 0 OR instr(text, ?) > 0)"
        );
        assert_eq!(needles, ["jo", "23", "jo23", "j023"]);
    }

    #[test]
    fn a_phone_number_is_looked_for_in_every_way_it_may_be_meant() {
        assert_eq!(
            alternatives(&Query::parse("030 12345").unwrap()),
            [vec!["030", "12345"], vec!["03012345"], vec!["3012345"]]
        );
    }
}
