//! `search=`: every word must be found in one of the searched fields, case ignored.
//!
//! Each row keeps its searched fields as one lower-case text, one field a line; words hold
//! no white space, so that a hit never spans two fields. Words of three letters and more go
//! through an index of trigrams (FTS5 in SQLite, `pg_trgm` in PostgreSQL). Shorter ones have
//! no trigram: they are looked for by walking the newest [`SCAN_MAX`] rows, which bounds what
//! a crafted search can cost.

use sea_query::{BinOper, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use servease_domain::{EntityKind, Record};

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
    Words(Vec<String>),
    TooLong,
}

/// Splits what the client sent.
pub fn parse(text: &str) -> Search {
    if text.contains('\0') {
        return Search::Nothing;
    }
    if text.chars().count() > SEARCH_MAX_CHARS {
        return Search::TooLong;
    }
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    match words.len() {
        0 => Search::All,
        count if count > WORDS_MAX => Search::TooLong,
        _ => Search::Words(words),
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
    let lines: Vec<String> = searched
        .map(|field| record.get(field.name).as_text().to_lowercase())
        .filter(|text| !text.is_empty())
        .collect();
    Some(lines.join("\n"))
}

pub fn is_searched(kind: EntityKind) -> bool {
    kind.fields().iter().any(|field| field.searched)
}

/// Adds the condition for these words to a statement over the kind's live rows.
pub fn restrict(
    statement: &mut SelectStatement,
    backend: Backend,
    kind: EntityKind,
    words: &[String],
) {
    let found = matches(backend, kind, words);
    statement.and_where(Expr::col(found.key).in_subquery(found.statement));
    for word in found.left {
        statement.and_where(contains(backend, word));
    }
}

/// How many live rows have these words; none where only the whole condition can tell.
pub fn count(backend: Backend, kind: EntityKind, words: &[String]) -> Option<SelectStatement> {
    let found = matches(backend, kind, words);
    if !found.left.is_empty() {
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
}

fn matches<'a>(backend: Backend, kind: EntityKind, words: &'a [String]) -> Matches<'a> {
    let words = words.iter().map(String::as_str);
    let (long, short): (Vec<&str>, Vec<&str>) =
        words.partition(|word| word.chars().count() >= TRIGRAM);
    if long.is_empty() {
        return Matches {
            statement: scan(backend, kind, &short),
            key: "id",
            selected: "id",
            left: Vec::new(),
        };
    }
    let mut statement = Query::select();
    match backend {
        Backend::Sqlite => {
            // Only live rows have a text there: a tombstone's is blank.
            let phrases: Vec<String> = long
                .iter()
                .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
                .collect();
            let table = format!("{}_search", kind.table());
            statement
                .column("rowid")
                .from(table.clone())
                .and_where(
                    // `table MATCH ?`: the hidden column of an FTS5 table has its name.
                    Expr::col(table).binary(BinOper::Custom("MATCH"), phrases.join(" ")),
                )
                .order_by("rowid", Order::Desc)
                .limit(MATCHES_MAX);
            Matches {
                statement,
                key: "row",
                selected: "rowid",
                left: short,
            }
        }
        Backend::Postgres => {
            statement
                .column("id")
                .from(kind.table())
                .and_where(Expr::col("deleted_at").is_null())
                .order_by("created_at", Order::Desc)
                .order_by("id", Order::Desc)
                .limit(MATCHES_MAX);
            for word in &long {
                statement.and_where(Expr::col("search_text").like(like_pattern(word)));
            }
            for word in &short {
                statement.and_where(contains(backend, word));
            }
            Matches {
                statement,
                key: "id",
                selected: "id",
                left: Vec::new(),
            }
        }
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
    fn words_are_split_and_lowered() {
        let words = vec!["ada".to_owned(), "ß".to_owned()];
        assert_eq!(parse("  Ada \t ß "), Search::Words(words));
        assert_eq!(parse("  "), Search::All);
        assert_eq!(parse("a\0b"), Search::Nothing);
        assert_eq!(parse(&"x".repeat(201)), Search::TooLong);
        assert_eq!(parse("1 2 3 4 5 6 7 8 9"), Search::TooLong);
    }

    #[test]
    fn pattern_signs_are_literal() {
        assert_eq!(like_pattern(r"50%_\"), r"%50\%\_\\%");
    }
}
