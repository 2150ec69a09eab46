//! What alerts say: on the command line, in notifications and in calendars.

use servease_domain::alerts::AlertKind;
use servease_domain::due::{Due, DueReason};
use servease_domain::standing::AlertLine;

use crate::Locale;

/// What a notification says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub title: String,
    pub body: String,
}

impl Locale {
    /// "Service: Due in 5 days, B-XY 12 VW Golf". `unit` is that of distances.
    pub fn alert(&self, alert: &AlertLine, unit: &str) -> String {
        let words = self.kind_and_due(alert, unit);
        match alert.title.as_str() {
            "" => words,
            title => self.text("alert-about", [("words", words.as_str()), ("title", title)]),
        }
    }

    /// What a calendar says on the day itself: "Registration: B-XY 12 VW Golf".
    pub fn calendar_entry(&self, alert: &AlertLine) -> String {
        let kind = self.alert_kind(alert.kind);
        match alert.title.as_str() {
            "" => kind,
            title => self.text("due-named", [("what", kind.as_str()), ("words", title)]),
        }
    }

    /// What a notification says, which whoever stands at the counter may read. `detail` is the
    /// garage's: `everything`, `vehicle` (nobody's name) or `kind` (only what falls due).
    pub fn notice(&self, alert: &AlertLine, unit: &str, detail: &str) -> Notice {
        let lines: &[&str] = match detail {
            "everything" => &[&alert.title, &alert.customer, &alert.phone],
            "vehicle" => &[&alert.vehicle],
            _ => &[],
        };
        let lines: Vec<&str> = lines.iter().copied().filter(|it| !it.is_empty()).collect();
        Notice {
            title: self.kind_and_due(alert, unit),
            body: lines.join("\n"),
        }
    }

    /// What one notification says in place of many: "12 alerts", "Service: 8, Registration: 4".
    pub fn summary(&self, kinds: impl IntoIterator<Item = AlertKind>) -> Notice {
        let mut counts = Vec::<(AlertKind, usize)>::new();
        for kind in kinds {
            match counts.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, count)) => *count += 1,
                None => counts.push((kind, 1)),
            }
        }
        counts.sort_unstable();
        let all: usize = counts.iter().map(|(_, count)| count).sum();
        let lines: Vec<String> = counts
            .iter()
            .map(|(kind, count)| {
                let (kind, count) = (self.alert_kind(*kind), count.to_string());
                self.text("due-named", [("what", kind.as_str()), ("words", &count)])
            })
            .collect();
        Notice {
            title: self.text("notice-many", [("count", all.to_string().as_str())]),
            body: lines.join(", "),
        }
    }

    /// What a notification says about syncing: `attention` or `away`.
    pub fn sync_notice(&self, trouble: &str) -> Notice {
        Notice {
            title: self.text(&format!("notice-sync-{trouble}"), []),
            body: self.text(&format!("notice-sync-{trouble}-body"), []),
        }
    }

    fn alert_kind(&self, kind: AlertKind) -> String {
        self.text(&format!("alert-kind-{}", kind.name().replace('_', "-")), [])
    }

    fn kind_and_due(&self, alert: &AlertLine, unit: &str) -> String {
        let kind = self.alert_kind(alert.kind);
        let words = match &alert.due {
            Some(due) => self.due(alert.kind, due, unit),
            None => self.text("alert-withdrawn", []),
        };
        self.text("due-named", [("what", kind.as_str()), ("words", &words)])
    }

    /// How something stands: what is done falls due, papers expire.
    fn due(&self, kind: AlertKind, due: &Due, unit: &str) -> String {
        let expires = !matches!(kind, AlertKind::Service | AlertKind::FollowUp);
        let (left, id) = match due.reason {
            DueReason::Date { days, .. } if expires => {
                (days, ["expired-days", "expires-today", "expires-in-days"])
            }
            DueReason::Date { days, .. } => (days, ["overdue-days", "today", "in-days"]),
            DueReason::Mileage { remaining, .. } => {
                (remaining, ["overdue-distance", "now", "in-distance"])
            }
        };
        let [passed, now, ahead] = id;
        let id = match left {
            ..0 => passed,
            0 => now,
            _ => ahead,
        };
        let number = left.abs().to_string();
        let distance = format!("{number} {unit}");
        self.text(
            &format!("due-{id}"),
            [("days", number.as_str()), ("distance", &distance)],
        )
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use servease_domain::due::{DueLimits, expiry_state};
    use uuid::Uuid;

    use super::*;

    fn alert(due: Option<Due>) -> AlertLine {
        let line = AlertLine::withdrawn(Uuid::nil(), AlertKind::Document, Uuid::nil(), None);
        AlertLine {
            due,
            title: "Policy of Ann Smith · B-XY 12 VW Golf".to_owned(),
            vehicle: "B-XY 12 VW Golf".to_owned(),
            customer: "Ann Smith".to_owned(),
            phone: "+491701234567".to_owned(),
            ..line
        }
    }

    fn in_five_days() -> Option<Due> {
        let today = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
        let soon = DueLimits::default().soon_days;
        expiry_state(NaiveDate::from_ymd_opt(2026, 5, 6), today, soon)
    }

    #[test]
    fn an_alert_is_said_with_its_kind_and_how_far_off_it_is() {
        let english = Locale::new("en");
        let words = english.alert(&alert(in_five_days()), "mi");
        assert_eq!(
            words,
            "Document: Expires in 5 days, Policy of Ann Smith · B-XY 12 VW Golf"
        );
        let over = english.alert(&alert(None), "mi");
        assert!(over.starts_with("Document: no longer due"), "{over}");
    }

    #[test]
    fn a_notification_tells_no_more_than_the_garage_allows() {
        let english = Locale::new("en");
        let body = |detail| english.notice(&alert(in_five_days()), "mi", detail).body;
        assert_eq!(
            body("everything"),
            "Policy of Ann Smith · B-XY 12 VW Golf\nAnn Smith\n+491701234567"
        );
        assert_eq!(body("vehicle"), "B-XY 12 VW Golf");
        assert_eq!(body("kind"), "");
        // A word of a newer program: the least.
        assert_eq!(body("something"), "");
    }

    #[test]
    fn many_are_told_as_one_by_kind() {
        let kinds = [AlertKind::Insurance, AlertKind::Service, AlertKind::Service];
        let notice = Locale::new("en").summary(kinds);
        assert_eq!(notice.title, "3 alerts");
        assert_eq!(notice.body, "Service: 2, Insurance: 1");
        assert_eq!(Locale::new("de").summary(kinds).title, "3 Erinnerungen");
    }
}
