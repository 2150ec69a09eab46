//! Vehicles: what they are, their VINs and plates, and their papers.

use chrono::{Datelike, Days, NaiveDate};
use servease_domain::{Value, Values, vin};

use super::chance::Chance;
use super::words::{COLORS, ENGINES, INSURERS, MAKERS, Maker};

/// The characters of VINs, without I, O and Q.
const VIN_CHARACTERS: &str = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
/// The model year in a VIN: 2001 is 1, 2010 A; after 30 years it begins anew.
const YEAR_CODES: &[u8] = b"123456789ABCDEFGHJKLMNPRSTVWXY";
const PLATE_LETTERS: &str = "ABCDEFGHJKLMNPRSTUVWXYZ";
const VANITY: &[&str] = &[
    "SKI BUM", "LUV2DRV", "BUCKEYE", "GR8 DAD", "MY CAR", "0 GRAVTY",
];

/// What a car is; `number` keeps VINs apart.
pub(super) fn identity(chance: &mut Chance, number: u32, today: NaiveDate) -> (Values, i64) {
    let maker = chance.weighted(MAKERS, |maker| maker.weight);
    let (model, fuel) = *chance.one(maker.models);
    // A few years old, seldom more than fifteen.
    let age = (chance.share() * chance.share() * 24.0) as i64;
    let year = i64::from(today.year()) - age;
    let mut values = Values::from([
        ("make", text(maker.name)),
        ("model", text(model)),
        ("fuel_type", text(fuel)),
        ("color", text(chance.one::<&str>(COLORS))),
        ("is_active", Value::Flag(chance.percent(96))),
        ("is_under_warranty", Value::Flag(age < 3)),
    ]);
    if chance.percent(97) {
        values.insert("year", Value::Integer(year));
    }
    let transmission = if fuel == "electric" || chance.percent(90) {
        "automatic"
    } else {
        "manual"
    };
    values.insert("transmission", text(transmission));
    if fuel != "electric" && chance.percent(60) {
        values.insert("engine_size", text(chance.one::<&str>(ENGINES)));
    }
    // By plate or by VIN, each car is known by at least one.
    let has_vin = chance.percent(93);
    if has_vin {
        values.insert("vin", Value::Text(made_vin(chance, maker, year, number)));
    }
    if !has_vin || chance.percent(97) {
        values.insert("license_plate", Value::Text(plate(chance)));
        values.insert("state_registered", text("Ohio"));
    }
    (values, age)
}

/// Insurance, registration and warranty, running out around today.
pub(super) fn papers(chance: &mut Chance, age: i64, today: NaiveDate) -> Values {
    let mut values = Values::new();
    let mut in_days = |name: &'static str, days: i64| {
        let date = if days < 0 {
            today.checked_sub_days(Days::new(days.unsigned_abs()))
        } else {
            today.checked_add_days(Days::new(days.unsigned_abs()))
        };
        values.insert(name, date.map_or(Value::Null, Value::Date));
    };
    if chance.percent(80) {
        in_days("registration_expiry_date", chance.between(-20, 340));
    }
    let is_insured = chance.percent(70);
    if is_insured {
        in_days("insurance_expiry_date", chance.between(-10, 175));
    }
    if age < 4 {
        in_days(
            "warranty_expiry_date",
            (3 - age) * 365 + chance.between(-60, 300),
        );
    }
    if is_insured {
        values.insert("insurance_company", text(chance.one::<&str>(INSURERS)));
        let policy = format!("{}-{}", chance.digits(3), chance.digits(7));
        values.insert("insurance_policy_number", Value::Text(policy));
    }
    values
}

/// A VIN whose check digit is right: the validation of the domain says what it must be.
fn made_vin(chance: &mut Chance, maker: &Maker, year: i64, number: u32) -> String {
    let wmi = *chance.one(maker.wmi);
    let descriptor = chance.characters(VIN_CHARACTERS, 5);
    let place = usize::try_from((year - 2001).rem_euclid(30)).unwrap_or(0);
    let year_code = char::from(YEAR_CODES[place]);
    let plant = chance.characters("ABCDEFGHJKLMNPRSTUVWXYZ", 1);
    // Seven digits tell ten million cars apart; the serial number proper has six.
    let lot = (number / 1_000_000) % 10;
    let serial = number % 1_000_000;
    let descriptor = format!("{}{lot}", &descriptor[..4]);
    let with = |digit: char| format!("{wmi}{descriptor}{digit}{year_code}{plant}{serial:06}");
    let guess = with('0');
    match vin::check(&guess) {
        Err(vin::VinError::CheckDigit { expected, .. }) => with(expected),
        Ok(vin) => match vin.warnings().first() {
            Some(vin::VinWarning::CheckDigit { expected, .. }) => with(*expected),
            None => guess,
        },
        Err(_) => guess,
    }
}

fn plate(chance: &mut Chance) -> String {
    if chance.percent(1) {
        return (*chance.one(VANITY)).to_owned();
    }
    if chance.percent(2) {
        return format!(
            "{}-{} {}",
            chance.characters(PLATE_LETTERS, 2),
            chance.characters(PLATE_LETTERS, 2),
            chance.digits(3)
        );
    }
    format!(
        "{} {}",
        chance.characters(PLATE_LETTERS, 3),
        chance.digits(4)
    )
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
