//! Paths and their operations.

use serde_json::{Map, Value as Json, json};
use servease_domain::kind::Served;
use servease_domain::{EntityKind, Kind};
use servease_wire::input::alias_of;

use super::build::{answer, id_parameter, operation, page_of, paging, put, query, with_body};
use super::fields::{kind_schema, upload};
use super::{name_of, reference};
use crate::store::search;

/// Every path.
pub fn all() -> Map<String, Json> {
    let mut paths = Map::new();
    for kind in EntityKind::ALL {
        match kind.about().served {
            Served::List(segment) => {
                list_path(&mut paths, kind, segment);
                record_path(&mut paths, kind, segment, "{id}/");
            }
            Served::One(segment) => {
                record_path(&mut paths, kind, segment, "");
                let name = name_of(kind);
                let own = vec![("200", answer("The page", page_of("Change")))];
                let summary = "Who changed what, when, from and to";
                let id = format!("history{name}");
                let history = operation(&id, segment, summary, paging(), own);
                put(&mut paths, &format!("{segment}/history/"), "get", history);
            }
            Served::No => {}
        }
    }
    customer_paths(&mut paths);
    vehicle_paths(&mut paths);
    document_paths(&mut paths);
    sign_in_paths(&mut paths);
    super::alerts::paths(&mut paths);
    super::sync::paths(&mut paths);
    paths
}

fn list_parameters(kind: EntityKind) -> Vec<Json> {
    let mut parameters = paging();
    for field in kind.fields().iter().filter(|field| field.filtered) {
        let schema = match field.kind {
            Kind::Flag => json!({"type": "boolean"}),
            Kind::Choice { of, .. } => json!({"type": "string", "enum": of}),
            Kind::Reference(_) => json!({"type": "string", "format": "uuid"}),
            _ => json!({"type": "string"}),
        };
        for name in [Some(field.name), alias_of(field.name)]
            .into_iter()
            .flatten()
        {
            parameters.push(query(name, schema.clone(), "Only records with this value"));
        }
    }
    if search::is_searched(kind) {
        let fields: Vec<&str> = kind
            .fields()
            .iter()
            .filter(|field| field.searched)
            .map(|field| field.name)
            .collect();
        let words = format!("Every word must be found in one of {}", fields.join(", "));
        let schema = json!({"type": "string", "maxLength": search::SEARCH_MAX_CHARS});
        parameters.push(query("search", schema, &words));
    }
    let mut columns = vec!["created_at"];
    columns.extend(
        kind.fields()
            .iter()
            .filter(|field| field.ordered)
            .map(|field| field.name),
    );
    let words = format!(
        "Fields by comma, `-` for descending: {}. Newest first if not given",
        columns.join(", ")
    );
    parameters.push(query("ordering", json!({"type": "string"}), &words));
    parameters
}

fn list_path(paths: &mut Map<String, Json>, kind: EntityKind, segment: &str) {
    let name = name_of(kind);
    let path = format!("{segment}/");
    let item = match kind {
        EntityKind::Customer => "CustomerBasic".to_owned(),
        _ => name.clone(),
    };
    let list = operation(
        &format!("list{name}"),
        segment,
        "One page of the list",
        list_parameters(kind),
        vec![("200", answer("The page", page_of(&item)))],
    );
    put(paths, &path, "get", list);
    if !kind.is_created_by_people() {
        return;
    }
    let key = json!({"name": "Idempotency-Key", "in": "header", "required": false,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "Makes a repetition of the request harmless"});
    let create = operation(
        &format!("create{name}"),
        segment,
        "Makes a new one",
        vec![key],
        vec![("201", answer("What was made", reference(&name)))],
    );
    let (media_type, schema) = match kind {
        EntityKind::Document => ("multipart/form-data", upload()),
        _ => ("application/json", reference(&format!("{name}New"))),
    };
    put(paths, &path, "post", with_body(create, media_type, schema));
}

/// One record: below its list, or the only one there is.
fn record_path(paths: &mut Map<String, Json>, kind: EntityKind, segment: &str, below: &str) {
    let name = name_of(kind);
    let path = format!("{segment}/{below}");
    let id = || (!below.is_empty()).then(id_parameter);
    let one = |verb: &str, summary: &str, own: Vec<(&str, Json)>| {
        let version = json!({"name": "If-Match", "in": "header", "required": false,
            "schema": {"type": "string"}, "description": "The ETag that was last seen"});
        let version = (verb != "get").then_some(version);
        let parameters = id().into_iter().chain(version).collect();
        operation(&format!("{verb}{name}"), segment, summary, parameters, own)
    };
    let found = || vec![("200", answer("The record as it is now", reference(&name)))];
    put(paths, &path, "get", one("get", "One record", found()));
    if kind.is_changed_by_people() {
        let json_type = "application/json";
        let replace = one("put", "Changes it; required fields must be there", found());
        let whole = reference(&format!("{name}New"));
        put(paths, &path, "put", with_body(replace, json_type, whole));
        let edit = one("patch", "Changes the fields that are named", found());
        let part = reference(&format!("{name}Edit"));
        put(paths, &path, "patch", with_body(edit, json_type, part));
    }
    if kind.is_deleted_by_people() {
        let gone = vec![("204", json!({"description": "It is deleted"}))];
        let delete = one("delete", "Deletes it and what belongs to it", gone);
        put(paths, &path, "delete", delete);
    }
}

