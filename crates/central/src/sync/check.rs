//! Whether the values of a mutation can be kept. The desk has judged them by the same rules
//! ([`keeping`]); what is refused here comes from a program of another age, a damaged disk, or
//! somebody who means harm. Rules that two valid edits can break together (a phone or an e-mail must
//! be there) are not asked: the second edit would be lost for what the first one did.

use serde_json::{Map, Value as Json, json};
use servease_domain::field::{Default, Field};
use servease_domain::{Code, EntityKind, Value, Values, keeping};

/// The name under which all fields of newer programs together are found to be too much.
const UNKNOWN_FIELDS: &str = "extra";

/// Field → codes, for everything that is wrong. `unknown`: what is no value of a described field;
/// `is_new`: required fields must be there.
pub fn problems(
    kind: EntityKind,
    values: &Values,
    unknown: &Map<String, Json>,
    is_new: bool,
) -> Map<String, Json> {
    let mut found = Map::new();
    for (name, json) in unknown {
        let code = match kind.field(name) {
            Some(field) => Some(keeping::unreadable(&field.kind)),
            None => keeping::problem_of_unknown(name, json),
        };
        if let Some(code) = code {
            found.insert(shown(name), json!([code.name()]));
        }
    }
    found.extend(too_much(unknown));
    for field in kind.fields() {
        let code = match values.get(field.name) {
            Some(value) => problem(field, value),
            // Of what is required and was not said there may still be a default.
            None if is_new && field.required && matches!(field.default, Default::Blank) => {
                (!found.contains_key(field.name)).then_some(Code::Required)
            }
            None => None,
        };
        if let Some(code) = code {
            found.insert(field.name.to_owned(), json!([code.name()]));
        }
    }
    found
}

/// The same for all fields that newer programs have given one record.
pub fn too_much(unknown: &Map<String, Json>) -> Option<(String, Json)> {
    let code = Code::TooLong.name();
    (!keeping::fits_together(unknown)).then(|| (UNKNOWN_FIELDS.to_owned(), json!([code])))
}

fn problem(field: &Field, value: &Value) -> Option<Code> {
    if field.required && value.is_blank() {
        return Some(Code::Required);
    }
    keeping::problem(field, value).map(|problem| problem.code)
}

/// A name as it can be sent back.
fn shown(name: &str) -> String {
    name.chars()
        .filter(|character| !character.is_control())
        .take(keeping::UNKNOWN_NAME_MAX)
        .collect()
}
