//! Messages about the files of documents: how far each is, and what came of a part of one. The
//! bytes themselves travel as they are.

use serde::{Deserialize, Serialize};

/// The most files that are asked about at once.
pub const FILES_MAX: usize = 500;

/// The longest part of a file that Central takes: a scan comes in one.
pub const PART_BYTES_MAX: usize = 8 << 20;

/// A file, as the record of a document names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileName {
    pub sha256: String,
    pub size_bytes: u64,
}

/// Asks how far files are at Central.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FilesQuery {
    pub protocol: u32,
    #[cfg_attr(feature = "schema", schemars(length(max = FILES_MAX)))]
    pub files: Vec<FileName>,
}

/// An answer for each file, in the order of the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FilesAnswer {
    pub files: Vec<FileStanding>,
}

/// How far a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FileStanding {
    /// It is there, whole.
    Kept,
    /// So many of its bytes have come from this account; the next part begins there.
    Arriving { so_far: u64 },
    /// No document that this account sees names a file of this hash and size.
    Unnamed,
    /// It came, and is not taken: a word, and a sentence for people.
    Refused { why: String, detail: String },
    /// A word of a newer program.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_newer_server_is_read_as_unknown() {
        let text = r#"{"files":[{"state":"kept"},{"state":"arriving","so_far":7},
            {"state":"frozen","until":3}]}"#;
        let answer: FilesAnswer = serde_json::from_str(text).expect("an answer");
        let expected = [
            FileStanding::Kept,
            FileStanding::Arriving { so_far: 7 },
            FileStanding::Unknown,
        ];
        assert_eq!(answer.files, expected);
    }
}
