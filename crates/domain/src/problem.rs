//! What is wrong with an input, as (field, code, arguments). The words come from the locale
//! files by code; nothing here is read by users.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The name under which problems of a whole record are reported.
pub const WHOLE_RECORD: &str = "non_field_errors";

/// One thing that is wrong, or doubtful.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Problem {
    /// The field's name in the contract, or `non_field_errors`.
    pub field: String,
    pub code: Code,
    /// What the message needs: limits, what was found.
    pub args: BTreeMap<String, String>,
}

/// Every kind of problem. The locale files have a message `problem-<code>` for each.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    Required,
    TooLong,
    NotText,
    NotAFlag,
    NotANumber,
    TooSmall,
    TooLarge,
    NotADate,
    NotAnInstant,
    NotATime,
    NotAnId,
    /// A group of fields, such as preferences, that is no JSON object.
    NotAnObject,
    NotAChoice,
    NotAnEmail,
    NotAPhone,
    NotACurrency,
    NotATimeZone,
    NotLeadDays,
    NotMoney,
    ControlCharacter,
    VinLength,
    VinCharacter,
    VinCheckDigit,
    /// Another live record has it.
    Unique,
    UnknownField,
    /// The record that it refers to is not there.
    NotFound,
    Fixed,
    /// Records of this kind are never deleted.
    NeverDeleted,
    /// An employee who is deactivated signs nothing.
    Deactivated,
    /// Neither phone nor e-mail.
    ContactMissing,
    /// Neither plate nor VIN.
    PlateOrVinMissing,
    MileageBelowLast,
    MileageImprobable,
    MileageAboveNext,
    ReasonMissing,
    /// A number that its country has not assigned (a warning).
    PhoneDoubtful,
    /// Somebody of that name, number or plate is there already (a warning).
    PossibleDuplicate,
    /// Both records of a merge know one; the other stands beside it as a conflict (a warning).
    KeptBeside,
    /// The interval ends before it begins.
    DateOrder,
    InFuture,
    /// A moment that must come has passed.
    InPast,
    /// A day so far off that the year must be mistyped.
    DateImplausible,
    /// A file that is not taken in; `why` says the reason.
    FileRefused,
    /// The file is here already, with another document (a warning).
    SameFile,
    /// A PDF that only its password shows (a warning).
    FileLocked,
    /// A text that is no code of a driving licence; `why` says the reason.
    NotALicence,
    /// What is about to be shown opens all files.
    ShowsASecret,
}

impl Code {
    /// The name in the locale files and in JSON.
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|json| json.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

impl Problem {
    pub fn new(field: &str, code: Code) -> Problem {
        Problem {
            field: field.to_owned(),
            code,
            args: BTreeMap::new(),
        }
    }

    pub fn with(mut self, name: &str, value: impl ToString) -> Problem {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}
