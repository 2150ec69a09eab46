//! Windows onto the lists of customers and vehicles, what is due, and the garage's figures.
//!
//! A window is found by walking the index of its order from the nearer end. The indexes hold
//! the ids and what lists filter by, so rows are looked up only for what is shown. Totals are
//! counted in the same index each time: 100,000 entries take a millisecond or two, which is less
//! than a remembered total would cost in wrong ones.

mod customers;
mod due;
mod figures;
mod filter;
mod vehicles;

pub use customers::{CustomerRow, customers};
pub use due::{DuePoints, due_points, vehicles_by_id};
pub use figures::{CustomerFigures, customer_figures, service_types};
pub use filter::Filter;
pub use vehicles::{VehicleRow, vehicles};

fn window(offset: u32, limit: u32) -> std::ops::Range<i64> {
    let start = i64::from(offset);
    start..start + i64::from(limit)
}

/// Rows `offset ..` of a list of `total`.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub total: i64,
    pub rows: Vec<T>,
}
