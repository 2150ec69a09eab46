-- What all desks of a garage have in common. The one row is there from here on and holds the
-- defaults of the description; nobody has stated any of it: no field has a version.
CREATE TABLE garages (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    garage_name TEXT NOT NULL DEFAULT '',
    country TEXT NOT NULL DEFAULT '',
    timezone TEXT NOT NULL DEFAULT '',
    distance_unit TEXT NOT NULL DEFAULT '',
    currency TEXT NOT NULL DEFAULT '',
    soon_days INTEGER NOT NULL,
    soon_distance INTEGER NOT NULL,
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL
) STRICT;

INSERT INTO garages (id, garage_name, country, timezone, distance_unit, currency, soon_days,
    soon_distance, created_at, updated_at, seq, field_versions)
VALUES (x'67617261676580008000000000000001', '', 'US', 'America/New_York', 'mi', 'USD', 30, 1000,
    '1970-01-01T00:00:00.000000Z', '1970-01-01T00:00:00.000000Z', 0, '{}');
