//! Conditions and orders of a list. SQL is put together from constants of this crate and from
//! field names of the descriptions; what users typed is only ever bound.

use std::ops::Range;

use servease_domain::EntityKind;
use servease_domain::query::Query;
use sqlx::query::QueryScalar;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};
use uuid::Uuid;

use crate::{Result, search};

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
    pub fn flag(mut self, field: &'static str, wanted: Option<bool>) -> Conditions {
        if let Some(wanted) = wanted {
            self.parts.push(format!("{field} = ?"));
            self.bound.push(Bound::Flag(wanted));
        }
        self
    }

    /// Case ignored; blank is no condition.
    pub fn text(mut self, field: &'static str, wanted: Option<&str>) -> Conditions {
        if let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) {
            self.parts.push(format!("{field} = ? COLLATE NOCASE"));
            self.bound.push(Bound::Text(wanted.to_owned()));
        }
        self
    }

    pub fn id(mut self, field: &'static str, wanted: Option<Uuid>) -> Conditions {
        if let Some(wanted) = wanted {
            self.parts.push(format!("{field} = ?"));
            self.bound.push(Bound::Id(wanted));
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

/// An order that leaves no two rows beside each other by chance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order(Vec<(&'static str, bool)>);

/// What a list may be ordered by: the contract's name, and the columns of that order.
pub(super) type Orders = &'static [(&'static str, &'static [&'static str])];

impl Order {
    /// Reads `a,-b`. Names that `orders` does not have are ignored; if none is left, `default`
    /// is read. The id makes the order total, in the direction of the first column.
    pub fn read(ordering: &str, orders: Orders, default: &str) -> Order {
        let wanted = columns(ordering, orders);
        let mut columns = if wanted.is_empty() {
            columns(default, orders)
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

fn columns(ordering: &str, orders: Orders) -> Vec<(&'static str, bool)> {
    ordering
        .split(',')
        .map(|wanted| match wanted.trim().strip_prefix('-') {
            Some(name) => (name, true),
            None => (wanted.trim(), false),
        })
        .filter_map(|(name, descends)| {
            let (_, columns) = orders.iter().find(|(known, _)| *known == name)?;
            Some(columns.iter().map(move |column| (*column, descends)))
        })
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERS: Orders = &[("name", &["last", "first"]), ("age", &["age"])];

    #[test]
    fn an_order_is_total_and_made_of_known_columns() {
        for (ordering, sql, reversed) in [
            ("", "age DESC, id DESC", "age, id"),
            ("name", "last, first, id", "last DESC, first DESC, id DESC"),
            (
                "-age, name",
                "age DESC, last, first, id DESC",
                "age, last DESC, first DESC, id",
            ),
            ("1; DROP TABLE customers", "age DESC, id DESC", "age, id"),
        ] {
            let order = Order::read(ordering, ORDERS, "-age");
            assert_eq!(order.sql(false), sql);
            assert_eq!(order.sql(true), reversed);
        }
    }
}
