//! Why a file is not taken in: one list for the desk and for Central.

use strum::IntoStaticStr;

/// Why a file is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Refusal {
    #[error("the file is empty")]
    Empty,
    #[error("the file is bigger than {max_bytes} bytes")]
    TooBig { max_bytes: u64 },
    #[error("the file cannot be read")]
    Unreadable,
    #[error("the file is not there any more")]
    Vanished,
    #[error("the file is still being written")]
    Changing,
    #[error("this is a folder")]
    Folder,
    #[error("this is a link to another file")]
    Link,
    #[error("this is a device or a pipe, and no file")]
    Special,
    #[error("files of this kind are not accepted")]
    Kind,
    #[error("the file's name says another kind than its content")]
    Name,
    #[error("files with macros are not accepted")]
    Macros,
    #[error("the file is incomplete or damaged")]
    Incomplete,
    #[error("the picture has more than {max} megapixels", max = crate::MAX_PIXELS / 1_000_000)]
    TooManyPixels,
}

impl Refusal {
    /// The name in arguments of problems, and the key of its words.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The reason as a sentence, for clients of a service.
    pub fn sentence(self) -> String {
        let words = self.to_string();
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| {
            format!("{}{}.", first.to_uppercase(), letters.as_str())
        })
    }
}
