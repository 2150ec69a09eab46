-- What own edits settled between two pages of a snapshot, to be settled anew after the last.
CREATE TABLE settled_early (
    entity TEXT NOT NULL,
    id BLOB NOT NULL,
    PRIMARY KEY (entity, id)
) STRICT, WITHOUT ROWID;
