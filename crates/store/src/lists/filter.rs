//! Conditions and orders of a list. SQL is put together from constants of this crate and from
//! field names of the descriptions; what users typed is only ever bound.

use std::ops::Range;

use servease_domain::EntityKind;
use servease_domain::field::Kind;
use servease_domain::query::Query;
use sqlx::query::QueryScalar;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};
use uuid::Uuid;

use crate::{Result, search};

/// Which records of an entity, in which order. Blank: all of them, in the order of the list.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Filter<'a> {
    /// What the search box would find.
    pub search: &'a str,
    /// In which phone numbers are searched for as they are dialled there; blank: unknown.
    pub country: &'a str,
    /// Values by the names of fields that the description offers for filters; flags as `true`
    /// and `false`.
    pub fields: &'a [(&'a str, &'a str)],
    /// As in the contract (`last_name,-created_at`).
    pub ordering: &'a str,
}

/// A bound value of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bound {
    Flag(bool),
    Text(String),
    Id(Uuid),
}

/// Conditions joined by AND, with what they bind.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    parts: Vec<String>,
    bound: Vec<Bound>,
}

impl Conditions {
    /// What a filter asks of the fields that the description offers for it. Names that it does
    /// not offer are passed over; a value that such a field cannot hold is met by nothing.
    pub fn fields(mut self, kind: EntityKind, wanted: &[(&str, &str)]) -> Conditions {
        for (name, value) in wanted.iter().filter(|(_, value)| !value.is_empty()) {
            let Some(field) = kind.field(name).filter(|field| field.filtered) else {
                continue;
            };
            let bound = match field.kind {
                Kind::Flag => value.parse().ok().map(Bound::Flag),
                Kind::Reference(_) => value.parse().ok().map(Bound::Id),
                _ => Some(Bound::Text((*value).to_owned())),
            };
            let folds = match bound {
                // Case ignored.
                Some(Bound::Text(_)) => " COLLATE NOCASE",
                _ => "",
            };
            match bound {
                Some(bound) => {
                    self.parts.push(format!("{} = ?{folds}", field.name));
                    self.bound.push(bound);
                }
                None => self.parts.push("0".to_owned()),
            }
        }
        self
    }

    /// What the search box would find, all of it; blank is no condition, and what holds no
    /// letter or digit is met by nothing.
    pub fn search(mut self, kind: EntityKind, text: &str, country: &str) -> Conditions {
        if text.trim().is_empty() {
            return self;
        }
        match Query::parse_in(text, country) {
            Some(query) => {
                let (condition, needles) = search::matching(kind, &query);
                self.parts.push(condition);
                self.bound.extend(needles.into_iter().map(Bound::Text));
            }
            None => self.parts.push("0".to_owned()),
        }
        self
    }

    /// `WHERE …` over live records.
    fn clause(&self) -> String {
        let mut clause = "WHERE deleted_at IS NULL".to_owned();
        for part in &self.parts {
            clause.push_str(" AND ");
            clause.push_str(part);
        }
        clause
    }

    pub async fn count(&self, conn: &mut SqliteConnection, kind: EntityKind) -> Result<i64> {
        let sql = format!("SELECT count(*) FROM {} {}", kind.table(), self.clause());
        let query = sqlx::query_scalar(AssertSqlSafe(sql));
        Ok(self.bind(query).fetch_one(conn).await?)
    }

    /// The ids of a window of `total`, in order. A window in the second half is found from the
    /// end, so that no more than half of the index is walked through.
    pub async fn ids(
        &self,
        conn: &mut SqliteConnection,
        kind: EntityKind,
        order: &Order,
        total: i64,
        window: Range<i64>,
    ) -> Result<Vec<Uuid>> {
        let end = window.end.min(total);
        let length = end - window.start;
        if length <= 0 {
            return Ok(Vec::new());
        }
        let is_from_end = total - end < window.start;
        let skipped = if is_from_end {
            total - end
        } else {
            window.start
        };
        let sql = format!(
            "SELECT id FROM {} {} ORDER BY {} LIMIT ? OFFSET ?",
            kind.table(),
            self.clause(),
            order.sql(is_from_end)
        );
        let query = sqlx::query_scalar(AssertSqlSafe(sql));
        let mut ids = self
            .bind(query)
            .bind(length)
            .bind(skipped)
            .fetch_all(conn)
            .await?;
        if is_from_end {
            ids.reverse();
        }
        Ok(ids)
    }

