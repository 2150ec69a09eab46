-- What syncing needs.

-- Rows that come from Central must go in whatever they hold: two desks may have given the
-- same e-mail or VIN while apart, and the flag that says so may be one entry behind. The use
-- cases look for another holder in the transaction of the write, which is enough, since a
-- database has one writer at a time.
DROP INDEX customers_email;
DROP INDEX customers_user_id;
DROP INDEX vehicles_vin;
CREATE INDEX customers_email ON customers (lower(email)) WHERE email <> '' AND deleted_at IS NULL;
CREATE INDEX customers_user_id ON customers (lower(user_id))
    WHERE user_id <> '' AND deleted_at IS NULL;
CREATE INDEX vehicles_vin ON vehicles (lower(vin)) WHERE vin <> '' AND deleted_at IS NULL;

ALTER TABLE customers ADD COLUMN merged_into BLOB;
ALTER TABLE vehicles ADD COLUMN merged_into BLOB;
CREATE INDEX customers_duplicates ON customers (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX vehicles_duplicates ON vehicles (duplicate_of) WHERE duplicate_of IS NOT NULL;

CREATE TABLE conflicts (
    id BLOB PRIMARY KEY NOT NULL,
    record_kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    customer_id BLOB,
    field TEXT NOT NULL,
    kept TEXT NOT NULL,
    lost TEXT NOT NULL,
    kept_by TEXT NOT NULL,
    lost_by TEXT NOT NULL,
    kept_at TEXT,
    lost_at TEXT,
    state TEXT NOT NULL,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX conflicts_open ON conflicts (created_at, id) WHERE state = 'open';
CREATE INDEX conflicts_record ON conflicts (record_id);

-- A deletion that took this record along names the record at which it began.
ALTER TABLE mutations ADD COLUMN deleted_with BLOB;
CREATE INDEX mutations_seq ON mutations (seq) WHERE seq IS NOT NULL;

-- Places of Central's sequence that this desk has seen, with the stamps that were there.
CREATE TABLE checkpoints (
    seq INTEGER PRIMARY KEY NOT NULL,
    stamp INTEGER NOT NULL
) STRICT;

-- Changes of Central that this program could not take in: kept, told, and tried again when a
-- newer program opens the database.
CREATE TABLE set_aside (
    seq INTEGER PRIMARY KEY NOT NULL,
    entry TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- Rows that a snapshot taken row by row has brought so far.
CREATE TABLE snapshot_rows (
    entity TEXT NOT NULL,
    id BLOB NOT NULL,
    PRIMARY KEY (entity, id)
) STRICT, WITHOUT ROWID;

-- What Central held when a snapshot came while own changes of the record were open: they cover
-- it, and the log does not tell it. Asked when one of them is given up.
CREATE TABLE covered_rows (
    entity TEXT NOT NULL,
    id BLOB NOT NULL,
    -- Central's last change when the row was read.
    seq INTEGER NOT NULL,
    row TEXT NOT NULL,
    PRIMARY KEY (entity, id)
) STRICT, WITHOUT ROWID;
