//! From what a client said (JSON, or text from a form or a command line) to values: trimmed,
//! normalised, typed. Every problem is reported at once; nothing is guessed.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::alerts::Leads;
use crate::calendar::Calendar;
use crate::consequences::may_be_said;
use crate::field::{Field, Kind, Limit};
use crate::keeping;
use crate::kind::EntityKind;
use crate::money;
use crate::phone;
use crate::plain;
use crate::problem::{Code, Problem};
use crate::record::{Record, Values};
use crate::value::Value;
use crate::vin;
use crate::when::{self, When};

/// What the rules need to know of the world.
#[derive(Debug, Clone)]
pub struct Context {
    pub now: DateTime<Utc>,
    /// Today at the garage, in its time zone.
    pub today: NaiveDate,
    /// The garage's: a bare day is one of it.
    pub calendar: Calendar,
    /// ISO 3166 alpha-2: national phone numbers are read in it. Central does not guess one.
    pub country: Option<String>,
    /// ISO 4217: amounts without a currency are in it.
    pub currency: String,
}

/// What an input came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    pub values: Values,
    pub problems: Vec<Problem>,
    /// Doubts that do not stand in the way.
    pub warnings: Vec<Problem>,
    /// Names that the entity does not have, as they were given.
    pub unknown: Vec<String>,
}

/// Reads the fields that the input of a new record names. Fields that the product sets itself are
/// passed over, so that a client may send back what it was given.
pub fn read(kind: EntityKind, input: &Map<String, Json>, context: &Context) -> Reading {
    read_beside(kind, input, None, context)
}

/// Reads an edit. What the record holds decides what is meant: its currency how many decimals an
/// amount has, its number whether an extension still belongs to it, its day whether a bare day is
/// another one.
pub fn read_edit(record: &Record, input: &Map<String, Json>, context: &Context) -> Reading {
    read_beside(record.kind, input, Some(record), context)
}

fn read_beside(
    kind: EntityKind,
    input: &Map<String, Json>,
    before: Option<&Record>,
    context: &Context,
) -> Reading {
    let mut reading = Reading::default();
    let mut extensions = Vec::new();
    let currency = currency_of(input, before, context);
    for (name, json) in input {
        let Some(field) = kind.field(name) else {
            reading.unknown.push(name.clone());
            continue;
        };
        if field.system || (field.consequence && !may_be_said(kind, field.name)) {
            continue;
        }
        let mut reader = Reader {
            field,
            before,
            currency: &currency,
            context,
            warnings: &mut reading.warnings,
            extensions: &mut extensions,
        };
        match reader.read(json) {
            Ok(value) => match keeping::problem(field, &value).filter(|_| !value.is_blank()) {
                None => {
                    reading.values.insert(field.name, value);
                }
                Some(problem) => reading.problems.push(problem),
            },
            Err(problem) => reading.problems.push(problem),
        }
    }
    settle_extensions(kind, &extensions, before, &mut reading.values);
    if let Some(amount) = kind.fields().iter().find(|field| field.kind == Kind::Money) {
        settle_amount(amount, before, &currency, context, &mut reading);
    }
    reading
}

/// The currency in which amounts are meant: the one that is said, or the record's own, or the
/// garage's.
fn currency_of(input: &Map<String, Json>, before: Option<&Record>, context: &Context) -> String {
    let said = input.get("currency").and_then(Json::as_str);
    said.and_then(|text| plain::code(text).ok())
        .map(|code| code.to_ascii_uppercase())
        .filter(|code| money::is_currency(code))
        .or_else(|| before.and_then(stored_currency))
        .unwrap_or_else(|| context.currency.clone())
}

fn stored_currency(record: &Record) -> Option<String> {
    Some(record.get("currency").as_text().to_owned()).filter(|code| !code.is_empty())
}

