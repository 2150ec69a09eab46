//! Programs killed and lines cut at moments that a seed decides, again and again; then
//! everything settles and nothing is missing.

use std::process::Output;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value as Json;
use servease_tests::processes::{Company, Desk, error_line};

/// How often something is killed; `SERVEASE_KILLS` sets another number.
const KILLS: u32 = 40;

/// What a run may fail with while nothing is as it should be.
const EXPECTED: [&str; 3] = ["unreachable", "server_busy", "not_central"];

struct World {
    company: Company,
    desks: Vec<Desk>,
    random: StdRng,
    customer: String,
    vehicle: String,
    /// Notes that a program has confirmed.
    notes: Vec<String>,
    /// Values of the customer's city that somebody typed at each desk, and whether the program has
    /// confirmed them.
    cities: Vec<Vec<(String, bool)>>,
    /// Odometer readings that a program has confirmed.
    mileages: Vec<i64>,
    kills: u32,
}

fn kills() -> u32 {
    let chosen = std::env::var("SERVEASE_KILLS").ok();
    chosen.and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

fn seed() -> u64 {
    let chosen = std::env::var("SERVEASE_SEED").ok();
    let seed = chosen
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| rand::rng().random());
    println!("SERVEASE_SEED={seed}");
    seed
}

impl World {
    fn new(seed: u64) -> World {
        let company = Company::new();
        let desks = vec![company.desk(), company.desk()];
        let customer = desks[0].customer("Bo", "Diaz");
        let vehicle = desks[0].focus(&customer);
        company.settle(&desks.iter().collect::<Vec<_>>());
        World {
            company,
            cities: vec![Vec::new(); desks.len()],
            desks,
            random: StdRng::seed_from_u64(seed),
            customer,
            vehicle,
            notes: Vec::new(),
            mileages: Vec::new(),
            kills: 0,
        }
    }

    fn moment(&mut self, below_ms: u64) -> Duration {
        Duration::from_micros(self.random.random_range(0..below_ms * 1_000))
    }

    /// A command, killed at some moment or not. Answers what it confirmed.
    fn perform(&mut self, desk: usize, args: &[&str], is_killed: bool) -> Option<Json> {
        let run = self.desks[desk].start(args);
        let output = if is_killed {
            self.kills += 1;
            run.kill_after(self.moment(120))
        } else {
            run.wait()
        };
        if !output.status.success() {
            check_failure(&output, is_killed);
            return None;
        }
        // What was written whole was confirmed.
        serde_json::from_slice(&output.stdout).ok()
    }

    fn edit(&mut self, round: u32) {
        let desk = self.random.random_range(0..self.desks.len());
        let is_killed = self.random.random_bool(0.3);
        let word = format!("{round}-{desk}");
        let (customer, vehicle) = (self.customer.clone(), self.vehicle.clone());
        match self.random.random_range(0..3) {
            0 => {
                let mut args = vec!["note", "add", "--customer", &customer];
                args.extend(["--title", &word, "--content", "x"]);
                if let Some(note) = self.perform(desk, &args, is_killed) {
                    self.notes.push(note["id"].as_str().unwrap().to_owned());
                }
            }
            1 => {
                let change = format!("city={word}");
                let args = ["customer", "edit", &customer, "--set", &change];
                let is_confirmed = self.perform(desk, &args, is_killed).is_some();
                self.cities[desk].push((word, is_confirmed));
            }
            _ => {
                let value = 40_001 + i64::from(round) * 7 + desk as i64;
                let text = value.to_string();
                let args = ["vehicle", "mileage", &vehicle, &text];
                if let Some(shown) = self.mileage(desk, &args, is_killed) {
                    assert_eq!(shown["current_mileage"], value);
                    self.mileages.push(value);
                }
            }
        }
    }

    /// A desk that knows more refuses a reading that is lower.
    fn mileage(&mut self, desk: usize, args: &[&str], is_killed: bool) -> Option<Json> {
        let run = self.desks[desk].start(args);
        let output = if is_killed {
            self.kills += 1;
            run.kill_after(self.moment(120))
        } else {
            run.wait()
        };
        if output.status.success() {
            return serde_json::from_slice(&output.stdout).ok();
        }
        None
    }

