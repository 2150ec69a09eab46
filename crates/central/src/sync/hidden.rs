//! What an account may not see, of the records that are about to be told: over HTTP and to desks.
//!
//! A private note shows to its author, to admins, and to whoever's account made it private: on a PC
//! several people write under one account, and what a desk has written it must be able to go on
//! with. What a conflict tells of a private note is as private as the note.

use std::collections::{HashMap, HashSet};

use sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use servease_domain::rights::Account;
use servease_domain::{EntityKind, Record};
use uuid::Uuid;

use crate::db::{Backend, DbError, Link};

/// Whose account made a note private.
const ACCOUNTS: &str = "note_accounts";

/// Whether a note is private or may have been: of others nothing need be read. Who wrote it never
/// changes, so that its number is that of the note's first change.
const PRIVATE_ONCE_SQLITE: &str = "(is_private = 1 OR CASE WHEN json_valid(field_versions) \
     THEN json_extract(field_versions, '$.is_private') \
     <> json_extract(field_versions, '$.created_by') ELSE 0 END)";
const PRIVATE_ONCE_POSTGRES: &str = "(is_private OR field_versions->>'is_private' \
     <> field_versions->>'created_by')";

type Key = (EntityKind, Uuid);

/// What is known of some records: which of them are hidden, and what there is to know of the others.
#[derive(Debug, Default)]
pub struct Hidden {
    records: HashSet<Key>,
    /// Private notes of others that show, and own ones.
    shown: HashSet<Uuid>,
    /// Others' notes that are not private: the number of the change since when that is so.
    open_since: HashMap<Uuid, i64>,
    /// Conflicts about notes.
    about: HashMap<Uuid, Uuid>,
}

impl Hidden {
    /// At most one statement for notes, conflicts, and other accounts' notes; none for others.
    pub async fn among(
        link: &mut Link,
        account: Account,
        records: impl Iterator<Item = Key>,
    ) -> Result<Hidden, DbError> {
        let mut hidden = Hidden::default();
        let (mut notes, mut conflicts) = (HashSet::new(), HashSet::new());
        for (kind, id) in records {
            match kind {
                EntityKind::Note => _ = notes.insert(id),
                EntityKind::Conflict => _ = conflicts.insert(id),
                _ => {}
            }
        }
        hidden.read_conflicts(link, conflicts).await?;
        notes.extend(hidden.about.values());
        hidden.read_notes(link, account, notes).await?;
        let about = hidden.about.iter();
        let of_hidden = about.filter(|(_, note)| hidden.has(EntityKind::Note, **note));
        let conflicts: Vec<Key> = of_hidden
            .map(|(id, _)| (EntityKind::Conflict, *id))
            .collect();
        hidden.records.extend(conflicts);
        Ok(hidden)
    }

    async fn read_conflicts(
        &mut self,
        link: &mut Link,
        conflicts: HashSet<Uuid>,
    ) -> Result<(), DbError> {
        if conflicts.is_empty() {
            return Ok(());
        }
        let mut select = Query::select();
        select
            .columns(["id", "record_id"])
            .from(EntityKind::Conflict.table())
            .and_where(Expr::col("record_kind").eq(EntityKind::Note.name()))
            .and_where(Expr::col("id").is_in(conflicts));
        for row in link.rows(&select).await? {
            let note = row.text(1)?.and_then(|text| text.parse().ok());
            if let (Some(conflict), Some(note)) = (row.id(0)?, note) {
                self.about.insert(conflict, note);
            }
        }
        Ok(())
    }

    async fn read_notes(
        &mut self,
        link: &mut Link,
        account: Account,
        notes: HashSet<Uuid>,
    ) -> Result<(), DbError> {
        if notes.is_empty() {
            return Ok(());
        }
        let mut select = Query::select();
        select
            .columns(["id", "created_by", "is_private", "field_versions"])
            .from(EntityKind::Note.table())
            .and_where(Expr::col("id").is_in(notes))
            .and_where(Expr::cust(match link.backend() {
                Backend::Sqlite => PRIVATE_ONCE_SQLITE,
                Backend::Postgres => PRIVATE_ONCE_POSTGRES,
            }));
        let mut others = Vec::new();
        for row in link.rows(&select).await? {
            let id = row.id(0)?.unwrap_or_default();
            let is_own = account.may_see_private_of(row.id(1)?);
            match (row.flag(2)?.unwrap_or(false), is_own) {
                (true, true) => _ = self.shown.insert(id),
                (true, false) => others.push(id),
                (false, true) => {}
                (false, false) => {
                    let since = row.json(3)?.and_then(|them| them["is_private"].as_i64());
                    self.open_since.insert(id, since.unwrap_or(0));
                }
            }
        }
        if others.is_empty() {
            return Ok(());
        }
        let mut mine = HashSet::new();
        if let Some(employee) = account.employee {
            let mut select = notes_of_account(employee);
            select.and_where(Expr::col("note_id").is_in(others.iter().copied()));
            for row in link.rows(&select).await? {
                mine.extend(row.id(0)?);
            }
        }
        for id in others {
            match mine.contains(&id) {
                true => _ = self.shown.insert(id),
                false => _ = self.records.insert((EntityKind::Note, id)),
            }
        }
        Ok(())
    }

