//! The envelope of lists.

use serde_json::{Value as Json, json};

/// One page. `next` and `previous` are URLs.
pub fn page(
    count: u64,
    next: Option<String>,
    previous: Option<String>,
    results: Vec<Json>,
) -> Json {
    json!({"count": count, "next": next, "previous": previous, "results": results})
}

/// How many pages a list has: an empty one has a first page.
pub fn page_count(count: u64, page_size: u64) -> u64 {
    count.div_ceil(page_size.max(1)).max(1)
}
