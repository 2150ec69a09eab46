//! When people of this PC want no notification: at night, on days off, in a pause.

use chrono::{DateTime, Datelike as _, NaiveTime, Utc, Weekday};
use servease_domain::calendar::Calendar;
use servease_domain::entities::WEEKDAYS;
use servease_domain::when;

use crate::garage::views::Settings;

/// More steps than any week of nights and days off has.
const STEPS: usize = 40;

/// The days of a list of weekdays, none of an empty one. None: something else is in it.
pub(crate) fn read_days(text: &str) -> Option<Vec<Weekday>> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    let mut days = words
        .map(|word| WEEKDAYS.iter().position(|day| *day == word))
        .map(|place| Weekday::try_from(u8::try_from(place?).ok()?).ok())
        .collect::<Option<Vec<Weekday>>>()?;
    days.sort_unstable_by_key(Weekday::num_days_from_monday);
    days.dedup();
    Some(days)
}

/// As settings have them.
pub(crate) fn days_text(days: &[Weekday]) -> String {
    let words: Vec<&str> = days
        .iter()
        .filter_map(|day| WEEKDAYS.get(day.num_days_from_monday() as usize).copied())
        .collect();
    words.join(", ")
}

/// When people want no notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quiet {
    /// From, to: over midnight where the first is later.
    hours: Option<(NaiveTime, NaiveTime)>,
    /// None of them: every day.
    working_days: Vec<Weekday>,
    paused_until: Option<DateTime<Utc>>,
}

impl Quiet {
    pub fn of(settings: &Settings, paused_until: Option<DateTime<Utc>>) -> Quiet {
        let hours = when::read_time(&settings.quiet_from).zip(when::read_time(&settings.quiet_to));
        Quiet {
            hours: hours.filter(|(from, to)| from != to),
            // Checked when it was saved; of a newer program's words nothing is known.
            working_days: read_days(&settings.working_days).unwrap_or_default(),
            paused_until,
        }
    }

    /// When people want to hear of things again. None: now.
    pub fn ends(&self, now: DateTime<Utc>, calendar: Calendar) -> Option<DateTime<Utc>> {
        let mut moment = now;
        for _ in 0..STEPS {
            match self.end_of_reason(moment, calendar) {
                Some(later) if later > moment => moment = later,
                _ => break,
            }
        }
        (moment > now).then_some(moment)
    }

    /// When one of the reasons to be quiet at a moment ends.
    fn end_of_reason(&self, moment: DateTime<Utc>, calendar: Calendar) -> Option<DateTime<Utc>> {
        if let Some(end) = self.paused_until.filter(|end| *end > moment) {
            return Some(end);
        }
        let day = calendar.day(moment);
        let tomorrow = day.succ_opt()?;
        if !self.working_days.is_empty() && !self.working_days.contains(&day.weekday()) {
            return Some(calendar.start_of(tomorrow));
        }
        let (from, to) = self.hours?;
        let time = calendar.time(moment);
        let is_over_midnight = from > to;
        if is_over_midnight && time >= from {
            return Some(calendar.at(tomorrow, to));
        }
        let is_quiet = time < to && (is_over_midnight || time >= from);
        is_quiet.then(|| calendar.at(day, to))
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn quiet(from: &str, to: &str, days: &str) -> Quiet {
        Quiet {
            hours: when::read_time(from).zip(when::read_time(to)),
            working_days: read_days(days).unwrap(),
            paused_until: None,
        }
    }

    /// When it ends, in Berlin.
    fn end(quiet: &Quiet, at: &str) -> Option<String> {
        let at = when::read_instant(at).unwrap();
        let end = quiet.ends(at, Calendar::of(Berlin))?;
        Some(end.with_timezone(&Berlin).format("%a %d %H:%M").to_string())
    }

    #[test]
    fn days_are_read_in_any_order_and_other_words_are_refused() {
        let days = read_days("friday,monday friday").unwrap();
        assert_eq!(days_text(&days), "monday, friday");
        assert_eq!(read_days(""), Some(Vec::new()));
        assert_eq!(read_days("someday"), None);
    }

    #[test]
    fn a_night_ends_in_the_morning_on_either_side_of_midnight() {
        let night = quiet("18:00", "07:30", "");
        assert_eq!(end(&night, "2026-11-27T12:00:00Z"), None);
        assert_eq!(
            end(&night, "2026-11-27T17:00:00Z").as_deref(),
            Some("Sat 28 07:30")
        );
        assert_eq!(
            end(&night, "2026-11-27T03:00:00Z").as_deref(),
            Some("Fri 27 07:30")
        );
        assert_eq!(end(&night, "2026-11-27T06:30:00Z"), None);
        let noon = quiet("12:00", "13:00", "");
        assert_eq!(
            end(&noon, "2026-11-27T11:15:00Z").as_deref(),
            Some("Fri 27 13:00")
        );
    }

    #[test]
    fn a_weekend_ends_on_the_morning_of_the_next_working_day() {
        let week = quiet(
            "18:00",
            "08:00",
            "monday, tuesday, wednesday, thursday, friday",
        );
        // A Friday evening.
        assert_eq!(
            end(&week, "2026-11-27T18:00:00Z").as_deref(),
            Some("Mon 30 08:00")
        );
        assert_eq!(
            end(&week, "2026-11-29T12:00:00Z").as_deref(),
            Some("Mon 30 08:00")
        );
    }

    #[test]
    fn a_time_that_summer_time_leaves_out_comes_all_the_same() {
        let night = quiet("20:00", "02:30", "");
        assert_eq!(
            end(&night, "2026-03-29T00:00:00Z").as_deref(),
            Some("Sun 29 03:00")
        );
    }

    #[test]
    fn a_pause_ends_by_itself() {
        let mut pause = quiet("", "", "");
        pause.paused_until = when::read_instant("2026-11-27T10:00:00Z");
        assert_eq!(
            end(&pause, "2026-11-27T09:30:00Z").as_deref(),
            Some("Fri 27 11:00")
        );
        assert_eq!(end(&pause, "2026-11-27T10:00:00Z"), None);
    }
}
