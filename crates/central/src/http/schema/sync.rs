//! The sync extension in the OpenAPI document: messages of `servease_wire::sync`, and the
//! paths below `sync/`. A test holds each schema against the type that it describes.

use serde_json::{Map, Value as Json, json};
use servease_wire::sync::{ENTRIES_MAX, MUTATIONS_MAX, OLDEST_PROTOCOL, PROTOCOL, ROWS_MAX};

use super::build::{answer, operation, put, with_body};
use super::reference;

const TAG: &str = "sync";

/// Paths below `sync/`.
pub fn paths(paths: &mut Map<String, Json>) {
    let mut add = |path: &str, method: &str, operation: Json| {
        put(paths, &format!("sync/{path}"), method, operation);
    };
    let ok = |words: &str, schema: &str| vec![("200", answer(words, reference(schema)))];
    let json_type = "application/json";

    let summary = "What the extension speaks";
    let own = ok("Protocols and epoch", "SyncRoot");
    add("", "get", operation("syncRoot", TAG, summary, vec![], own));

    let summary = "Takes in what a desk changed, once each";
    let mut own = ok("What became of each mutation", "PushAnswer");
    own.extend(refusals());
    let push = operation("pushMutations", TAG, summary, vec![], own);
    let push = with_body(push, json_type, reference("Push"));
    add("mutations/", "post", push);

    let summary = "Changes and tombstones after a cursor, in the order of their numbers";
    let mut own = ok("The next changes", "ChangesAnswer");
    own.extend(refusals());
    let parameters = changes_parameters();
    let changes = operation("readChanges", TAG, summary, parameters, own);
    add("changes/", "get", changes);

    let summary = "Where a desk's past and this one part";
    let own = ok("The newest place that both know", "CommonAnswer");
    let common = operation("findCommon", TAG, summary, vec![], own);
    let common = with_body(common, json_type, reference("CommonQuery"));
    add("common/", "post", common);

    let summary = "Records as they are now, tombstones included, page by page";
    let mut own = ok("The next rows", "RowsAnswer");
    own.extend(refusals());
    let parameters = vec![
        protocol_parameter(),
        query("entity", false, text(), "Of which entity the last row was"),
        query("after", false, uuid(), "The last row that was read"),
        limit_parameter(ROWS_MAX),
    ];
    let rows = operation("readSnapshotRows", TAG, summary, parameters, own);
    add("snapshot/rows/", "get", rows);

    let summary = "How a desk that has nothing yet begins: whether there is a ready file for it";
    let mut own = ok(
        "Whether there is one; it waits some seconds for one",
        "BeginAnswer",
    );
    own.extend(refusals());
    let worth = "For fewer changes than this no file is made";
    let parameters = vec![
        protocol_parameter(),
        query(
            "schema",
            true,
            number(),
            "The schema of the desk's database",
        ),
        query("worth_from", true, number(), worth),
    ];
    let begin = operation("beginWithSnapshot", TAG, summary, parameters, own);
    add("snapshot/", "get", begin);

    let summary = "A ready file, or a part of it: a desk's database, compressed with zstd";
    let bytes = |words: &str| {
        json!({"description": words, "headers": {"ETag": {"schema": text()}},
            "content": {"application/zstd": {"schema": {"type": "string", "format": "binary"}}}})
    };
    let own = vec![
        ("200", bytes("The file")),
        ("206", bytes("The part that `Range` names")),
        ("416", json!({"description": "There is no such part"})),
    ];
    let digest = json!({"type": "string", "pattern": "^[0-9a-f]{64}$"});
    let parameters = vec![
        query(
            "sha256",
            true,
            digest,
            "Which file: the digest of its content",
        ),
        header("Range", "Which part"),
        header(
            "If-Range",
            "The ETag of the file that the part is of; of another all is sent",
        ),
    ];
    let file = operation("readReadyFile", TAG, summary, parameters, own);
    add("snapshot/file/", "get", file);

    let summary = "Tells the newest number at once and whenever it rises; does not end";
    let events = json!({"description": "`data:` lines, one number each",
        "content": {"text/event-stream": {"schema": text()}}});
    let own = vec![("200", events)];
    let listen = operation("listenForChanges", TAG, summary, vec![], own);
    add("events/", "get", listen);
}

