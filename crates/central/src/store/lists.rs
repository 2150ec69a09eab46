//! Lists: filters, search, order and pages, all from the description of the entity.

use sea_query::{Condition, Expr, ExprTrait, NullOrdering, Order, Query, SelectStatement};
use servease_domain::{EntityKind, Kind, Value};
use uuid::Uuid;

use super::search::Sought;
use super::{blocks, forms, papers, search};
use crate::db::{ColumnType, DbError, Link};
use crate::sync::hidden;

/// What a list is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub kind: EntityKind,
    /// Field → the value that it must have.
    pub filters: Vec<(&'static str, Value)>,
    pub words: Vec<String>,
    /// What may be found instead of all the words.
    pub pieces: Vec<String>,
    /// (column, descending); empty: newest first.
    pub ordering: Vec<(&'static str, bool)>,
    pub visible: Visible,
}

/// What of a list its reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visible {
    All,
    /// Private notes only where this employee wrote them.
    NotesOf(Uuid),
    /// What belongs to this customer.
    Customer(Uuid),
    Nothing,
}

impl Wanted {
    pub fn all(kind: EntityKind) -> Wanted {
        Wanted {
            kind,
            filters: Vec::new(),
            words: Vec::new(),
            pieces: Vec::new(),
            ordering: Vec::new(),
            visible: Visible::All,
        }
    }

    fn sought(&self) -> Sought<'_> {
        Sought {
            words: &self.words,
            pieces: &self.pieces,
        }
    }

    fn is_unnarrowed(&self) -> bool {
        self.filters.is_empty() && self.words.is_empty()
    }

    fn is_whole_list(&self) -> bool {
        self.is_unnarrowed() && self.visible == Visible::All
    }

    fn restrict(&self, statement: &mut SelectStatement, link: &Link) {
        statement.and_where(Expr::col("deleted_at").is_null());
        for (name, value) in &self.filters {
            if let Some(vehicle) = value.as_id().filter(|_| self.is_of_a_vehicle(name)) {
                statement.cond_where(papers::shown_with(vehicle));
            } else if let Some(field) = self.kind.field(name) {
                let bound = ColumnType::of(&field.kind).bind(value);
                statement.and_where(Expr::col(*name).eq(bound));
            }
        }
        match (&self.visible, self.kind) {
            (Visible::All, _) => {}
            (Visible::NotesOf(employee), EntityKind::Note) => {
                statement.cond_where(hidden::shown_to(*employee));
            }
            (Visible::NotesOf(_), _) => {}
            (Visible::Customer(id), EntityKind::Customer) => {
                statement.and_where(Expr::col("id").eq(*id));
            }
            (Visible::Customer(id), EntityKind::Document) => {
                statement.cond_where(papers::shown_to(*id));
            }
            (Visible::Customer(id), _) => {
                statement.and_where(Expr::col("customer_id").eq(*id));
            }
            (Visible::Nothing, _) => {
                statement.and_where(Expr::val(1).eq(0));
            }
        }
        if !self.words.is_empty() {
            search::restrict(statement, link.backend(), self.kind, &self.sought());
        }
    }

    /// Whether a filter asks for the papers of a vehicle: with nobody's name beside it, those that are
    /// shown with it, and no former owner's.
    fn is_of_a_vehicle(&self, filter: &str) -> bool {
        (self.kind, filter) == (EntityKind::Document, "vehicle_id")
            && !self.filters.iter().any(|(name, _)| *name == "customer_id")
    }

    fn order(&self, statement: &mut SelectStatement) {
        let mut last_descending = true;
        if self.ordering.is_empty() {
            statement.order_by("created_at", Order::Desc);
        }
        for (column, descending) in &self.ordering {
            last_descending = *descending;
            order_by(statement, self.kind, column, *descending);
        }
        // Ties by id, in the direction in which the index is walked.
        let order = if last_descending {
            Order::Desc
        } else {
            Order::Asc
        };
        statement.order_by("id", order);
    }
}

fn may_be_null(kind: EntityKind, column: &str) -> bool {
    kind.field(column)
        .is_some_and(|field| !field.kind.is_text() && field.kind != Kind::Flag)
}

/// How many records there are.
pub async fn count(link: &mut Link, wanted: &Wanted) -> Result<u64, DbError> {
    if wanted.is_whole_list() {
        return blocks::count(link, wanted.kind).await;
    }
    if let (Visible::NotesOf(employee), true) = (&wanted.visible, wanted.is_unnarrowed()) {
        let all = blocks::count(link, wanted.kind).await?;
        return Ok(all.saturating_sub(hidden_notes(link, *employee).await?));
    }
    let is_search_alone = wanted.filters.is_empty() && wanted.visible == Visible::All;
    let by_search = is_search_alone
        .then(|| search::count(link.backend(), wanted.kind, &wanted.sought()))
        .flatten();
    let statement = by_search.unwrap_or_else(|| {
        let mut statement = Query::select();
        statement
            .expr(Expr::col("id").count())
            .from(wanted.kind.table());
        wanted.restrict(&mut statement, link);
        statement
    });
    match link.row(&statement).await? {
        Some(row) => Ok(u64::try_from(row.integer(0)?.unwrap_or(0)).unwrap_or(0)),
        None => Ok(0),
    }
}

