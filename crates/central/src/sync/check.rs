//! Whether the values of a mutation can be kept. The desk has judged them by the same rules;
//! what is refused here comes from a program of another age or a damaged disk. Rules that two
//! valid edits can break together (a phone or an e-mail must be there) are not asked: the
//! second edit would be lost for what the first one did.

use serde_json::{Map, Value as Json, json};
use servease_domain::field::{Field, Limit};
use servease_domain::{Code, EntityKind, Kind, Value, Values, money, phone};

/// Field → codes, for everything that is wrong. `is_new`: required fields must be there.
pub fn problems(
    kind: EntityKind,
    values: &Values,
    unreadable: &Map<String, Json>,
    is_new: bool,
) -> Map<String, Json> {
    let mut found = Map::new();
    for (name, json) in unreadable {
        let code = match kind.field(name) {
            Some(field) => Some(unreadable_code(field)),
            // A newer program's field is kept as it is; PostgreSQL keeps no NUL.
            None => holds_nul(name, json).then_some(Code::ControlCharacter),
        };
        if let Some(code) = code {
            found.insert(name.replace('\0', ""), json!([code.name()]));
        }
    }
    for field in kind.fields() {
        let problem = match values.get(field.name) {
            Some(value) => problem(field, value),
            // Of what is required and was not said there may still be a default.
            None if is_new
                && field.required
                && matches!(field.default, servease_domain::field::Default::Blank) =>
            {
                (!found.contains_key(field.name)).then_some(Code::Required)
            }
            None => None,
        };
        if let Some(code) = problem {
            found.insert(field.name.to_owned(), json!([code.name()]));
        }
    }
    found
}

fn problem(field: &Field, value: &Value) -> Option<Code> {
    if value.is_blank() {
        return field.required.then_some(Code::Required);
    }
    match (field.kind, value) {
        (Kind::Choice { of, .. }, Value::Text(text)) => {
            (!of.contains(&text.as_str())).then_some(Code::NotAChoice)
        }
        (Kind::Currency, Value::Text(text)) if !money::is_currency(text) => {
            Some(Code::NotACurrency)
        }
        (Kind::TimeZone, Value::Text(text)) if text.parse::<chrono_tz::Tz>().is_err() => {
            Some(Code::NotATimeZone)
        }
        (Kind::Country, Value::Text(text)) if !phone::is_country(text) => Some(Code::NotAChoice),
        (kind, Value::Text(text)) if kind.is_text() => {
            if text.contains('\0') {
                return Some(Code::ControlCharacter);
            }
            kind.max_length()
                .filter(|max| text.chars().count() > *max)
                .map(|_| Code::TooLong)
        }
        (Kind::Integer { min, max }, Value::Integer(number)) => match max {
            _ if *number < min => Some(Code::TooSmall),
            Limit::Fixed(max) if *number > max => Some(Code::TooLarge),
            _ => None,
        },
        _ => None,
    }
}

fn holds_nul(name: &str, json: &Json) -> bool {
    name.contains('\0')
        || match json {
            Json::String(text) => text.contains('\0'),
            Json::Array(items) => items.iter().any(|item| holds_nul("", item)),
            Json::Object(fields) => fields.iter().any(|(name, json)| holds_nul(name, json)),
            _ => false,
        }
}

fn unreadable_code(field: &Field) -> Code {
    match field.kind {
        Kind::Flag => Code::NotAFlag,
        Kind::Integer { .. } => Code::NotANumber,
        Kind::Money => Code::NotMoney,
        Kind::Date => Code::NotADate,
        Kind::TimeOfDay => Code::NotATime,
        Kind::Instant => Code::NotAnInstant,
        Kind::Reference(_) => Code::NotAnId,
        _ => Code::NotText,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_database_cannot_keep_is_refused_wherever_it_stands() {
        let wrong = |name: &str, json: Json| {
            let unknown = Map::from_iter([(name.to_owned(), json)]);
            problems(EntityKind::Note, &Values::new(), &unknown, false)
        };
        for json in [json!("a\0b"), json!(["\0"]), json!({"a": {"\0": 1}})] {
            let found = wrong("mood", json);
            assert_eq!(found["mood"], json!(["control_character"]));
        }
        assert_eq!(
            wrong("mo\0od", json!(1))["mood"],
            json!(["control_character"])
        );
        assert!(wrong("mood", json!({"text": "\\u0000"})).is_empty());
    }
}
