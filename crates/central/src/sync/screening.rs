//! What of a desk's mutation is taken: no more than its account could write over HTTP, apart from
//! what the use cases of a desk write (merges, confirmations, decisions).
//!
//! What Central sets itself is left out, and the desk is told what Central has in its place; what
//! only Central or somebody else may do is refused. A desk names the author of a change, since
//! several people use one PC; the account under which it came is kept beside the name.
//!
//! After Central was restored desks pass on what it has lost, also what Central had set itself.
//! For some time after a restore that is taken as it is.

use sea_query::{Expr, ExprTrait};
use serde_json::{Map, Value as Json, json};
use servease_domain::problem::WHOLE_RECORD;
use servease_domain::rights::{self, Account};
use servease_domain::{Code, EntityKind, MERGED_INTO, Record, Value, record};
use servease_files::{FileKind, names};
use servease_wire::sync::{Mutation, Obstacle, Outcome, WireAction};

use super::decide::Decision;
use super::hidden;
use super::seen::Seen;
use crate::caller::Caller;
use crate::changes::Changeset;
use crate::db::DbError;
use crate::store::records;

/// Whoever sends mutations.
#[derive(Debug, Clone)]
pub struct Sender {
    pub account: Account,
    /// Id and name of the account: kept beside the author of each change.
    pub signed_in: Option<(String, String)>,
    /// Central was restored lately.
    pub may_relay: bool,
    /// Nothing is asked: for tests of what becomes of mutations.
    is_trusted: bool,
}

impl Sender {
    pub fn of(caller: &Caller, may_relay: bool) -> Sender {
        Sender {
            account: caller.account(),
            signed_in: Some((caller.user_id.clone(), caller.name.clone())),
            may_relay,
            is_trusted: false,
        }
    }

    /// One whose every word is taken.
    pub fn trusted() -> Sender {
        Sender {
            account: Account::ADMIN,
            signed_in: None,
            may_relay: true,
            is_trusted: true,
        }
    }
}

/// What is taken of a mutation.
#[derive(Debug)]
pub enum Screened {
    All,
    /// Without what the desk's word is not taken for.
    Part(Box<Mutation>),
    Nothing(Decision),
}

fn rejected(field: &str, code: Code) -> Decision {
    Decision {
        errors: Map::from_iter([(field.to_owned(), json!([code.name()]))]),
        ..Outcome::Rejected.into()
    }
}

pub async fn screen(
    work: &mut Changeset,
    seen: &mut Seen,
    sender: &Sender,
    mutation: &Mutation,
) -> Result<Screened, DbError> {
    let Some(kind) = EntityKind::from_name(&mutation.entity).filter(|_| !sender.is_trusted) else {
        return Ok(Screened::All);
    };
    let stored = seen.find(work, kind, mutation.record).await?;
    let stored = stored.as_ref().map(|stored| &stored.record);
    let is_new = mutation.action == WireAction::Create;
    if let Some(record) = stored
        && !is_new
        && !hidden::shows(work.link().await?, sender.account, record).await?
    {
        // Nobody learns what there is.
        return Ok(Screened::Nothing(Decision {
            problem: Some(Obstacle::MissingRecord),
            ..Outcome::Rejected.into()
        }));
    }
    if kind.about().is_trace && !is_new {
        // Nobody changes what was noted of them, after a restore neither.
        return Ok(Screened::Nothing(rejected(WHOLE_RECORD, Code::Fixed)));
    }
    if mutation.is_relayed && sender.may_relay {
        return Ok(Screened::All);
    }
    if kind == EntityKind::Conflict && mutation.action != WireAction::Update {
        let conflict = stored.cloned().unwrap_or_else(|| told_by(mutation));
        if !is_of_a_merge(work, seen, sender, &conflict).await? {
            return Ok(Screened::Nothing(rejected(WHOLE_RECORD, Code::Fixed)));
        }
    }
    if kind == EntityKind::Document && is_new && stored.is_none() && !names_a_file(mutation) {
        return Ok(Screened::Nothing(rejected("file_path", Code::Required)));
    }
    let mut left_out = Vec::new();
    for name in mutation.after.keys() {
        let is_taken = match (kind, name.as_str()) {
            (_, MERGED_INTO) => is_merge(mutation),
            (EntityKind::Customer, "user_id") if !is_new => {
                is_of_one_merged_in(work, mutation).await?
            }
            (EntityKind::Employee, "role") => {
                let before = stored.map_or("", |it| it.get("role").as_text());
                let wanted = mutation.after["role"].as_str().unwrap_or_default();
                rights::may_set_role(sender.account.is_admin, before, wanted)
            }
            (EntityKind::Note, "created_by") if is_new => is_own_name(sender, mutation),
            // Whoever signs the look has looked. What is passed on is signed by nobody any more.
            (EntityKind::Look, "looked_by") => {
                let name = mutation.after["looked_by"].as_str();
                mutation.is_relayed || name == Some(mutation.author.name.as_str())
            }
            (kind, name) => !rights::is_centrals(kind, name, is_new),
        };
        if !is_taken {
            left_out.push(name);
        }
    }
    if left_out.is_empty() {
        return Ok(Screened::All);
    }
    if left_out.len() == mutation.after.len() && mutation.action == WireAction::Update {
        return Ok(Screened::Nothing(Outcome::Merged.into()));
    }
    let mut part = Box::new(mutation.clone());
    for name in left_out {
        part.after.remove(name);
        part.before.remove(name);
    }
    Ok(Screened::Part(part))
}

