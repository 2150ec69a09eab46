//! The process that draws: a question on its standard input, the answer on its standard output, and
//! an end.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::{About, Drawn, NotDrawn, Wanted, code, draw, limits};

/// A question is some hundred bytes of JSON on a line, and the file behind it.
const QUESTION_MAX: u64 = 4_096;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Question {
    Draw(Wanted),
    /// What the code of a licence in it says.
    Code {
        media_type: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Drawn(About),
    Code(Option<String>),
    NotDrawn(NotDrawn),
}

/// Draws what is asked for on standard input.
pub fn run() -> ExitCode {
    limits::apply();
    match answer() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn answer() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut question = String::new();
    (&mut input).take(QUESTION_MAX).read_line(&mut question)?;
    let question: Question = serde_json::from_str(&question).map_err(io::Error::other)?;
    let mut content = Vec::new();
    input
        .take(servease_files::MAX_BYTES)
        .read_to_end(&mut content)?;
    let answered = match question {
        Question::Draw(wanted) => {
            draw(&wanted, content).map(|Drawn { about, content }| (Answer::Drawn(about), content))
        }
        Question::Code { media_type } => {
            code::read(&media_type, content).map(|code| (Answer::Code(code), Vec::new()))
        }
    };
    let (answer, picture) = answered.unwrap_or_else(|why| (Answer::NotDrawn(why), Vec::new()));
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, &answer)?;
    output.write_all(b"\n")?;
    output.write_all(&picture)?;
    output.flush()
}
