//! Many short rows as one value. Handing rows over one by one, from the thread of the database to
//! the one that asked, costs several times what finding them does.

use serde::Deserialize;

use crate::{Result, StoreError};

/// A statement that answers the rows of another one as a single JSON array, each row an array of
/// these expressions over its columns. Ids go as `hex(id)`.
pub(crate) fn gathered(expressions: &str, rows: &str) -> String {
    format!("SELECT json_group_array(json_array({expressions})) FROM ({rows})")
}

/// Reads such an answer. Errors: Damaged; `place` names it.
pub(crate) fn read<'a, T: Deserialize<'a>>(answer: &'a str, place: &str) -> Result<Vec<T>> {
    serde_json::from_str(answer).map_err(|error| StoreError::Damaged(format!("{place}: {error}")))
}
