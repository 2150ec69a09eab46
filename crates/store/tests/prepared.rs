//! The SQL of this crate against the schema that the migrations make: every statement is one
//! that SQLite takes, the tables are those that the entities describe, and what people wait for
//! walks through no whole table.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

mod garage;

use std::fmt::Debug;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use garage::{Garage, now};
use servease_domain::query::Query;
use servease_domain::{EntityKind, Kind};
use servease_store::lists::{self, Filter};
use servease_store::sync::{answers, outbox};
use servease_store::{Connection, documents, search};
use sqlx::{AssertSqlSafe, Executor, Row, SqlSafeStr};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

#[tokio::test]
async fn every_statement_in_the_sources_is_one_that_sqlite_takes() {
    let garage = Garage::open().await;
    let mut conn = garage.store.write().await.unwrap();
    let mut count = 0;
    for (place, sql) in statements_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let prepared = (&mut *conn)
            .prepare(AssertSqlSafe(sql.clone()).into_sql_str())
            .await;
        assert!(prepared.is_ok(), "{place}: {sql}\n{:?}", prepared.err());
        count += 1;
    }
    assert!(count > 25, "only {count} statements were found");
}

/// Text that begins like SQL, in the sources and the `.sql` files beside them. What is put
/// together when it is needed (it has braces) is prepared by the tests that need it.
fn statements_in(folder: &Path) -> Vec<(String, String)> {
    const VERBS: [&str; 6] = [
        "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "PRAGMA ",
    ];
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(statements_in(&path));
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let place = path.display().to_string();
        if path.extension().is_some_and(|end| end == "sql") {
            found.push((place, source));
            continue;
        }
        found.extend(
            literals(&source)
                .into_iter()
                .filter(|text| {
                    let text = text.trim();
                    VERBS.iter().any(|verb| text.starts_with(verb))
                        && !text.contains(['{', '}'])
                        && !text.ends_with("VALUES")
                })
                .map(|text| (place.clone(), text)),
        );
    }
    found
}

/// The string literals of Rust source, comments left out.
fn literals(source: &str) -> Vec<String> {
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut literals = Vec::new();
    let mut characters = code.chars().peekable();
    while let Some(character) = characters.next() {
        // A character literal may hold a quotation mark.
        if character == '\'' && characters.peek() == Some(&'"') {
            characters.next();
            continue;
        }
        if character != '"' {
            continue;
        }
        let mut text = String::new();
        while let Some(character) = characters.next() {
            match character {
                '"' => break,
                '\\' => match characters.next() {
                    Some('\n') => {
                        while characters.next_if(|next| next.is_whitespace()).is_some() {}
                    }
                    Some(escaped) => text.push(escaped),
                    None => break,
                },
                other => text.push(other),
            }
        }
        literals.push(text);
    }
    literals
}

#[tokio::test]
async fn tables_hold_what_the_entities_describe() {
    let garage = Garage::open().await;
    let mut conn = garage.store.read().await.unwrap();
    for kind in EntityKind::ALL {
        let rows = sqlx::query("SELECT name, type, \"notnull\" FROM pragma_table_info(?)")
            .bind(kind.table())
            .fetch_all(&mut *conn)
            .await
            .unwrap();
        let mut columns: Vec<(String, String, bool)> = rows
            .iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect();
        let mut take = |name: &str| {
            let at = columns.iter().position(|(column, ..)| column == name);
            let at = at.unwrap_or_else(|| panic!("{}.{name} is missing", kind.table()));
            let (_, storage, is_required) = columns.remove(at);
            (storage, is_required)
        };
        for field in kind.fields() {
            let expected = match field.kind {
                Kind::Flag => ("INTEGER", true),
                Kind::Integer { .. } | Kind::Money => {
                    let is_always = field.required
                        || matches!(field.default, servease_domain::field::Default::Integer(_));
                    ("INTEGER", is_always)
                }
                Kind::Date | Kind::TimeOfDay | Kind::Instant => ("TEXT", false),
                Kind::Reference(_) => {
                    let (storage, _) = take(field.name);
                    assert_eq!(storage, "BLOB", "{}.{}", kind.table(), field.name);
                    continue;
                }
                _ => ("TEXT", true),
            };
            let (storage, is_required) = take(field.name);
            assert_eq!(
                (storage.as_str(), is_required),
                expected,
                "{}.{}",
                kind.table(),
                field.name
            );
        }
        for own in [
            "id",
            "extra",
            "created_at",
            "updated_at",
            "deleted_at",
            "deleted_with",
            "duplicate_of",
            "seq",
        ] {
            take(own);
        }
        let derived: &[&str] = match kind {
            EntityKind::Customer => &[
                "first_name_key",
                "last_name_key",
                "first_name_sort",
                "last_name_sort",
            ],
            EntityKind::Vehicle => &["plate_key"],
            _ => &[],
        };
        for name in derived {
            take(name);
        }
        assert_eq!(
            columns,
            [],
            "{} has columns that nobody describes",
            kind.table()
        );
    }
}

/// Remembers the statements that are run, as sqlx logs them.
struct Listener;

static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());
static LISTENING: OnceLock<()> = OnceLock::new();

impl<S: tracing::Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut statement = Statement::default();
            event.record(&mut statement);
            let whole = if statement.whole.trim().is_empty() {
                statement.summary
            } else {
                statement.whole
            };
            HEARD.lock().unwrap().push(whole.trim().to_owned());
        }
    }
}

#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => self.summary = value.to_owned(),
            "db.statement" => self.whole = value.to_owned(),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// The plans of the statements that `work` runs.
