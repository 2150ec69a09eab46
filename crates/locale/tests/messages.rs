//! Every message there is a need for is there, in every language, and says the same things.

#![expect(clippy::panic, reason = "a test ends at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast;
use servease_desk::FailureCode;
use servease_domain::{Code, EntityKind, Kind};
use servease_locale::{Locale, files, languages};

/// Lists every variant, and does not compile when one is added and not listed.
macro_rules! every {
    ($type:ident { $($variant:ident),* $(,)? }) => {{
        let _exhaustive = |one: $type| match one { $( $type::$variant => () ),* };
        [$( $type::$variant ),*]
    }};
}

fn codes() -> Vec<String> {
    every!(Code {
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
        Unique,
        UnknownField,
        NotFound,
        Fixed,
        NeverDeleted,
        Deactivated,
        ContactMissing,
        PlateOrVinMissing,
        MileageBelowLast,
        MileageImprobable,
        MileageAboveNext,
        ReasonMissing,
        PhoneDoubtful,
        PossibleDuplicate,
        KeptBeside,
        DateOrder,
        InFuture,
        InPast,
        DateImplausible,
        FileRefused,
        SameFile,
        FileLocked,
        NotALicence,
        ShowsASecret,
    })
    .into_iter()
    .map(Code::name)
    .collect()
}

fn failures() -> Vec<String> {
    every!(FailureCode {
        Invalid,
        Confirm,
        NotFound,
        NothingToUndo,
        NothingToRedo,
        NothingLeft,
        BuiltOn,
        MergedAway,
        Superseded,
        NotEmpty,
        Busy,
        DiskFull,
        ReadOnly,
        Damaged,
        NewerSchema,
        Folder,
        NotSignedIn,
        NotAnAddress,
        WrongCredentials,
        OtherServer,
        Unreachable,
        ServerBusy,
        CertificateRefused,
        SignedOut,
        Forbidden,
        NotCentral,
        UpdateNeeded,
        SyncStuck,
        KeyringSilent,
        NoNotices,
        FileKeySilent,
        FileKeyLost,
        NotARecoveryCode,
        FileNotHere,
        FileDamaged,
        Cancelled,
        Internal,
    })
    .into_iter()
    .map(FailureCode::name)
    .collect()
}

/// Ids that the program makes from codes, fields and choices.
fn needed() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    ids.extend(codes().iter().map(|code| format!("problem-{code}")));
    ids.extend(failures().iter().map(|code| format!("failure-{code}")));
    ids.extend(["id", "created_at", "updated_at"].map(|name| format!("field-{name}")));
    for kind in EntityKind::ALL {
        ids.insert(format!("entity-{}", kind.name()));
        for field in kind.fields().iter().filter(|field| !field.internal) {
            ids.insert(format!("field-{}", field.name));
            if let Kind::Choice { of, .. } = field.kind {
                ids.extend(
                    of.iter()
                        .map(|word| format!("choice-{}-{word}", field.name)),
                );
            }
        }
    }
    ids.into_iter().map(|id| id.replace('_', "-")).collect()
}

/// Message → the variables that it uses.
fn messages(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for (name, content) in files(language) {
        let resource = fluent_syntax::parser::parse(content)
            .unwrap_or_else(|(_, errors)| panic!("{language}/{name}: {errors:?}"));
        for entry in &resource.body {
            if let ast::Entry::Message(message) = entry {
                let id = message.id.name.to_owned();
                let mut variables = BTreeSet::new();
                let patterns = message
                    .value
                    .iter()
                    .chain(message.attributes.iter().map(|attribute| &attribute.value));
                for pattern in patterns {
                    collect(pattern, &mut variables);
                }
                let twice = found.insert(id.clone(), variables).is_some();
                assert!(!twice, "{language}: {id} stands there twice");
            }
        }
    }
    found
}

fn collect(pattern: &ast::Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let ast::PatternElement::Placeable { expression } = element {
            collect_expression(expression, variables);
        }
    }
}

fn collect_expression(expression: &ast::Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        ast::Expression::Inline(inline) => collect_inline(inline, variables),
        ast::Expression::Select { selector, variants } => {
            collect_inline(selector, variables);
            for variant in variants {
                collect(&variant.value, variables);
            }
        }
    }
}

fn collect_inline(inline: &ast::InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        ast::InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        ast::InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                collect_inline(argument, variables);
            }
        }
        ast::InlineExpression::Placeable { expression } => {
            collect_expression(expression, variables);
        }
        _ => {}
    }
}

#[test]
fn every_code_field_and_choice_has_its_message_in_every_language() {
    for language in languages() {
        let locale = Locale::new(language);
        let missing: Vec<String> = needed().into_iter().filter(|id| !locale.has(id)).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:#?}");
    }
}

#[test]
fn every_language_has_the_same_messages_with_the_same_arguments() {
    let english = messages("en");
    for language in languages() {
        let other = messages(language);
        let lacks: Vec<_> = english
            .keys()
            .filter(|id| !other.contains_key(*id))
            .collect();
        let extra: Vec<_> = other
            .keys()
            .filter(|id| !english.contains_key(*id))
            .collect();
        assert!(lacks.is_empty(), "{language} lacks {lacks:#?}");
        assert!(extra.is_empty(), "only {language} has {extra:#?}");
        for (id, variables) in &english {
            assert_eq!(&other[id], variables, "{language}: arguments of {id}");
        }
    }
}

#[test]
fn english_and_german_are_there() {
    let languages = languages();
    assert!(
        languages.contains(&"en") && languages.contains(&"de"),
        "{languages:?}"
    );
}

#[test]
fn what_an_operating_system_calls_a_locale_finds_its_language() {
    for (name, language) in [
        ("de", "de"),
        ("de-AT", "de"),
        ("de_AT.UTF-8", "de"),
        ("DE", "de"),
        ("C", "en"),
        ("C.UTF-8", "en"),
        ("", "en"),
        ("tlh", "en"),
    ] {
        assert_eq!(Locale::new(name).language(), language, "{name:?}");
    }
}

#[test]
fn arguments_stand_in_the_message_as_they_are() {
    let locale = Locale::new("de");
    let text = locale.text("problem-not-a-choice", [("found", "<b>\u{202e}עברית 🚗")]);
    assert!(text.contains("<b>\u{202e}עברית 🚗"), "{text}");
    // No marks around them, and no number made of what only looks like one.
    let text = locale.text("problem-not-a-choice", [("found", "007")]);
    assert!(text.contains("007") && !text.contains('\u{2068}'), "{text}");
}

#[test]
fn an_unknown_message_is_its_id() {
    assert_eq!(
        Locale::new("de").text("no-such-message", []),
        "no-such-message"
    );
}
