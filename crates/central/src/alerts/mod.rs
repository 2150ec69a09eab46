//! Alerts of the whole company, as its desks have them: the same rules (`domain::standing`) over
//! Central's own rows, so that both come to the same ids and states.

pub mod calendar;
pub mod causes;
pub mod standing;
pub mod words;

use servease_domain::standing::AlertLine;

use servease_locale::Locale;

/// An entry of the list: what the command line of a desk shows.
pub fn entry(line: &AlertLine, words: &Locale, unit: &str) -> serde_json::Value {
    let mut json = serde_json::json!(line);
    json["text"] = words.alert(line, unit).into();
    json
}
