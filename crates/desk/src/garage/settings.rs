//! The garage's settings and this PC's: the first are the garage's record, the others stay here.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use servease_domain::entities::{LANGUAGES, WEEKDAYS};
use servease_domain::{Code, Employee, EntityKind, Problem, Values, garage, reading, when};
use servease_store::{Connection, garage as record, rows, settings};
use uuid::Uuid;

use crate::garage::quiet;
use crate::garage::views::{Counts, Session, Settings};
use crate::{Desk, Failure, Result};

/// Keys of this PC's settings in the database carry it.
const PREFIX: &str = "pc.";
const DEMO_KEY: &str = "desk.is_demo";
const THEMES: &[&str] = &["system", "light", "dark"];
const ON: &str = "on";
const SWITCH: &[&str] = &[ON, "off"];

pub(crate) async fn load(conn: &mut Connection) -> Result<Settings> {
    let mut stored = settings::list(conn, PREFIX).await?;
    let mut take = |key: &str, default: &str| {
        stored
            .remove(&format!("{PREFIX}{key}"))
            .unwrap_or_else(|| default.to_owned())
    };
    let garage = record::load(conn).await?;
    Ok(Settings {
        garage_name: garage.garage_name,
        country: garage.country,
        timezone: garage.timezone,
        distance_unit: garage.distance_unit,
        currency: garage.currency,
        soon_days: garage.soon_days,
        soon_distance: garage.soon_distance,
        service_lead_days: garage.service_lead_days,
        registration_lead_days: garage.registration_lead_days,
        insurance_lead_days: garage.insurance_lead_days,
        warranty_lead_days: garage.warranty_lead_days,
        document_lead_days: garage.document_lead_days,
        alert_detail: garage.alert_detail,
        language: take("language", ""),
        theme: take("theme", "system"),
        notifications: take("notifications", ON),
        quiet_from: take("quiet_from", ""),
        quiet_to: take("quiet_to", ""),
        working_days: take("working_days", ""),
        close_to_tray: take("close_to_tray", ON),
        scan_folder: take("scan_folder", ""),
        employee_id: take("employee_id", "").parse().ok(),
    })
}

/// Whether the folder was filled with demo data.
pub(crate) async fn mark_demo(conn: &mut Connection) -> Result<()> {
    Ok(settings::set(conn, DEMO_KEY, "1").await?)
}

/// Whether a setting is the garage's: then it is a field of its record.
fn is_the_garages(key: &str) -> bool {
    EntityKind::Garage
        .field(key)
        .is_some_and(|field| !field.system)
}

/// A setting of this PC as it is stored, or what is wrong with it.
async fn check(
    conn: &mut Connection,
    key: &str,
    value: &str,
) -> Result<std::result::Result<String, Problem>> {
    let value = value.trim();
    let bad = |code| Problem::new(key, code).with("found", value);
    let one_of = |words: &[&str]| {
        if words.contains(&value) {
            Ok(value.to_owned())
        } else {
            Err(bad(Code::NotAChoice).with("choices", words.join(", ")))
        }
    };
    Ok(match key {
        "language" if value.is_empty() => Ok(String::new()),
        "language" => one_of(LANGUAGES),
        "theme" => one_of(THEMES),
        "notifications" | "close_to_tray" => one_of(SWITCH),
        "quiet_from" | "quiet_to" if value.is_empty() => Ok(String::new()),
        "quiet_from" | "quiet_to" => match when::read_time(value) {
            Some(time) => Ok(time.format("%H:%M").to_string()),
            None => Err(bad(Code::NotATime)),
        },
        "working_days" => match quiet::read_days(value) {
            Some(days) => Ok(quiet::days_text(&days)),
            None => Err(bad(Code::NotAChoice).with("choices", WEEKDAYS.join(", "))),
        },
        "scan_folder" if value.is_empty() => Ok(String::new()),
        "scan_folder" => match std::path::Path::new(value) {
            folder if folder.is_absolute() && folder.is_dir() => Ok(value.to_owned()),
            _ => Err(bad(Code::NotFound)),
        },
        "employee_id" if value.is_empty() => Ok(String::new()),
        "employee_id" => match value.parse::<Uuid>() {
            Err(_) => Err(bad(Code::NotAnId)),
            Ok(id) => match rows::find(conn, EntityKind::Employee, id).await? {
                Some(record) => {
                    let employee: Employee = record.to();
                    if employee.is_active {
                        Ok(id.to_string())
                    } else {
                        Err(bad(Code::Deactivated).with("name", employee.name))
                    }
                }
                None => Err(bad(Code::NotFound)),
            },
        },
        _ => Err(bad(Code::UnknownField)),
    })
}

