//! The tables that a backup holds, parents before children.

use servease_domain::EntityKind;

use crate::db::ColumnType::{self, Flag, Id, Instant, Integer, Json, Text};
use crate::store::forms;

/// A table: its name, the column that its rows are ordered by, and its columns.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: &'static str,
    /// The column by which rows are read in batches; unique.
    pub key: &'static str,
    pub columns: Vec<(&'static str, ColumnType)>,
    /// Rows that a new database has of itself and that are replaced.
    pub is_internal: bool,
}

/// `list_blocks` is computed anew, failed sign-ins are forgotten.
pub fn all() -> Vec<Table> {
    let mut tables: Vec<Table> = EntityKind::ALL.into_iter().map(of_kind).collect();
    tables.extend([
        internal("meta", "name", &[("name", Text), ("value", Text)]),
        internal("counters", "name", &[("name", Text), ("value", Integer)]),
        plain(
            "changes",
            "seq",
            &[
                ("seq", Integer),
                ("entity", Text),
                ("record_id", Id),
                ("customer_id", Id),
                ("kind", Text),
                ("author", Text),
                ("author_name", Text),
                ("account", Text),
                ("account_name", Text),
                ("at", Instant),
                ("desk_id", Text),
                ("mutation_id", Text),
                ("step", Id),
                ("stamp", Integer),
                ("undoes", Id),
                ("is_correction", Flag),
                ("before", Json),
                ("after", Json),
            ],
        ),
        plain(
            "forgotten_changes",
            "seq",
            &[("seq", Integer), ("stamp", Integer)],
        ),
        plain(
            "ledger",
            "mutation_id",
            &[
                ("mutation_id", Text),
                ("digest", Text),
                ("answer", Json),
                ("at", Instant),
            ],
        ),
        plain(
            "note_accounts",
            "note_id",
            &[("note_id", Id), ("employee_id", Id)],
        ),
        plain(
            "users",
            "id",
            &[
                ("id", Id),
                ("email", Text),
                ("password_hash", Text),
                ("role", Text),
                ("first_name", Text),
                ("last_name", Text),
                ("is_active", Flag),
                ("created_at", Instant),
            ],
        ),
        plain(
            "refresh_families",
            "id",
            &[
                ("id", Id),
                ("user_id", Id),
                ("used_generation", Integer),
                ("is_revoked", Flag),
                ("expires_at", Instant),
            ],
        ),
        plain(
            "calendar_tokens",
            "id",
            &[
                ("id", Id),
                ("name", Text),
                ("language", Text),
                ("hash", Text),
                ("user_id", Text),
                ("user_name", Text),
                ("created_at", Instant),
                ("last_used_at", Instant),
            ],
        ),
        plain(
            "notifications",
            "id",
            &[
                ("id", Id),
                ("position", Integer),
                ("idempotency_key", Text),
                ("event", Text),
                ("alert_id", Id),
                ("alert_kind", Text),
                ("record_id", Id),
                ("customer_id", Id),
                ("stage", Integer),
                ("state", Text),
                ("body", Text),
                ("is_open", Flag),
                ("answer", Text),
                ("attempts", Integer),
                ("next_at", Instant),
                ("leased_until", Instant),
                ("leased_by", Id),
                ("created_at", Instant),
                ("finished_at", Instant),
            ],
        ),
        plain(
            "access_log",
            "id",
            &[
                ("id", Id),
                ("at", Instant),
                ("user_id", Text),
                ("user_name", Text),
                ("document_id", Id),
                ("action", Text),
                ("address", Text),
            ],
        ),
    ]);
    tables
}

fn of_kind(kind: EntityKind) -> Table {
    let mut columns = vec![("id", Id)];
    columns.extend(
        kind.fields()
            .iter()
            .map(|field| (field.name, ColumnType::of(&field.kind))),
    );
    columns.extend([
        ("extra", Json),
        ("created_at", Instant),
        ("updated_at", Instant),
        ("deleted_at", Instant),
        ("deleted_with", Id),
        ("duplicate_of", Id),
        ("seq", Integer),
        ("field_versions", Json),
    ]);
    columns.extend(forms::columns(kind).iter().map(|column| (*column, Text)));
    Table {
        name: kind.table(),
        key: "id",
        columns,
        is_internal: kind.list_segment().is_none(),
    }
}

fn plain(name: &'static str, key: &'static str, columns: &[(&'static str, ColumnType)]) -> Table {
    Table {
        name,
        key,
        columns: columns.to_vec(),
        is_internal: false,
    }
}

fn internal(
    name: &'static str,
    key: &'static str,
    columns: &[(&'static str, ColumnType)],
) -> Table {
    Table {
        is_internal: true,
        ..plain(name, key, columns)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::db::{self, Db, Target};

    /// What is computed anew, what nobody misses, and what only this database has.
    const LEFT_OUT: [&str; 3] = ["list_blocks", "sign_in_failures", "_sqlx_migrations"];

    #[tokio::test]
    async fn every_column_of_the_schema_is_in_a_backup() {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Folder(folder.path().to_owned());
        let db = db::open(&target, 1).await.unwrap();
        let Db::Sqlite { readers, .. } = &db else {
            panic!("a folder is SQLite");
        };
        let found: Vec<(String, String)> = sqlx::query_as(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.sql NOT LIKE 'CREATE VIRTUAL%' \
             AND t.name NOT GLOB '*_search_*' AND t.name NOT LIKE 'sqlite_%'",
        )
        .fetch_all(readers)
        .await
        .unwrap();
        let of_schema: BTreeSet<String> = found
            .into_iter()
            .filter(|(table, column)| !LEFT_OUT.contains(&table.as_str()) && column != "row")
            .map(|(table, column)| format!("{table}.{column}"))
            .collect();
        let of_backup: BTreeSet<String> = all()
            .iter()
            .flat_map(|table| {
                let columns = table.columns.iter();
                columns.map(|(column, _)| format!("{}.{column}", table.name))
            })
            .collect();
        assert_eq!(of_backup, of_schema);
        db.close().await;
    }
}
