//! The sync extension in the OpenAPI document: the paths below `sync/`, and the messages of
//! `servease_wire::sync`, whose schemas follow from their types.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value as Json, json};
use servease_wire::sync::files::{FileStanding, FilesAnswer, FilesQuery, PART_BYTES_MAX};
use servease_wire::sync::{
    BeginAnswer, ChangesAnswer, CommonAnswer, CommonQuery, ENTRIES_MAX, OLDEST_PROTOCOL, PROTOCOL,
    Push, PushAnswer, ROWS_MAX, Refusal, RowsAnswer, SyncRoot,
};

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

    file_paths(&mut add);

    let summary = "Tells the newest number at once and whenever it rises; does not end";
    let events = json!({"description": "`data:` lines, one number each",
        "content": {"text/event-stream": {"schema": text()}}});
    let own = vec![("200", events)];
    let listen = operation("listenForChanges", TAG, summary, vec![], own);
    add("events/", "get", listen);
}

/// What documents are about.
fn file_paths(add: &mut impl FnMut(&str, &str, Json)) {
    let summary = "How far files of documents are, as their hash and size name them";
    let mut own = vec![(
        "200",
        answer("In the order of the question", reference("FilesAnswer")),
    )];
    own.extend(refusals());
    let ask = operation("askForFiles", TAG, summary, vec![], own);
    let ask = with_body(ask, "application/json", reference("FilesQuery"));
    add("files/", "post", ask);

    let digest = json!({"name": "sha256", "in": "path", "required": true,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "description": "The digest of the file's content"});
    let summary =
        "A part of a file that a document names; with the last one it is looked at and kept";
    let own = vec![(
        "200",
        answer("How far the file is now", reference("FileStanding")),
    )];
    let size = "Of the whole file, as its document has it";
    let at = "Where the part begins: where the file ends so far";
    let parameters = vec![
        digest.clone(),
        query("size_bytes", true, number(), size),
        query("at", true, number(), at),
    ];
    let put = operation("putFilePart", TAG, summary, parameters, own);
    let bytes = json!({"type": "string", "format": "binary", "maxLength": PART_BYTES_MAX});
    let put = with_body(put, "application/octet-stream", bytes);
    add("files/{sha256}/", "put", put);

    let summary = "A file that a document names, or a part of it";
    let own = vec![
        ("200", file_answer("The file")),
        ("206", file_answer("The part that `Range` names")),
        ("416", json!({"description": "There is no such part"})),
    ];
    let parameters = vec![digest, header("Range", "Which part")];
    let get = operation("readFile", TAG, summary, parameters, own);
    add("files/{sha256}/", "get", get);
}

fn file_answer(words: &str) -> Json {
    json!({"description": words, "headers": {"ETag": {"schema": text()}},
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}})
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

fn uuid() -> Json {
    json!({"type": "string", "format": "uuid"})
}

fn protocol() -> Json {
    json!({"type": "integer", "minimum": OLDEST_PROTOCOL, "maximum": PROTOCOL})
}

/// The messages, by the names of their types: what serde reads and writes.
pub fn schemas() -> Map<String, Json> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    let mut types = settings.into_generator();
    types.subschema_for::<SyncRoot>();
    types.subschema_for::<Push>();
    types.subschema_for::<PushAnswer>();
    types.subschema_for::<ChangesAnswer>();
    types.subschema_for::<CommonQuery>();
    types.subschema_for::<CommonAnswer>();
    types.subschema_for::<RowsAnswer>();
    types.subschema_for::<BeginAnswer>();
    types.subschema_for::<Refusal>();
    types.subschema_for::<FilesQuery>();
    types.subschema_for::<FilesAnswer>();
    types.subschema_for::<FileStanding>();
    types.take_definitions(true)
}

#[cfg(test)]
mod tests {
    use servease_wire::sync::MUTATIONS_MAX;

    use super::*;

    #[test]
    fn every_message_is_described_with_its_fields_and_its_limits() {
        let schemas = schemas();
        let pointer = |path: &str| {
            let all = Json::Object(schemas.clone());
            all.pointer(path).cloned().unwrap_or(Json::Null)
        };
        for name in [
            "SyncRoot",
            "Push",
            "PushAnswer",
            "Mutation",
            "MutationAnswer",
            "SyncChange",
            "ChangesAnswer",
            "Entry",
            "CommonQuery",
            "CommonAnswer",
            "RowsAnswer",
            "Row",
            "BeginAnswer",
            "ReadyFile",
            "Refusal",
            "Checkpoint",
            "Author",
        ] {
            assert_eq!(pointer(&format!("/{name}/type")), "object", "{name}");
        }
        assert_eq!(
            pointer("/Mutation/properties/author/$ref"),
            "#/components/schemas/Author"
        );
        assert_eq!(pointer("/Mutation/properties/id/format"), "uuid");
        assert_eq!(pointer("/Mutation/properties/at/format"), "date-time");
        assert_eq!(
            pointer("/Push/properties/mutations/maxItems"),
            MUTATIONS_MAX
        );
        let required = pointer("/Mutation/required");
        let required: Vec<&str> = required
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Json::as_str)
            .collect();
        assert!(
            required.contains(&"record") && !required.contains(&"undoes"),
            "{required:?}"
        );
    }
}
