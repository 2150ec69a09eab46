//! `search=`: every word must be found in one of the searched fields, folded as the desk folds
//! (`domain::fold`): accents, case, punctuation, width and kana do not count, and `mueller` finds
//! Müller. A name, a plate, a VIN or a phone number is also found in one piece, however it is
//! spaced or dialled.
//!
//! Each row keeps its searched fields as one folded text, one form of a field a line; words hold
//! no white space, so that a hit never spans two fields. Words of three letters and more go
//! through an index of trigrams (FTS5 in SQLite, `pg_trgm` in PostgreSQL). Shorter ones have
//! no trigram: they are looked for by walking the newest [`SCAN_MAX`] rows, which bounds what
//! a crafted search can cost.

use sea_query::{BinOper, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use servease_domain::query::Query as Typed;
use servease_domain::{EntityKind, Kind, Record, fold, phone, plate};

use crate::db::Backend;

/// More words than a name, a company and a number have.
pub const WORDS_MAX: usize = 8;

/// Longer than any searched field's useful part.
pub const SEARCH_MAX_CHARS: usize = 200;

/// How many matches one search goes through at most: 500 pages of 20. A search that matches
/// more answers its newest ones, and its count stops there.
pub const MATCHES_MAX: u64 = 10_000;

/// How many of the newest rows a search for one or two letters walks.
pub const SCAN_MAX: u64 = 100_000;

/// The shortest word that has a trigram.
const TRIGRAM: usize = 3;

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// Nothing was asked for: no condition.
    All,
    /// Nothing can match.
    Nothing,
    Words {
        /// All of them must be there …
        words: Vec<String>,
        /// … or one of these.
        pieces: Vec<String>,
    },
    TooLong,
}

/// What a statement looks for.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    pub words: &'a [String],
    pub pieces: &'a [String],
}

/// Splits what the client sent.
pub fn parse(text: &str) -> Search {
    if text.contains('\0') {
        return Search::Nothing;
    }
    if text.chars().count() > SEARCH_MAX_CHARS {
        return Search::TooLong;
    }
    match text.split_whitespace().count() {
        0 => Search::All,
        count if count > WORDS_MAX => Search::TooLong,
        _ => match Typed::parse(text) {
            Some(typed) => Search::Words {
                words: fold::words(text),
                pieces: typed.pieces,
            },
            None => Search::Nothing,
        },
    }
}

/// What a record is found by; none for kinds without searched fields.
pub fn text_of(record: &Record) -> Option<String> {
    let mut searched = record
        .kind
        .fields()
        .iter()
        .filter(|field| field.searched)
        .peekable();
    searched.peek()?;
    if record.is_deleted() {
        return Some(String::new());
    }
    let mut lines = Lines::default();
    for field in searched {
        let text = record.get(field.name).as_text();
        match field.kind {
            Kind::Phone => lines.add(phone::digits(text)),
            Kind::Plate { .. } | Kind::Vin => {
                let key = plate::key(text);
                lines.add(plate::look_alike(&key));
                lines.add(key);
                lines.add(fold::fold(text));
            }
            Kind::LongText => lines.add_spelled(text),
            _ => {
                lines.add_spelled(text);
                lines.add(in_one(text));
                for other in fold::spellings(text) {
                    lines.add(in_one(&other));
                }
            }
        }
    }
    if record.kind == EntityKind::Customer {
        // Names in Han, kana and Hangul are said as one word, family name first.
        let name = |field| record.get(field).as_text();
        let (first, last) = (name("first_name"), name("last_name"));
        if first.chars().chain(last.chars()).any(fold::is_cjk) {
            lines.add(in_one(&format!("{last}{first}")));
            lines.add(in_one(&format!("{first}{last}")));
        }
    }
    Some(lines.0.join("\n"))
}

fn in_one(text: &str) -> String {
    fold::fold(&fold::fold(text).replace(' ', ""))
}

/// Each line once.
#[derive(Default)]
struct Lines(Vec<String>);

impl Lines {
    fn add(&mut self, line: String) {
        if !line.is_empty() && !self.0.contains(&line) {
            self.0.push(line);
        }
    }

    fn add_spelled(&mut self, text: &str) {
        self.add(fold::fold(text));
        for other in fold::spellings(text) {
            self.add(fold::fold(&other));
        }
    }
}

pub fn is_searched(kind: EntityKind) -> bool {
    kind.fields().iter().any(|field| field.searched)
}

/// Adds the condition for what is sought to a statement over the kind's live rows.
pub fn restrict(
    statement: &mut SelectStatement,
    backend: Backend,
    kind: EntityKind,
    sought: &Sought<'_>,
) {
    let found = matches(backend, kind, sought);
    let mut by_words = Condition::all().add(Expr::col(found.key).in_subquery(found.statement));
    for word in found.left {
        by_words = by_words.add(contains(backend, word));
    }
    let mut any = Condition::any().add(by_words);
    if !found.others.is_empty() {
        let in_pieces = by_index(backend, kind, &[], &found.others, &[]);
        any = any.add(Expr::col(in_pieces.key).in_subquery(in_pieces.statement));
    }
    statement.cond_where(any);
}

/// How many live rows have it; none where only the whole condition can tell.
pub fn count(backend: Backend, kind: EntityKind, sought: &Sought<'_>) -> Option<SelectStatement> {
    let found = matches(backend, kind, sought);
    if !found.left.is_empty() || !found.others.is_empty() {
        return None;
    }
    let mut count = Query::select();
    count
        .expr(Expr::col(found.selected).count())
        .from_subquery(found.statement, "found");
    Some(count)
}