async fn plans(conn: &mut Connection, work: impl AsyncFnOnce(&mut Connection)) -> Vec<String> {
    LISTENING.get_or_init(|| {
        let listening = tracing_subscriber::registry().with(Listener);
        tracing::subscriber::set_global_default(listening).unwrap();
    });
    // Only this test listens, so what is heard is its own.
    HEARD.lock().unwrap().clear();
    work(conn).await;
    // Statements are logged where they run, which is done when their answers are here.
    let heard = HEARD.lock().unwrap().clone();
    let mut plans = Vec::new();
    for sql in heard.iter().filter(|sql| sql.starts_with("SELECT")) {
        let explained = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
            .fetch_all(&mut *conn)
            .await
            .unwrap();
        let steps: Vec<String> = explained.iter().map(|row| row.get("detail")).collect();
        plans.push(format!("{sql}\n  {}", steps.join("\n  ")));
    }
    assert!(!plans.is_empty());
    plans
}

fn assert_no_table_is_walked(plans: &[String]) {
    for plan in plans {
        for step in plan
            .lines()
            .map(str::trim)
            .filter(|step| step.starts_with("SCAN "))
        {
            let is_through_index = step.contains("INDEX") || step.contains("CONSTANT ROW");
            let is_subquery = step.starts_with("SCAN (");
            assert!(is_through_index || is_subquery, "{plan}");
        }
    }
}

#[tokio::test]
async fn what_people_wait_for_walks_through_indexes_only() {
    let garage = Garage::open().await;
    let owner = garage
        .customer(&[("last_name", "Smith"), ("phone", "+16145550100")])
        .await;
    garage
        .vehicle(owner, &[("make", "Kia"), ("license_plate", "AB 12")])
        .await;
    let mut conn = garage.store.write().await.unwrap();

    let typed = ["s", "smi", "smith", "smith kia", "614 555", "b1"];
    let searched = plans(&mut conn, async |conn| {
        for typed in typed {
            let query = Query::parse(typed).unwrap();
            search::search(conn, &query, 20).await.unwrap();
        }
    })
    .await;
    assert_no_table_is_walked(&searched);
    for plan in &searched {
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }

    let told = plans(&mut conn, async |conn| {
        let found = documents::find_with_content(conn, "a", Some(owner)).await;
        assert_eq!(found.unwrap(), None);
    })
    .await;
    assert_no_table_is_walked(&told);
    // What is looked through comes in its order: the hundred that are asked for, and no more.
    let by_index = "USING INDEX documents_sha256 (sha256=?)";
    assert!(told[0].contains(by_index), "{told:?}");
    assert_eq!(told[0].matches("TEMP B-TREE").count(), 1, "{told:?}");

    let mut windows = Vec::new();
    for ordering in [
        "",
        "-last_name",
        "first_name",
        "-first_name",
        "created_at",
        "-created_at",
        "customer_since",
        "-customer_since",
    ] {
        for is_filtered in [false, true] {
            let filter = Filter {
                ordering,
                fields: if is_filtered {
                    &[
                        ("is_active", "true"),
                        ("is_verified", "false"),
                        ("is_business_customer", "false"),
                        ("state", "Ohio"),
                    ]
                } else {
                    &[]
                },
                ..Filter::default()
            };
            windows.extend(
                plans(&mut conn, async |conn| {
                    lists::customers(conn, &filter, 0, 50).await.unwrap();
                })
                .await,
            );
        }
    }
    for ordering in [
        "",
        "make",
        "-make",
        "model",
        "year",
        "-year",
        "license_plate",
        "-license_plate",
        "created_at",
    ] {
        for is_filtered in [false, true] {
            let filter = Filter {
                ordering,
                fields: if is_filtered {
                    &[
                        ("is_active", "true"),
                        ("is_under_warranty", "false"),
                        ("fuel_type", "diesel"),
                        ("make", "Kia"),
                    ]
                } else {
                    &[]
                },
                ..Filter::default()
            };
            windows.extend(
                plans(&mut conn, async |conn| {
                    lists::vehicles(conn, &filter, 0, 50).await.unwrap();
                })
                .await,
            );
        }
    }
    assert_no_table_is_walked(&windows);
    for plan in windows.iter().filter(|plan| plan.contains("ORDER BY")) {
        let is_by_make = plan.contains("make = ?");
        assert!(plan.contains("COVERING INDEX"), "{plan}");
        assert!(is_by_make || !plan.contains("TEMP B-TREE"), "{plan}");
    }

    let others = plans(&mut conn, async |conn| {
        let filter = Filter {
            search: "smith",
            ..Filter::default()
        };
        lists::customers(conn, &filter, 0, 50).await.unwrap();
        let filter = Filter {
            fields: &[("customer_id", &owner.to_string())],
            ..Filter::default()
        };
        lists::vehicles(conn, &filter, 0, 50).await.unwrap();
        lists::due_points(conn, now().date_naive(), 500)
            .await
            .unwrap();
        lists::service_types(conn, 10).await.unwrap();
    })
    .await;
    assert_no_table_is_walked(&others);

    // What an upload asks after every batch: that there is much in the log costs it nothing.
    let batches = plans(&mut conn, async |conn| {
        let first = outbox::Place::FIRST;
        let batch = outbox::list_next(conn, first, 2, 1 << 19).await.unwrap();
        let last = batch.last().unwrap().place();
        outbox::list_next(conn, last, 2, 1 << 19).await.unwrap();
        outbox::count(conn).await.unwrap();
        answers::apply(conn, &batch, &[]).await.unwrap();
    })
    .await;
    assert_no_table_is_walked(&batches);
    for plan in &batches {
        assert!(!plan.contains("FOR ORDER BY"), "{plan}");
        let counts = plan.contains("count(DISTINCT step)");
        assert!(!counts || plan.contains("COVERING INDEX"), "{plan}");
    }
}
