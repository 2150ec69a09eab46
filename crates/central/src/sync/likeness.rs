//! The same walk-in, entered on two desks while apart: no e-mail and no VIN says that they are one,
//! but the phone number and the name do, or the plate. Both are kept, nothing is flagged as
//! repeated, and somebody is asked.

use std::collections::HashSet;

use sea_query::{Expr, ExprTrait, Order, Query};
use serde_json::{Value as Json, json};
use servease_domain::{EntityKind, Record, Values, fold, plate};
use servease_wire::sync::{Mutation, WireAction};
use uuid::Uuid;

use super::conflicts::{self, POSSIBLE_DUPLICATE};
use super::seen::Seen;
use crate::changes::Changeset;
use crate::db::{self, DbError};
use crate::store::records::{self, Stored};

/// Whether two records may be the same customer or vehicle.
fn is_alike(one: &Record, other: &Record) -> bool {
    let text = |record: &Record, name: &str| record.get(name).as_text().to_owned();
    match one.kind {
        EntityKind::Customer => {
            let name = |record: &Record| {
                let (first, last) = (text(record, "first_name"), text(record, "last_name"));
                fold::fold(&format!("{first} {last}"))
            };
            !text(one, "phone").is_empty()
                && text(one, "phone") == text(other, "phone")
                && name(one) == name(other)
        }
        EntityKind::Vehicle => {
            let key = |record: &Record| plate::key(record.get("license_plate").as_text());
            let has_vin = |record: &Record| !record.get("vin").is_blank();
            // Two different VINs are two vehicles, whatever their plates say.
            !key(one).is_empty() && key(one) == key(other) && !(has_vin(one) && has_vin(other))
        }
        _ => false,
    }
}

/// The field by which records that may be alike are found, as its index has it.
fn field_of(kind: EntityKind) -> Option<(&'static str, Expr)> {
    match kind {
        EntityKind::Customer => Some(("phone", Expr::col("phone"))),
        EntityKind::Vehicle => {
            let plain = "upper(replace(replace(license_plate, ' ', ''), '-', ''))";
            Some(("license_plate", Expr::cust(plain)))
        }
        _ => None,
    }
}

/// What its index holds of a value.
fn indexed(kind: EntityKind, value: &str) -> String {
    match kind {
        EntityKind::Vehicle => value.replace([' ', '-'], "").to_uppercase(),
        _ => value.to_owned(),
    }
}

/// Whether an edit may make a record like another one.
pub fn touches(kind: EntityKind, changes: &Values) -> bool {
    field_of(kind).is_some_and(|(field, _)| changes.contains_key(field))
}

/// Finds out which phones and plates of a batch's new records nobody has whom their desk may not
/// have seen: asking for each record alone writes everything before it alone, too.
pub async fn look_ahead(
    work: &mut Changeset,
    seen: &mut Seen,
    mutations: &[Mutation],
) -> Result<(), DbError> {
    for kind in EntityKind::repeatable() {
        let Some((field, plain)) = field_of(kind) else {
            continue;
        };
        let is_new = |it: &&Mutation| it.action == WireAction::Create && it.entity == kind.name();
        let news: Vec<&Mutation> = mutations.iter().filter(is_new).collect();
        let wanted: HashSet<String> = news
            .iter()
            .filter_map(|new| new.after.get(field).and_then(Json::as_str))
            // PostgreSQL knows no NUL; such a value is refused later.
            .filter(|value| !value.is_empty() && !value.contains('\0'))
            .map(|value| indexed(kind, value))
            .collect();
        let oldest = news.iter().map(|new| new.seen).min();
        let Some(oldest) = oldest.filter(|_| wanted.len() > 1) else {
            continue;
        };
        let mut select = Query::select();
        select
            .expr(plain.clone())
            .from(kind.table())
            .and_where(plain.is_in(wanted.iter().map(String::as_str)))
            .and_where(db::is_filled(field))
            .and_where(Expr::col("deleted_at").is_null())
            .and_where(Expr::col("seq").gt(oldest));
        let mut held = HashSet::new();
        for row in work.link().await?.rows(&select).await? {
            held.extend(row.text(0)?);
        }
        for value in wanted.difference(&held) {
            seen.note_unshared(kind, value);
        }
    }
    Ok(())
}

/// Asks whether a new record is one that somebody else has made without the author of this one
/// having seen it. Of what [`look_ahead`] has found to be nobody's the database is not asked again:
/// what the batch itself has made its desk knows.
pub async fn tell(
    work: &mut Changeset,
    seen: &mut Seen,
    stored: &Stored,
    mutation: &Mutation,
) -> Result<(), DbError> {
    let record = &stored.record;
    let Some((field, plain)) = field_of(record.kind) else {
        return Ok(());
    };
    let value = indexed(record.kind, record.get(field).as_text());
    if value.is_empty() || seen.is_unshared(record.kind, &value) {
        return Ok(());
    }
    let mut like = records::select_live(record.kind);
    like.and_where(plain.eq(value))
        .and_where(db::is_filled(field));
    like.and_where(Expr::col("seq").gt(mutation.seen))
        .order_by("created_at", Order::Asc)
        .order_by("id", Order::Asc);
    let link = work.link_to_older(record.kind).await?;
    for other in records::fetch(link, record.kind, &like).await? {
        let other = other.record;
        if other.id == record.id
            || !is_alike(record, &other)
            || !is_unseen(work, &other, mutation.seen).await?
        {
            continue;
        }
        let mut name = other.id.as_bytes().to_vec();
        name.extend_from_slice(POSSIBLE_DUPLICATE.as_bytes());
        let id = Uuid::new_v5(&record.id, &name);
        let kept = conflicts::Side {
            value: json!(other.id.to_string()),
            ..conflicts::Side::default()
        };
        let lost = conflicts::arriving(mutation, json!(record.id.to_string()));
        return conflicts::write(work, seen, id, stored, POSSIBLE_DUPLICATE, kept, lost).await;
    }
    Ok(())
}

/// Whether somebody else made a record after what the author of a mutation had seen.
async fn is_unseen(work: &mut Changeset, record: &Record, seen: i64) -> Result<bool, DbError> {
    let desk = work.author.desk_id.clone();
    let mut select = Query::select();
    select
        .column("seq")
        .from("changes")
        .and_where(Expr::col("record_id").eq(record.id))
        .and_where(Expr::col("entity").eq(record.kind.name()))
        .and_where(Expr::col("kind").eq("create"))
        .and_where(Expr::col("seq").gt(seen))
        .and_where(
            Expr::col("desk_id")
                .is_null()
                .or(Expr::col("desk_id").ne(desk)),
        );
    let link = work.link_to_older(record.kind).await?;
    Ok(link.row(&select).await?.is_some())
}