/// An amount never stands without its currency, and another currency alone keeps the number that
/// people see: 150.00 of one becomes 150.00 of the other, not a hundredth or a hundredfold.
fn settle_amount(
    amount: &Field,
    before: Option<&Record>,
    currency: &str,
    context: &Context,
    reading: &mut Reading,
) {
    let is_said = reading.values.contains_key(amount.name);
    let held = before.and_then(|record| record.get(amount.name).as_integer());
    let has_amount = match reading.values.get(amount.name) {
        Some(said) => said.as_integer().is_some(),
        None => held.is_some(),
    };
    let is_refused = |name: &str| reading.problems.iter().any(|it| it.field == name);
    if !has_amount || is_refused("currency") {
        return;
    }
    let own = before.and_then(stored_currency);
    let said = reading.values.get("currency").map(Value::as_text);
    match (said, &own) {
        (None, Some(_)) => {}
        (Some(""), Some(_)) => {
            reading.values.remove("currency");
            let problem = Problem::new("currency", Code::Required);
            reading.problems.push(problem);
        }
        (None | Some(""), None) => {
            let currency = Value::Text(currency.to_owned());
            reading.values.insert("currency", currency);
        }
        (Some(_), _) => {}
    }
    let own = own.unwrap_or_else(|| context.currency.clone());
    if let Some(units) = held
        && !is_said
        && own != currency
        && !reading
            .problems
            .iter()
            .any(|known| known.field == amount.name)
    {
        let text = money::decimal(units, &own);
        match money::minor_units(&text, currency) {
            Some(units) => {
                reading.values.insert(amount.name, Value::Integer(units));
            }
            None => reading.problems.push(
                Problem::new(amount.name, Code::NotMoney)
                    .with("currency", currency)
                    .with("found", text),
            ),
        }
    }
}

/// An extension that was typed behind its number goes where extensions stand; with another number
/// the old one goes, unless one is said.
fn settle_extensions(
    kind: EntityKind,
    typed: &[(&'static str, String)],
    before: Option<&Record>,
    values: &mut Values,
) {
    for field in kind
        .fields()
        .iter()
        .filter(|field| field.kind == Kind::Phone)
    {
        let Some(own) = extension_of(kind, field) else {
            continue;
        };
        if values.get(own.name).is_some_and(|said| !said.is_blank()) {
            continue;
        }
        let behind = typed.iter().find(|(name, _)| *name == field.name);
        if let Some((_, extension)) = behind {
            values.insert(own.name, Value::Text(extension.clone()));
        } else if let Some(before) = before
            && let Some(number) = values.get(field.name)
            && number != before.get(field.name)
            && !before.get(own.name).is_blank()
        {
            values.insert(own.name, Value::Text(String::new()));
        }
    }
}

/// The field in which a number's extension stands.
fn extension_of(kind: EntityKind, phone: &Field) -> Option<&'static Field> {
    kind.field(&format!("{}_extension", phone.name))
}

/// One field being read.
struct Reader<'a> {
    field: &'static Field,
    before: Option<&'a Record>,
    currency: &'a str,
    context: &'a Context,
    warnings: &'a mut Vec<Problem>,
    /// What was typed behind numbers, by the numbers' fields.
    extensions: &'a mut Vec<(&'static str, String)>,
}

