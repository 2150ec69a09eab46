//! The command line of the service.

mod calendar_tokens;

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use servease_platform::ending::Requests;
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

pub use self::calendar_tokens::CalendarTokenAction;
use crate::auth::calendar_tokens::NAME_MAX_CHARS;
use crate::auth::passwords;
use crate::auth::users::{self, User};
use crate::caller::Role;
use crate::clock;
use crate::config::{Config, DataArgs};
use crate::db::{self, DbError};
use crate::handover::SECRET_VARIABLE;
use crate::{backup, door, serve};

/// ServEase Central: the one service that the desks of a company share
#[derive(Debug, Parser)]
#[command(name = "servease-central", version)]
pub struct Cli {
    /// What goes to the log on stderr: error, warn, info, debug, or a filter
    #[arg(long, env = "SERVEASE_LOG", default_value = "info", global = true)]
    pub log: String,
    #[command(subcommand)]
    pub command: CentralCommand,
}

#[derive(Debug, Subcommand)]
pub enum CentralCommand {
    /// Answers requests until it is told to stop
    Serve(Box<Config>),
    /// Accounts
    User {
        #[command(subcommand)]
        action: UserAction,
    },
    /// Tokens for calendars that show what is coming
    CalendarToken {
        #[command(subcommand)]
        action: CalendarTokenAction,
    },
    /// Writes everything into one file, also while the service runs
    Backup {
        file: PathBuf,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Reads a whole backup and checks it; nothing is written
    Verify { file: PathBuf },
    /// Reads a backup into an empty database; the service must not be running
    Restore {
        file: PathBuf,
        /// Replaces what is there
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        data: DataArgs,
    },
}

#[derive(Debug, Subcommand)]
pub enum UserAction {
    /// Adds an account; the password comes from stdin, or is made and printed once
    Add {
        #[arg(long)]
        email: String,
        #[arg(long)]
        role: RoleName,
        #[arg(long, default_value = "")]
        first_name: String,
        #[arg(long, default_value = "")]
        last_name: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// One account a line: address, role, state
    List {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Closes an account and ends its sign-ins
    Disable {
        #[arg(long)]
        email: String,
        #[command(flatten)]
        data: DataArgs,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleName {
    Admin,
    Employee,
    Customer,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Role {
        match name {
            RoleName::Admin => Role::Admin,
            RoleName::Employee => Role::Employee,
            RoleName::Customer => Role::Customer,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error(transparent)]
    Start(#[from] serve::StartError),
    #[error(transparent)]
    Database(#[from] DbError),
    #[error(transparent)]
    Backup(#[from] backup::BackupError),
    #[error("{0} is no e-mail address")]
    NotAnEmail(String),
    #[error("{0} has an account already")]
    Exists(String),
    #[error("{0} has no account")]
    NoAccount(String),
    #[error("a password has 8 to 1024 bytes")]
    PasswordLength,
    #[error("the password could not be hashed")]
    Hash,
    #[error("a token's name has 1 to {NAME_MAX_CHARS} visible characters")]
    TokenName,
    #[error("there are {0} tokens already: revoke one that is not used")]
    TooManyTokens(usize),
    #[error("there is no token {0}")]
    NoToken(Uuid),
    #[error("the system does not tell when to end")]
    Signals(#[source] std::io::Error),
    #[error("stdin or stdout failed")]
    Terminal(#[source] std::io::Error),
}

/// Logs as JSON on stderr: stdout belongs to answers.
pub fn start_logging(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // sqlx writes whole statements; those name no values, but nobody wants them by default.
    let filter = match "sqlx=warn".parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    };
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first.
    let _ = subscriber.try_init();
}

pub async fn run(cli: Cli) -> Result<(), CliError> {
    start_logging(&cli.log);
    keep_to_oneself();
    match cli.command {
        CentralCommand::Serve(config) => serve_until_stopped(*config).await,
        CentralCommand::User { action } => user(action).await,
        CentralCommand::CalendarToken { action } => calendar_tokens::run(action).await,
        CentralCommand::Backup { file, data } => {
            let summary = backup::write(&data, &file).await?;
            let left_out = match summary.left_out {
                0 => String::new(),
                count => format!("; {count} could not be read and are left out, see the log"),
            };
            say(&format!(
                "{} records, {} files{left_out}",
                summary.rows, summary.files
            ))
        }
        CentralCommand::Verify { file } => {
            let found = backup::verify(&file).await?;
            let checksums = match found.has_checksums {
                true => "as it was written",
                false => "readable; an older program wrote it, without checksums of its tables",
            };
            say(&format!(
                "{} lines, {} files: {checksums}",
                found.rows, found.files
            ))
        }
        CentralCommand::Restore {
            file,
            replace,
            data,
        } => {
            let summary = backup::read(&data, &file, replace).await?;
            say(&format!(
                "{} records, {} files",
                summary.rows, summary.files
            ))
        }
    }
}

/// What this program writes, its owner alone can read.
fn keep_to_oneself() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

fn say(line: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(CliError::Terminal)
}

async fn serve_until_stopped(mut config: Config) -> Result<(), CliError> {
    config.notify_secret = std::env::var(SECRET_VARIABLE).ok();
    door::raise_open_files();
    let mut requests_to_end = Requests::listen().map_err(CliError::Signals)?;
    let running = serve::start(config).await?;
    say(&format!("listening on {}", running.url))?;
    requests_to_end.next().await;
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

async fn user(action: UserAction) -> Result<(), CliError> {
    match action {
        UserAction::Add {
            email,
            role,
            first_name,
            last_name,
            data,
        } => {
            if !servease_domain::reading::is_email(email.trim()) {
                return Err(CliError::NotAnEmail(email));
            }
            let (password, is_generated) = match given_password()? {
                Some(password) => (password, false),
                None => (passwords::generate(), true),
            };
            if !(8..=passwords::PASSWORD_MAX_BYTES).contains(&password.len()) {
                return Err(CliError::PasswordLength);
            }
            let db = db::open(&data.target(), 1).await?;
            let user = User {
                id: Uuid::now_v7(),
                email: email.trim().to_owned(),
                password_hash: passwords::hash(&password).ok_or(CliError::Hash)?,
                role: role.into(),
                first_name,
                last_name,
                is_active: true,
            };
            match users::add(&db, &user, clock::now()).await {
                Err(DbError::Unique { .. }) => return Err(CliError::Exists(email)),
                other => other?,
            }
            db.close().await;
            if is_generated {
                say(&password)?;
            }
            Ok(())
        }
        UserAction::List { data } => {
            let db = db::open(&data.target(), 1).await?;
            let all = users::list(&mut db.read().await?).await?;
            db.close().await;
            all.iter().try_for_each(|user| {
                let state = if user.is_active { "active" } else { "disabled" };
                say(&format!("{}\t{}\t{state}", user.email, user.role.name()))
            })
        }
        UserAction::Disable { email, data } => {
            let db = db::open(&data.target(), 1).await?;
            let was_there = users::disable(&db, &email, clock::now()).await?;
            db.close().await;
            if was_there {
                Ok(())
            } else {
                Err(CliError::NoAccount(email))
            }
        }
    }
}

/// The first line of stdin; none at a terminal or where it is empty.
fn given_password() -> Result<Option<String>, CliError> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Ok(None);
    }
    let mut line = String::new();
    stdin
        .lock()
        .read_line(&mut line)
        .map_err(CliError::Terminal)?;
    let password = line.trim_end_matches(['\r', '\n']);
    Ok((!password.is_empty()).then(|| password.to_owned()))
}