/// What an input makes of the garage's record. A field that always holds something cannot be
/// emptied: going back to a default unasked would change what the garage is.
fn read_garage(
    changes: &Map<String, Json>,
    context: &reading::Context,
) -> std::result::Result<Values, Vec<Problem>> {
    let read = reading::read(EntityKind::Garage, changes, context);
    let mut problems = read.problems;
    for (key, value) in changes {
        let is_emptied = value.as_str().is_some_and(|text| text.trim().is_empty());
        let is_always = EntityKind::Garage
            .field(key)
            .is_some_and(|field| field.default != servease_domain::field::Default::Blank);
        if is_emptied && is_always {
            problems.push(Problem::new(key, Code::Required));
        }
    }
    if problems.is_empty() {
        Ok(read.values)
    } else {
        Err(problems)
    }
}

impl Desk {
    pub async fn settings(&self) -> Result<Settings> {
        load(&mut *self.store.read().await?).await
    }

    /// Changes settings by key; all or none. Those of the garage are an edit of its record: it
    /// is undone, synced and kept in the history like any other.
    ///
    /// Errors: Invalid, with a problem per key.
    pub async fn save_settings(&self, changes: &BTreeMap<String, String>) -> Result<Settings> {
        let mut own = Vec::new();
        let mut shared = Map::new();
        let mut problems = Vec::new();
        let values = {
            let mut conn = self.store.read().await?;
            for (key, value) in changes {
                if is_the_garages(key) {
                    shared.insert(key.clone(), Json::String(value.clone()));
                    continue;
                }
                match check(&mut conn, key, value).await? {
                    Ok(value) => own.push((key, value)),
                    Err(problem) => problems.push(problem),
                }
            }
            let context = self.garage(&mut conn).await?.rules();
            read_garage(&shared, &context).unwrap_or_else(|more| {
                problems.extend(more);
                Values::new()
            })
        };
        if !problems.is_empty() {
            return Err(Failure::Invalid(problems));
        }
        let mut work = self.begin().await?;
        let mut record = record::get(work.conn()).await?;
        for (key, value) in own {
            settings::set(work.conn(), &format!("{PREFIX}{key}"), &value).await?;
        }
        work.step.update(&mut record, &values, false).await?;
        let settings = load(work.conn()).await?;
        work.step.commit_all().await?;
        Ok(settings)
    }

    /// Everything the window needs for its first paint. `folder` and `system_language` are
    /// what the shell knows.
    pub async fn session(
        &self,
        folder: &std::path::Path,
        system_language: Option<String>,
    ) -> Result<Session> {
        let mut conn = self.store.read().await?;
        let here = self.garage(&mut conn).await?;
        let counts = Counts {
            customers: rows::count(&mut conn, EntityKind::Customer).await?,
            vehicles: rows::count(&mut conn, EntityKind::Vehicle).await?,
        };
        let stored = settings::list(&mut conn, PREFIX).await?;
        // Whoever edits the record dates it, be it to what it was.
        let is_new_here = record::get(&mut conn).await?.updated_at == garage::unstated().updated_at;
        let employees = rows::list_all(&mut conn, EntityKind::Employee).await?;
        Ok(Session {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_dir: folder.display().to_string(),
            is_demo: settings::find(&mut conn, DEMO_KEY).await?.is_some(),
            is_first_run: counts.customers == 0 && stored.is_empty() && is_new_here,
            employees: employees.iter().map(|record| record.to()).collect(),
            system_language: system_language
                .filter(|language| LANGUAGES.contains(&language.as_str())),
            today: here.today,
            settings: here.settings,
            counts,
        })
    }
}

/// The contract's English country names; a country that is not listed stands as its code.
pub(crate) fn country_name(code: &str) -> String {
    let name = match code {
        "AT" => "Austria",
        "AU" => "Australia",
        "BE" => "Belgium",
        "BR" => "Brazil",
        "CA" => "Canada",
        "CH" => "Switzerland",
        "CN" => "China",
        "CZ" => "Czechia",
        "DE" => "Germany",
        "DK" => "Denmark",
        "ES" => "Spain",
        "FI" => "Finland",
        "FR" => "France",
        "GB" => "United Kingdom",
        "IE" => "Ireland",
        "IN" => "India",
        "IT" => "Italy",
        "JP" => "Japan",
        "KR" => "South Korea",
        "MX" => "Mexico",
        "NL" => "Netherlands",
        "NO" => "Norway",
        "NZ" => "New Zealand",
        "PL" => "Poland",
        "PT" => "Portugal",
        "SE" => "Sweden",
        "TW" => "Taiwan",
        "US" => "United States",
        "ZA" => "South Africa",
        other => other,
    };
    name.to_owned()
}
