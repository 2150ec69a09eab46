//! What becomes of one mutation: merged into what is there, kept as a conflict, parked,
//! rejected. Writes through the change sequence, inside the transaction of its batch.

mod aliases;
mod decisions;
mod deletion;
mod merging;
mod newcomer;
mod references;
mod reviving;
mod update;

use serde_json::{Map, Value as Json};
use servease_domain::consequences;
use servease_domain::field::Default as FieldDefault;
use servease_domain::{EntityKind, Record, Value, Values, record};
use servease_wire::sync::{DELETED_WITH, DUPLICATE_OF, Mutation, Obstacle, Outcome, WireAction};
use uuid::Uuid;

use self::deletion::delete;
use self::references::settle_references;
use self::reviving::restore;
pub use self::update::tell_late;
use self::update::update;
use super::seen::Seen;
use super::{check, likeness, unique};
use crate::changes::{Author, Changeset};
use crate::db::DbError;

/// What a mutation came to.
#[derive(Debug)]
pub struct Decision {
    pub outcome: Outcome,
    pub errors: Map<String, Json>,
    pub problem: Option<Obstacle>,
}

impl From<Outcome> for Decision {
    fn from(outcome: Outcome) -> Decision {
        Decision {
            outcome,
            errors: Map::new(),
            problem: None,
        }
    }
}

fn parked(problem: Obstacle) -> Decision {
    Decision {
        problem: Some(problem),
        ..Outcome::Parked.into()
    }
}

/// Decides one mutation and writes what follows.
pub async fn decide(
    work: &mut Changeset,
    seen: &mut Seen,
    desk: Uuid,
    mutation: &Mutation,
) -> Result<Decision, DbError> {
    let Some(kind) = EntityKind::from_name(&mutation.entity) else {
        return Ok(Decision {
            problem: Some(Obstacle::UnknownEntity),
            ..Outcome::Rejected.into()
        });
    };
    work.now = mutation.at;
    work.author = Author {
        id: mutation.author.id.clone(),
        name: mutation.author.name.clone(),
        desk_id: Some(desk.to_string()),
        mutation_id: None,
        step: Some(mutation.step),
        undoes: mutation.undoes,
        is_correction: mutation.is_correction,
    };
    match mutation.action {
        WireAction::Create => create(work, seen, kind, mutation).await,
        WireAction::Update => update(work, seen, kind, mutation).await,
        WireAction::Delete => delete(work, seen, kind, desk, mutation).await,
        WireAction::Restore => restore(work, seen, kind, mutation).await,
        WireAction::Unknown => Ok(Decision {
            problem: Some(Obstacle::UnknownEntity),
            ..Outcome::Rejected.into()
        }),
    }
}

fn sign(work: &mut Changeset, mutation: &Mutation) {
    work.author.mutation_id = Some(mutation.id.to_string());
}

/// The mutation's fields: those that are known, and those of a newer program. The two names
/// that are no fields are Central's own to set.
fn contents(kind: EntityKind, json: &Map<String, Json>) -> (Values, Map<String, Json>) {
    let (values, mut unknown) = record::values_from_json(kind, json);
    unknown.remove(DUPLICATE_OF);
    unknown.remove(DELETED_WITH);
    (values, unknown)
}

/// A new record holds what was said and the defaults for the rest; nothing from the clock.
fn new_record(kind: EntityKind, mutation: &Mutation, values: Values) -> Record {
    let mut record = Record::new(kind, mutation.record, Values::new(), mutation.at);
    for field in kind.fields() {
        if matches!(field.default, FieldDefault::Now) {
            record.values.insert(field.name, Value::Null);
        }
    }
    record.values.extend(values);
    record
}

/// A date that Central's clock does not know yet comes from a clock that is years off: the record
/// is kept, and doubted until somebody confirms or mends it.
fn note_future(work: &Changeset, kind: EntityKind, values: &mut Values) {
    let dated = consequences::dated_by(kind).and_then(|name| values.get(name));
    if let Some(at) = dated.and_then(Value::as_instant) {
        let is_doubtful = consequences::is_from_future(at, work.began);
        values.insert("is_from_future", Value::Flag(is_doubtful));
    }
}

async fn create(
    work: &mut Changeset,
    seen: &mut Seen,
    kind: EntityKind,
    mutation: &Mutation,
) -> Result<Decision, DbError> {
    if kind.only_id().is_some() {
        let statement = newcomer::as_statement(kind, mutation);
        return update(work, seen, kind, &statement).await;
    }
    let (mut values, unknown) = contents(kind, &mutation.after);
    let errors = check::problems(kind, &values, &unknown, true);
    if !errors.is_empty() {
        return Ok(Decision {
            errors,
            ..Outcome::Rejected.into()
        });
    }
    if seen.find(work, kind, mutation.record).await?.is_some() {
        // Somebody who knew the record has sent it already: what was written first is the
        // oldest of what is known, and overrules nothing.
        return Ok(Outcome::Merged.into());
    }
    let Some(is_redirected) = settle_references(work, seen, kind, mutation, &mut values).await?
    else {
        return Ok(parked(Obstacle::MissingReference));
    };
    note_future(work, kind, &mut values);
    let mut record = new_record(kind, mutation, values);
    record.extra = unknown;
    if kind.has_unique() {
        record.duplicate_of = unique::holder_of_new(work, seen, &record).await?;
    }
    sign(work, mutation);
    let stored = work.create(record).await?;
    seen.put(stored.clone());
    if stored.record.duplicate_of.is_some() {
        unique::tell(work, seen, &stored, mutation).await?;
        return Ok(Outcome::Duplicate.into());
    }
    likeness::tell(work, seen, &stored, mutation).await?;
    Ok(if is_redirected {
        Outcome::Merged.into()
    } else {
        Outcome::Applied.into()
    })
}
