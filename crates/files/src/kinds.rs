//! The table of what is kept: papers and pictures. Markup, scripts and programs never are, whatever
//! they are called.

/// The biggest file that a desk takes in: what Central takes unless its operator says otherwise.
/// A page scanned at 600 dpi in colour is some 10 MiB as JPEG.
pub const MAX_BYTES: u64 = 25 * 1024 * 1024;

/// A kind of file that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileKind {
    pub media_type: &'static str,
    /// Endings that fit; the first is given to a file without one.
    pub extensions: &'static [&'static str],
}

pub(crate) const PDF: FileKind = FileKind {
    media_type: "application/pdf",
    extensions: &["pdf"],
};
pub(crate) const JPEG: FileKind = FileKind {
    media_type: "image/jpeg",
    extensions: &["jpg", "jpeg", "jpe", "jfif"],
};
pub(crate) const PNG: FileKind = FileKind {
    media_type: "image/png",
    extensions: &["png"],
};
pub(crate) const WEBP: FileKind = FileKind {
    media_type: "image/webp",
    extensions: &["webp"],
};
pub(crate) const HEIC: FileKind = FileKind {
    media_type: "image/heic",
    extensions: &["heic", "heif", "hif"],
};
pub(crate) const TEXT: FileKind = FileKind {
    media_type: "text/plain",
    extensions: &["txt", "text", "log", "md", "csv"],
};
pub(crate) const DOCX: FileKind = FileKind {
    media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    extensions: &["docx"],
};
pub(crate) const XLSX: FileKind = FileKind {
    media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    extensions: &["xlsx"],
};
pub(crate) const PPTX: FileKind = FileKind {
    media_type: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    extensions: &["pptx"],
};
pub(crate) const ODT: FileKind = FileKind {
    media_type: "application/vnd.oasis.opendocument.text",
    extensions: &["odt"],
};
pub(crate) const ODS: FileKind = FileKind {
    media_type: "application/vnd.oasis.opendocument.spreadsheet",
    extensions: &["ods"],
};
pub(crate) const DOC: FileKind = FileKind {
    media_type: "application/msword",
    extensions: &["doc"],
};
pub(crate) const XLS: FileKind = FileKind {
    media_type: "application/vnd.ms-excel",
    extensions: &["xls"],
};
pub(crate) const PPT: FileKind = FileKind {
    media_type: "application/vnd.ms-powerpoint",
    extensions: &["ppt"],
};

const TABLE: [FileKind; 14] = [
    PDF, JPEG, PNG, WEBP, HEIC, TEXT, DOCX, XLSX, PPTX, ODT, ODS, DOC, XLS, PPT,
];

impl FileKind {
    pub fn all() -> &'static [FileKind] {
        &TABLE
    }

    pub fn of_media_type(media_type: &str) -> Option<FileKind> {
        TABLE.into_iter().find(|kind| kind.media_type == media_type)
    }
}
