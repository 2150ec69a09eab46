//! Conditions whose values stand in the statement itself. An index of some rows serves only a
//! statement that names those rows in its words: what is bound is not known when it is planned.

use sea_query::{Expr, ExprTrait};

use super::Backend;

/// The column says something.
pub fn is_filled(column: &'static str) -> Expr {
    Expr::col(column).ne(Expr::Constant("".into()))
}

/// The column holds a word of the program's own.
pub fn is_word(column: &'static str, word: &'static str) -> Expr {
    Expr::col(column).eq(Expr::Constant(word.into()))
}

/// The column is a flag that is set.
pub fn is_set(backend: Backend, column: &'static str) -> Expr {
    match backend {
        Backend::Sqlite => Expr::col(column).eq(Expr::Constant(1_i64.into())),
        Backend::Postgres => Expr::col(column),
    }
}

#[cfg(test)]
mod tests {
    use sea_query::{Func, Query, SqliteQueryBuilder};
    use sea_query_sqlx::SqlxBinder as _;
    use sqlx::{AssertSqlSafe, Row as _};

    use super::*;
    use crate::db::{Db, Target, open};

    fn looking(table: &'static str, conditions: Vec<Expr>) -> sea_query::SelectStatement {
        let mut select = Query::select();
        select.column("id").from(table).limit(1);
        for condition in conditions {
            select.and_where(condition);
        }
        select
    }

    #[tokio::test]
    async fn an_index_of_some_rows_serves_a_statement_that_names_them() {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Folder(folder.path().to_owned());
        let Db::Sqlite { writer, .. } = open(&target, 1).await.unwrap() else {
            panic!("a folder holds SQLite");
        };
        let live = || Expr::col("deleted_at").is_null();
        let unflagged = || Expr::col("duplicate_of").is_null();
        let lower = |column: &'static str| Expr::from(Func::lower(Expr::col(column))).eq("a");
        let statements = [
            (
                looking(
                    "customers",
                    vec![lower("email"), is_filled("email"), live(), unflagged()],
                ),
                "customers_email_unique",
            ),
            (
                looking(
                    "vehicles",
                    vec![lower("vin"), is_filled("vin"), live(), unflagged()],
                ),
                "vehicles_vin_unique",
            ),
            (
                looking("notifications", vec![is_set(Backend::Sqlite, "is_open")]),
                "notifications_open",
            ),
            (
                looking("notifications", vec![is_word("state", "waiting")]),
                "notifications_waiting",
            ),
        ];
        for (statement, index) in statements {
            let (sql, values) = statement.build_sqlx(SqliteQueryBuilder);
            let explained = format!("EXPLAIN QUERY PLAN {sql}");
            let plan = sqlx::query_with(AssertSqlSafe(explained), values)
                .fetch_all(&writer)
                .await
                .unwrap();
            let plan: Vec<String> = plan.iter().map(|step| step.get("detail")).collect();
            assert!(
                plan.iter().any(|step| step.contains(index)),
                "{sql}: {plan:?}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_bound_is_not_looked_into_when_a_statement_is_planned() {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Folder(folder.path().to_owned());
        let Db::Sqlite { writer, .. } = open(&target, 1).await.unwrap() else {
            panic!("a folder holds SQLite");
        };
        let options: Vec<String> = sqlx::query_scalar("PRAGMA compile_options")
            .fetch_all(&writer)
            .await
            .unwrap();
        assert!(options.contains(&"ENABLE_QPSG".to_owned()), "{options:?}");
    }
}
