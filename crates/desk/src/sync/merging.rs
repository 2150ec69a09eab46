//! How two records of the same person or vehicle become one.
//!
//! Everything that refers to the one that goes moves to the one that is kept, and so do values
//! that only the other knows. Where both know something that one record cannot hold twice, the
//! kept value stays in use and the other is kept as a conflict to decide. Whoever said no to being
//! contacted has said no. What follows from readings and services is nobody's to move.

use servease_domain::consequences;
use servease_domain::{
    Code, Conflict, EntityKind, Field, Kind, MERGED_INTO, Problem, Record, Value, Values, merge,
};
use servease_store::sync::conflicts;
use servease_store::{Connection, rows, steps};
use uuid::Uuid;

use crate::Result;
use crate::garage::context::Work;

/// Conflicts of a merge are named by what they are about, so that two desks that merge the same
/// two records tell the same one.
const NAMESPACE: Uuid = Uuid::from_u128(0x7f0b_66c4_52a1_4c8e_b1f4_0a7e_93d2_5c11);

/// States of a conflict: nobody has decided; it was decided by merging.
const OPEN: &str = "open";
const MERGED: &str = "taken";

/// Flags that say what somebody is or has, and are true once one of the two records knows so.
/// Whether somebody is active is decided about the kept record alone.
const TRUE_OF_BOTH: &[&str] = &["is_business_customer", "is_verified", "is_under_warranty"];

/// Merges `gone` into `kept`: its id lives on as an alias.
pub(crate) async fn merge(work: &mut Work<'_>, kept: &mut Record, gone: &mut Record) -> Result<()> {
    for (kind, field) in gone.kind.referrers() {
        for mut record in rows::list_by(work.conn(), kind, field, gone.id).await? {
            let owner = Values::from([(field, Value::Id(kept.id))]);
            work.step.update(&mut record, &owner, false).await?;
        }
    }
    if kept.kind == EntityKind::Customer {
        merge_preferences(work, kept.id, gone.id).await?;
    }
    decide_duplicates(work, kept.id, gone.id).await?;
    let (values, open) = contribution(kept, gone);
    for (field, values) in &open {
        tell(work, kept, gone, field, values).await?;
    }
    let alias = Values::from([(MERGED_INTO, Value::Id(kept.id))]);
    work.step.update(gone, &alias, false).await?;
    work.step.delete(gone).await?;
    // A unique value has one live holder: it moves when the other is gone.
    work.step.update(kept, &values, false).await?;
    Ok(())
}

