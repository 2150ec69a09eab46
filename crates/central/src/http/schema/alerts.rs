//! Alerts, the calendar that is fed from them, and what was handed over.

use serde_json::{Map, Value as Json, json};
use servease_domain::EntityKind;
use servease_domain::alerts::AlertKind;

use super::build::{answer, id_parameter, operation, page_of, paging, put, query, with_body};
use super::reference;
use crate::auth::calendar_tokens::NAME_MAX_CHARS;
use crate::http::alerts::{WITHIN_MAX, states};

pub fn paths(paths: &mut Map<String, Json>) {
    let several = |names: Vec<&str>| {
        let names = names.join("|");
        json!({"type": "string", "pattern": format!("^({names})(,({names}))*$")})
    };
    let mut parameters = paging();
    parameters.extend([
        query(
            "state",
            several(states()),
            "Only in these states, by comma; raised, seen and snoozed if not given",
        ),
        query(
            "kind",
            several(AlertKind::NAMES.to_vec()),
            "Only of these kinds, by comma",
        ),
        query(
            "within",
            json!({"type": "integer", "minimum": 0, "maximum": WITHIN_MAX}),
            "So many days ahead for those that do not speak yet; 365 if not given",
        ),
    ]);
    let own = vec![("200", answer("The page", page_of("AlertEntry")))];
    let summary = "What people must act on, most urgent first";
    let list = operation("listAlerts", "alerts", summary, parameters, own);
    put(paths, "alerts/", "get", list);
    calendar(paths);
    let mut parameters = vec![id_parameter()];
    parameters.extend(paging());
    let own = vec![("200", answer("The page", page_of("Notification")))];
    let summary = "What was handed over to the notification service, newest first";
    let list = operation(
        "customerNotifications",
        "customers",
        summary,
        parameters,
        own,
    );
    put(paths, "customers/{id}/notifications/", "get", list);
}

fn calendar(paths: &mut Map<String, Json>) {
    let own = vec![
        (
            "200",
            json!({"description": "The calendar (RFC 5545)",
                "content": {"text/calendar": {"schema": {"type": "string"}}}}),
        ),
        ("304", json!({"description": "It is the one you have"})),
    ];
    let token = query(
        "token",
        json!({"type": "string"}),
        "One of calendar-tokens/: it opens this and nothing else",
    );
    let summary = "What is coming, from three months ago to thirteen ahead, for calendars";
    let mut feed = operation("calendar", "alerts", summary, vec![token], own);
    feed["security"] = json!([]);
    put(paths, "calendar.ics", "get", feed);

    let own = vec![("200", answer("The page", page_of("CalendarToken")))];
    let summary = "Who reads the calendar";
    let list = operation("listCalendarTokens", "alerts", summary, paging(), own);
    put(paths, "calendar-tokens/", "get", list);
    let own = vec![("201", answer("The token, once", reference("CalendarToken")))];
    let summary = "Makes a token for one calendar";
    let add = operation("addCalendarToken", "alerts", summary, vec![], own);
    let add = with_body(add, "application/json", reference("CalendarTokenNew"));
    put(paths, "calendar-tokens/", "post", add);
    let own = vec![("204", json!({"description": "It opens nothing any more"}))];
    let summary = "Revokes a token";
    let revoke = operation(
        "revokeCalendarToken",
        "alerts",
        summary,
        vec![id_parameter()],
        own,
    );
    put(paths, "calendar-tokens/{id}/", "delete", revoke);
}

pub fn schemas() -> Map<String, Json> {
    let text = || json!({"type": "string"});
    let maybe = || json!({"type": ["string", "null"]});
    let uuid = || json!({"type": "string", "format": "uuid"});
    let kinds = || json!({"type": "string", "enum": AlertKind::NAMES});
    let records: Vec<&str> = [EntityKind::Vehicle, EntityKind::Document, EntityKind::Note]
        .map(EntityKind::name)
        .to_vec();
    let entry = json!({"type": "object", "properties": {
        "id": uuid(),
        "kind": kinds(),
        "record_kind": {"type": "string", "enum": records},
        "record": uuid(),
        "state": {"type": "string", "enum": states()},
        "due": {"type": ["object", "null"], "description": "How it stands today"},
        "until": maybe(),
        "title": text(),
        "customer_id": maybe(),
        "customer": text(),
        "phone": text(),
        "last_visit": maybe(),
        "vehicle": {"type": "string", "description": "What the vehicle is called, if there is one"},
        "license_plate": text(),
        "text": text(),
    }});
    let token = json!({"type": "object", "properties": {
        "id": uuid(),
        "name": text(),
        "language": text(),
        "made_by": text(),
        "created_at": text(),
        "last_used_at": maybe(),
        "token": {"type": "string", "description": "Only in the answer that makes it"},
        "url": {"type": "string", "description": "What a calendar subscribes to"},
    }});
    let new = json!({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": NAME_MAX_CHARS},
        "language": {"type": "string", "enum": servease_locale::languages()},
    }});
    let notification = json!({"type": "object", "properties": {
        "id": uuid(),
        "event": {"type": "string", "enum": ["raised", "withdrawn"]},
        "idempotency_key": text(),
        "alert": uuid(),
        "kind": kinds(),
        "record": uuid(),
        "stage": {"type": ["integer", "null"]},
        "text": text(),
        "channel": text(),
        "state": text(),
        "attempts": {"type": "integer"},
        "answer": text(),
        "created_at": text(),
        "finished_at": maybe(),
    }});
    let all = [
        ("AlertEntry", entry),
        ("CalendarToken", token),
        ("CalendarTokenNew", new),
        ("Notification", notification),
    ];
    all.into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}
