//! The vocabulary in which entities are described: what a field holds, its limits, how two
//! concurrent edits of it merge, who may see and search it.
//!
//! The constructors and the chained words are `const`, so a description is a static table.

use crate::kind::EntityKind;

/// One field of an entity.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The name in the contract, in the database and in the locale files (`field-<name>`).
    pub name: &'static str,
    pub kind: Kind,
    /// A record cannot be without it.
    pub required: bool,
    pub default: Default,
    pub merge: Merge,
    pub sensitivity: Sensitivity,
    /// No two live records may share it, case ignored.
    pub unique: bool,
    /// Set by the product, never by a client: input for it is ignored.
    pub system: bool,
    /// Set when the record is made and never after.
    pub fixed: bool,
    /// It follows from other facts ([`crate::consequences`]): every side works it out for itself,
    /// so that it stands in no mutation, no history and no conflict.
    pub consequence: bool,
    /// The consequence of which this field keeps what somebody said.
    pub states: Option<&'static str>,
    /// Kept beside what is shown: it stands in no answer of the API and on no screen.
    pub internal: bool,
    /// The group of fields with which it is one value: what two people write into such a group
    /// without knowing of each other is not mixed ([`crate::merge`]).
    pub together: Option<&'static str>,
    /// The field of which it keeps Central's judgement, made anew whenever that one is written.
    pub judges: Option<&'static str>,
    /// It tells what has happened: a day that is believed lies in the past.
    pub past: bool,
    /// Counts miles or kilometres, whichever the garage uses.
    pub distance: bool,
    /// How the desk's search box finds records by it.
    pub found_by: Option<SearchRole>,
    /// What the lists of `/api/v1` offer for it.
    pub filtered: bool,
    pub ordered: bool,
    pub searched: bool,
}

/// What a field holds and within which limits. Lengths are in characters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// One line, trimmed.
    Text {
        max: usize,
    },
    /// Several lines, trimmed; without a limit of its own ([`LONG_TEXT_MAX`]).
    LongText,
    Email,
    /// E.164 on the desk; at most 17 characters.
    Phone,
    Vin,
    /// Kept as typed, compared through [`crate::plate::key`].
    Plate {
        max: usize,
    },
    /// One of the words, or blank where `blank` says so.
    Choice {
        of: &'static [&'static str],
        blank: bool,
    },
    /// A key of somebody else's: integer or text on the wire, text inside.
    ForeignKey,
    /// An ISO 4217 code.
    Currency,
    /// An IANA time zone name.
    TimeZone,
    /// An ISO 3166 alpha-2 code.
    Country,
    /// So many days before a date: [`crate::alerts::Leads`].
    LeadDays,
    Integer {
        min: i64,
        max: Limit,
    },
    /// Minor units of the currency in the record's `currency` field.
    Money,
    Flag,
    Date,
    TimeOfDay,
    Instant,
    Reference(EntityKind),
}

/// The upper limit of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    Fixed(i64),
    /// Next year's models are sold this year.
    NextYear,
}

/// 64 KiB of characters: twenty dense pages, more than any note; a bound so that one record
/// cannot fill a batch of 1 MiB by itself (4 bytes a character × 65,536 = 256 KiB).
pub const LONG_TEXT_MAX: usize = 65_536;

/// Odometers have six or seven digits; 9,999,999 is the largest that any of them shows.
pub const ODOMETER_MAX: i64 = 9_999_999;

/// What a field holds when nothing was said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Default {
    /// Blank text, or nothing.
    Blank,
    Flag(bool),
    Integer(i64),
    Text(&'static str),
    /// The moment at which the record is made.
    Now,
}

/// What happens when two desks changed the same field without knowing of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// The later arrival wins; the loser is kept as a conflict that somebody sees.
    LaterArrival,
    /// The later action wins and nobody needs to look: a flag that an action sets.
    Action,
}

/// Who may read a field, and whether it may stand in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    Plain,
    /// Says something about a person: never in logs.
    Personal,
}

/// How the search box treats a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SearchRole {
    FirstName,
    LastName,
    /// Words: company, make, model, year.
    Words,
    Email,
    Phone,
    /// Any part of it is found: plate, VIN.
    Code,
}

impl Kind {
    /// Whether values of this kind are text inside, blank when absent.
    pub const fn is_text(&self) -> bool {
        matches!(
            self,
            Kind::Text { .. }
                | Kind::LongText
                | Kind::Email
                | Kind::Phone
                | Kind::Vin
                | Kind::Plate { .. }
                | Kind::Choice { .. }
                | Kind::ForeignKey
                | Kind::Currency
                | Kind::TimeZone
                | Kind::Country
                | Kind::LeadDays
        )
    }

    /// The longest text that the kind takes, in characters.
    pub const fn max_length(&self) -> Option<usize> {
        match self {
            Kind::Text { max } | Kind::Plate { max } => Some(*max),
            Kind::LongText => Some(LONG_TEXT_MAX),
            Kind::Email => Some(254),
            Kind::Phone | Kind::Vin => Some(17),
            Kind::ForeignKey => Some(64),
            Kind::Currency => Some(3),
            Kind::TimeZone => Some(50),
            Kind::Country => Some(2),
            Kind::LeadDays => Some(60),
            _ => None,
        }
    }
}