/// Private notes are few: those of others are counted and taken off.
async fn hidden_notes(link: &mut Link, employee: Uuid) -> Result<u64, DbError> {
    let mut statement = Query::select();
    statement
        .expr(Expr::col("id").count())
        .from(EntityKind::Note.table())
        .and_where(Expr::col("deleted_at").is_null())
        .cond_where(hidden::hidden_from(employee));
    match link.row(&statement).await? {
        Some(row) => Ok(u64::try_from(row.integer(0)?.unwrap_or(0)).unwrap_or(0)),
        None => Ok(0),
    }
}

/// `SELECT` of the ids of live records.
pub fn select_ids(kind: EntityKind) -> SelectStatement {
    let mut ids = Query::select();
    ids.column("id")
        .from(kind.table())
        .and_where(Expr::col("deleted_at").is_null());
    ids
}

/// The ids that a statement (one of [`select_ids`]) finds.
pub async fn ids(link: &mut Link, statement: &SelectStatement) -> Result<Vec<Uuid>, DbError> {
    let mut ids = Vec::new();
    for row in link.rows(statement).await? {
        ids.extend(row.id(0)?);
    }
    Ok(ids)
}

/// The ids of one page, in its order. Whole records are fetched as they are needed.
pub async fn page(
    link: &mut Link,
    wanted: &Wanted,
    offset: u64,
    limit: u64,
) -> Result<Vec<Uuid>, DbError> {
    if wanted.is_whole_list() && wanted.ordering.is_empty() {
        return newest(link, wanted.kind, offset, limit).await;
    }
    // Sorting and skipping go over ids: with whole rows SQLite would walk the order for them.
    let mut statement = Query::select();
    statement.column("id").from(wanted.kind.table());
    wanted.restrict(&mut statement, link);
    wanted.order(&mut statement);
    statement.offset(offset).limit(limit);
    if let Some(reach) = reach(link, wanted, offset.saturating_add(limit)).await? {
        statement.cond_where(reach);
    }
    ids(link, &statement).await
}

/// What the first column of an order by several holds in so many first rows: no others need to
/// be sorted by the rest. None where it is no restriction.
async fn reach(link: &mut Link, wanted: &Wanted, rows: u64) -> Result<Option<Condition>, DbError> {
    // What a search finds is sorted whole, as much as it is.
    let [(column, descending), _, ..] = *wanted.ordering else {
        return Ok(None);
    };
    let field = wanted.kind.field(column).map(|field| &field.kind);
    if !wanted.words.is_empty() || rows == 0 {
        return Ok(None);
    }
    let mut last = Query::select();
    last.column(column).from(wanted.kind.table());
    wanted.restrict(&mut last, link);
    order_by(&mut last, wanted.kind, column, descending);
    last.offset(rows - 1).limit(1);
    let Some(row) = link.row(&last).await? else {
        return Ok(None);
    };
    let column_type = match field {
        Some(field) => ColumnType::of(field),
        None if forms::is_sort_key(column) => ColumnType::Text,
        None => ColumnType::Instant,
    };
    let value = row.value(0, column_type)?;
    let column = Expr::col(column);
    Ok(match (value, descending) {
        // What is unknown comes first, and last where the order is reversed.
        (Value::Null, true) => None,
        (Value::Null, false) => Some(Condition::all().add(column.is_null())),
        (value, true) => Some(Condition::all().add(column.gte(column_type.bind(&value)))),
        (value, false) => {
            let up_to = column.clone().lte(column_type.bind(&value));
            Some(Condition::any().add(up_to).add(column.is_null()))
        }
    })
}

fn order_by(
    statement: &mut SelectStatement,
    kind: EntityKind,
    column: &'static str,
    descending: bool,
) {
    let order = if descending { Order::Desc } else { Order::Asc };
    if may_be_null(kind, column) {
        // Both databases the same: what is unknown comes before everything known.
        let nulls = if descending {
            NullOrdering::Last
        } else {
            NullOrdering::First
        };
        statement.order_by_with_nulls(column, order, nulls);
    } else {
        statement.order_by(column, order);
    }
}

/// A page of the whole list in its default order, at the same cost wherever it lies.
async fn newest(
    link: &mut Link,
    kind: EntityKind,
    offset: u64,
    limit: u64,
) -> Result<Vec<Uuid>, DbError> {
    let (end, offset) = blocks::seek(link, kind, offset).await?;
    let mut statement = select_ids(kind);
    if let Some(end) = end {
        statement.and_where(
            Expr::tuple([Expr::col("created_at"), Expr::col("id")])
                .lt(Expr::tuple([Expr::val(end.at), Expr::val(end.id)])),
        );
    }
    statement
        .order_by("created_at", Order::Desc)
        .order_by("id", Order::Desc)
        .offset(offset)
        .limit(limit);
    ids(link, &statement).await
}
