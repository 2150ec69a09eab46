//! What stands in the sequence under the ids of mutations: answers say it, so that every desk's
//! history tells the same.

use std::collections::{HashMap, HashSet};

use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Map, Value as Json};
use servease_domain::{EntityKind, record};
use servease_wire::sync::{Logged, Mutation, WireAction};
use uuid::Uuid;

use super::feed::{Ends, named_here};
use crate::changes::{Changeset, Line};
use crate::db::DbError;

/// What Central wrote under a mutation's id, where that is not what the mutation said.
pub fn differently(mutation: &Mutation, line: &Line) -> Option<Logged> {
    let kind = EntityKind::from_name(&mutation.entity)?;
    let is_as_said = |(name, wrote): (&String, &Json)| {
        let said = mutation.after.get(name);
        said.is_none_or(|said| said == wrote)
    };
    if mutation.action == WireAction::Create && line.after.iter().all(is_as_said) {
        return None;
    }
    let read = |json: &Map<String, Json>| record::values_from_json(kind, json).0;
    let (said, wrote) = (read(&mutation.after), read(&line.after));
    let differs = match mutation.action {
        WireAction::Create => wrote
            .iter()
            .any(|(name, value)| said.get(name).is_some_and(|said| said != value)),
        WireAction::Update => {
            let mut saw = read(&mutation.before);
            saw.retain(|name, _| said.contains_key(name));
            wrote != said || read(&line.before) != saw
        }
        _ => false,
    };
    differs.then(|| Logged {
        before: line.before.clone(),
        after: line.after.clone(),
    })
}

/// Of what desks pass on, the changes that were not forgotten here: one that has no mutation of its
/// own stands in no ledger before it is passed on.
pub async fn passed_on_again(
    work: &mut Changeset,
    mutations: &[Mutation],
) -> Result<Vec<(Uuid, Line)>, DbError> {
    let passed_on: HashMap<Uuid, Uuid> = mutations
        .iter()
        .filter(|it| it.is_relayed)
        .map(|it| (it.id, it.record))
        .collect();
    if passed_on.is_empty() {
        return Ok(Vec::new());
    }
    let mut named = named_here(work.link().await?, passed_on.values().copied()).await?;
    named.retain(|(id, _)| passed_on.contains_key(id));
    Ok(named)
}

/// What stands in the sequence under the ids of mutations that the ledger knows; None where they
/// changed nothing. Where changes have been forgotten nobody can tell, and nothing is said.
pub async fn read_lines(
    work: &mut Changeset,
    ledger: &HashSet<Uuid>,
    mutations: &[Mutation],
) -> Result<HashMap<Uuid, Option<Line>>, DbError> {
    let mut lines = HashMap::new();
    if ledger.is_empty() {
        return Ok(lines);
    }
    if Ends::read(work.link().await?, None).await?.oldest <= 1 {
        lines.extend(ledger.iter().map(|id| (*id, None)));
    }
    let mut select = Query::select();
    select
        .columns(["mutation_id", "seq", "before", "after"])
        .from("changes")
        // The index is by records.
        .and_where(Expr::col("record_id").is_in(mutations.iter().map(|it| it.record)))
        .and_where(Expr::col("mutation_id").is_in(ledger.iter().map(Uuid::to_string)));
    let object = |json: Option<Json>| match json {
        Some(Json::Object(map)) => map,
        _ => Map::new(),
    };
    for row in work.link().await?.rows(&select).await? {
        let Some(id) = row.text(0)?.and_then(|text| text.parse().ok()) else {
            continue;
        };
        let written = Line {
            seq: row.integer(1)?.unwrap_or(0),
            before: object(row.json(2)?),
            after: object(row.json(3)?),
        };
        lines.insert(id, Some(written));
    }
    Ok(lines)
}