impl Reader<'_> {
    fn problem(&self, code: Code) -> Problem {
        Problem::new(self.field.name, code)
    }

    fn read(&mut self, json: &Json) -> Result<Value, Problem> {
        let field = self.field;
        if field.kind.is_text() {
            let text = text_of(field, json)?;
            if text.is_empty() {
                return Ok(blank_text(field));
            }
            return self.read_text(text).map(Value::Text);
        }
        let said = match json {
            Json::Null => None,
            Json::String(text) => {
                let text = plain::code(text).map_err(|found| control_character(field, found))?;
                (!text.is_empty()).then_some(Json::String(text))
            }
            other => Some(other.clone()),
        };
        let Some(said) = said else {
            return match field.kind {
                Kind::Flag => Err(self.problem(Code::NotAFlag)),
                // An odometer that nobody read stands at its default, never at nothing.
                _ => match field.default_value(self.context.now) {
                    Value::Integer(number) => Ok(Value::Integer(number)),
                    _ => Ok(Value::Null),
                },
            };
        };
        self.read_value(&said)
    }

    fn read_value(&self, said: &Json) -> Result<Value, Problem> {
        match self.field.kind {
            Kind::Flag => read_flag(said)
                .map(Value::Flag)
                .ok_or(self.problem(Code::NotAFlag)),
            Kind::Integer { max, .. } => {
                let number = read_integer(said).ok_or(self.problem(Code::NotANumber))?;
                let next_year = i64::from(self.context.today.year()) + 1;
                match max {
                    Limit::NextYear if number > next_year => {
                        Err(self.problem(Code::TooLarge).with("max", next_year))
                    }
                    _ => Ok(Value::Integer(number)),
                }
            }
            Kind::Money => {
                let currency = self.currency;
                let text = match said {
                    Json::String(text) => text.clone(),
                    Json::Number(number) => number.to_string(),
                    _ => return Err(self.problem(Code::NotMoney).with("currency", currency)),
                };
                money::minor_units(&text, currency)
                    .map(Value::Integer)
                    .ok_or(self.problem(Code::NotMoney).with("currency", currency))
            }
            Kind::Date => {
                let date = said.as_str().and_then(when::read_date);
                let date = date.ok_or(self.problem(Code::NotADate))?;
                self.believed(date)?;
                Ok(Value::Date(date))
            }
            Kind::TimeOfDay => said
                .as_str()
                .and_then(when::read_time)
                .map(Value::Time)
                .ok_or(self.problem(Code::NotATime)),
            Kind::Instant => {
                let when = said.as_str().and_then(When::read);
                self.read_when(when.ok_or(self.problem(Code::NotAnInstant))?)
            }
            _ => said
                .as_str()
                .and_then(|text| Uuid::parse_str(text).ok())
                .map(Value::Id)
                .ok_or(self.problem(Code::NotAnId)),
        }
    }

    /// The day on which the record's moment lies already says nothing new of it.
    fn read_when(&self, when: When) -> Result<Value, Problem> {
        let calendar = self.context.calendar;
        let before = self.before.map(|record| record.get(self.field.name));
        if let (When::Day(day), Some(Value::Instant(before))) = (when, before)
            && calendar.day(*before) == day
        {
            return Ok(Value::Instant(*before));
        }
        let moment = when.moment(self.context.now, calendar);
        self.believed(calendar.day(moment))?;
        Ok(Value::Instant(moment))
    }

    fn believed(&self, day: NaiveDate) -> Result<(), Problem> {
        let (first, last) = when::plausible(self.field.past, self.context.today);
        if (first..=last).contains(&day) {
            return Ok(());
        }
        Err(self
            .problem(Code::DateImplausible)
            .with("found", day)
            .with("min", first)
            .with("max", last))
    }

    fn read_text(&mut self, text: String) -> Result<String, Problem> {
        let text = match self.field.kind {
            Kind::Email => {
                let text = email_of(&text);
                if !is_email(&text) {
                    return Err(self.problem(Code::NotAnEmail));
                }
                text
            }
            Kind::Phone => self.read_phone(&text)?,
            Kind::Vin => self.read_vin(&text)?,
            Kind::Currency | Kind::Country => text.to_ascii_uppercase(),
            // As everybody writes them; what are none is told when it is to be kept.
            Kind::LeadDays => Leads::read(&text).map_or(text, |leads| leads.text()),
            _ => text,
        };
        Ok(text)
    }

    fn read_phone(&mut self, text: &str) -> Result<String, Problem> {
        let bad = |_| Problem::new(self.field.name, Code::NotAPhone).with("found", text);
        let said = phone::said(text);
        let number = match &self.context.country {
            Some(country) => {
                let phone = phone::read(&said.number, country).map_err(bad)?;
                if let Some(phone) = phone.as_ref().filter(|phone| phone.doubtful) {
                    let warning = self.problem(Code::PhoneDoubtful);
                    let warning = warning.with("found", &phone.e164);
                    self.warnings.push(warning);
                }
                phone.map(|phone| phone.e164).unwrap_or_default()
            }
            None => phone::normalize_contract(&said.number).map_err(bad)?,
        };
        self.extensions
            .extend(said.extension.map(|extension| (self.field.name, extension)));
        Ok(number)
    }

    fn read_vin(&mut self, text: &str) -> Result<String, Problem> {
        match vin::check(text) {
            Ok(vin) => {
                for warning in vin.warnings() {
                    let vin::VinWarning::CheckDigit { expected, found } = warning;
                    let warning = self.problem(Code::VinCheckDigit);
                    let warning = warning.with("expected", expected).with("found", found);
                    self.warnings.push(warning);
                }
                Ok(vin.as_str().to_owned())
            }
            Err(vin::VinError::Length { found }) => {
                Err(self.problem(Code::VinLength).with("found", found))
            }
            Err(vin::VinError::Character { found, position }) => Err(self
                .problem(Code::VinCharacter)
                .with("found", found)
                .with("alphabet", vin::alphabet(found))
                .with("position", position)),
            Err(vin::VinError::CheckDigit { expected, found }) => Err(self
                .problem(Code::VinCheckDigit)
                .with("expected", expected)
                .with("found", found)),
        }
    }
}

