//! Whoever wants pictures: starts the process that draws, waits for it, and ends it when that takes
//! too long.

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::worker::{Answer, Question};
use crate::{Drawn, NotDrawn, Wanted};

/// Until it is given up: the processor's share of it is bounded too, but a PC may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most bytes of an answer: 16 megapixels as a PNG that does not compress, and its line.
const ANSWER_MAX: u64 = 80 * 1024 * 1024;

/// Draws in a process of its own. Its calls wait for that process.
#[derive(Debug, Clone)]
pub struct Drawer {
    program: PathBuf,
    arguments: Vec<OsString>,
    patience: Duration,
}

impl Drawer {
    /// `program`, started with `arguments`, calls [`crate::worker::run`].
    pub fn new(program: PathBuf, arguments: impl IntoIterator<Item = OsString>) -> Drawer {
        Drawer {
            program,
            arguments: arguments.into_iter().collect(),
            patience: PATIENCE,
        }
    }

    pub fn with_patience(mut self, patience: Duration) -> Drawer {
        self.patience = patience;
        self
    }

    /// Draws a part of a file.
    pub fn draw(&self, wanted: &Wanted, content: Zeroizing<Vec<u8>>) -> Result<Drawn, NotDrawn> {
        if !crate::can_draw(&wanted.media_type) {
            return Err(NotDrawn::Kind);
        }
        match self.hear(&Question::Draw(wanted.clone()), content)? {
            (Answer::Drawn(about), content) => Ok(Drawn { about, content }),
            (Answer::NotDrawn(why), _) => Err(why),
            (Answer::Code(_), _) => Err(NotDrawn::Damaged),
        }
    }

    /// Reads the code of a driving licence that a file shows. None: it shows none that can be read.
    pub fn read_code(
        &self,
        media_type: &str,
        content: Zeroizing<Vec<u8>>,
    ) -> Result<Option<String>, NotDrawn> {
        if !crate::can_draw(media_type) {
            return Err(NotDrawn::Kind);
        }
        let question = Question::Code {
            media_type: media_type.to_owned(),
        };
        match self.hear(&question, content)? {
            (Answer::Code(code), _) => Ok(code),
            (Answer::NotDrawn(why), _) => Err(why),
            (Answer::Drawn(_), _) => Err(NotDrawn::Damaged),
        }
    }

    /// Starts the process, asks it, and ends it.
    fn hear(
        &self,
        question: &Question,
        content: Zeroizing<Vec<u8>>,
    ) -> Result<(Answer, Vec<u8>), NotDrawn> {
        let mut child = self.start().map_err(|_| NotDrawn::NoDrawer)?;
        let heard = self.ask(&mut child, question, content);
        // Whatever it was at, nobody waits for it any more.
        let _ = child.kill();
        let _ = child.wait();
        read_answer(&heard?)
    }

    fn start(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        servease_platform::bounds::without_console(&mut command);
        command.spawn()
    }

    /// Everything that it says until its end.
    fn ask(
        &self,
        child: &mut Child,
        question: &Question,
        content: Zeroizing<Vec<u8>>,
    ) -> Result<Vec<u8>, NotDrawn> {
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(NotDrawn::NoDrawer);
        };
        let mut question = serde_json::to_vec(question).map_err(|_| NotDrawn::NoDrawer)?;
        question.push(b'\n');
        // Threads of their own: a pipe holds less than a file, and nobody waits longer than the
        // patience for either end. Both end with the child.
        thread::spawn(move || {
            // One that died reads nothing more; what it says tells that.
            let _ = input.write_all(&question);
            let _ = input.write_all(&content);
        });
        let (heard, answer) = mpsc::channel();
        thread::spawn(move || {
            let mut said = Vec::new();
            let read = output.take(ANSWER_MAX).read_to_end(&mut said);
            let _ = heard.send(read.map(|_| said));
        });
        match answer.recv_timeout(self.patience) {
            Ok(Ok(said)) => Ok(said),
            Ok(Err(_)) => Err(NotDrawn::Damaged),
            Err(_) => Err(NotDrawn::TooMuch),
        }
    }
}

/// One that died in the middle has said nothing, or too little.
fn read_answer(said: &[u8]) -> Result<(Answer, Vec<u8>), NotDrawn> {
    let end = said.iter().position(|byte| *byte == b'\n');
    let Some((line, rest)) = end.and_then(|end| said.split_at_checked(end)) else {
        return Err(NotDrawn::TooMuch);
    };
    let answer = serde_json::from_slice(line).map_err(|_| NotDrawn::Damaged)?;
    Ok((answer, rest.get(1..).unwrap_or_default().to_vec()))
}