fn customer_paths(paths: &mut Map<String, Json>) {
    let tag = "customers";
    let array = |item: &str| json!({"type": "array", "items": reference(item)});
    let object = || json!({"type": "object"});
    let mut read = |path: &str, id: &str, summary: &str, more: Vec<Json>, schema: Json| {
        let mut parameters = Vec::new();
        if path.contains("{id}") {
            parameters.push(id_parameter());
        }
        parameters.extend(more);
        let own = vec![("200", answer("The answer", schema))];
        put(
            paths,
            path,
            "get",
            operation(id, tag, summary, parameters, own),
        );
    };
    read(
        "customers/stats/",
        "customerStats",
        "Figures over all customers",
        vec![],
        object(),
    );
    read(
        "customers/{id}/dashboard/",
        "customerDashboard",
        "One screen's worth",
        vec![],
        object(),
    );
    read(
        "customers/{id}/preferences/",
        "getPreferences",
        "How they want to be reached",
        vec![],
        reference("Preferences"),
    );
    read(
        "customers/{id}/vehicles/",
        "customerVehicles",
        "Active vehicles",
        vec![],
        array("Vehicle"),
    );
    let uuid = json!({"type": "string", "format": "uuid"});
    let types = EntityKind::Document
        .field("document_type")
        .map_or(json!({}), |field| kind_schema(&field.kind));
    read(
        "customers/{id}/documents/",
        "customerDocuments",
        "Active documents",
        vec![
            query("type", types, "Only of this type"),
            query("vehicle_id", uuid, "Only of this vehicle"),
        ],
        array("Document"),
    );
    read(
        "customers/{id}/service-history/",
        "customerServiceHistory",
        "Past services with totals, and planned ones",
        vec![],
        object(),
    );
    read(
        "customers/{id}/history/",
        "customerHistory",
        "Who changed what, when, from and to",
        paging(),
        page_of("Change"),
    );
    for (action, id) in [
        ("verify", "verifyCustomer"),
        ("deactivate", "deactivateCustomer"),
    ] {
        let own = vec![("200", answer("Done", object()))];
        let summary = "Sets the customer's state";
        let operation = operation(id, tag, summary, vec![id_parameter()], own);
        put(
            paths,
            &format!("customers/{{id}}/{action}/"),
            "post",
            operation,
        );
    }
    for (method, id) in [("put", "putPreferences"), ("patch", "patchPreferences")] {
        let own = vec![("200", answer("As they are now", reference("Preferences")))];
        let summary = "Changes how they want to be reached";
        let operation = operation(id, tag, summary, vec![id_parameter()], own);
        let operation = with_body(operation, "application/json", reference("PreferencesEdit"));
        put(paths, "customers/{id}/preferences/", method, operation);
    }
}

fn vehicle_paths(paths: &mut Map<String, Json>) {
    let tag = "vehicles";
    let mileage = json!({"type": "object", "required": ["mileage"], "properties": {
        "mileage": {"type": "integer", "minimum": 1,
            "maximum": servease_domain::field::ODOMETER_MAX},
        "confirm": {"type": "boolean", "description": "Believe an improbable reading"},
    }});
    let own = vec![("200", answer("The vehicle", reference("Vehicle")))];
    let summary = "Stores an odometer reading";
    let update = operation("updateMileage", tag, summary, vec![id_parameter()], own);
    let update = with_body(update, "application/json", mileage);
    put(paths, "vehicles/{id}/update-mileage/", "post", update);
    let own = vec![("200", answer("The state", json!({"type": "object"})))];
    let summary = "When the next service is due";
    let status = operation("serviceStatus", tag, summary, vec![id_parameter()], own);
    put(paths, "vehicles/{id}/service-status/", "get", status);
    let own = vec![("200", answer("The page", page_of("Change")))];
    let mut parameters = vec![id_parameter()];
    parameters.extend(paging());
    let summary = "Who changed what, when, from and to";
    let history = operation("vehicleHistory", tag, summary, parameters, own);
    put(paths, "vehicles/{id}/history/", "get", history);
}

fn document_paths(paths: &mut Map<String, Json>) {
    let tag = "documents";
    let array = json!({"type": "array", "items": reference("Document")});
    let own = vec![("200", answer("The documents", array))];
    let summary = "Active documents that expire within 30 days";
    let soon = operation("expiringSoon", tag, summary, vec![], own);
    put(paths, "documents/expiring-soon/", "get", soon);
    let file = json!({"description": "The file, or the part asked for by Range",
        "content": {"application/octet-stream": {}}});
    let own = vec![
        ("200", file.clone()),
        ("206", file),
        ("304", json!({"description": "It is the one you have"})),
        ("416", json!({"description": "There is no such part"})),
    ];
    let summary = "The file itself";
    let download = operation("downloadDocument", tag, summary, vec![id_parameter()], own);
    put(paths, "documents/{id}/download/", "get", download);
}

fn sign_in_paths(paths: &mut Map<String, Json>) {
    let text = || json!({"type": "string", "minLength": 1, "maxLength": 1024});
    for (path, id, summary, fields) in [
        (
            "auth/login/",
            "signIn",
            "Signs in",
            vec!["email", "password"],
        ),
        (
            "auth/token/refresh/",
            "refreshTokens",
            "Answers a new pair of tokens",
            vec!["refresh"],
        ),
    ] {
        let properties: Map<String, Json> = fields
            .iter()
            .map(|name| ((*name).to_owned(), text()))
            .collect();
        let body = json!({"type": "object", "required": fields, "properties": properties});
        let own = vec![("200", answer("The tokens", json!({"type": "object"})))];
        let operation = operation(id, "auth", summary, vec![], own);
        let mut operation = with_body(operation, "application/json", body);
        operation["security"] = json!([]);
        put(paths, path, "post", operation);
    }
    let own = vec![(
        "200",
        answer(
            "Resource name → URL",
            json!({"type": "object",
        "additionalProperties": {"type": "string"}}),
        ),
    )];
    let mut root = operation("root", "auth", "What there is", vec![], own);
    root["security"] = json!([]);
    put(paths, "", "get", root);
}
