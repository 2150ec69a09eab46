//! What clients send, brought to the names of the description.

use serde_json::{Map, Value as Json};
use servease_domain::EntityKind;

/// Short names that the contract takes beside the described ones.
const ALIASES: [(&str, &str); 2] = [("customer", "customer_id"), ("vehicle", "vehicle_id")];

/// The short name of a described field, where the contract has one.
pub fn alias_of(field: &str) -> Option<&'static str> {
    ALIASES
        .iter()
        .find(|(_, name)| *name == field)
        .map(|(short, _)| *short)
}

/// The described name of a short one.
pub fn described(name: &str) -> &str {
    ALIASES
        .iter()
        .find(|(short, _)| *short == name)
        .map_or(name, |(_, described)| *described)
}

/// Renames `customer` and `vehicle`. Where a client sends both names, the described one
/// counts.
pub fn with_described_names(kind: EntityKind, input: Map<String, Json>) -> Map<String, Json> {
    let mut output = Map::with_capacity(input.len());
    for (name, json) in input {
        let full = described(&name);
        if full == name {
            output.insert(name, json);
        } else if kind.field(full).is_some() {
            output.entry(full.to_owned()).or_insert(json);
        }
    }
    output
}

/// Takes the nested `preferences` out of a customer's input. The error is the JSON that
/// stood there and was no object.
pub fn take_preferences(input: &mut Map<String, Json>) -> Result<Option<Map<String, Json>>, Json> {
    match input.remove("preferences") {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Object(nested)) => Ok(Some(nested)),
        Some(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(json: Json) -> Map<String, Json> {
        json.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn the_short_name_stands_for_the_described_one() {
        let input = object(json!({"customer": "a", "title": "t"}));
        let output = with_described_names(EntityKind::Note, input);
        assert_eq!(
            Json::Object(output),
            json!({"customer_id": "a", "title": "t"})
        );
    }

    #[test]
    fn the_described_name_counts_whatever_the_order() {
        for input in [
            json!({"customer": "a", "customer_id": "b"}),
            json!({"customer_id": "b", "customer": "a"}),
        ] {
            let output = with_described_names(EntityKind::Vehicle, object(input));
            assert_eq!(output.get("customer_id"), Some(&json!("b")));
        }
    }

    #[test]
    fn preferences_must_be_an_object() {
        let mut input = object(json!({"preferences": {"sms_notifications": false}}));
        assert!(take_preferences(&mut input).is_ok_and(|nested| nested.is_some()));
        let mut input = object(json!({"preferences": [1]}));
        assert!(take_preferences(&mut input).is_err());
    }
}
