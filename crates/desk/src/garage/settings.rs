//! The garage's settings and this PC's: defaults, checks, and what day it is.

use std::collections::BTreeMap;

use servease_domain::entities::LANGUAGES;
use servease_domain::{Code, EntityKind, Problem, money, phone};
use servease_store::{Connection, rows, settings};
use uuid::Uuid;

use crate::garage::views::{Counts, Session, Settings};
use crate::{Desk, Failure, Result};

/// Keys of the settings in the database carry it, apart from those of other parts.
const PREFIX: &str = "garage.";
const DEMO_KEY: &str = "desk.is_demo";
const THEMES: &[&str] = &["system", "light", "dark"];
const UNITS: &[&str] = &["mi", "km"];
const GARAGE_NAME_MAX: usize = 200;

pub(crate) async fn load(conn: &mut Connection) -> Result<Settings> {
    let mut stored = settings::list(conn, PREFIX).await?;
    let mut take = |key: &str, default: &str| {
        stored
            .remove(&format!("{PREFIX}{key}"))
            .unwrap_or_else(|| default.to_owned())
    };
    Ok(Settings {
        garage_name: take("garage_name", ""),
        country: take("country", "US"),
        timezone: take("timezone", "America/New_York"),
        distance_unit: take("distance_unit", "mi"),
        currency: take("currency", "USD"),
        language: take("language", ""),
        theme: take("theme", "system"),
        employee_id: take("employee_id", "").parse().ok(),
    })
}

/// Whether the folder was filled with demo data.
pub(crate) async fn mark_demo(conn: &mut Connection) -> Result<()> {
    Ok(settings::set(conn, DEMO_KEY, "1").await?)
}

/// The value as it is stored, or what is wrong with it.
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
        "garage_name" => {
            let length = value.chars().count();
            if length > GARAGE_NAME_MAX {
                Err(Problem::new(key, Code::TooLong)
                    .with("max", GARAGE_NAME_MAX)
                    .with("found", length))
            } else if value.chars().any(char::is_control) {
                Err(bad(Code::ControlCharacter))
            } else {
                Ok(value.to_owned())
            }
        }
        "country" => {
            let code = value.to_ascii_uppercase();
            if phone::is_country(&code) {
                Ok(code)
            } else {
                Err(bad(Code::NotAChoice).with("choices", "US, CA, MX, DE, FR, …"))
            }
        }
        "timezone" => match value.parse::<chrono_tz::Tz>() {
            Ok(zone) => Ok(zone.name().to_owned()),
            Err(_) => Err(bad(Code::NotATimeZone)),
        },
        "distance_unit" => one_of(UNITS),
        "currency" => {
            let code = value.to_ascii_uppercase();
            if money::is_currency(&code) {
                Ok(code)
            } else {
                Err(bad(Code::NotACurrency))
            }
        }
        "language" if value.is_empty() => Ok(String::new()),
        "language" => one_of(LANGUAGES),
        "theme" => one_of(THEMES),
        "employee_id" if value.is_empty() => Ok(String::new()),
        "employee_id" => match value.parse::<Uuid>() {
            Err(_) => Err(bad(Code::NotAnId)),
            Ok(id) => match rows::find(conn, EntityKind::Employee, id).await? {
                Some(_) => Ok(id.to_string()),
                None => Err(bad(Code::NotFound)),
            },
        },
        _ => Err(bad(Code::UnknownField)),
    })
}

impl Desk {
    pub async fn settings(&self) -> Result<Settings> {
        load(&mut *self.store.read().await?).await
    }

    /// Changes settings by key; all or none. Errors: Invalid, with a problem per key.
    pub async fn save_settings(&self, changes: &BTreeMap<String, String>) -> Result<Settings> {
        let mut checked = Vec::new();
        let mut problems = Vec::new();
        {
            let mut conn = self.store.read().await?;
            for (key, value) in changes {
                match check(&mut conn, key, value).await? {
                    Ok(value) => checked.push((key, value)),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        if !problems.is_empty() {
            return Err(Failure::Invalid(problems));
        }
        let mut tx = self.store.begin_plain().await?;
        for (key, value) in checked {
            settings::set(&mut tx, &format!("{PREFIX}{key}"), &value).await?;
        }
        let settings = load(&mut tx).await?;
        tx.commit()
            .await
            .map_err(servease_store::StoreError::from)?;
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
        let garage = self.garage(&mut conn).await?;
        let counts = Counts {
            customers: rows::count(&mut conn, EntityKind::Customer).await?,
            vehicles: rows::count(&mut conn, EntityKind::Vehicle).await?,
        };
        let stored = settings::list(&mut conn, PREFIX).await?;
        let employees = rows::list_all(&mut conn, EntityKind::Employee).await?;
        Ok(Session {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_dir: folder.display().to_string(),
            is_demo: settings::find(&mut conn, DEMO_KEY).await?.is_some(),
            is_first_run: counts.customers == 0 && stored.is_empty(),
            employees: employees.iter().map(|record| record.to()).collect(),
            system_language: system_language
                .filter(|language| LANGUAGES.contains(&language.as_str())),
            today: garage.today,
            settings: garage.settings,
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
