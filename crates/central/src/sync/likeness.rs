//! The same walk-in, entered on two desks while apart: no e-mail and no VIN says that they are one,
//! but the phone number and the name do, or the plate. Both are kept, nothing is flagged as
//! repeated, and somebody is asked.

use sea_query::{Expr, ExprTrait, Order, Query};
use serde_json::json;
use servease_domain::{EntityKind, Record, fold, plate};
use servease_wire::sync::Mutation;
use uuid::Uuid;

use super::conflicts::{self, POSSIBLE_DUPLICATE};
use super::seen::Seen;
use crate::changes::Changeset;
use crate::db::DbError;
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

/// Asks whether a new record is one that somebody else has made without the author of this one
/// having seen it.
pub async fn tell(
    work: &mut Changeset,
    seen: &mut Seen,
    stored: &Stored,
    mutation: &Mutation,
) -> Result<(), DbError> {
    let record = &stored.record;
    let mut like = records::select_live(record.kind);
    match record.kind {
        EntityKind::Customer if !record.get("phone").is_blank() => {
            like.and_where(Expr::col("phone").eq(record.get("phone").as_text()))
                .and_where(Expr::col("phone").ne(""));
        }
        EntityKind::Vehicle if !record.get("license_plate").is_blank() => {
            // As its index says it.
            let plain = Expr::cust("upper(replace(replace(license_plate, ' ', ''), '-', ''))");
            let plate = record.get("license_plate").as_text();
            let plate = plate.replace([' ', '-'], "").to_uppercase();
            like.and_where(plain.eq(plate))
                .and_where(Expr::col("license_plate").ne(""));
        }
        _ => return Ok(()),
    }
    like.and_where(Expr::col("seq").gt(mutation.seen))
        .order_by("created_at", Order::Asc)
        .order_by("id", Order::Asc);
    for other in records::fetch(work.link().await?, record.kind, &like).await? {
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
    Ok(work.link().await?.row(&select).await?.is_some())
}
