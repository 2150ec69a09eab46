//! The English words of problems, in the manner of the stock service. The desk has its own
//! words, from its locale files; these are for clients of the API.

use servease_domain::{Code, Problem};

/// One sentence for the client's developer or log.
pub fn english(problem: &Problem) -> String {
    let arg = |name: &str| problem.args.get(name).map_or("", String::as_str);
    match problem.code {
        Code::Required => "This field is required.".to_owned(),
        Code::TooLong => format!(
            "Ensure this field has no more than {} characters.",
            arg("max")
        ),
        Code::NotText => "Not a valid string.".to_owned(),
        Code::NotAFlag => "Must be a valid boolean.".to_owned(),
        Code::NotANumber => "A valid integer is required.".to_owned(),
        Code::TooSmall => format!(
            "Ensure this value is greater than or equal to {}.",
            arg("min")
        ),
        Code::TooLarge => format!("Ensure this value is less than or equal to {}.", arg("max")),
        Code::NotADate => {
            "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.".to_owned()
        }
        Code::NotAnInstant => "Datetime has wrong format. Use one of these formats instead: \
             YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
            .to_owned(),
        Code::NotATime => {
            "Time has wrong format. Use one of these formats instead: hh:mm[:ss[.uuuuuu]]."
                .to_owned()
        }
        Code::NotAnId => "Must be a valid UUID.".to_owned(),
        Code::NotAnObject => "Invalid data. Expected a dictionary.".to_owned(),
        Code::NotAChoice => format!("\"{}\" is not a valid choice.", arg("found")),
        Code::NotAnEmail => "Enter a valid email address.".to_owned(),
        Code::NotAPhone => "Phone number must be entered in the format: '+999999999'. \
             Up to 15 digits allowed."
            .to_owned(),
        Code::NotACurrency => format!("\"{}\" is not an ISO 4217 currency code.", arg("found")),
        Code::NotATimeZone => format!("\"{}\" is not a time zone.", arg("found")),
        Code::NotLeadDays => format!(
            "\"{}\" are not days before a date. Use up to ten numbers from 0 to 365, such as \
             \"30, 14, 7, 1, 0\".",
            arg("found")
        ),
        Code::NotMoney => format!(
            "A valid amount in {} is required, as a decimal number.",
            arg("currency")
        ),
        Code::ControlCharacter => format!(
            "Control characters are not allowed (found {}).",
            arg("character")
        ),
        Code::VinLength => format!(
            "A VIN has exactly 17 characters, this one has {}.",
            arg("found")
        ),
        Code::VinCharacter if matches!(arg("alphabet"), "" | "latin" | "other") => format!(
            "\"{}\" at position {} cannot stand in a VIN.",
            arg("found"),
            arg("position")
        ),
        Code::VinCharacter => format!(
            "\"{}\" at position {} is a letter of another alphabet ({}) and cannot stand in a VIN.",
            arg("found"),
            arg("position"),
            arg("alphabet")
        ),
        Code::VinCheckDigit => format!(
            "The check digit of this VIN is wrong: expected {}, found {}.",
            arg("expected"),
            arg("found")
        ),
        Code::Unique => "This field must be unique: another record has this value.".to_owned(),
        Code::UnknownField => "There is no such field.".to_owned(),
        Code::NotFound => format!("Invalid id \"{}\" - object does not exist.", arg("found")),
        Code::Fixed => "This field cannot be changed.".to_owned(),
        Code::NeverDeleted => "Records of this kind are never deleted.".to_owned(),
        Code::Deactivated => "This employee is deactivated.".to_owned(),
        Code::ContactMissing => "A phone number or an email address is required.".to_owned(),
        Code::PlateOrVinMissing => "A license plate or a VIN is required.".to_owned(),
        Code::MileageBelowLast => format!(
            "Mileage cannot be less than the current mileage ({}).",
            arg("last")
        ),
        Code::MileageImprobable => "This mileage is improbable; confirm it.".to_owned(),
        Code::MileageAboveNext => "Later the odometer showed less.".to_owned(),
        Code::ReasonMissing => "A correction needs its reason.".to_owned(),
        Code::PhoneDoubtful => "This number is not assigned in its country.".to_owned(),
        Code::PossibleDuplicate => "There may be such a record already.".to_owned(),
        Code::KeptBeside => "The other record's value is kept beside this one.".to_owned(),
        Code::DateOrder => "The end lies before the beginning.".to_owned(),
        Code::InFuture => "This cannot lie in the future.".to_owned(),
        Code::InPast => "This must lie in the future.".to_owned(),
        Code::DateImplausible => format!(
            "This date is not plausible: it must lie between {} and {}.",
            arg("min"),
            arg("max")
        ),
        Code::FileRefused => format!("This file is not accepted: {}.", arg("why")),
        Code::SameFile => "The same file is here already.".to_owned(),
        Code::NotALicence => "This is not the code of a driving licence.".to_owned(),
        Code::FileLocked => "This file is locked with a password.".to_owned(),
        Code::ShowsASecret => "This shows a secret: confirm it.".to_owned(),
    }
}
