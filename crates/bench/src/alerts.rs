//! Looking for what has come due: the first time, when everything is told, and again and again.

use std::error::Error;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use servease_desk::Desk;
use servease_domain::alerts::AlertState;

use crate::figures::{Samples, Table};

const REPEATS: usize = 20;
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
    let started = Instant::now();
    let listed = desk.alerts(OPEN, 0).await?.len();
    table.note(
        "all open alerts in lines",
        &format!("{:.2} s, {listed} alerts", started.elapsed().as_secs_f64()),
    );
    Ok(())
}
