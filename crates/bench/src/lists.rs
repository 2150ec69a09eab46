//! Windows onto the lists: the first, the middle and the last one.

use std::error::Error;
use std::time::Instant;

use servease_desk::Desk;
use servease_desk::views::ListQuery;

use crate::figures::{Samples, Table};

const ROWS: u32 = 50;
const REPEATS: usize = 40;

pub async fn measure(desk: &Desk, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let by_name = ListQuery::default();
    let unverified = ListQuery::ordered("-created_at").with("is_verified", false);
    let searched = ListQuery {
        search: "smith".to_owned(),
        ..ListQuery::default()
    };
    for (what, query) in [
        ("customers by name", &by_name),
        ("customers not verified, newest first", &unverified),
        ("customers that `smith` finds, by name", &searched),
    ] {
        let total = u32::try_from(desk.customer_list(query, 0, 1).await?.total)?;
        for (place, offset) in places(total) {
            let mut samples = Samples::default();
            for _ in 0..REPEATS {
                let started = Instant::now();
                desk.customer_list(query, offset, ROWS).await?;
                samples.add(started);
            }
            table.beside_target(&format!("{what}, {place} window"), &samples, 10.0);
        }
    }
    let newest = ListQuery::default();
    let by_plate = ListQuery::ordered("license_plate");
    for (what, query) in [
        ("vehicles, newest first", &newest),
        ("vehicles by plate", &by_plate),
    ] {
        let total = u32::try_from(desk.vehicle_list(query, 0, 1).await?.total)?;
        for (place, offset) in places(total) {
            let mut samples = Samples::default();
            for _ in 0..REPEATS {
                let started = Instant::now();
                desk.vehicle_list(query, offset, ROWS).await?;
                samples.add(started);
            }
            table.beside_target(&format!("{what}, {place} window"), &samples, 10.0);
        }
    }
    let mut samples = Samples::default();
    let mut due = 0;
    for _ in 0..REPEATS / 8 {
        let started = Instant::now();
        due = desk.due_list(14, 10).await?.total;
        samples.add(started);
    }
    table.note(
        &format!("due within 14 days ({due} vehicles)"),
        &format!("p50 {:.2} ms", samples.percentile_ms(50)),
    );
    let mut samples = Samples::default();
    for _ in 0..REPEATS / 4 {
        let started = Instant::now();
        desk.stats().await?;
        samples.add(started);
    }
    table.note(
        "figures of the garage",
        &format!("p50 {:.2} ms", samples.percentile_ms(50)),
    );
    Ok(())
}

fn places(total: u32) -> [(&'static str, u32); 3] {
    let last = total.saturating_sub(ROWS);
    [("first", 0), ("middle", last / 2), ("last", last)]
}
