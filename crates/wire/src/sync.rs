//! Messages of the sync extension: what a desk sends, what Central answers, and the change
//! feed. Golden files freeze their JSON, since programs of different ages speak it.
//!
//! Field values are in the form of the mutation log ([`servease_domain::Value::to_json`]).
//! They are kept as JSON here: what a program does not know it passes on.
//!
//! Two names in `after` are no fields of an entity: [`DUPLICATE_OF`] and [`DELETED_WITH`].
//! A field that is missing in the `after` of a `create` holds its default.

pub mod files;
mod lenient;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// The protocol that this program speaks. It rises when an older program could lose data by
/// misreading a newer one; additions that can be passed over do not raise it.
pub const PROTOCOL: u32 = 2;

/// The oldest protocol that this program still understands.
pub const OLDEST_PROTOCOL: u32 = 2;

/// The most mutations of one push: Central's other writers wait for it, some tenth of a second.
pub const MUTATIONS_MAX: usize = 1_000;

/// The most bytes of one push, and about as many of one answer.
pub const BATCH_BYTES_MAX: usize = 1 << 20;

/// The most entries of one page of the feed: some 300 KB of JSON, one round trip for what a
/// desk misses in a day.
pub const ENTRIES_MAX: usize = 1_000;

/// The most rows of one page of a snapshot.
pub const ROWS_MAX: usize = 1_000;

/// In `after`: the record that this one repeats, or null.
pub const DUPLICATE_OF: &str = "duplicate_of";

/// Among the fields of a conflict, and of what was [replaced](Mutation::replaced): whether the
/// record is there at all.
pub const DELETED: &str = "deleted";

/// As the field of a conflict: two desks have made what may be the same record.
pub const POSSIBLE_DUPLICATE: &str = "possible_duplicate";

/// In the `after` of a deletion: the record whose deletion took this one along.
pub const DELETED_WITH: &str = "deleted_with";

fn is_false(flag: &bool) -> bool {
    !flag
}

/// What happened to a record: an [`Action`](servease_domain::Action), or what only a newer program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Action"))]
#[serde(rename_all = "snake_case")]
pub enum WireAction {
    Create,
    Update,
    Delete,
    Restore,
    /// A word of a newer program.
    #[serde(other)]
    Unknown,
}

/// Who made a change, as their desk knew them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Author {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// One change that a desk made, or passes on after Central was restored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mutation {
    pub id: Uuid,
    /// What one action of a person changed together has one step.
    pub step: Uuid,
    /// The entity's name. One that Central does not know is rejected, and nothing else with it.
    pub entity: String,
    pub record: Uuid,
    pub action: WireAction,
    #[serde(default)]
    pub author: Author,
    /// The desk's clock: shown, never compared.
    pub at: DateTime<Utc>,
    /// Central's sequence number up to which the author had seen everything.
    pub seen: i64,
    /// What the author saw, of the fields in `after` and of those that belong together with them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub before: Map<String, Json>,
    /// The fields that were changed.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub after: Map<String, Json>,
    /// Fields that the author wrote again before this was sent, in a mutation that follows: of
    /// what somebody else wrote there this one overrules nothing. [`DELETED`]: a deletion that
    /// was taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<String>,
    /// Of fields that belong together with the changed ones, and that the author had written in
    /// mutations which left the decision to this one: what stood there before these. What `before`
    /// says of them is wanted.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub below: Map<String, Json>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_correction: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Uuid>,
    /// A deletion that took this record along: where it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_with: Option<Uuid>,
    /// The desk had it from Central, whose memory of it may be gone: `before` and `after` say
    /// what had come of it, not what its author wrote.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_relayed: bool,
}

/// A place in Central's sequence. The stamp is drawn when a change is written: if Central has
/// another one there, it was restored from a backup and has gone on since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checkpoint {
    pub seq: i64,
    pub stamp: i64,
}

/// `GET sync/`: what a Central speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SyncRoot {
    pub protocol: u32,
    pub oldest_protocol: u32,
    pub epoch: String,
}

/// `POST sync/mutations/`: mutations in the order in which the desk made them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Push {
    pub protocol: u32,
    pub desk: Uuid,
    /// The epoch of the desk's cursor; none before its first sync.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    /// The newest place that the desk knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Checkpoint>,
    #[cfg_attr(feature = "schema", schemars(length(max = MUTATIONS_MAX)))]
    pub mutations: Vec<Mutation>,
}

/// What became of a mutation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As its author saw it.
    Applied,
    /// Together with somebody else's change, which a rule settled.
    Merged,
    /// Together with somebody else's change that it overruled, or that overruled it: a
    /// conflict record says so.
    Conflict,
    /// Kept, and flagged as repeating another record.
    Duplicate,
    /// What it refers to is not there yet: send it again after the others.
    Parked,
    /// Cannot be taken as it is.
    Rejected,
}