    fn bind<'q, T>(
        &self,
        mut query: QueryScalar<'q, Sqlite, T, SqliteArguments>,
    ) -> QueryScalar<'q, Sqlite, T, SqliteArguments> {
        for bound in &self.bound {
            query = match bound {
                Bound::Flag(flag) => query.bind(*flag),
                Bound::Text(text) => query.bind(text.clone()),
                Bound::Id(id) => query.bind(*id),
            };
        }
        query
    }
}

const CREATED_AT: &str = "created_at";

/// An order that leaves no two rows beside each other by chance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order(Vec<(&'static str, bool)>);

/// Orders that are other columns than the field of that name, and those of the desk alone.
pub(super) type Orders = &'static [(&'static str, &'static [&'static str])];

impl Order {
    /// Reads `a,-b`: fields by which the description orders, `created_at`, and what `orders`
    /// has. Other names are ignored; if none is left, `default` is read. The id makes the order
    /// total, in the direction of the first column.
    pub fn read(kind: EntityKind, ordering: &str, orders: Orders, default: &str) -> Order {
        let wanted = columns(kind, ordering, orders);
        let mut columns = if wanted.is_empty() {
            columns(kind, default, orders)
        } else {
            wanted
        };
        let descends = columns.first().is_some_and(|(_, descends)| *descends);
        columns.push(("id", descends));
        Order(columns)
    }

    fn sql(&self, is_reversed: bool) -> String {
        let columns: Vec<String> = self
            .0
            .iter()
            .map(|(column, descends)| {
                let direction = if *descends == is_reversed {
                    ""
                } else {
                    " DESC"
                };
                format!("{column}{direction}")
            })
            .collect();
        columns.join(", ")
    }
}

fn columns(kind: EntityKind, ordering: &str, orders: Orders) -> Vec<(&'static str, bool)> {
    ordering
        .split(',')
        .map(|wanted| match wanted.trim().strip_prefix('-') {
            Some(name) => (name, true),
            None => (wanted.trim(), false),
        })
        .flat_map(|(name, descends)| {
            let columns = match orders.iter().find(|(known, _)| *known == name) {
                Some((_, columns)) => columns.to_vec(),
                None => own_column(kind, name).into_iter().collect(),
            };
            columns.into_iter().map(move |column| (column, descends))
        })
        .collect()
}

fn own_column(kind: EntityKind, name: &str) -> Option<&'static str> {
    if name == CREATED_AT {
        return Some(CREATED_AT);
    }
    let field = kind.field(name).filter(|field| field.ordered)?;
    Some(field.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERS: Orders = &[("last_name", &["last", "first"])];

    #[test]
    fn an_order_is_total_and_made_of_known_columns() {
        for (ordering, sql, reversed) in [
            ("", "created_at DESC, id DESC", "created_at, id"),
            (
                "last_name",
                "last, first, id",
                "last DESC, first DESC, id DESC",
            ),
            (
                "-customer_since, last_name",
                "customer_since DESC, last, first, id DESC",
                "customer_since, last DESC, first DESC, id",
            ),
            ("email", "created_at DESC, id DESC", "created_at, id"),
            (
                "1; DROP TABLE customers",
                "created_at DESC, id DESC",
                "created_at, id",
            ),
        ] {
            let order = Order::read(EntityKind::Customer, ordering, ORDERS, "-created_at");
            assert_eq!(order.sql(false), sql);
            assert_eq!(order.sql(true), reversed);
        }
    }
}
