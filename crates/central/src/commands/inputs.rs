//! From a client's object to values that may be written: the rules of the domain, and those
//! that need other records.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use servease_domain::consequences;
use servease_domain::reading::{Context, Reading, read, read_edit};
use servease_domain::rules::{check_edit, check_new};
use servease_domain::{Code, EntityKind, Kind, MERGED_INTO, Problem, Record, Value, Values};
use servease_wire::input::with_described_names;
use uuid::Uuid;

use crate::changes::Changeset;
use crate::failure::ApiFailure;
use crate::store::records::{self, Stored};

/// Reads an input under the described names.
pub fn read_input(kind: EntityKind, input: &Map<String, Json>, context: &Context) -> Reading {
    read(kind, &with_described_names(kind, input.clone()), context)
}

/// The id that the client gave to a new record, or a new one.
pub fn new_id(input: &Map<String, Json>) -> Result<(Uuid, bool), Problem> {
    match input.get("id") {
        None | Some(Json::Null) => Ok((Uuid::now_v7(), false)),
        Some(Json::String(text)) => servease_wire::id::parse(text)
            .filter(|id| !id.is_nil())
            .map(|id| (id, true))
            .ok_or_else(|| Problem::new("id", Code::NotAnId)),
        Some(_) => Err(Problem::new("id", Code::NotAnId)),
    }
}

/// A new record from an input, with every problem that can be seen without other records.
pub fn new_record(
    kind: EntityKind,
    id: Uuid,
    input: &Map<String, Json>,
    context: &Context,
) -> (Record, Vec<Problem>) {
    let mut reading = read_input(kind, input, context);
    let mut problems = reading.problems;
    let blank = Record::new(kind, id, Values::new(), context.now);
    consequences::state(&blank, &mut reading.values);
    let record = Record::new(kind, id, reading.values, context.now);
    add(&mut problems, check_new(&record, context));
    add(&mut problems, unsaid(kind, None, input, true));
    (record, problems)
}

/// The changes that an input makes to a record, with every problem that can be seen without
/// other records. `is_whole` (PUT): required fields must be there.
pub fn changes_of(
    record: &Record,
    input: &Map<String, Json>,
    context: &Context,
    is_whole: bool,
) -> (Values, Vec<Problem>) {
    let named = with_described_names(record.kind, input.clone());
    let mut reading = read_edit(record, &named, context);
    let mut problems = reading.problems;
    add(
        &mut problems,
        unsaid(record.kind, Some(record), input, is_whole),
    );
    consequences::state(record, &mut reading.values);
    let changes = record.difference(&reading.values);
    let mut wanted = record.clone();
    wanted.values.extend(changes.clone());
    add(&mut problems, check_edit(&wanted, &changes, context));
    (changes, problems)
}

/// Required fields that the input leaves out (where it must name all of them) or empties: a
/// default is no answer to what must be said.
fn unsaid(
    kind: EntityKind,
    before: Option<&Record>,
    input: &Map<String, Json>,
    must_name_all: bool,
) -> Vec<Problem> {
    let named = with_described_names(kind, input.clone());
    let is_unsaid = |name: &str| match named.get(name) {
        None => must_name_all,
        Some(Json::Null) => true,
        Some(Json::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    };
    kind.fields()
        .iter()
        .filter(|field| field.required && !field.system && is_unsaid(field.name))
        .map(|field| field.name)
        .chain(unsaid_names(kind, before, &named, is_unsaid))
        .map(|name| Problem::new(name, Code::Required))
        .collect()
}

/// The contract asks for both names of a customer. A company of which no person is known needs
/// none, and whoever has one name, as a desk may have said, is sent back as they are.
fn unsaid_names(
    kind: EntityKind,
    before: Option<&Record>,
    named: &Map<String, Json>,
    is_unsaid: impl Fn(&str) -> bool,
) -> Vec<&'static str> {
    let holds = |name: &str| before.is_some_and(|record| !record.get(name).is_blank());
    let is_company = match named.get("company_name") {
        Some(Json::String(company)) => !company.trim().is_empty(),
        Some(_) => false,
        None => holds("company_name"),
    };
    if kind != EntityKind::Customer || is_company {
        return Vec::new();
    }
    ["first_name", "last_name"]
        .into_iter()
        .filter(|name| is_unsaid(name) && (before.is_none() || holds(name)))
        .collect()
}

/// Appends problems of fields that have none yet: what cannot be read is not also missing.
pub fn add(problems: &mut Vec<Problem>, more: Vec<Problem>) {
    for problem in more {
        if !problems.iter().any(|known| known.field == problem.field) {
            problems.push(problem);
        }
    }
}

/// References to records that were merged away lead to those that stand for them.
pub async fn to_heirs(
    work: &mut Changeset,
    kind: EntityKind,
    values: &mut Values,
) -> Result<(), ApiFailure> {
    for (name, value) in values.iter_mut() {
        let field = kind.field(name).map(|field| field.kind);
        if let (Some(Kind::Reference(to)), Some(id)) = (field, value.as_id())
            && *name != MERGED_INTO
        {
            *value = Value::Id(records::resolve(work.link().await?, to, id).await?);
        }
    }
    Ok(())
}

/// Problems that only other records show: references that lead nowhere, values that another
/// live record has.
pub async fn check_against_others(
    work: &mut Changeset,
    record: &Record,
    changed: impl Fn(&str) -> bool,
    problems: &mut Vec<Problem>,
) -> Result<(), ApiFailure> {
    for field in record.kind.fields() {
        if !changed(field.name) || problems.iter().any(|known| known.field == field.name) {
            continue;
        }
        let value = record.get(field.name);
        if let (Kind::Reference(kind), Some(id)) = (field.kind, value.as_id())
            // The author's own employee record is made when it is first needed.
            && !(field.system && kind == EntityKind::Employee)
            && !records::is_live(work.link().await?, kind, id).await?
        {
            problems.push(Problem::new(field.name, Code::NotFound).with("found", id));
        }
        if field.unique && !value.is_blank() {
            let holder =
                records::find_by_unique(work.link().await?, record.kind, field.name, value).await?;
            if holder.is_some_and(|holder| holder != record.id) {
                problems.push(Problem::new(field.name, Code::Unique));
            }
        }
    }
    Ok(())
}

/// Nothing to complain of, or all of it at once.
pub fn settle(problems: Vec<Problem>) -> Result<(), ApiFailure> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(ApiFailure::Problems(problems))
    }
}

pub async fn write(work: &mut Changeset, record: Record) -> Result<Arc<Stored>, ApiFailure> {
    let kind = record.kind;
    work.create(record)
        .await
        .map_err(|error| ApiFailure::of_write(error, kind))
}

/// An id counts as used also when its record is deleted.
pub async fn is_used(work: &mut Changeset, kind: EntityKind, id: Uuid) -> Result<bool, ApiFailure> {
    let found = records::find_any_for_update(work.link().await?, kind, id).await?;
    Ok(found.is_some())
}
