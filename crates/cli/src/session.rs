//! One run of the program: the data folder is opened, the command runs in the name of whoever
//! is working, the folder is closed again.

use servease_desk::folder::VARIABLE;
use servease_desk::{Clock, DataFolder, Desk, Failure, examine_folder};
use servease_domain::{Code, Employee, Problem};
use uuid::Uuid;

use crate::answer::Answer;
use crate::args::Arguments;
use crate::commands;
use crate::commands::Command;
use crate::error::CliError;
use crate::voice::Voice;
use crate::words::Words;

/// Runs the command. `words` speak the garage's language as soon as that is known.
pub async fn answer(arguments: &Arguments, words: &mut Words) -> Result<Answer, CliError> {
    let named = arguments
        .data_dir
        .clone()
        .or_else(|| std::env::var_os(VARIABLE).map(Into::into));
    let folder = DataFolder::resolve(named).ok_or(CliError::NoFolder)?;
    if matches!(arguments.command, Command::Doctor) {
        let health = examine_folder(folder.path(), Clock::system()).await;
        return Ok(commands::doctor::answer(&health));
    }
    let desk = Desk::open(folder.path(), Clock::system()).await?;
    let answer = on_desk(arguments, desk.clone(), words).await;
    desk.close().await;
    answer
}

async fn on_desk(
    arguments: &Arguments,
    mut desk: Desk,
    words: &mut Words,
) -> Result<Answer, CliError> {
    words.choose(&desk.settings().await?.language);
    if let Some(named) = &arguments.employee {
        let id = employee(&desk, named).await?;
        desk = desk.working_as(id);
    }
    let voice = Voice {
        is_json: arguments.json,
        words,
    };
    commands::run(&arguments.command, &desk, &voice).await
}

/// The employee of an id, or the only one of a name, case ignored.
async fn employee(desk: &Desk, named: &str) -> Result<Uuid, CliError> {
    let id = servease_wire::id::parse(named);
    let wanted = named.trim().to_lowercase();
    let mut found = desk.employees().await?;
    found.retain(|record| {
        let employee: Employee = record.to();
        Some(employee.id) == id || employee.name.to_lowercase() == wanted
    });
    match found.as_slice() {
        [only] if !only.get("is_active").as_flag() => {
            let problem = Problem::new("employee_id", Code::Deactivated);
            let problem = problem.with("name", only.get("name").as_text());
            Err(Failure::Invalid(vec![problem]).into())
        }
        [only] => Ok(only.id),
        [] => Err(CliError::NoSuchEmployee(named.to_owned())),
        _ => Err(CliError::WhichEmployee(named.to_owned())),
    }
}
