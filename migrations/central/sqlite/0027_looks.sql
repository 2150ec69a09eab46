-- Who looked at sensitive papers, at a desk or over HTTP.
CREATE TABLE looks (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    document_id BLOB,
    deed TEXT NOT NULL DEFAULT '',
    looked_at TEXT,
    looked_by TEXT NOT NULL DEFAULT '',
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL
) STRICT;

CREATE INDEX looks_of_document ON looks (document_id, looked_at);
