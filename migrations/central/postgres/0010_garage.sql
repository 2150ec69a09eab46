-- What all desks of a garage have in common. The one row is there from here on and holds the
-- defaults of the description; nobody has stated any of it: no field has a version.
CREATE TABLE garages (
    id uuid NOT NULL CONSTRAINT garages_id_unique PRIMARY KEY,
    garage_name text COLLATE "C" NOT NULL DEFAULT '',
    country text COLLATE "C" NOT NULL DEFAULT '',
    timezone text COLLATE "C" NOT NULL DEFAULT '',
    distance_unit text COLLATE "C" NOT NULL DEFAULT '',
    currency text COLLATE "C" NOT NULL DEFAULT '',
    soon_days bigint NOT NULL,
    soon_distance bigint NOT NULL,
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL
);

INSERT INTO garages (id, garage_name, country, timezone, distance_unit, currency, soon_days,
    soon_distance, created_at, updated_at, seq, field_versions)
VALUES ('67617261-6765-8000-8000-000000000001', '', 'US', 'America/New_York', 'mi', 'USD', 30, 1000,
    '1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 0, '{}');
