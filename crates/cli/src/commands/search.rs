//! `servease search`.

use clap::Args;
use serde_json::json;
use servease_desk::Desk;

use crate::answer::Answer;
use crate::error::CliError;

#[derive(Debug, Args)]
pub struct Search {
    /// Words in any order; blank text finds nothing
    #[arg(allow_hyphen_values = true)]
    pub text: String,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: u32,
}

/// The best first.
pub async fn run(command: &Search, desk: &Desk) -> Result<Answer, CliError> {
    let rows = desk
        .search(&command.text, command.limit)
        .await?
        .into_iter()
        .map(|hit| {
            json!({
                "kind": hit.kind,
                "id": hit.id,
                "title": hit.title,
                "subtitle": hit.subtitle,
            })
        })
        .collect();
    Ok(Answer::list(rows, &["kind", "id", "title", "subtitle"]))
}
