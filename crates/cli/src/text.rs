//! JSON as compact text for people at a terminal. Fields keep the names that `--set` takes.

use serde_json::{Map, Value as Json};

/// One record: a line for each field that holds something.
pub fn record(json: &Json) -> String {
    let mut text = String::new();
    match json {
        Json::Object(fields) => write_fields(fields, 0, &mut text),
        other => {
            text.push_str(&cell(other));
            text.push('\n');
        }
    }
    text
}

fn write_fields(fields: &Map<String, Json>, indent: usize, text: &mut String) {
    let told: Vec<(&String, &Json)> = fields
        .iter()
        .filter(|(_, value)| !is_blank(value))
        .collect();
    let width = told
        .iter()
        .filter(|(_, value)| !value.is_object() && !value.is_array())
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    let margin = " ".repeat(indent);
    for (name, value) in told {
        match value {
            Json::Object(inner) => {
                text.push_str(&format!("{margin}{name}:\n"));
                write_fields(inner, indent + 2, text);
            }
            Json::Array(rows) => {
                text.push_str(&format!("{margin}{name}:\n"));
                for row in rows {
                    text.push_str(&format!("{margin}  {}\n", line(row)));
                }
            }
            plain => text.push_str(&format!("{margin}{name:width$}  {}\n", cell(plain))),
        }
    }
}

/// Names and values on one line.
pub fn named_line(json: &Json) -> String {
    match json {
        Json::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name} {}", cell(value)))
            .collect::<Vec<_>>()
            .join("  "),
        plain => cell(plain),
    }
}

/// A record on one line.
fn line(json: &Json) -> String {
    match json {
        Json::Object(fields) => fields
            .values()
            .filter(|value| !is_blank(value))
            .map(cell)
            .collect::<Vec<_>>()
            .join("  "),
        plain => cell(plain),
    }
}

/// Some columns of each row under their names; nothing for no rows.
pub fn table(rows: &[Json], columns: &[&str]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let cells: Vec<Vec<String>> =
        std::iter::once(columns.iter().map(|c| (*c).to_owned()).collect())
            .chain(rows.iter().map(|row| {
                columns
                    .iter()
                    .map(|column| cell(row.get(column).unwrap_or(&Json::Null)))
                    .collect()
            }))
            .collect();
    let widths: Vec<usize> = (0..columns.len())
        .map(|at| {
            cells
                .iter()
                .map(|row| row[at].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in &cells {
        let line: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn cell(json: &Json) -> String {
    match json {
        Json::Null => String::new(),
        // A long text must not break the lines of the others.
        Json::String(text) => text.replace(['\n', '\t'], " "),
        // What belongs together is read as one: an address.
        Json::Object(fields) => fields
            .values()
            .filter(|value| !is_blank(value))
            .map(cell)
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

fn is_blank(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(rows) => rows.is_empty(),
        Json::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_record_shows_what_it_holds() {
        let text = record(&json!({
            "name": "Ann", "blank": "", "none": null, "is_active": true,
            "inner": {"a": 1}, "rows": [{"x": "b", "y": "c\nd"}], "empty": [],
        }));
        assert_eq!(
            text,
            "name       Ann\nis_active  true\ninner:\n  a  1\nrows:\n  b  c d\n"
        );
    }

    #[test]
    fn a_table_lines_up_its_columns() {
        let rows = [json!({"a": "ä", "b": 1}), json!({"a": "long", "b": null})];
        assert_eq!(table(&rows, &["a", "b"]), "a     b\nä     1\nlong\n");
        assert_eq!(table(&[], &["a"]), "");
    }
}