/// What the kept record gains, and what it can not hold beside its own.
fn contribution(kept: &Record, gone: &Record) -> (Values, Vec<(&'static str, Values)>) {
    let mut values = consequences::merged(kept, gone);
    let mut open = Vec::new();
    for field in kept.kind.facts() {
        let (own, other) = (kept.get(field.name), gone.get(field.name));
        if field.system || field.fixed || other.is_blank() || is_of_phones(field) {
            continue;
        }
        if merge::is_free(kept, field) {
            values.insert(field.name, other.clone());
        } else if TRUE_OF_BOTH.contains(&field.name) && other.as_flag() {
            values.insert(field.name, Value::Flag(true));
        } else if field.unique && !own.as_text().eq_ignore_ascii_case(other.as_text()) {
            open.push((field.name, Values::from([(field.name, other.clone())])));
        }
    }
    if kept.kind == EntityKind::Customer {
        add_phones(kept, gone, &mut values, &mut open);
    }
    (values, open)
}

const PHONES: [&str; 2] = ["phone", "secondary_phone"];

/// The numbers of the customer and their extensions: any place does for them.
fn is_of_phones(field: &Field) -> bool {
    field.together.is_some_and(|group| PHONES.contains(&group))
}

/// Numbers that the kept customer does not have take a free place, or stay beside it. Extensions go
/// with their numbers.
fn add_phones(
    kept: &Record,
    gone: &Record,
    values: &mut Values,
    open: &mut Vec<(&'static str, Values)>,
) {
    let mut places = PHONES.map(|name| (name, kept.get(name).clone()));
    for name in PHONES {
        let number = gone.get(name);
        if number.is_blank() || places.iter().any(|(_, known)| known == number) {
            continue;
        }
        match places.iter_mut().find(|(_, known)| known.is_blank()) {
            Some((place, free)) => {
                *free = number.clone();
                let with_extension = gone
                    .kind
                    .fields_named(name)
                    .zip(kept.kind.fields_named(place));
                for (from, to) in with_extension {
                    values.insert(to.name, gone.get(from.name).clone());
                }
            }
            None => {
                let fields = gone.kind.fields_named(name);
                let told = fields.map(|field| (field.name, gone.get(field.name).clone()));
                open.push((name, told.collect()));
            }
        }
    }
}

/// Of each channel and consent the more protective answer, whoever gave it.
async fn merge_preferences(work: &mut Work<'_>, kept: Uuid, gone: Uuid) -> Result<()> {
    let kind = EntityKind::Preferences;
    let Some(other) = rows::find(work.conn(), kind, gone).await? else {
        return Ok(());
    };
    let own = rows::find(work.conn(), kind, kept).await?;
    let is_new = own.is_none();
    let mut own = own.unwrap_or_else(|| {
        let values = Values::from([("customer_id", Value::Id(kept))]);
        Record::new(kind, kept, values, work.garage.now)
    });
    let mut wanted = Values::new();
    for field in kind.fields().iter().filter(|field| !field.fixed) {
        let (mine, theirs) = (own.get(field.name), other.get(field.name));
        match field.kind {
            Kind::Flag => {
                let is_allowed = mine.as_flag() && theirs.as_flag();
                wanted.insert(field.name, Value::Flag(is_allowed));
            }
            _ if mine.is_blank() => _ = wanted.insert(field.name, theirs.clone()),
            _ => {}
        }
    }
    if is_new {
        own.values.extend(wanted);
        work.step.create(&own).await?;
    } else {
        work.step.update(&mut own, &wanted, false).await?;
    }
    Ok(())
}

/// That one repeats the other is decided, whichever of the two was flagged.
async fn decide_duplicates(work: &mut Work<'_>, kept: Uuid, gone: Uuid) -> Result<()> {
    for flagged in [gone, kept] {
        let Some(mut record) = conflicts::find_duplicate(work.conn(), flagged).await? else {
            continue;
        };
        let conflict: Conflict = record.to();
        if flagged == gone || conflict.kept.contains(&gone.to_string()) {
            let decided = Values::from([("state", Value::Text(MERGED.to_owned()))]);
            work.step.update(&mut record, &decided, false).await?;
        }
    }
    Ok(())
}

/// Keeps a value, or what belongs together, of the record that goes as a conflict of the one that stays, and says so.
async fn tell(
    work: &mut Work<'_>,
    kept: &Record,
    gone: &Record,
    field: &'static str,
    values: &Values,
) -> Result<()> {
    let kind = EntityKind::Conflict;
    let text = |text: String| Value::Text(text);
    let author = async |conn: &mut Connection, record: &Record| -> Result<Value> {
        let author = steps::author_of(conn, record.kind, record.id).await?;
        Ok(Value::Text(author.unwrap_or_default()))
    };
    let customer = match kept.kind {
        EntityKind::Customer => Some(kept.id),
        _ => kept.get("customer_id").as_id(),
    };
    let own: Values = values
        .keys()
        .map(|name| (*name, kept.get(name).clone()))
        .collect();
    let told = Values::from([
        ("record_kind", text(kept.kind.name().to_owned())),
        ("record_id", text(kept.id.to_string())),
        ("customer_id", customer.map_or(Value::Null, Value::Id)),
        ("field", text(field.to_owned())),
        ("kept", text(merge::told(field, &own).to_string())),
        ("lost", text(merge::told(field, values).to_string())),
        ("kept_by", author(work.conn(), kept).await?),
        ("lost_by", author(work.conn(), gone).await?),
        ("kept_at", Value::Instant(kept.updated_at)),
        ("lost_at", Value::Instant(gone.updated_at)),
    ]);
    let mut pair = [kept.id, gone.id];
    pair.sort();
    let name = [pair[0].as_bytes(), pair[1].as_bytes(), field.as_bytes()].concat();
    let id = Uuid::new_v5(&NAMESPACE, &name);
    match rows::find_any(work.conn(), kind, id).await? {
        // They were merged before, and apart since.
        Some(mut known) => {
            if known.is_deleted() {
                work.step.restore(&mut known).await?;
            }
            let open = Values::from([("state", text(OPEN.to_owned()))]);
            work.step.update(&mut known, &open, false).await?;
        }
        None => {
            let record = Record::new(kind, id, told, work.garage.now);
            work.step.create(&record).await?;
        }
    }
    let found = values.get(field).unwrap_or(&Value::Null);
    work.warnings
        .push(Problem::new(field, Code::KeptBeside).with("found", found.as_text()));
    Ok(())
}
