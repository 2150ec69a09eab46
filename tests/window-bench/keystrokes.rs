//! From a key to the frame that shows what came of it, in the real window: the hits of the search
//! box, the rows of a long list.
//!
//! The page itself takes the times: from the time stamp that the window system gave the key, to
//! the first task after the frame in which the hits stand.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use servease_tests::window::{Desk, Role};

use crate::Result;

/// Records of each kind that are looked for.
const RECORDS: usize = 12;

/// Watches the box: `keys` holds when each key came, `paints` what each answer took.
const WATCH: &str = "
    const box = document.querySelector('[role=search] input');
    const hits = document.querySelector('[role=search][data-answers]');
    window.took = [];
    let key = null;
    box.addEventListener('keydown', (event) => { key = event.timeStamp; }, true);
    new MutationObserver(() => {
        if (key === null || hits.dataset.answers !== box.value || box.value === '') return;
        const begun = key;
        key = null;
        requestAnimationFrame(() => {
            const after = new MessageChannel();
            after.port1.onmessage = () => window.took.push(performance.now() - begun);
            after.port2.postMessage(null);
        });
    }).observe(hits, { attributes: true });
    return true";

/// Screens that a list is walked through, from several places of it.
const SCREENS: usize = 60;

/// Watches the list: a key is answered when every row in sight has its text.
const WATCH_LIST: &str = "
    const list = document.querySelector('[role=grid]');
    window.took = [];
    let key = null;
    list.addEventListener('keydown', (event) => { key = event.timeStamp; }, true);
    const look = () => {
        if (key !== null) {
            const chosen = list.querySelector('[role=row][aria-selected=true]');
            const sight = list.getBoundingClientRect();
            const rows = [...list.querySelectorAll('.line')].filter((row) => {
                const place = row.getBoundingClientRect();
                return place.bottom > sight.top && place.top < sight.bottom;
            });
            if (chosen && rows.length > 0 && rows.every((row) => row.innerText.trim() !== '')) {
                const begun = key;
                key = null;
                const after = new MessageChannel();
                after.port1.onmessage = () => window.took.push(performance.now() - begun);
                after.port2.postMessage(null);
            }
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return true";

/// What people type to find a record, in the way they type it.
#[derive(Debug, Default)]
pub struct Typed {
    kinds: [(&'static str, Vec<String>); 4],
}

impl Typed {
    /// Texts that lead to records spread over the garage.
    pub fn of_garage(cli: &Path, folder: &Path) -> Result<Self> {
        let list = |noun: &str, page: u64| {
            answer(cli, folder, &[noun, "list", "--page", &page.to_string()])
        };
        let pages = |noun: &str| -> Result<u64> {
            Ok(list(noun, 1)?["count"].as_u64().unwrap_or(0).div_ceil(20))
        };
        let mut typed = Self {
            kinds: [
                ("plate", Vec::new()),
                ("six characters out of a VIN", Vec::new()),
                ("phone, national notation", Vec::new()),
                ("name", Vec::new()),
            ],
        };
        let [plates, vins, phones, names] = &mut typed.kinds;
        let (vehicle_pages, customer_pages) = (pages("vehicle")?, pages("customer")?);
        for place in 0..RECORDS as u64 {
            let page = 1 + place * vehicle_pages / RECORDS as u64;
            let vehicle = &list("vehicle", page)?["results"][0];
            let text = |field: &str| vehicle[field].as_str().unwrap_or_default().to_lowercase();
            plates.1.push(text("license_plate"));
            vins.1.extend(text("vin").get(8..14).map(str::to_owned));
            let page = 1 + place * customer_pages / RECORDS as u64;
            let customer = &list("customer", page)?["results"][0];
            names
                .1
                .extend(customer["full_name"].as_str().map(str::to_lowercase));
            let digits = customer["phone"]
                .as_str()
                .and_then(|phone| phone.strip_prefix("+1"));
            if let Some(digits) = digits.filter(|digits| digits.len() == 10) {
                phones.1.push(format!(
                    "({}) {}-{}",
                    &digits[..3],
                    &digits[3..6],
                    &digits[6..]
                ));
            }
        }
        for (_, texts) in &mut typed.kinds {
            texts.retain(|text| !text.is_empty());
        }
        Ok(typed)
    }
}

/// Milliseconds from each key to its paint, by what was typed.
pub async fn measure(
    program: &Path,
    folder: &Path,
    typed: &Typed,
) -> Vec<(&'static str, Vec<f64>)> {
    let mut desk = Desk::open_program(program, folder).await;
    desk.see(Role::Combobox, "").await;
    let _: bool = desk.script(WATCH, vec![]).await;
    let mut all = Vec::new();
    for (what, texts) in &typed.kinds {
        let _: bool = desk.script("window.took = []; return true", vec![]).await;
        let mut keys = 0;
        for text in texts {
            desk.press("Ctrl+A").await;
            desk.press("Delete").await;
            for character in text.chars() {
                desk.type_text(&character.to_string()).await;
                keys += 1;
                desk.wait_for("the hits", || async {
                    let painted: usize = desk.script("return window.took.length", vec![]).await;
                    (painted >= keys).then_some(())
                })
                .await;
            }
        }
        all.push((*what, desk.script("return window.took", vec![]).await));
    }
    all.push(("list of customers, a screen on", walk(&desk).await));
    desk.close().await;
    all
}

/// Goes through the list of all customers, screen by screen, back from its end.
async fn walk(desk: &Desk) -> Vec<f64> {
    let _: bool = desk
        .script("location.hash = '/customers'; return true", vec![])
        .await;
    desk.see(Role::Button, "New customer").await;
    desk.wait_for("the first rows", || async {
        let first: bool = desk
            .script(
                "return (document.querySelector('[role=grid] .line')?.innerText ?? '') !== ''",
                vec![],
            )
            .await;
        first.then_some(())
    })
    .await;
    let _: bool = desk
        .script(
            "document.querySelector('[role=grid]').focus(); return true",
            vec![],
        )
        .await;
    let _: bool = desk.script(WATCH_LIST, vec![]).await;
    for turn in 1..=SCREENS {
        let key = match turn {
            1 => "End",
            _ if turn % 20 == 0 => "Home",
            _ if turn % 20 == 1 => "End",
            _ if turn < SCREENS / 2 => "PageUp",
            _ => "PageDown",
        };
        desk.press(key).await;
        desk.wait_for("the rows", || async {
            let painted: usize = desk.script("return window.took.length", vec![]).await;
            (painted >= turn).then_some(())
        })
        .await;
    }
    desk.script("return window.took", vec![]).await
}

/// The figure below which so many percent of the others lie.
pub fn percentile(figures: &[f64], percent: usize) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or_default()
}

fn answer(cli: &Path, folder: &Path, arguments: &[&str]) -> Result<Value> {
    let output = Command::new(cli)
        .arg("--json")
        .arg("--data-dir")
        .arg(folder)
        .args(arguments)
        .output()?;
    if !output.status.success() {
        return Err(format!("servease {arguments:?}: {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