/// Central's word on one mutation: how the record stands now in everything that the mutation
/// touched. A repeated mutation gets its first outcome and the present state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "MutationAnswer")
)]
pub struct Answer {
    pub id: Uuid,
    pub outcome: Outcome,
    /// The number of the last change that this answer knows of.
    pub seq: i64,
    /// Fields of the mutation that hold something else than its `after`, or than its `before`
    /// where it left them as they were.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub values: Map<String, Json>,
    /// The number of the change that the mutation came to; 0: it changed nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// What that change says, where it is not what the mutation said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logged: Option<Logged>,
    /// The record is a tombstone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_deleted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_with: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<Uuid>,
    /// Of a rejected mutation: field → codes of [`servease_domain::Code`].
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub errors: Map<String, Json>,
    /// Of a rejected mutation, where no field is at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Obstacle>,
}

/// What stands in Central's sequence: from what to what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Logged {
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub before: Map<String, Json>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub after: Map<String, Json>,
}

/// Why a mutation was rejected or parked, apart from its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Problem"))]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// The id was used for other content.
    IdReused,
    /// This Central is too old to know the entity.
    UnknownEntity,
    /// Another record that it names is not there.
    MissingReference,
    /// The record itself is not there.
    MissingRecord,
    /// An earlier mutation of the same record waits.
    Behind,
    /// Central failed on it; its log says why.
    Failed,
    /// A word of a newer program.
    #[serde(other)]
    Unknown,
}

/// What became of each mutation of a push.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PushAnswer {
    pub epoch: String,
    /// The number of Central's last change, and its stamp.
    pub seq: i64,
    #[serde(default)]
    pub stamp: i64,
    /// Every change after this number, up to `seq`, came of mutations of this push and says no
    /// more than they do: whoever has taken in everything up to here has taken in everything up
    /// to `seq`. None: there was no change, or others are among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_after: Option<i64>,
    /// One for each mutation, in their order.
    pub answers: Vec<Answer>,
}

/// `GET sync/changes/?…`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangesQuery {
    pub protocol: u32,
    pub desk: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    pub after: i64,
    /// The newest place that the desk knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_seq: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_stamp: Option<i64>,
    pub limit: usize,
    /// Also what this desk made itself, in full.
    #[serde(default, skip_serializing_if = "is_false")]
    pub full: bool,
}

/// One change in Central's sequence. Of a change that the asking desk made itself only
/// `seq` and `id` are sent: own writes are not pulled back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entry {
    pub seq: i64,
    pub id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// A change as the feed tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "SyncChange")
)]
pub struct Change {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Uuid>,
    pub entity: String,
    pub record: Uuid,
    pub action: WireAction,
    #[serde(default)]
    pub author: Author,
    pub at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub before: Map<String, Json>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub after: Map<String, Json>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_correction: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Uuid>,
}

/// One page of the feed. What can be read of an answer is read: one part that cannot keeps nobody
/// from the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(try_from = "lenient::Changes")]
pub struct ChangesAnswer {
    pub epoch: String,
    /// Ascending.
    pub entries: Vec<Entry>,
    /// Entries that this program cannot read.
    #[serde(skip)]
    pub unreadable: Vec<Unreadable>,
    /// What to ask after next, and the stamp of that change.
    pub cursor: i64,
    #[serde(default)]
    pub stamp: i64,
    /// The number of Central's last change.
    pub seq: i64,
}

/// An entry of the sequence as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub seq: i64,
    pub text: String,
}

/// `POST sync/common/`: places that the desk knows, newest first, to find where its past and
/// Central's part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CommonQuery {
    pub known: Vec<Checkpoint>,
}

/// Where both pasts part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CommonAnswer {
    pub epoch: String,
    /// The newest place that both know; 0 where there is none.
    pub base: i64,
}

/// `GET sync/snapshot/rows/?…`: records as they are now, one entity after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowsQuery {
    pub protocol: u32,
    /// After which row to go on; none at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Uuid>,
    pub limit: usize,
    /// Only what shows to this account and not to everybody, and is not deleted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub particular: bool,
}

/// A record as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Row {
    pub entity: String,
    pub record: Uuid,
    /// The number of its last change.
    pub seq: i64,
    /// Every field that does not hold its default.
    pub values: Map<String, Json>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_with: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<Uuid>,
    /// This program cannot read what it holds: there are no values.
    #[serde(skip)]
    pub is_unreadable: bool,
}

/// One page of a snapshot. What can be read of an answer is read, as of [`ChangesAnswer`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(try_from = "lenient::Rows")]
pub struct RowsAnswer {
    pub epoch: String,
    /// The number of Central's last change when this page was read, and its stamp.
    pub seq: i64,
    #[serde(default)]
    pub stamp: i64,
    pub rows: Vec<Row>,
    /// About how many rows there are in all, for the progress shown.
    pub total: u64,
    /// Nothing follows this page.
    pub is_last: bool,
}