/// The address itself, of what mail programs and browsers copy: `Ada <ada@b.example>`,
/// `mailto:ada@b.example`. A full stop of Japanese keyboards is a dot (RFC 5895).
fn email_of(text: &str) -> String {
    let text = text.replace('。', ".");
    let text = match (text.rfind('<'), text.strip_suffix('>')) {
        (Some(start), Some(closed)) => closed.get(start + 1..).unwrap_or_default().to_owned(),
        _ => text,
    };
    let scheme = text
        .get(..7)
        .filter(|start| start.eq_ignore_ascii_case("mailto:"));
    match scheme {
        Some(scheme) => text[scheme.len()..]
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned(),
        None => text,
    }
}

fn control_character(field: &Field, found: char) -> Problem {
    Problem::new(field.name, Code::ControlCharacter)
        .with("character", format!("U+{:04X}", found as u32))
}

/// A choice that is always made goes back to its default when it is emptied, as do fields
/// that stand for something when nothing is said (time zone, currency).
fn blank_text(field: &Field) -> Value {
    match (field.kind, field.default) {
        (
            Kind::Choice { blank: false, .. } | Kind::TimeZone | Kind::Currency,
            crate::field::Default::Text(text),
        ) => Value::Text(text.to_owned()),
        _ => Value::Text(String::new()),
    }
}

fn text_of(field: &Field, json: &Json) -> Result<String, Problem> {
    let raw = match json {
        Json::Null => return Ok(String::new()),
        Json::String(text) => text.clone(),
        // Users are numbered: what is no whole number is nobody's.
        Json::Number(number)
            if field.kind == Kind::ForeignKey && !(number.is_i64() || number.is_u64()) =>
        {
            return Err(Problem::new(field.name, Code::NotText));
        }
        // A year or a postcode typed without quotes is meant as text.
        Json::Number(number) => number.to_string(),
        _ => return Err(Problem::new(field.name, Code::NotText)),
    };
    let read = match field.kind {
        Kind::LongText => plain::lines(&raw),
        Kind::Text { .. } | Kind::ForeignKey => plain::one_line(&raw),
        // Plates are kept as typed. What is dialled has its own signs.
        Kind::Plate { .. } | Kind::Phone => plain::one_line(&raw),
        _ => plain::code(&raw),
    };
    read.map_err(|found| control_character(field, found))
}

fn read_flag(json: &Json) -> Option<bool> {
    match json {
        Json::Bool(flag) => Some(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        Json::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn read_integer(json: &Json) -> Option<i64> {
    match json {
        Json::Number(number) => number.as_i64().or_else(|| {
            // 12.0 is a whole number, whatever its spelling.
            number
                .as_f64()
                .filter(|float| float.fract() == 0.0 && float.abs() < 9e15)
                .map(|float| float as i64)
        }),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// What every mail server takes and every form should: one `@`, a local part of at most 64
/// characters without spaces, and a domain of at least two labels (RFC 5321, quoted local
/// parts and address literals left out: nobody gives one at a counter).
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let local_fits = !local.is_empty()
        && local.chars().count() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local
            .chars()
            .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let labels: Vec<&str> = domain.split('.').collect();
    let domain_fits = labels.len() >= 2
        && domain.len() <= 253
        && labels.iter().all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
        && labels
            .last()
            .is_some_and(|label| label.chars().count() >= 2);
    local_fits && domain_fits
}
