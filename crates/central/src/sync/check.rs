//! Whether the values of a mutation can be kept. The desk has judged them by the same rules;
//! what is refused here comes from a program of another age or a damaged disk. Rules that two
//! valid edits can break together (a phone or an e-mail must be there) are not asked: the
//! second edit would be lost for what the first one did.

use serde_json::{Map, Value as Json, json};
use servease_domain::field::{Field, Limit};
use servease_domain::{Code, EntityKind, Kind, Value, Values};

/// Field → codes, for everything that is wrong. `is_new`: required fields must be there.
pub fn problems(
    kind: EntityKind,
    values: &Values,
    unreadable: &Map<String, Json>,
    is_new: bool,
) -> Map<String, Json> {
    let mut found = Map::new();
    for name in unreadable.keys() {
        if let Some(field) = kind.field(name) {
            found.insert(name.clone(), json!([unreadable_code(field).name()]));
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
