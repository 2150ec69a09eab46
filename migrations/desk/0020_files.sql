-- How the files of documents stand: on this PC, and as far as Central has said.
CREATE TABLE file_standings (
    sha256 TEXT PRIMARY KEY,
    -- Its content is on this PC.
    is_here INTEGER NOT NULL,
    -- It was brought only to be looked at, and may go again when room is needed.
    is_fetched INTEGER NOT NULL DEFAULT 0,
    -- When it was looked at last, of a fetched one.
    used_at TEXT NOT NULL DEFAULT '',
    -- Central has said that it keeps it, and when it said so.
    is_at_central INTEGER NOT NULL DEFAULT 0,
    asked_at TEXT NOT NULL DEFAULT '',
    -- Why Central does not take it: a word, and its sentence. Blank where it has not refused.
    refusal TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    -- Somebody does not want it sent any more.
    is_given_up INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX file_standings_here ON file_standings (is_here, is_at_central);
