//! The parts of which the document is put together.

use serde_json::{Map, Value as Json, json};

use super::reference;

pub fn answer(description: &str, schema: Json) -> Json {
    json!({
        "description": description,
        "content": {"application/json": {"schema": schema}},
    })
}

/// The answers that any path may give, beside its own.
fn answers(own: Vec<(&str, Json)>) -> Json {
    let mut all = Map::new();
    for (status, answer) in own {
        all.insert(status.to_owned(), answer);
    }
    for (status, description) in [
        ("400", "The input is refused"),
        ("401", "The credentials are missing or wrong"),
        ("403", "The caller may not do this"),
        ("404", "There is no such record or page"),
        ("405", "The method is not allowed here"),
        (
            "409",
            "The id stands for a record into which its own was merged",
        ),
        ("412", "The record was changed since (If-Match)"),
        ("413", "The body is too large"),
        ("415", "The media type is not taken here"),
        ("422", "The idempotency key was used with other content"),
        ("429", "Too many failed attempts"),
        ("503", "The service is busy"),
    ] {
        if !all.contains_key(status) {
            all.insert(status.to_owned(), answer(description, reference("Error")));
        }
    }
    Json::Object(all)
}

pub fn operation(
    id: &str,
    tag: &str,
    summary: &str,
    parameters: Vec<Json>,
    own: Vec<(&str, Json)>,
) -> Json {
    json!({
        "operationId": id,
        "tags": [tag],
        "summary": summary,
        "parameters": parameters,
        "responses": answers(own),
    })
}

pub fn with_body(mut operation: Json, media_type: &str, schema: Json) -> Json {
    operation["requestBody"] = json!({
        "required": true,
        "content": {media_type: {"schema": schema}},
    });
    operation
}

pub fn put(paths: &mut Map<String, Json>, path: &str, method: &str, operation: Json) {
    let entry = paths
        .entry(format!("/api/v1/{path}"))
        .or_insert_with(|| json!({}));
    entry[method] = operation;
}

pub fn query(name: &str, schema: Json, description: &str) -> Json {
    json!({"name": name, "in": "query", "required": false, "schema": schema,
        "description": description})
}

pub fn id_parameter() -> Json {
    json!({"name": "id", "in": "path", "required": true,
        "schema": {"type": "string", "format": "uuid"}})
}

pub fn paging() -> Vec<Json> {
    vec![
        query(
            "page",
            json!({"type": "string"}),
            "A number from 1 on, or `last`",
        ),
        query(
            "page_size",
            json!({"type": "integer", "minimum": 1, "maximum": servease_wire::PAGE_SIZE_MAX}),
            "How many a page; 20 if not given",
        ),
    ]
}

pub fn page_of(item: &str) -> Json {
    let url = json!({"type": ["string", "null"]});
    json!({
        "type": "object",
        "required": ["count", "next", "previous", "results"],
        "properties": {
            "count": {"type": "integer", "minimum": 0},
            "next": url,
            "previous": url,
            "results": {"type": "array", "items": reference(item)},
        },
    })
}
