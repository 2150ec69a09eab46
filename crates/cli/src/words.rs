//! The words of failures and problems in the garage's language.

use serde_json::{Map, Value as Json};
use servease_desk::Failure;
use servease_desk::views::{AlertLine, BuiltOn};
use servease_domain::EntityKind;
use servease_domain::Problem;
use servease_domain::problem::WHOLE_RECORD;
use servease_locale::Locale;

/// Says things in one language.
#[derive(Debug)]
pub struct Words {
    locale: Locale,
}

impl Words {
    pub fn new(locale: Locale) -> Words {
        Words { locale }
    }

    /// In the language of the operating system, until the settings are known.
    pub fn of_system() -> Words {
        // The order in which POSIX looks at them:
        // https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html
        let name = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|variable| std::env::var(variable).ok())
            .find(|value| !value.is_empty())
            // Windows and macOS keep it elsewhere.
            .or_else(sys_locale::get_locale)
            .unwrap_or_default();
        Words::new(Locale::new(&name))
    }

    /// In the language of the settings, where one is chosen.
    pub fn choose(&mut self, language: &str) {
        if !language.is_empty() && language != self.locale.language() {
            self.locale = Locale::new(language);
        }
    }

    pub fn text(&self, id: &str, args: &[(&str, &str)]) -> String {
        self.locale.text(id, args.iter().copied())
    }

    pub fn failure(&self, failure: &Failure) -> String {
        let mut args = failure.args();
        if let Failure::NotUndone { step, why } = failure {
            let what = self.called(step.kind, &step.title);
            let id = match step.is_redo {
                true => "cli-not-redone",
                false => "cli-not-undone",
            };
            let why = self.failure(why);
            return self.text(
                id,
                &[("did", step.did.name()), ("what", &what), ("why", &why)],
            );
        }
        if let Failure::BuiltOn { records, .. } = failure {
            let names: Vec<String> = records.iter().map(|it| self.built_on(it)).collect();
            args.insert("names".to_owned(), names.join(", "));
        }
        if let Failure::NotFound { kind, id } = failure {
            return self.no_such_record(kind.name(), &id.to_string());
        }
        self.locale.text(
            &format!("failure-{}", dashed(&failure.code().name())),
            args.iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
    }

    /// A record by kind, title and author.
    fn built_on(&self, record: &BuiltOn) -> String {
        let entity = self.text(&format!("entity-{}", dashed(record.kind.name())), &[]);
        let id = match record.author.is_empty() {
            true => "cli-named",
            false => "cli-named-by",
        };
        let mut args = vec![("entity", entity.as_str()), ("title", &record.title)];
        if !record.author.is_empty() {
            args.push(("author", &record.author));
        }
        self.text(id, &args)
    }

    /// A title, or the kind of a record that has none.
    fn called(&self, kind: EntityKind, title: &str) -> String {
        match title.is_empty() {
            true => self.text(&format!("entity-{}", dashed(kind.name())), &[]),
            false => title.to_owned(),
        }
    }

    /// What an alert says: "Service: Due in 5 days, B-XY 12 VW Golf". `unit` is that of distances.
    pub fn alert(&self, line: &AlertLine, unit: &str) -> String {
        self.locale.alert(line, unit)
    }

    /// What a calendar says on the day itself: "Registration: B-XY 12 VW Golf".
    pub fn calendar_entry(&self, line: &AlertLine) -> String {
        self.locale.calendar_entry(line)
    }

    pub fn no_such_record(&self, entity: &str, id: &str) -> String {
        self.text("cli-no-such-record", &[("entity", entity), ("id", id)])
    }

    /// The message of a problem.
    pub fn problem(&self, problem: &Problem) -> String {
        let label = self
            .locale
            .find(&format!("field-{}", dashed(&problem.field)), [])
            .unwrap_or_else(|| problem.field.clone());
        // The last of a name counts: what the problem says of itself.
        let args = [("label", label.as_str()), ("title", "none")].into_iter();
        self.locale.text(
            &format!("problem-{}", dashed(&problem.code.name())),
            args.chain(
                problem
                    .args
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str())),
            ),
        )
    }

    /// The field by the name that `--set` takes, and the message.
    pub fn problem_line(&self, problem: &Problem) -> String {
        if problem.field == WHOLE_RECORD {
            self.problem(problem)
        } else {
            format!("{}: {}", problem.field, self.problem(problem))
        }
    }

    /// `{field: [messages]}`.
    pub fn by_field(&self, problems: &[Problem]) -> Map<String, Json> {
        let mut fields = Map::new();
        for problem in problems {
            let messages = fields
                .entry(problem.field.clone())
                .or_insert_with(|| Json::Array(Vec::new()));
            if let Json::Array(messages) = messages {
                messages.push(Json::String(self.problem(problem)));
            }
        }
        fields
    }
}

fn dashed(name: &str) -> String {
    name.replace('_', "-")
}