const fn field(kind: Kind) -> Field {
    Field {
        name: "",
        kind,
        required: false,
        default: Default::Blank,
        merge: Merge::LaterArrival,
        sensitivity: Sensitivity::Plain,
        unique: false,
        system: false,
        fixed: false,
        consequence: false,
        states: None,
        internal: false,
        together: None,
        judges: None,
        past: false,
        distance: false,
        found_by: None,
        filtered: false,
        ordered: false,
        searched: false,
    }
}

pub const fn text(max: usize) -> Field {
    field(Kind::Text { max })
}

pub const fn long_text() -> Field {
    field(Kind::LongText)
}

pub const fn email() -> Field {
    field(Kind::Email)
}

pub const fn phone() -> Field {
    field(Kind::Phone)
}

/// What is dialled after a number was answered. No plan bounds it; eleven digits are the most that
/// libphonenumber takes where it is marked as one.
pub const fn phone_extension() -> Field {
    field(Kind::Text { max: 11 })
}

pub const fn lead_days() -> Field {
    field(Kind::LeadDays)
}

pub const fn vin() -> Field {
    field(Kind::Vin)
}

pub const fn plate(max: usize) -> Field {
    field(Kind::Plate { max })
}

/// One of the words; blank until one is chosen.
pub const fn choice(of: &'static [&'static str]) -> Field {
    field(Kind::Choice { of, blank: true })
}

/// One of the words, always: the first when nothing was said.
pub const fn choice_of(of: &'static [&'static str]) -> Field {
    field(Kind::Choice { of, blank: false }).or(of[0])
}

pub const fn foreign_key() -> Field {
    field(Kind::ForeignKey)
}

pub const fn currency() -> Field {
    field(Kind::Currency)
}

pub const fn time_zone() -> Field {
    field(Kind::TimeZone)
}

pub const fn country() -> Field {
    field(Kind::Country)
}

pub const fn integer(min: i64, max: i64) -> Field {
    field(Kind::Integer {
        min,
        max: Limit::Fixed(max),
    })
}

pub const fn odometer() -> Field {
    integer(0, ODOMETER_MAX).distance()
}

pub const fn model_year() -> Field {
    field(Kind::Integer {
        min: 1900,
        max: Limit::NextYear,
    })
}

pub const fn money() -> Field {
    field(Kind::Money)
}

pub const fn flag(default: bool) -> Field {
    let mut it = field(Kind::Flag);
    it.default = Default::Flag(default);
    it
}

pub const fn date() -> Field {
    field(Kind::Date)
}

pub const fn time_of_day() -> Field {
    field(Kind::TimeOfDay)
}

pub const fn instant() -> Field {
    field(Kind::Instant)
}

pub const fn reference(to: EntityKind) -> Field {
    field(Kind::Reference(to))
}

impl Field {
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The text that stands in it when nothing was said.
    pub const fn or(mut self, text: &'static str) -> Self {
        self.default = Default::Text(text);
        self
    }

    pub const fn or_number(mut self, number: i64) -> Self {
        self.default = Default::Integer(number);
        self
    }

    pub const fn or_now(mut self) -> Self {
        self.default = Default::Now;
        self
    }

    pub const fn merged(mut self, merge: Merge) -> Self {
        self.merge = merge;
        self
    }

    pub const fn personal(mut self) -> Self {
        self.sensitivity = Sensitivity::Personal;
        self
    }

    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    pub const fn system(mut self) -> Self {
        self.system = true;
        self
    }

    pub const fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    pub const fn consequence(mut self) -> Self {
        self.consequence = true;
        self
    }

    /// Keeps what somebody said of a consequence. Clients say it under the consequence's name.
    pub const fn states(mut self, consequence: &'static str) -> Self {
        self.states = Some(consequence);
        self.internal()
    }

    /// Kept beside what is shown.
    pub const fn internal(mut self) -> Self {
        self.internal = true;
        self.system = true;
        self
    }

    /// Belongs to a group of fields that merge as one.
    pub const fn together(mut self, group: &'static str) -> Self {
        self.together = Some(group);
        self
    }

    /// Keeps Central's judgement of another field.
    pub const fn judges(mut self, field: &'static str) -> Self {
        self.judges = Some(field);
        self.merged(Merge::Action).system()
    }

    pub const fn past(mut self) -> Self {
        self.past = true;
        self
    }

    pub const fn distance(mut self) -> Self {
        self.distance = true;
        self
    }

    pub const fn found_by(mut self, role: SearchRole) -> Self {
        self.found_by = Some(role);
        self
    }

    pub const fn filtered(mut self) -> Self {
        self.filtered = true;
        self
    }

    pub const fn ordered(mut self) -> Self {
        self.ordered = true;
        self
    }

    pub const fn searched(mut self) -> Self {
        self.searched = true;
        self
    }
}