/// Why a request as a whole is not done: the desk must do something first.
fn refusals() -> Vec<(&'static str, Json)> {
    [
        ("409", "The pasts of desk and service differ"),
        ("410", "The cursor is older than what is kept"),
        ("426", "One of the two programs is too old"),
    ]
    .into_iter()
    .map(|(status, words)| (status, answer(words, reference("Refusal"))))
    .collect()
}

fn query(name: &str, required: bool, schema: Json, words: &str) -> Json {
    json!({"name": name, "in": "query", "required": required, "schema": schema,
        "description": words})
}

fn header(name: &str, words: &str) -> Json {
    json!({"name": name, "in": "header", "required": false, "schema": text(),
        "description": words})
}

fn protocol_parameter() -> Json {
    query("protocol", true, protocol(), "What the desk speaks")
}

fn limit_parameter(max: usize) -> Json {
    let schema = json!({"type": "integer", "minimum": 1, "maximum": max});
    query("limit", true, schema, "How many at most")
}

fn changes_parameters() -> Vec<Json> {
    vec![
        protocol_parameter(),
        query("desk", true, uuid(), "Who asks; own changes come short"),
        query("epoch", false, text(), "The epoch of the cursor"),
        query("after", true, number(), "The cursor"),
        query("known_seq", false, number(), "The newest place known"),
        query("known_stamp", false, number(), "The stamp of that place"),
        limit_parameter(ENTRIES_MAX),
        query("full", false, flag(), "Own changes come in full, too"),
    ]
}

fn text() -> Json {
    json!({"type": "string"})
}

fn flag() -> Json {
    json!({"type": "boolean"})
}

fn number() -> Json {
    json!({"type": "integer", "format": "int64"})
}

fn count() -> Json {
    json!({"type": "integer", "minimum": 0})
}

fn uuid() -> Json {
    json!({"type": "string", "format": "uuid"})
}

fn instant() -> Json {
    json!({"type": "string", "format": "date-time"})
}

fn protocol() -> Json {
    json!({"type": "integer", "minimum": OLDEST_PROTOCOL, "maximum": PROTOCOL})
}

/// Field → value, as the mutation log writes them.
fn fields() -> Json {
    json!({"type": "object"})
}

fn list(item: &str) -> Json {
    json!({"type": "array", "items": reference(item)})
}

fn texts() -> Json {
    json!({"type": "array", "items": text()})
}

fn words(of: &[&str]) -> Json {
    json!({"type": "string", "enum": of})
}

/// `required`: names, by space.
fn object(required: &str, properties: Json) -> Json {
    let required: Vec<&str> = required.split_whitespace().collect();
    json!({"type": "object", "required": required, "properties": properties})
}

fn ready_file() -> Json {
    object(
        "schema epoch seq stamp rows size_bytes sha256 unpacked_bytes",
        json!({"schema": number(), "epoch": text(), "seq": number(), "stamp": number(),
            "rows": count(), "size_bytes": count(), "sha256": text(),
            "unpacked_bytes": count()}),
    )
}