    pub fn has(&self, kind: EntityKind, id: Uuid) -> bool {
        self.records.contains(&(kind, id))
    }

    /// Whether it shows to the account and not to everybody.
    pub fn is_particular(&self, kind: EntityKind, id: Uuid) -> bool {
        match kind {
            EntityKind::Note => self.shown.contains(&id),
            _ => {
                let note = self.about.get(&id);
                note.is_some_and(|note| self.shown.contains(note))
            }
        }
    }

    /// Since which change a note of others shows to everybody.
    pub fn open_since(&self, note: Uuid) -> Option<i64> {
        self.open_since.get(&note).copied()
    }

    pub fn is_about_note(&self, conflict: Uuid) -> bool {
        self.about.contains_key(&conflict)
    }
}

/// Whether a record shows to an account.
pub async fn shows(link: &mut Link, account: Account, record: &Record) -> Result<bool, DbError> {
    let is_of_note = match record.kind {
        EntityKind::Note => is_private(record),
        EntityKind::Conflict => record.get("record_kind").as_text() == EntityKind::Note.name(),
        _ => false,
    };
    if !is_of_note || account.may_see(record) && record.kind == EntityKind::Note {
        return Ok(true);
    }
    let named = [(record.kind, record.id)].into_iter();
    let hidden = Hidden::among(link, account, named).await?;
    Ok(!hidden.has(record.kind, record.id))
}

/// Whether a record is a private note.
pub fn is_private(record: &Record) -> bool {
    record.kind == EntityKind::Note && record.get("is_private").as_flag()
}

/// Notes under whose account a note became private or ceased to be.
pub async fn note_turn(
    link: &mut Link,
    employee: Option<Uuid>,
    note: &Record,
) -> Result<(), DbError> {
    let mut delete = Query::delete();
    delete
        .from_table(ACCOUNTS)
        .and_where(Expr::col("note_id").eq(note.id));
    link.run(&delete).await?;
    let is_authors = employee.is_some() && note.get("created_by").as_id() == employee;
    if let Some(employee) = employee.filter(|_| is_private(note) && !is_authors) {
        let row = vec![note.id.into(), employee.into()];
        let columns = ["note_id", "employee_id"];
        link.insert_rows(ACCOUNTS, &columns, vec![row]).await?;
    }
    Ok(())
}

/// `SELECT` of the notes that an employee's account made private, though they are another's.
pub fn notes_of_account(employee: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .column("note_id")
        .from(ACCOUNTS)
        .and_where(Expr::col("employee_id").eq(employee));
    select
}

/// What of the notes an employee's account may see.
pub fn shown_to(employee: Uuid) -> Condition {
    Condition::any()
        .add(Expr::col("is_private").eq(false))
        .add(Expr::col("created_by").eq(employee))
        .add(Expr::col("id").in_subquery(notes_of_account(employee)))
}

/// The others: what is said without a `NOT` finds the index of private notes.
pub fn hidden_from(employee: Uuid) -> Condition {
    let is_others = Condition::any()
        .add(Expr::col("created_by").is_null())
        .add(Expr::col("created_by").ne(employee));
    Condition::all()
        .add(Expr::col("is_private").eq(true))
        .add(is_others)
        .add(Expr::col("id").not_in_subquery(notes_of_account(employee)))
}

/// Whether there is a private note that shows to the account.
pub async fn has_private(link: &mut Link, account: Account) -> Result<bool, DbError> {
    let mut select = Query::select();
    select
        .column("id")
        .from(EntityKind::Note.table())
        .and_where(Expr::col("is_private").eq(true))
        .and_where(Expr::col("deleted_at").is_null())
        .limit(1);
    if !account.is_admin {
        let Some(employee) = account.employee else {
            return Ok(false);
        };
        select.cond_where(shown_to(employee));
    }
    Ok(link.row(&select).await?.is_some())
}
