//! `servease-central calendar-token`: who reads the calendar of what is coming.

use clap::Subcommand;
use servease_locale::Locale;
use uuid::Uuid;

use super::{CliError, say};
use crate::auth::calendar_tokens::{self, CalendarToken, NAME_MAX_CHARS, TOKENS_MAX};
use crate::config::DataArgs;
use crate::{clock, db};

#[derive(Debug, Subcommand)]
pub enum CalendarTokenAction {
    /// Makes a token and prints it once: a calendar subscribes to
    /// /api/v1/calendar.ics?token=TOKEN
    Add {
        /// Which calendar it is for
        #[arg(long)]
        name: String,
        /// In which language its entries are
        #[arg(long, default_value = "en", value_parser = language)]
        language: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// One token a line: id, name, made when, used when
    List {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Ends a token
    Revoke {
        #[arg(long)]
        id: Uuid,
        #[command(flatten)]
        data: DataArgs,
    },
}

fn language(text: &str) -> Result<String, String> {
    let known = servease_locale::languages();
    match known.contains(&text) {
        true => Ok(Locale::new(text).language().to_owned()),
        false => Err(format!("{text} is none of: {}", known.join(", "))),
    }
}

pub async fn run(action: CalendarTokenAction) -> Result<(), CliError> {
    match action {
        CalendarTokenAction::Add {
            name,
            language,
            data,
        } => {
            let name = name.trim();
            let length = name.chars().count();
            let is_plain = !name.chars().any(char::is_control);
            if !is_plain || !(1..=NAME_MAX_CHARS).contains(&length) {
                return Err(CliError::TokenName);
            }
            let db = db::open(&data.target(), 1).await?;
            let token = CalendarToken::new(name, &language, clock::now());
            let secret = calendar_tokens::add(&db, &token).await?;
            db.close().await;
            say(&secret.ok_or(CliError::TooManyTokens(TOKENS_MAX))?)
        }
        CalendarTokenAction::List { data } => {
            let db = db::open(&data.target(), 1).await?;
            let all = calendar_tokens::list(&mut db.read().await?).await?;
            db.close().await;
            all.iter().try_for_each(|token| {
                let used = match token.last_used_at {
                    Some(at) => at.to_rfc3339(),
                    None => "never".to_owned(),
                };
                let made = token.created_at.to_rfc3339();
                say(&format!("{}\t{}\t{made}\t{used}", token.id, token.name))
            })
        }
        CalendarTokenAction::Revoke { id, data } => {
            let db = db::open(&data.target(), 1).await?;
            let was_there = calendar_tokens::revoke(&db, id).await?;
            db.close().await;
            match was_there {
                true => Ok(()),
                false => Err(CliError::NoToken(id)),
            }
        }
    }
}