/// The messages, by the names of their types.
pub fn schemas() -> Vec<(&'static str, Json)> {
    let action = || words(&["create", "update", "delete", "restore", "unknown"]);
    let author = object("", json!({"id": text(), "name": text()}));
    let checkpoint = object("seq stamp", json!({"seq": number(), "stamp": number()}));
    let mutation = object(
        "id step entity record action at seen",
        json!({
            "id": uuid(), "step": uuid(), "entity": text(), "record": uuid(),
            "action": action(), "author": reference("Author"), "at": instant(),
            "seen": number(), "before": fields(), "after": fields(), "replaced": texts(),
            "is_correction": flag(), "undoes": uuid(), "deleted_with": uuid(),
            "is_relayed": flag(),
        }),
    );
    let mut mutations = list("Mutation");
    mutations["maxItems"] = json!(MUTATIONS_MAX);
    let push = object(
        "protocol desk mutations",
        json!({"protocol": protocol(), "desk": uuid(), "epoch": text(),
            "known": reference("Checkpoint"), "mutations": mutations}),
    );
    let outcomes = [
        "applied",
        "merged",
        "conflict",
        "duplicate",
        "parked",
        "rejected",
    ];
    let problems = [
        "id_reused",
        "unknown_entity",
        "missing_reference",
        "missing_record",
        "behind",
        "failed",
        "unknown",
    ];
    let outcome = object(
        "id outcome seq",
        json!({"id": uuid(), "outcome": words(&outcomes), "seq": number(),
            "values": fields(), "line": number(), "logged": reference("Logged"),
            "is_deleted": flag(), "deleted_with": uuid(),
            "duplicate_of": uuid(), "errors": fields(), "problem": words(&problems)}),
    );
    let logged = object("", json!({"before": fields(), "after": fields()}));
    let push_answer = object(
        "epoch seq answers",
        json!({"epoch": text(), "seq": number(), "stamp": number(), "own_after": number(),
            "answers": list("MutationAnswer")}),
    );
    let change = object(
        "entity record action at",
        json!({"step": uuid(), "entity": text(), "record": uuid(), "action": action(),
            "author": reference("Author"), "at": instant(), "before": fields(),
            "after": fields(), "is_correction": flag(), "undoes": uuid()}),
    );
    let entry = object(
        "seq id",
        json!({"seq": number(), "id": uuid(), "change": reference("SyncChange")}),
    );
    let changes_answer = object(
        "epoch entries cursor seq",
        json!({"epoch": text(), "entries": list("Entry"), "cursor": number(),
            "stamp": number(), "seq": number()}),
    );
    let row = object(
        "entity record seq values created_at updated_at",
        json!({"entity": text(), "record": uuid(), "seq": number(), "values": fields(),
            "created_at": instant(), "updated_at": instant(), "deleted_at": instant(),
            "deleted_with": uuid(), "duplicate_of": uuid()}),
    );
    let rows_answer = object(
        "epoch seq rows total is_last",
        json!({"epoch": text(), "seq": number(), "stamp": number(), "rows": list("Row"),
            "total": count(), "is_last": flag()}),
    );
    let states = ["none", "building", "ready", "unknown"];
    let mut file_state = ready_file();
    file_state["properties"]["state"] = words(&states);
    file_state["properties"]["total"] = count();
    file_state["required"] = json!(["state"]);
    let begin_answer = object(
        "epoch seq file",
        json!({"epoch": text(), "seq": number(), "file": file_state}),
    );
    let codes = [
        "epoch_changed",
        "diverged",
        "expired",
        "desk_too_old",
        "central_too_old",
        "too_much",
        "unknown",
    ];
    let refusal = object(
        "code detail",
        json!({"code": words(&codes), "detail": text()}),
    );
    let root = object(
        "protocol oldest_protocol epoch",
        json!({"protocol": count(), "oldest_protocol": count(), "epoch": text()}),
    );
    let common_query = object("known", json!({"known": list("Checkpoint")}));
    let common_answer = object("epoch base", json!({"epoch": text(), "base": number()}));
    vec![
        ("SyncRoot", root),
        ("Author", author),
        ("Checkpoint", checkpoint),
        ("Mutation", mutation),
        ("Push", push),
        ("MutationAnswer", outcome),
        ("Logged", logged),
        ("PushAnswer", push_answer),
        ("SyncChange", change),
        ("Entry", entry),
        ("ChangesAnswer", changes_answer),
        ("CommonQuery", common_query),
        ("CommonAnswer", common_answer),
        ("Row", row),
        ("RowsAnswer", rows_answer),
        ("BeginAnswer", begin_answer),
        ("ReadyFile", ready_file()),
        ("Refusal", refusal),
    ]
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde::Serialize;
    use servease_wire::sync::{
        Action, Answer, Author, BeginAnswer, Change, Checkpoint, Entry, FileState, Logged,
        Mutation, Outcome, Problem, Push, ReadyFile, Row,
    };
    use uuid::Uuid;

    use super::*;

    fn map() -> Map<String, Json> {
        Map::from_iter([("city".to_owned(), json!("Paris"))])
    }

    /// Every field of a type that is filled in, against the properties of its schema.
    fn check(name: &str, full: &impl Serialize) {
        let schema = schemas().into_iter().find(|(known, _)| *known == name);
        let (_, schema) = schema.expect(name);
        let full = serde_json::to_value(full).expect("json");
        let mut of_type: Vec<&String> = full.as_object().expect("object").keys().collect();
        let mut of_schema: Vec<&String> = schema["properties"]
            .as_object()
            .expect("object")
            .keys()
            .collect();
        of_type.sort_unstable();
        of_schema.sort_unstable();
        assert_eq!(of_type, of_schema, "{name}");
        for required in schema["required"].as_array().expect("array") {
            assert!(
                full.get(required.as_str().expect("name")).is_some(),
                "{name}"
            );
        }
    }

    #[test]
    fn schemas_have_the_fields_of_their_types() {
        let id = Uuid::from_u128(1);
        let at = DateTime::UNIX_EPOCH;
        let author = Author {
            id: Some("7".to_owned()),
            name: "Ann".to_owned(),
        };
        check("Author", &author);
        let place = Checkpoint { seq: 1, stamp: 2 };
        check("Checkpoint", &place);
        let mutation = Mutation {
            id,
            step: id,
            entity: "customer".to_owned(),
            record: id,
            action: Action::Update,
            author: author.clone(),
            at,
            seen: 1,
            before: map(),
            after: map(),
            replaced: vec!["city".to_owned()],
            is_correction: true,
            undoes: Some(id),
            deleted_with: Some(id),
            is_relayed: true,
        };
        check("Mutation", &mutation);
        let push = Push {
            protocol: 1,
            desk: id,
            epoch: Some("e".to_owned()),
            known: Some(place),
            mutations: vec![mutation],
        };
        check("Push", &push);
        let answer = Answer {
            id,
            outcome: Outcome::Conflict,
            seq: 1,
            values: map(),
            line: Some(1),
            logged: Some(Logged {
                before: map(),
                after: map(),
            }),
            is_deleted: true,
            deleted_with: Some(id),
            duplicate_of: Some(id),
            errors: map(),
            problem: Some(Problem::Behind),
        };
        check("MutationAnswer", &answer);
        check("Logged", &answer.logged);
        let change = Change {
            step: Some(id),
            entity: "customer".to_owned(),
            record: id,
            action: Action::Update,
            author,
            at,
            before: map(),
            after: map(),
            is_correction: true,
            undoes: Some(id),
        };
        check("SyncChange", &change);
        let entry = Entry {
            seq: 1,
            id,
            change: Some(change),
        };
        check("Entry", &entry);
        let row = Row {
            entity: "customer".to_owned(),
            record: id,
            seq: 1,
            values: map(),
            created_at: at,
            updated_at: at,
            deleted_at: Some(at),
            deleted_with: Some(id),
            duplicate_of: Some(id),
        };
        check("Row", &row);
        let file = ReadyFile {
            schema: 1,
            epoch: "e".to_owned(),
            seq: 1,
            stamp: 2,
            rows: 3,
            size_bytes: 4,
            sha256: "00".to_owned(),
            unpacked_bytes: 5,
        };
        check("ReadyFile", &file);
        let begin = BeginAnswer {
            epoch: "e".to_owned(),
            seq: 1,
            file: FileState::Ready(file),
        };
        check("BeginAnswer", &begin);
    }
}
