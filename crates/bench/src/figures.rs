//! Samples, and the table that they end up in.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// How long something took, time after time.
#[derive(Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    pub fn add(&mut self, started: Instant) {
        self.0.push(started.elapsed());
    }

    pub fn add_duration(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// Milliseconds below which so many percent of the samples lie.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted
            .get(place)
            .map_or(0.0, |sample| sample.as_secs_f64() * 1_000.0)
    }
}

/// Rows of: what, result, floor or target, ratio.
#[derive(Debug)]
pub struct Table {
    title: String,
    rows: Vec<[String; 4]>,
}

impl Table {
    pub fn new(title: &str) -> Table {
        Table {
            title: title.to_owned(),
            rows: Vec::new(),
        }
    }

    /// A figure with nothing beside it.
    pub fn note(&mut self, name: &str, result: &str) {
        self.add(name, result.to_owned(), String::new(), String::new());
    }

    /// A figure beside its floor, both by their medians.
    pub fn beside_floor(&mut self, name: &str, samples: &Samples, floor: &Samples) {
        let ratio = samples.percentile_ms(50) / floor.percentile_ms(50);
        self.add(name, text(samples), text(floor), format!("{ratio:.2}"));
    }

    /// A figure beside a target for its 95th percentile.
    pub fn beside_target(&mut self, name: &str, samples: &Samples, target_ms: f64) {
        let ratio = samples.percentile_ms(95) / target_ms;
        let target = format!("p95 ≤ {target_ms} ms");
        self.add(name, text(samples), target, format!("{ratio:.2}"));
    }

    fn add(&mut self, name: &str, result: String, peer: String, ratio: String) {
        self.rows.push([name.to_owned(), result, peer, ratio]);
    }

    pub fn markdown(&self) -> String {
        let mut text = format!(
            "### {}\n\n| what | result | floor or target | ratio |\n|---|---|---|---|\n",
            self.title
        );
        for row in &self.rows {
            let _ = writeln!(text, "| {} |", row.join(" | "));
        }
        text
    }
}

fn text(samples: &Samples) -> String {
    format!(
        "p50 {:.2}, p95 {:.2} ms",
        samples.percentile_ms(50),
        samples.percentile_ms(95)
    )
}
