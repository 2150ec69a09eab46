//! What the product says to people where no window says it: on the command line and in
//! notifications. The messages are those of `locales/`, compiled in.
//!
//! Nothing here knows what a problem or a failure is; callers name messages by id. Only of alerts is
//! said here what they say, since three programs say it.

mod alerts;

pub use alerts::Notice;

use std::borrow::Cow;
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// (language, file, content) of every Fluent file.
const FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/messages.rs"));

/// The language that has every message.
const FALLBACK: &str = "en";

/// The messages of one language; what it lacks is said in English.
pub struct Locale {
    language: &'static str,
    /// The language itself, then English.
    bundles: Vec<FluentBundle<FluentResource>>,
}

impl Locale {
    /// `name` is a language tag or what the operating system calls a locale: `de`, `de-AT`,
    /// `de_AT.UTF-8`. A language that there are no messages in is English.
    pub fn new(name: &str) -> Locale {
        let wanted = name
            .split(['-', '_', '.', '@'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let language = languages()
            .into_iter()
            .find(|language| *language == wanted)
            .unwrap_or(FALLBACK);
        let mut bundles = vec![bundle(language)];
        if language != FALLBACK {
            bundles.push(bundle(FALLBACK));
        }
        Locale { language, bundles }
    }

    /// `en`, `de` and so on.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// The message with its arguments filled in; the id itself when no language has it, so
    /// that a forgotten message is seen and nothing fails.
    pub fn text<'a>(&self, id: &str, args: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        self.find(id, args).unwrap_or_else(|| id.to_owned())
    }

    /// The message with its arguments filled in, where there is one.
    pub fn find<'a>(
        &self,
        id: &str,
        args: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Option<String> {
        let mut given = FluentArgs::new();
        for (name, value) in args {
            given.set(Cow::Owned::<str>(name.to_owned()), argument(value));
        }
        self.bundles.iter().find_map(|bundle| {
            let pattern = bundle.get_message(id)?.value()?;
            // A missing argument stands in the text by its name, as Fluent does it.
            let mut missing = Vec::new();
            Some(
                bundle
                    .format_pattern(pattern, Some(&given), &mut missing)
                    .into_owned(),
            )
        })
    }

    /// Whether the language itself has the message.
    pub fn has(&self, id: &str) -> bool {
        self.bundles
            .first()
            .and_then(|bundle| bundle.get_message(id)?.value())
            .is_some()
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Locale")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// The languages that there are messages in, each once.
pub fn languages() -> Vec<&'static str> {
    let mut languages: Vec<&str> = FILES.iter().map(|(language, ..)| *language).collect();
    languages.dedup();
    languages
}

/// The files of one language: name and content.
pub fn files(language: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES
        .iter()
        .filter(move |(of, ..)| *of == language)
        .map(|(_, name, content)| (*name, *content))
}

/// A whole number selects its plural form. Anything that a number would be written
/// differently from (`007`, `1e3`) stays as it is.
fn argument(value: &str) -> FluentValue<'static> {
    match value.parse::<i64>() {
        Ok(number) if number.to_string() == value => FluentValue::from(number),
        _ => FluentValue::from(value.to_owned()),
    }
}

fn bundle(language: &'static str) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The marks around arguments that keep right-to-left text apart are for screens; a
    // terminal or a log shows them as boxes.
    bundle.set_use_isolating(false);
    let _ = bundle.add_builtins();
    for (_, content) in files(language) {
        // What is readable of a broken file is used; a test keeps the files whole.
        let resource = match FluentResource::try_new(content.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}
