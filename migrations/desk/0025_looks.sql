-- Who looked at a paper on this PC, saved a copy of it, opened or printed it. It stays on this PC:
-- nobody changes it, nothing follows from it, and Central keeps a log of what it gives out itself.
CREATE TABLE document_looks (
    id INTEGER PRIMARY KEY,
    document_id BLOB NOT NULL,
    at TEXT NOT NULL,
    author TEXT NOT NULL,
    deed TEXT NOT NULL
) STRICT;

CREATE INDEX document_looks_document ON document_looks (document_id, id);

-- The list of all papers, newest first.
CREATE INDEX documents_newest ON documents (created_at, id) WHERE deleted_at IS NULL;