/// Whether a new document says which file it is about, of a kind that is kept. Records do not wait for
/// files: until this one is here, nobody is given anything under its name.
fn names_a_file(mutation: &Mutation) -> bool {
    let text = |name: &str| mutation.after.get(name).and_then(Json::as_str);
    let size_bytes = mutation.after.get("file_size").and_then(Json::as_i64);
    text("sha256").is_some_and(servease_files::is_hash)
        && text("mime_type").is_some_and(|it| FileKind::of_media_type(it).is_some())
        && text("file_name").is_some_and(|it| !it.is_empty() && names::clean(it) == it)
        && size_bytes.is_some_and(|it| it > 0)
}

/// Whether an edit does nothing but merge its record into another one, or take that back. The
/// deletion that ends a merge says so too.
fn is_merge(mutation: &Mutation) -> bool {
    match mutation.action {
        WireAction::Update => mutation.after.len() == 1,
        WireAction::Delete => true,
        _ => false,
    }
}

/// Whoever writes a note is its author: whom the desk names as the author of the change, or the
/// account.
fn is_own_name(sender: &Sender, mutation: &Mutation) -> bool {
    let named = mutation.after["created_by"].as_str();
    let own = sender.account.employee.map(|id| id.to_string());
    named.is_none() || named == mutation.author.id.as_deref() || named == own.as_deref()
}

/// A customer's account goes with the card: from one that was merged into this, and back when
/// that is taken back.
async fn is_of_one_merged_in(work: &mut Changeset, mutation: &Mutation) -> Result<bool, DbError> {
    let wanted = mutation.after["user_id"].as_str().unwrap_or_default();
    if wanted.is_empty() {
        return Ok(mutation.undoes.is_some());
    }
    // PostgreSQL is not even asked for a NUL.
    if wanted.contains('\0') {
        return Ok(false);
    }
    let mut select = records::select(EntityKind::Customer);
    select
        .and_where(Expr::col(MERGED_INTO).eq(mutation.record))
        .and_where(Expr::col("user_id").eq(wanted))
        .limit(1);
    Ok(work.link().await?.row(&select).await?.is_some())
}

/// The conflict that a mutation would make.
fn told_by(mutation: &Mutation) -> Record {
    let (values, _) = record::values_from_json(EntityKind::Conflict, &mutation.after);
    Record::new(EntityKind::Conflict, mutation.record, values, mutation.at)
}

/// Merging two records a desk tells itself what only one of them could keep: of a value that no
/// two records share. Everything else is told by Central.
async fn is_of_a_merge(
    work: &mut Changeset,
    seen: &mut Seen,
    sender: &Sender,
    conflict: &Record,
) -> Result<bool, DbError> {
    let about = EntityKind::from_name(conflict.get("record_kind").as_text());
    let id = conflict.get("record_id").as_text().parse();
    let (Some(kind), Ok(id)) = (about, id) else {
        return Ok(false);
    };
    let field = kind.field(conflict.get("field").as_text());
    if !field.is_some_and(|field| field.unique && !field.system) {
        return Ok(false);
    }
    let Some(stored) = seen.find(work, kind, id).await? else {
        return Ok(false);
    };
    let is_seen = hidden::shows(work.link().await?, sender.account, &stored.record).await?;
    Ok(is_seen && *conflict.get("state") == Value::Text("open".to_owned()))
}
