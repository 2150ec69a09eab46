//! `alerts/`: what the company must act on.

use axum::http::header;
use axum::response::Response;
use serde_json::Value as Json;
use servease_domain::alerts::{AlertKind, AlertState, TABLE};
use servease_domain::standing::{self, Standing};
use servease_wire::error::field;
use strum::VariantNames as _;

use super::ask::Ask;
use super::lists::{Paging, Params, envelope};
use super::{pieces, readings};
use crate::alerts::causes::{self, Notes};
use crate::alerts::standing::Company;
use crate::alerts::words;
use crate::alerts::{self};
use crate::failure::ApiFailure;
use servease_locale::Locale;

/// As far ahead as anybody plans.
pub const WITHIN_MAX: u32 = 3_650;

/// What is looked at where nothing was said: a year.
const WITHIN: u32 = 365;

/// What is open.
const OPEN: [AlertState; 3] = [AlertState::Raised, AlertState::Seen, AlertState::Snoozed];

/// The states that can be asked for. What was withdrawn is not there any more.
pub fn states() -> Vec<&'static str> {
    let all = AlertState::VARIANTS.iter().copied();
    let withdrawn = AlertState::Withdrawn.name();
    all.filter(|name| *name != withdrawn).collect()
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    states: Vec<AlertState>,
    kinds: Vec<AlertKind>,
    within: u32,
}

pub async fn list(ask: Ask) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    let params = Params::read(&ask.query);
    let paging = Paging::read(&params)?;
    let wanted = wanted(&params)?;
    let notes = match ask.caller.is_admin() {
        true => Notes::All,
        false => Notes::ShownTo(ask.caller.employee_id()),
    };
    let mut link = ask.app.db.read().await?;
    let company = Company::load(&mut link, ask.now).await?;
    let mut found = company
        .alerts(&mut link, Some(wanted.within), &wanted.kinds, notes)
        .await?;
    drop(link);
    found.retain(|it| wanted.states.contains(&it.state));
    standing::sort(&mut found, &company.moment);
    let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let number = paging.resolve(count)?;
    let size = usize::try_from(paging.size).unwrap_or(usize::MAX);
    let before = usize::try_from((number - 1) * paging.size).unwrap_or(usize::MAX);
    let page: Vec<Standing> = found.into_iter().skip(before).take(size).collect();
    let envelope = envelope(&ask, &params, paging, (number, count));
    let around = pieces::around(&envelope, "results");
    let words = spoken(&ask);
    let first = pieces::FIRST;
    pieces::answer(&ask, around, page, first, move |ask, page| {
        let company = company.clone();
        async move { entries(&ask, &company, page, words).await }
    })
    .await
}

/// The words that the requester prefers.
pub fn spoken(ask: &Ask) -> &'static Locale {
    let header = ask.headers.get(header::ACCEPT_LANGUAGE);
    words::accepted(header.and_then(|it| it.to_str().ok()).unwrap_or_default())
}

async fn entries(
    ask: &Ask,
    company: &Company,
    page: Vec<Standing>,
    words: &Locale,
) -> Result<Vec<Json>, ApiFailure> {
    let about = page
        .iter()
        .map(|it| (it.cause.kind.about().entity, it.cause.record));
    let mut link = ask.app.db.read().await?;
    let subjects = causes::subjects(&mut link, about).await?;
    drop(link);
    // Their titles are shown.
    readings::note(ask, causes::sensitive(&subjects), readings::What::Metadata).await?;
    let lines = standing::lines(&page, &subjects, &company.moment);
    let unit = &company.garage.distance_unit;
    let entries = lines.iter().map(|line| alerts::entry(line, words, unit));
    Ok(entries.collect())
}

fn wanted(params: &Params) -> Result<Wanted, ApiFailure> {
    let mut refused = serde_json::Map::new();
    let mut refuse = |name: &str, message: String| {
        if let Json::Object(problem) = field(name, message) {
            refused.extend(problem);
        }
    };
    let mut wanted = Wanted {
        states: OPEN.to_vec(),
        kinds: TABLE.iter().map(|about| about.kind).collect(),
        within: WITHIN,
    };
    if let Some(text) = params.get("state") {
        match choices(text, &states(), |name| name.parse().ok()) {
            Ok(states) => wanted.states = states,
            Err(message) => refuse("state", message),
        }
    }
    if let Some(text) = params.get("kind") {
        match choices(text, AlertKind::NAMES, AlertKind::from_name) {
            Ok(kinds) => wanted.kinds = kinds,
            Err(message) => refuse("kind", message),
        }
    }
    if let Some(text) = params.get("within") {
        match text.trim().parse().ok().filter(|days| *days <= WITHIN_MAX) {
            Some(days) => wanted.within = days,
            None => refuse(
                "within",
                format!("Enter a whole number of days from 0 to {WITHIN_MAX}."),
            ),
        }
    }
    match refused.is_empty() {
        true => Ok(wanted),
        false => Err(ApiFailure::Refused(Json::Object(refused))),
    }
}

/// One choice, or several by comma, each once.
fn choices<T: PartialEq>(
    text: &str,
    names: &[&str],
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, String> {
    let mut chosen = Vec::new();
    for name in text.split(',').map(str::trim) {
        let known = names.contains(&name).then(|| read(name)).flatten();
        match known {
            Some(one) if chosen.contains(&one) => {}
            Some(one) => chosen.push(one),
            None => {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
                return Err(format!(
                    "Select a valid choice. {shown} is not one of: {}.",
                    names.join(", ")
                ));
            }
        }
    }
    Ok(chosen)
}
