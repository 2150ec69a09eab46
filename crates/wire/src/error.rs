//! Error bodies.

use serde_json::{Map, Value as Json, json};
use servease_domain::Problem;
use servease_domain::problem::WHOLE_RECORD;

use crate::message::english;

/// `{field: [messages]}` with the fields in the order of their first problem. Those of a
/// nested object stand inside it: `preferences.timezone` is `{"preferences": {"timezone": …}}`.
pub fn problems(problems: &[Problem]) -> Json {
    let mut json = Map::new();
    for problem in problems {
        match problem.field.split_once('.') {
            Some((outer, inner)) => {
                let nested = json.entry(outer).or_insert_with(|| json!({}));
                if let Json::Object(nested) = nested {
                    append(nested, inner, problem);
                }
            }
            None => append(&mut json, &problem.field, problem),
        }
    }
    Json::Object(json)
}

fn append(json: &mut Map<String, Json>, field: &str, problem: &Problem) {
    let messages = json.entry(field).or_insert_with(|| json!([]));
    if let Json::Array(messages) = messages {
        messages.push(Json::String(english(problem)));
    }
}

/// `{field: [message]}` for one field in words of its own.
pub fn field(name: &str, message: impl Into<String>) -> Json {
    let mut json = Map::new();
    json.insert(name.to_owned(), json!([message.into()]));
    Json::Object(json)
}

/// `{"detail": …}`: what concerns the request and no field.
pub fn detail(message: impl Into<String>) -> Json {
    json!({"detail": message.into()})
}

/// The body was JSON but no object.
pub fn not_an_object(body: &Json) -> Json {
    let found = match body {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "str",
        Json::Array(_) => "list",
        Json::Object(_) => "dict",
    };
    field(
        WHOLE_RECORD,
        format!("Invalid data. Expected a dictionary, but got {found}."),
    )
}
