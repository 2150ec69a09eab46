//! The search box, keystroke by keystroke, for records taken at random.

use std::error::Error;
use std::time::Instant;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use servease_desk::Desk;
use servease_desk::views::ListQuery;
use servease_domain::query::Query;
use servease_store::search;

use crate::figures::{Samples, Table};

const RECORDS: usize = 60;
const HITS: u32 = 20;

/// What people type to find a record, in the way they type it.
#[derive(Default)]
struct Typed {
    plate: Vec<String>,
    vin_part: Vec<String>,
    phone: Vec<String>,
    name: Vec<String>,
    owner_and_model: Vec<String>,
}

pub async fn measure(desk: &Desk, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let typed = typed(desk).await?;
    let total = desk.customer_page(&ListQuery::default(), 0, 1).await?.total;
    // Earlier runs on the same data have added some hundreds.
    let target_ms = if total > 200_000 { 10.0 } else { 3.0 };
    for (what, texts) in [
        ("plate", &typed.plate),
        ("six characters out of a VIN", &typed.vin_part),
        ("phone, national notation", &typed.phone),
        ("name", &typed.name),
        ("owner and model", &typed.owner_and_model),
    ] {
        let mut found = Samples::default();
        let mut shown = Samples::default();
        for text in texts {
            for (end, _) in text.char_indices().skip(1).chain([(text.len(), ' ')]) {
                let Some(query) = Query::parse(&text[..end]) else {
                    continue;
                };
                let mut conn = desk.store().read().await?;
                let started = Instant::now();
                search::search(&mut conn, &query, HITS).await?;
                found.add(started);
                drop(conn);
                let started = Instant::now();
                desk.search(&text[..end], HITS).await?;
                shown.add(started);
            }
        }
        table.beside_target(&format!("search by {what}: SQL"), &found, target_ms);
        table.note(
            &format!("search by {what}: hits loaded"),
            &format!(
                "p50 {:.2}, p95 {:.2} ms",
                shown.percentile_ms(50),
                shown.percentile_ms(95)
            ),
        );
    }
    Ok(())
}

async fn typed(desk: &Desk) -> Result<Typed, Box<dyn Error>> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let vehicles = desk.vehicle_page(&ListQuery::default(), 0, 1).await?.total;
    let mut typed = Typed::default();
    for _ in 0..RECORDS {
        let offset = u32::try_from(random.random_range(0..vehicles))?;
        let page = desk.vehicle_page(&ListQuery::default(), offset, 1).await?;
        let Some(row) = page.rows.into_iter().next() else {
            continue;
        };
        let vehicle = row.vehicle;
        if !vehicle.license_plate.is_empty() {
            typed.plate.push(vehicle.license_plate.to_lowercase());
        }
        if vehicle.vin.len() == 17 {
            let start = random.random_range(0..=11);
            typed
                .vin_part
                .push(vehicle.vin[start..start + 6].to_owned());
        }
        if let Some(digits) = row.owner_phone.strip_prefix("+1").filter(|n| n.len() == 10) {
            let (area, rest) = digits.split_at(3);
            typed
                .phone
                .push(format!("({area}) {}-{}", &rest[..3], &rest[3..]));
        }
        let last = row.owner.rsplit(' ').next().unwrap_or_default();
        typed
            .owner_and_model
            .push(format!("{last} {}", vehicle.model));
        typed.name.push(row.owner);
    }
    Ok(typed)
}
