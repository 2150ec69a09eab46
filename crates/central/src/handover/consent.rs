//! Whether a customer is reminded at all, and how.

use serde_json::{Value as Json, json};
use servease_domain::Record;

/// Each way of reaching somebody, and the field that allows it.
const CHANNELS: [(&str, &str); 5] = [
    ("email", "email_notifications"),
    ("sms", "sms_notifications"),
    ("app", "push_notifications"),
    ("phone", "phone_call_notifications"),
    ("mail", "postal_mail_notifications"),
];

/// What they allow besides, for services that heed it.
const ALSO: [&str; 3] = [
    "appointment_reminders",
    "marketing_emails",
    "promotional_sms",
];

/// How a customer is reminded: the way they prefer, or the first that they allow. None: they want
/// no reminders, or allow no way of reaching them.
pub fn channel(preferences: &Record) -> Option<&'static str> {
    if !preferences.get("service_reminders").as_flag() {
        return None;
    }
    let preferred = preferences.get("preferred_contact_method").as_text();
    let mut allowed = CHANNELS
        .iter()
        .filter(|(_, field)| preferences.get(field).as_flag());
    let first = allowed.clone().next();
    let chosen = allowed.find(|(name, _)| *name == preferred).or(first);
    chosen.map(|(name, _)| *name)
}

/// What goes along with an alert.
pub fn told(preferences: &Record, channel: &str) -> Json {
    let mut told = json!({
        "channel": channel,
        "language": preferences.get("preferred_language").as_text(),
        "timezone": preferences.get("timezone").as_text(),
        "service_reminders": preferences.get("service_reminders").as_flag(),
    });
    let flags = CHANNELS.iter().map(|(_, field)| *field).chain(ALSO);
    for field in flags {
        told[field] = preferences.get(field).as_flag().into();
    }
    told
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use servease_domain::{EntityKind, Value, Values};
    use uuid::Uuid;

    use super::*;

    fn preferences(values: &[(&'static str, Value)]) -> Record {
        let values: Values = values.iter().cloned().collect();
        Record::new(
            EntityKind::Preferences,
            Uuid::nil(),
            values,
            DateTime::UNIX_EPOCH,
        )
    }

    #[test]
    fn the_preferred_way_is_taken_where_it_is_allowed_and_none_without_consent() {
        let is = |name, flag| (name, Value::Flag(flag));
        let prefers = |name: &str| ("preferred_contact_method", Value::Text(name.to_owned()));
        let no_way = CHANNELS.map(|(_, field)| is(field, false));
        for (values, expected) in [
            (vec![], Some("email")),
            (vec![prefers("sms")], Some("sms")),
            (vec![prefers("phone")], Some("email")),
            (
                vec![prefers("phone"), is("phone_call_notifications", true)],
                Some("phone"),
            ),
            (
                vec![prefers("email"), is("email_notifications", false)],
                Some("sms"),
            ),
            (vec![is("service_reminders", false)], None),
            (no_way.to_vec(), None),
        ] {
            assert_eq!(channel(&preferences(&values)), expected, "{values:?}");
        }
    }
}