    fn sync(&mut self) {
        let desk = self.random.random_range(0..self.desks.len());
        match self.random.random_range(0..4) {
            0 => {
                self.perform(desk, &["sync", "--once"], true);
            }
            // Central dies in the middle of a run, or just before or after it.
            1 => {
                let run = self.desks[desk].start(&["sync", "--once"]);
                let moment = self.moment(120);
                let before = run_for(run, moment, || self.company.kill_central());
                check_failure(&before, false);
                self.kills += 1;
                self.company.start_central();
            }
            // Two programs of one folder, one of which is killed.
            2 => {
                let other = self.desks[desk].start(&["sync", "--once"]);
                self.perform(desk, &["sync", "--once"], true);
                check_failure(&other.wait(), false);
            }
            _ => {
                self.perform(desk, &["sync", "--once"], false);
            }
        }
    }

    /// Fine weather; everybody agrees; everything that was confirmed is somewhere.
    fn check(&mut self) {
        self.company.proxy.set_weather(0, 0);
        let desks: Vec<&Desk> = self.desks.iter().collect();
        self.company.settle(&desks);
        for desk in desks {
            let history = desk.json(&["history", &self.customer]).to_string();
            let conflicts = desk.json(&["conflicts", "list"]).to_string();
            let told = |word: &str| {
                let quoted = format!("\"{word}\"");
                history.contains(&quoted) || conflicts.contains(&quoted)
            };
            // What its author replaced before it was sent need not be anywhere.
            for typed in &self.cities {
                let Some(last) = typed.iter().rposition(|(_, is_confirmed)| *is_confirmed) else {
                    continue;
                };
                let mut newest = typed[last..].iter();
                assert!(
                    newest.any(|(city, _)| told(city)),
                    "the city {} is nowhere",
                    typed[last].0
                );
            }
            let notes = desk
                .json(&["note", "list", "--customer", &self.customer])
                .to_string();
            for note in &self.notes {
                assert!(notes.contains(note.as_str()), "the note {note} is gone");
            }
            let vehicle = desk.show("vehicle", &self.vehicle);
            if let Some(largest) = self.mileages.iter().max() {
                assert!(vehicle["current_mileage"].as_i64() >= Some(*largest));
            }
            assert_eq!(desk.status()["waiting"], 0);
            assert_eq!(desk.status()["rejected"], 0);
        }
    }
}

/// Lets a program run for a moment, does something, and waits for its end.
fn run_for(
    mut run: servease_tests::processes::Run,
    moment: Duration,
    action: impl FnOnce(),
) -> Output {
    run.wait_for(moment);
    action();
    run.wait()
}

#[track_caller]
fn check_failure(output: &Output, is_killed: bool) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.success() || (is_killed && output.status.code().is_none()) {
        return;
    }
    let error = error_line(&stderr);
    let code = error["code"].as_str().unwrap();
    assert!(EXPECTED.contains(&code), "{error}");
}

#[test]
fn nothing_confirmed_is_lost_to_kill_9_of_either_side() {
    let seed = seed();
    let mut world = World::new(seed);
    let mut round = 0;
    while world.kills < kills() {
        world.edit(round);
        world.sync();
        round += 1;
    }
    let cities = world.cities.iter().flatten();
    let confirmed = cities.filter(|(_, is_confirmed)| *is_confirmed).count();
    println!(
        "{} kills, {} notes, {} cities, {} readings confirmed",
        world.kills,
        world.notes.len(),
        confirmed,
        world.mileages.len()
    );
    assert!(!world.notes.is_empty() && confirmed > 0);
    world.check();
}

#[test]
fn nothing_confirmed_is_lost_on_a_network_that_fails() {
    let seed = seed();
    let mut world = World::new(seed);
    world.company.proxy.set_weather(seed, 35);
    for round in 0..40 {
        world.edit(round);
        if round % 8 == 3 {
            world.company.proxy.cut();
        }
        let desk = world.random.random_range(0..2);
        world.perform(desk, &["sync", "--once"], false);
        world.company.proxy.restore();
    }
    world.check();
}
