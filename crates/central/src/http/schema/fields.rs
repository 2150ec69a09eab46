//! Schemas of records, from the descriptions of their fields.

use serde_json::{Map, Value as Json, json};
use servease_domain::field::Limit;
use servease_domain::kind::Identity;
use servease_domain::{EntityKind, Field, Kind};

use super::{name_of, reference};

pub fn schemas() -> Map<String, Json> {
    let mut all = Map::new();
    for kind in EntityKind::ALL {
        let name = name_of(kind);
        all.insert(name.clone(), answered(kind));
        all.insert(format!("{name}New"), input(kind, true));
        all.insert(format!("{name}Edit"), input(kind, false));
    }
    let basic = [
        "user_id",
        "first_name",
        "last_name",
        "email",
        "phone",
        "city",
        "state",
        "is_active",
        "customer_since",
    ];
    let mut properties: Map<String, Json> = EntityKind::Customer
        .fields()
        .iter()
        .filter(|field| basic.contains(&field.name))
        .map(|field| (field.name.to_owned(), answered_field(field)))
        .collect();
    properties.insert("id".to_owned(), json!({"type": "string", "format": "uuid"}));
    properties.insert("full_name".to_owned(), json!({"type": "string"}));
    properties.insert(
        "active_vehicles_count".to_owned(),
        json!({"type": "integer"}),
    );
    all.insert(
        "CustomerBasic".to_owned(),
        json!({"type": "object", "properties": properties}),
    );
    all.insert("Error".to_owned(), json!({"type": "object"}));
    all.extend(super::alerts::schemas());
    all.extend(super::sync::schemas());
    let text = json!({"type": "string"});
    all.insert(
        "Change".to_owned(),
        json!({"type": "object", "properties": {
            "seq": {"type": "integer"}, "entity": text, "record_id": text, "kind": text,
            "author": {"type": ["string", "null"]}, "author_name": text,
            "account": {"type": ["string", "null"]},
            "account_name": {"type": ["string", "null"]}, "at": text,
            "changes": {"type": "array", "items": {"type": "object"}},
        }}),
    );
    all
}

/// What is answered: every described field, derived ones left open.
fn answered(kind: EntityKind) -> Json {
    let mut properties: Map<String, Json> = kind
        .fields()
        .iter()
        .map(|field| (field.name.to_owned(), answered_field(field)))
        .collect();
    if kind.about().identity == Identity::Own {
        properties.insert("id".to_owned(), json!({"type": "string", "format": "uuid"}));
    }
    json!({"type": "object", "properties": properties})
}

fn answered_field(field: &Field) -> Json {
    match field.kind {
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Integer { .. } => json!({"type": ["integer", "null"]}),
        Kind::ForeignKey => json!({"type": ["integer", "string", "null"]}),
        kind if kind.is_text() => json!({"type": "string"}),
        _ => json!({"type": ["string", "null"]}),
    }
}

/// What may be sent.
fn input(kind: EntityKind, is_new: bool) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in kind.fields().iter().filter(|field| !field.system) {
        let mut schema = kind_schema(&field.kind);
        if field.required && schema["type"] == "string" && schema.get("enum").is_none() {
            schema["minLength"] = json!(1);
        }
        if !field.required && field.kind != Kind::Flag {
            schema = json!({"anyOf": [schema, {"type": "null"}]});
        }
        properties.insert(field.name.to_owned(), schema);
        if is_new && field.required {
            required.push(field.name);
        }
    }
    if is_new && kind.about().identity == Identity::Own {
        let words = "Yours to choose, if it was never used";
        properties.insert(
            "id".to_owned(),
            json!({"type": "string", "format": "uuid", "description": words}),
        );
    }
    if kind == EntityKind::Customer {
        properties.insert("preferences".to_owned(), reference("PreferencesEdit"));
    }
    if kind == EntityKind::Vehicle && !is_new {
        for (name, what) in [
            ("keep_registration", "its registration"),
            ("keep_insurance", "its insurance"),
        ] {
            let words = format!(
                "With another `customer_id`: false clears what the vehicle says of {what}, which was \
                 its former owner's"
            );
            properties.insert(
                name.to_owned(),
                json!({"type": "boolean", "default": true, "description": words}),
            );
        }
    }
    if kind == EntityKind::Preferences {
        properties.remove("customer_id");
        required.clear();
    }
    json!({"type": "object", "properties": properties, "required": required})
}

pub fn kind_schema(kind: &Kind) -> Json {
    match kind {
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Integer { min, max } => match max {
            Limit::Fixed(max) => json!({"type": "integer", "minimum": min, "maximum": max}),
            Limit::NextYear => json!({"type": "integer", "minimum": min}),
        },
        Kind::Money => json!({"type": "string", "pattern": "^[0-9]{1,9}(\\.[0-9]{1,2})?$"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::TimeOfDay => json!({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
        Kind::Instant => json!({"type": "string", "format": "date-time"}),
        Kind::Reference(_) => json!({"type": "string", "format": "uuid"}),
        Kind::Choice { of, .. } => json!({"type": "string", "enum": of}),
        Kind::Email => json!({"type": "string", "format": "email", "maxLength": 254}),
        Kind::Phone => json!({"type": "string", "pattern": "^\\+?1?[0-9]{9,15}$"}),
        Kind::Vin => json!({"type": "string", "pattern": "^[A-HJ-NPR-Z0-9]{17}$"}),
        Kind::ForeignKey => json!({"type": ["integer", "string"]}),
        Kind::Currency => json!({"type": "string", "pattern": "^[A-Z]{3}$"}),
        Kind::Country => json!({"type": "string", "pattern": "^[A-Z]{2}$"}),
        Kind::TimeZone => json!({"type": "string", "examples": ["UTC", "Europe/Berlin"]}),
        other => match other.max_length() {
            Some(max) => json!({"type": "string", "maxLength": max}),
            None => json!({"type": "string"}),
        },
    }
}

/// The form of an upload.
pub fn upload() -> Json {
    let mut schema = input(EntityKind::Document, true);
    schema["properties"]["file_path"] = json!({"type": "string", "format": "binary",
        "contentMediaType": "application/octet-stream"});
    schema["required"] = json!(["file_path", "customer_id", "document_type", "title"]);
    schema
}