/// The newest matches, at most [`MATCHES_MAX`].
struct Matches<'a> {
    statement: SelectStatement,
    /// The column of the kind's table that the statement answers …
    key: &'static str,
    /// … and its name there.
    selected: &'static str,
    /// Words that the statement does not look for.
    left: Vec<&'a str>,
    /// Pieces that it does not look for.
    others: Vec<&'a str>,
}

fn matches<'a>(backend: Backend, kind: EntityKind, sought: &Sought<'a>) -> Matches<'a> {
    let has_trigram = |word: &&str| word.chars().count() >= TRIGRAM;
    let words = sought.words.iter().map(String::as_str);
    let pieces = sought.pieces.iter().map(String::as_str);
    let (long, short): (Vec<&str>, Vec<&str>) = words.partition(has_trigram);
    // A piece without a trigram says no more than the words.
    let pieces: Vec<&str> = pieces.filter(has_trigram).collect();
    if long.is_empty() {
        return Matches {
            statement: scan(backend, kind, &short),
            key: "id",
            selected: "id",
            left: Vec::new(),
            others: pieces,
        };
    }
    match backend {
        Backend::Sqlite if short.is_empty() => by_index(backend, kind, &long, &pieces, &[]),
        Backend::Sqlite => Matches {
            left: short,
            others: pieces,
            ..by_index(backend, kind, &long, &[], &[])
        },
        Backend::Postgres => by_index(backend, kind, &long, &pieces, &short),
    }
}

/// Rows with all the words (`short` ones only in PostgreSQL), or one of the pieces.
fn by_index<'a>(
    backend: Backend,
    kind: EntityKind,
    long: &[&'a str],
    pieces: &[&'a str],
    short: &[&'a str],
) -> Matches<'a> {
    let mut statement = Query::select();
    let (key, selected) = match backend {
        Backend::Sqlite => {
            // Only live rows have a text there: a tombstone's is blank.
            let phrase = |word: &&str| format!("\"{}\"", word.replace('"', "\"\""));
            let words: Vec<String> = long.iter().map(phrase).collect();
            let mut ways: Vec<String> = Vec::new();
            if !words.is_empty() {
                ways.push(format!("({})", words.join(" AND ")));
            }
            ways.extend(pieces.iter().map(phrase));
            let table = format!("{}_search", kind.table());
            statement
                .column("rowid")
                .from(table.clone())
                .and_where(
                    // `table MATCH ?`: the hidden column of an FTS5 table has its name.
                    Expr::col(table).binary(BinOper::Custom("MATCH"), ways.join(" OR ")),
                )
                .order_by("rowid", Order::Desc)
                .limit(MATCHES_MAX);
            ("row", "rowid")
        }
        Backend::Postgres => {
            let like = |word: &&str| Expr::col("search_text").like(like_pattern(word));
            let mut any = Condition::any();
            if !long.is_empty() || !short.is_empty() {
                let mut all = Condition::all();
                for word in long {
                    all = all.add(like(word));
                }
                for word in short {
                    all = all.add(contains(backend, word));
                }
                any = any.add(all);
            }
            for piece in pieces {
                any = any.add(like(piece));
            }
            statement
                .column("id")
                .from(kind.table())
                .and_where(Expr::col("deleted_at").is_null())
                .cond_where(any)
                .order_by("created_at", Order::Desc)
                .order_by("id", Order::Desc)
                .limit(MATCHES_MAX);
            ("id", "id")
        }
    };
    Matches {
        statement,
        key,
        selected,
        left: Vec::new(),
        others: Vec::new(),
    }
}

/// The ids among the newest rows that contain every word.
fn scan(backend: Backend, kind: EntityKind, words: &[&str]) -> SelectStatement {
    let mut newest = Query::select();
    newest
        .columns(["id", "search_text"])
        .from(kind.table())
        .and_where(Expr::col("deleted_at").is_null())
        .order_by("created_at", Order::Desc)
        .order_by("id", Order::Desc)
        .limit(SCAN_MAX);
    let mut found = Query::select();
    found
        .column("id")
        .from_subquery(newest, "newest")
        .limit(MATCHES_MAX);
    for word in words {
        found.and_where(contains(backend, word));
    }
    found
}

fn contains(backend: Backend, word: &str) -> Expr {
    let function = match backend {
        Backend::Sqlite => "instr",
        Backend::Postgres => "strpos",
    };
    Expr::expr(
        Func::cust(function)
            .arg(Expr::col("search_text"))
            .arg(word.to_owned()),
    )
    .gt(0)
}

/// `%word%` with the pattern's own signs made literal; the escape is LIKE's default.
fn like_pattern(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len() + 2);
    pattern.push('%');
    for character in word.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_and_folded() {
        let words = vec!["ada".to_owned(), "ss".to_owned()];
        let pieces = vec!["adass".to_owned()];
        assert_eq!(parse("  Ada \t ß "), Search::Words { words, pieces });
        assert_eq!(parse("  "), Search::All);
        assert_eq!(parse(" % _ "), Search::Nothing);
        assert_eq!(parse("a\0b"), Search::Nothing);
        assert_eq!(parse(&"x".repeat(201)), Search::TooLong);
        assert_eq!(parse("1 2 3 4 5 6 7 8 9"), Search::TooLong);
    }

    #[test]
    fn pattern_signs_are_literal() {
        assert_eq!(like_pattern(r"50%_\"), r"%50\%\_\\%");
    }
}
