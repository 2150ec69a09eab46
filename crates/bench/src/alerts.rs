//! Looking for what has come due: the first time, when everything is told, and again and again.

use std::error::Error;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use serde_json::Map;
use servease_desk::Desk;
use servease_domain::EntityKind;
use servease_domain::alerts::AlertState;

use crate::figures::{Samples, Table};

const REPEATS: usize = 20;
/// A look at everything takes less.
const SETTLED: Duration = Duration::from_secs(5);
const OPEN: &[AlertState] = &[AlertState::Raised, AlertState::Seen, AlertState::Snoozed];

pub async fn measure(
    desk: &Desk,
    now: DateTime<Utc>,
    table: &mut Table,
) -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let raised = desk.check_alerts(Some(now)).await?.raised.len();
    table.note(
        "first look for what has come due",
        &format!("{:.2} s, {raised} alerts", started.elapsed().as_secs_f64()),
    );
    let mut samples = Samples::default();
    for _ in 0..REPEATS {
        let started = Instant::now();
        desk.check_alerts(Some(now)).await?;
        samples.add(started);
    }
    table.beside_target("looking again, nothing new", &samples, 200.0);
    let mut samples = Samples::default();
    for day in 0..7 {
        let tomorrow = now + TimeDelta::days(day);
        let started = Instant::now();
        desk.check_alerts(Some(tomorrow)).await?;
        samples.add(started);
    }
    table.beside_target("the look of a day", &samples, 200.0);
    table.beside_target(
        "a change of one vehicle",
        &one_vehicle(desk, now).await?,
        5.0,
    );
    let started = Instant::now();
    let listed = desk.alerts(OPEN, 0).await?.len();
    table.note(
        "all open alerts in lines",
        &format!("{:.2} s, {listed} alerts", started.elapsed().as_secs_f64()),
    );
    Ok(())
}

/// From the moment that a date was saved until whoever watches hears of it.
async fn one_vehicle(desk: &Desk, now: DateTime<Utc>) -> Result<Samples, Box<dyn Error>> {
    let vehicles = desk.due_list(14, REPEATS as u32).await?.rows;
    let mut watch = desk.watch_alerts().await?;
    let mut samples = Samples::default();
    // Whatever came due since the last look is told first.
    let _ = tokio::time::timeout(SETTLED, watch.next()).await;
    // Another day each time, and not one of an earlier measurement of the same data.
    let before = i64::from(now.num_seconds_from_midnight() / 8);
    for (count, vehicle) in vehicles.iter().enumerate() {
        let expires = now.date_naive() - TimeDelta::days(before + count as i64 + 1);
        let mut fields = Map::new();
        fields.insert(
            "warranty_expiry_date".to_owned(),
            expires.to_string().into(),
        );
        desk.edit(EntityKind::Vehicle, vehicle.vehicle.id, &fields, true)
            .await?;
        let started = Instant::now();
        watch.next().await?;
        samples.add(started);
    }
    Ok(samples)
}
