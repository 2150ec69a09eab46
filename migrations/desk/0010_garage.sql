-- What all desks of a garage have in common is a record, which syncs. The one row is there from
-- here on, with the defaults of the description; what this desk had in its settings goes into it
-- when the program opens the database, since what was typed must go into the log too.
CREATE TABLE garages (
    id BLOB PRIMARY KEY NOT NULL,
    garage_name TEXT NOT NULL,
    country TEXT NOT NULL,
    timezone TEXT NOT NULL,
    distance_unit TEXT NOT NULL,
    currency TEXT NOT NULL,
    soon_days INTEGER NOT NULL,
    soon_distance INTEGER NOT NULL,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO garages (id, garage_name, country, timezone, distance_unit, currency, soon_days,
    soon_distance, extra, created_at, updated_at)
VALUES (x'67617261676580008000000000000001', '', 'US', 'America/New_York', 'mi', 'USD', 30, 1000,
    '{}', '1970-01-01T00:00:00.000000Z', '1970-01-01T00:00:00.000000Z');

-- What is this PC's alone keeps to itself.
UPDATE settings SET key = 'pc.' || substr(key, length('garage.') + 1)
    WHERE key IN ('garage.language', 'garage.theme', 'garage.employee_id');
