//! Days and moments, from what somebody typed or another program sent.
//!
//! A year has four digits: `25-03-01` is refused and not the year 25. The window, which knows in
//! which order its country writes day, month and year, completes two digits before it asks.

use crate::calendar::Calendar;
use crate::plain;
use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, TimeDelta, Utc};

/// The oldest day that is believed: no car, paper or customer of a garage is older.
pub const FIRST_YEAR: i32 = 1900;

/// A paper or a due date lies at most a century ahead: `2099-12-31` is a usual way of writing
/// "never", `9999-12-31` is none that says anything.
const MONTHS_AHEAD: u32 = 1_200;

/// What has happened lies in the past, give or take a car that is bought next year.
const MONTHS_AHEAD_OF_PAST: u32 = 12;

/// The days that are believed of a field: what has happened (`is_past`), and all others.
pub fn plausible(is_past: bool, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let months = if is_past {
        MONTHS_AHEAD_OF_PAST
    } else {
        MONTHS_AHEAD
    };
    let first = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or(NaiveDate::MIN);
    let last = today
        .checked_add_months(Months::new(months))
        .unwrap_or(NaiveDate::MAX);
    (first, last)
}

/// A day, year first with four digits: `2026-03-01`, `2026/3/1`, `2026年3月1日`, `2026년 3월 1일`, or in
/// the years of a Japanese emperor (`令和8年3月1日`), as Japanese papers have them.
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let text = plain::code(text).ok()?;
    let (era, rest) = match ERAS.iter().find(|(name, _)| text.starts_with(name)) {
        Some((name, before)) => (Some(*before), text.get(name.len()..)?.replace('元', "1")),
        None => (None, text),
    };
    let marked: String = rest
        .chars()
        .filter(|character| *character != ' ')
        .map(|character| match character {
            '/' | '.' | '年' | '月' | '년' | '월' => '-',
            _ if plain::is_dash(character) => '-',
            other => other,
        })
        .collect();
    let marked = marked.trim_end_matches(['日', '일']);
    // `2026. 3. 1.` in Korean.
    let marked = marked.strip_suffix('-').unwrap_or(marked);
    let mut parts = marked.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some()
        || ![year, month, day].into_iter().all(is_number)
        || month.len() > 2
        || day.len() > 2
    {
        return None;
    }
    let year: i32 = match era {
        Some(before) if year.len() <= 2 => before + year.parse::<i32>().ok()?,
        None if year.len() == 4 => year.parse().ok()?,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
        .filter(|date| date.year() >= 1)
}

/// Japanese eras and the year before their first.
const ERAS: [(&str, i32); 5] = [
    ("令和", 2018),
    ("平成", 1988),
    ("昭和", 1925),
    ("大正", 1911),
    ("明治", 1867),
];

/// `HH:MM` or `HH:MM:SS`.
pub fn read_time(text: &str) -> Option<NaiveTime> {
    let text = plain::code(text).ok()?;
    NaiveTime::parse_from_str(&text, "%H:%M:%S")
        .or_else(|_| NaiveTime::parse_from_str(&text, "%H:%M"))
        .ok()
}

/// What somebody said of when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A day of the garage's calendar.
    Day(NaiveDate),
    Moment(DateTime<Utc>),
}

impl When {
    pub fn read(text: &str) -> Option<When> {
        let text = plain::code(text).ok()?;
        match read_date(&text).or_else(|| bare_iso_day(&text)) {
            Some(day) => Some(When::Day(day)),
            None => read_instant(&text).map(When::Moment),
        }
    }

    /// The moment that stands for it. A bare day that is today means now; another stands at its
    /// noon in the garage's time zone, which is no other day for anybody within eleven hours of it.
    pub fn moment(self, now: DateTime<Utc>, calendar: Calendar) -> DateTime<Utc> {
        match self {
            When::Moment(moment) => moment,
            When::Day(day) if day == calendar.day(now) => now,
            When::Day(day) => calendar.noon_of(day),
        }
    }
}

/// The other ways in which ISO 8601 writes a day: `20260301`, `2026-W09-7`, `2026-060`.
fn bare_iso_day(text: &str) -> Option<NaiveDate> {
    has_four_digit_year(text)
        .then(|| parsed(&DATES, |format| NaiveDate::parse_from_str(text, format)))
        .flatten()
}

/// Any ISO 8601 date with a time, years 1 to 9999: calendar, week and ordinal dates, extended and
/// basic notation, any zone. Without a zone it is UTC, which is all that a stock service sends.
pub fn read_instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let place = text.find(['T', 't', ' '])?;
    let (date, time) = (&text[..place], &text[place + 1..]);
    let date = read_date(date).or_else(|| bare_iso_day(date))?;
    let (time, offset_s) = match time.find(['Z', 'z', '+', '-']) {
        Some(place) => (&time[..place], read_zone(&time[place..])?),
        None => (time, 0),
    };
    // A comma is as good as a point, and an hour needs no minutes.
    let time = time.trim().replace(',', ".");
    let time = if time.len() == 2 { time + ":00" } else { time };
    let time = parsed(&TIMES, |format| NaiveTime::parse_from_str(&time, format))?;
    let utc = date
        .and_time(time)
        .checked_sub_signed(TimeDelta::seconds(offset_s))?
        .and_utc();
    // Counted in microseconds there are no leap seconds.
    DateTime::from_timestamp_micros(utc.timestamp_micros())
        .filter(|instant| (1..=9999).contains(&instant.year()))
}

const DATES: [&str; 6] = [
    "%Y-%m-%d",
    "%Y%m%d",
    "%G-W%V-%u",
    "%GW%V%u",
    "%Y-%j",
    "%Y%j",
];
const TIMES: [&str; 4] = ["%H:%M:%S%.f", "%H:%M", "%H%M%S%.f", "%H%M"];

/// Four digits and then no fifth, unless the whole is the basic notation (`20260301`, `2026060`).
fn has_four_digit_year(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits == 4 || (digits == text.len() && matches!(digits, 7 | 8))
}

fn parsed<T>(formats: &[&str], parse: impl Fn(&str) -> Result<T, chrono::ParseError>) -> Option<T> {
    formats.iter().find_map(|format| parse(format).ok())
}

/// `Z`, `+HH`, `+HHMM` or `+HH:MM`: seconds east of Greenwich.
fn read_zone(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text[1..].replacen(':', "", 1);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes) = match digits.len() {
        2 if is_plain => (digits.as_str(), "0"),
        4 if is_plain => digits.split_at(2),
        _ => return None,
    };
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}