/// `GET sync/snapshot/?…`: how a desk that has nothing yet begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BeginQuery {
    pub protocol: u32,
    /// The schema of the desk's database: a ready file must have the same.
    pub schema: i64,
    /// For fewer changes than this the desk wants no file: it reads the changes.
    pub worth_from: i64,
    /// The desk asks afterwards for what shows to its account alone (`particular` of
    /// [`RowsQuery`]): nothing of it need be in the file.
    #[serde(default, skip_serializing_if = "is_false")]
    pub takes_particular: bool,
}

/// How to begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BeginAnswer {
    pub epoch: String,
    /// The number of Central's last change.
    pub seq: i64,
    #[serde(default)]
    pub file: FileState,
}

/// Whether there is a ready file for the desk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FileState {
    /// There is none, and there will be none for this schema.
    #[default]
    None,
    /// It is being made: ask again. The answer has waited for it already.
    Building {
        rows: u64,
        total: u64,
    },
    Ready(ReadyFile),
    /// A word of a newer program.
    #[serde(other)]
    Unknown,
}

/// A database in the desk's own schema, compressed with zstd: `GET sync/snapshot/file/?sha256=…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadyFile {
    pub schema: i64,
    /// The place of Central's sequence up to which it holds everything.
    pub epoch: String,
    pub seq: i64,
    pub stamp: i64,
    pub rows: u64,
    /// Of the compressed file, which is what travels.
    pub size_bytes: u64,
    pub sha256: String,
    /// Of the database in it.
    pub unpacked_bytes: u64,
}

/// Why a request as a whole was not done (409, 410, 426). Other failures have the `detail` of
/// every error of the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    pub code: RefusalCode,
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// Central was restored from a backup: ask for what both have in common.
    EpochChanged,
    /// Central's past is not the desk's, though nobody said so: ask the same.
    Diverged,
    /// The cursor is older than what Central keeps: take a snapshot.
    Expired,
    /// The desk's program is too old for this Central.
    DeskTooOld,
    /// This Central is too old for the desk's program.
    CentralTooOld,
    /// More mutations or bytes than one push may have.
    TooMuch,
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_entry_is_number_and_id_only() {
        let entry = Entry {
            seq: 7,
            id: Uuid::nil(),
            change: None,
        };
        let text = serde_json::to_string(&entry).expect("json");
        assert_eq!(
            text,
            r#"{"seq":7,"id":"00000000-0000-0000-0000-000000000000"}"#
        );
        let back: Entry = serde_json::from_str(&text).expect("entry");
        assert_eq!(back, entry);
    }

    #[test]
    fn an_answer_of_an_older_server_says_nothing_of_own_changes() {
        let older = r#"{"epoch":"e","seq":9,"stamp":5,"answers":[]}"#;
        let answer: PushAnswer = serde_json::from_str(older).expect("answer");
        assert_eq!(answer.own_after, None);
        assert_eq!(serde_json::to_string(&answer).expect("json"), older);
        let newer = r#"{"epoch":"e","seq":9,"stamp":5,"own_after":4,"answers":[]}"#;
        let answer: PushAnswer = serde_json::from_str(newer).expect("answer");
        assert_eq!(answer.own_after, Some(4));
        assert_eq!(serde_json::to_string(&answer).expect("json"), newer);
    }

    #[test]
    fn the_state_of_a_file_lies_flat_beside_what_is_known_of_it() {
        let ready = BeginAnswer {
            epoch: "e".to_owned(),
            seq: 9,
            file: FileState::Ready(ReadyFile {
                schema: 3,
                epoch: "e".to_owned(),
                seq: 8,
                stamp: 5,
                rows: 2,
                size_bytes: 10,
                sha256: "ab".to_owned(),
                unpacked_bytes: 40,
            }),
        };
        let text = serde_json::to_string(&ready).expect("json");
        assert_eq!(
            text,
            r#"{"epoch":"e","seq":9,"file":{"state":"ready","schema":3,"epoch":"e","seq":8,"stamp":5,"rows":2,"size_bytes":10,"sha256":"ab","unpacked_bytes":40}}"#
        );
        assert_eq!(
            serde_json::from_str::<BeginAnswer>(&text).expect("answer"),
            ready
        );
        let newer: BeginAnswer =
            serde_json::from_str(r#"{"epoch":"e","seq":9,"file":{"state":"moved","to":"x"}}"#)
                .expect("answer");
        assert_eq!(newer.file, FileState::Unknown);
    }

    #[test]
    fn words_of_newer_programs_do_not_stop_older_ones() {
        let problem: Obstacle = serde_json::from_str(r#""something_new""#).expect("problem");
        assert_eq!(problem, Obstacle::Unknown);
        let code: RefusalCode = serde_json::from_str(r#""something_new""#).expect("code");
        assert_eq!(code, RefusalCode::Unknown);
    }
}
