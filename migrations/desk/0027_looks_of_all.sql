-- Who looked at sensitive papers, at whichever desk: these sync. Looks at other papers stay in
-- document_looks of this PC.
CREATE TABLE looks (
    id BLOB PRIMARY KEY NOT NULL,
    document_id BLOB,
    deed TEXT NOT NULL,
    looked_at TEXT,
    looked_by TEXT NOT NULL,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX looks_document ON looks (document_id, looked_at);

-- Whoever takes a file in is told of the oldest document with its content: theirs, else anybody's.
DROP INDEX documents_sha256;
CREATE INDEX documents_sha256 ON documents (sha256, created_at, id) WHERE sha256 <> '';
