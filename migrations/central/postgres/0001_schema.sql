-- The schema of ServEase Central on PostgreSQL. Text is compared byte by byte ("C"), so
-- that lists have the same order here and on SQLite.
-- The same tables stand in ../sqlite; a change goes into both folders.

CREATE TABLE employees (
    id uuid NOT NULL CONSTRAINT employees_id_unique PRIMARY KEY,
    name text COLLATE "C" NOT NULL DEFAULT '',
    role text COLLATE "C" NOT NULL DEFAULT '',
    is_active boolean NOT NULL,
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL
);
CREATE INDEX employees_newest ON employees (created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE customers (
    id uuid NOT NULL CONSTRAINT customers_id_unique PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL DEFAULT '',
    first_name text COLLATE "C" NOT NULL DEFAULT '',
    last_name text COLLATE "C" NOT NULL DEFAULT '',
    email text COLLATE "C" NOT NULL DEFAULT '',
    phone text COLLATE "C" NOT NULL DEFAULT '',
    secondary_phone text COLLATE "C" NOT NULL DEFAULT '',
    street_address text COLLATE "C" NOT NULL DEFAULT '',
    apartment_unit text COLLATE "C" NOT NULL DEFAULT '',
    city text COLLATE "C" NOT NULL DEFAULT '',
    state text COLLATE "C" NOT NULL DEFAULT '',
    zip_code text COLLATE "C" NOT NULL DEFAULT '',
    country text COLLATE "C" NOT NULL DEFAULT '',
    is_active boolean NOT NULL,
    is_verified boolean NOT NULL,
    customer_since timestamptz,
    company_name text COLLATE "C" NOT NULL DEFAULT '',
    business_tax_id text COLLATE "C" NOT NULL DEFAULT '',
    is_business_customer boolean NOT NULL,
    emergency_contact_name text COLLATE "C" NOT NULL DEFAULT '',
    emergency_contact_phone text COLLATE "C" NOT NULL DEFAULT '',
    emergency_contact_relationship text COLLATE "C" NOT NULL DEFAULT '',
    last_service_date timestamptz,
    merged_into uuid,
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL,
    search_text text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX customers_user_id_unique ON customers (lower(user_id))
    WHERE deleted_at IS NULL AND duplicate_of IS NULL AND user_id <> '';
CREATE UNIQUE INDEX customers_email_unique ON customers (lower(email))
    WHERE deleted_at IS NULL AND duplicate_of IS NULL AND email <> '';
CREATE INDEX customers_newest ON customers (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_first_name ON customers (first_name, id) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_last_name ON customers (last_name, id) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_customer_since ON customers (customer_since NULLS FIRST, id) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_state ON customers (state, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE preferences (
    id uuid NOT NULL CONSTRAINT preferences_id_unique PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers (id),
    email_notifications boolean NOT NULL,
    sms_notifications boolean NOT NULL,
    push_notifications boolean NOT NULL,
    phone_call_notifications boolean NOT NULL,
    postal_mail_notifications boolean NOT NULL,
    preferred_contact_method text COLLATE "C" NOT NULL DEFAULT '',
    preferred_service_time time,
    preferred_service_day text COLLATE "C" NOT NULL DEFAULT '',
    preferred_language text COLLATE "C" NOT NULL DEFAULT '',
    timezone text COLLATE "C" NOT NULL DEFAULT '',
    currency text COLLATE "C" NOT NULL DEFAULT '',
    marketing_emails boolean NOT NULL,
    promotional_sms boolean NOT NULL,
    service_reminders boolean NOT NULL,
    appointment_reminders boolean NOT NULL,
    data_sharing_consent boolean NOT NULL,
    analytics_consent boolean NOT NULL,
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL
);

CREATE TABLE vehicles (
    id uuid NOT NULL CONSTRAINT vehicles_id_unique PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers (id),
    make text COLLATE "C" NOT NULL DEFAULT '',
    model text COLLATE "C" NOT NULL DEFAULT '',
    year bigint,
    color text COLLATE "C" NOT NULL DEFAULT '',
    vin text COLLATE "C" NOT NULL DEFAULT '',
    license_plate text COLLATE "C" NOT NULL DEFAULT '',
    state_registered text COLLATE "C" NOT NULL DEFAULT '',
    engine_size text COLLATE "C" NOT NULL DEFAULT '',
    fuel_type text COLLATE "C" NOT NULL DEFAULT '',
    transmission text COLLATE "C" NOT NULL DEFAULT '',
    current_mileage bigint NOT NULL,
    purchase_date date,
    purchase_mileage bigint,
    insurance_company text COLLATE "C" NOT NULL DEFAULT '',
    insurance_policy_number text COLLATE "C" NOT NULL DEFAULT '',
    insurance_expiry_date date,
    registration_expiry_date date,
    is_active boolean NOT NULL,
    is_under_warranty boolean NOT NULL,
    warranty_expiry_date date,
    last_service_date timestamptz,
    last_service_mileage bigint,
    next_service_due_date date,
    next_service_due_mileage bigint,
    service_interval_months bigint,
    service_interval_distance bigint,
    merged_into uuid,
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL,
    search_text text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX vehicles_vin_unique ON vehicles (lower(vin))
    WHERE deleted_at IS NULL AND duplicate_of IS NULL AND vin <> '';
CREATE INDEX vehicles_newest ON vehicles (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_make ON vehicles (make, id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_model ON vehicles (model, id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_year ON vehicles (year NULLS FIRST, id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_fuel_type ON vehicles (fuel_type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_of_customer ON vehicles (customer_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE ownerships (
    id uuid NOT NULL CONSTRAINT ownerships_id_unique PRIMARY KEY,
    vehicle_id uuid NOT NULL REFERENCES vehicles (id),
    customer_id uuid NOT NULL REFERENCES customers (id),
    "from" timestamptz,
    until timestamptz,
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL
);
CREATE INDEX ownerships_newest ON ownerships (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ownerships_of_vehicle ON ownerships (vehicle_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ownerships_of_customer ON ownerships (customer_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE mileage_readings (
    id uuid NOT NULL CONSTRAINT mileage_readings_id_unique PRIMARY KEY,
    vehicle_id uuid NOT NULL REFERENCES vehicles (id),
    value bigint NOT NULL,
    read_at timestamptz,
    source text COLLATE "C" NOT NULL DEFAULT '',
    is_correction boolean NOT NULL,
    reason text COLLATE "C" NOT NULL DEFAULT '',
    is_improbable boolean NOT NULL,
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL
);
CREATE INDEX mileage_readings_newest ON mileage_readings (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX mileage_readings_of_vehicle ON mileage_readings (vehicle_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE service_records (
    id uuid NOT NULL CONSTRAINT service_records_id_unique PRIMARY KEY,
    vehicle_id uuid NOT NULL REFERENCES vehicles (id),
    customer_id uuid REFERENCES customers (id),
    performed_at timestamptz,
    mileage bigint,
    service_type text COLLATE "C" NOT NULL DEFAULT '',
    description text COLLATE "C" NOT NULL DEFAULT '',
    cost bigint,
    currency text COLLATE "C" NOT NULL DEFAULT '',
    employee_id uuid,
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL
);
CREATE INDEX service_records_newest ON service_records (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX service_records_by_service_type ON service_records (service_type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX service_records_of_vehicle ON service_records (vehicle_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX service_records_of_customer ON service_records (customer_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE documents (
    id uuid NOT NULL CONSTRAINT documents_id_unique PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers (id),
    vehicle_id uuid REFERENCES vehicles (id),
    document_type text COLLATE "C" NOT NULL DEFAULT '',
    title text COLLATE "C" NOT NULL DEFAULT '',
    description text COLLATE "C" NOT NULL DEFAULT '',
    file_name text COLLATE "C" NOT NULL DEFAULT '',
    file_size bigint,
    mime_type text COLLATE "C" NOT NULL DEFAULT '',
    sha256 text COLLATE "C" NOT NULL DEFAULT '',
    is_sensitive boolean NOT NULL,
    expiry_date date,
    is_active boolean NOT NULL,
    renews uuid,
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL,
    search_text text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX documents_newest ON documents (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_document_type ON documents (document_type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_of_customer ON documents (customer_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_of_vehicle ON documents (vehicle_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE notes (
    id uuid NOT NULL CONSTRAINT notes_id_unique PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers (id),
    note_type text COLLATE "C" NOT NULL DEFAULT '',
    title text COLLATE "C" NOT NULL DEFAULT '',
    content text COLLATE "C" NOT NULL DEFAULT '',
    is_important boolean NOT NULL,
    is_private boolean NOT NULL,
    is_pinned boolean NOT NULL,
    follow_up_date date,
    created_by uuid,
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL,
    search_text text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX notes_newest ON notes (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX notes_by_note_type ON notes (note_type, created_at, id) WHERE deleted_at IS NULL;
-- How many notes somebody may not see is counted over this, instead of those they may.
CREATE INDEX notes_by_privacy ON notes (is_private, created_by) WHERE deleted_at IS NULL;
CREATE INDEX notes_of_customer ON notes (customer_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE conflicts (
    id uuid NOT NULL CONSTRAINT conflicts_id_unique PRIMARY KEY,
    record_kind text COLLATE "C" NOT NULL DEFAULT '',
    record_id text COLLATE "C" NOT NULL DEFAULT '',
    customer_id uuid,
    field text COLLATE "C" NOT NULL DEFAULT '',
    kept text COLLATE "C" NOT NULL DEFAULT '',
    lost text COLLATE "C" NOT NULL DEFAULT '',
    kept_by text COLLATE "C" NOT NULL DEFAULT '',
    lost_by text COLLATE "C" NOT NULL DEFAULT '',
    kept_at timestamptz,
    lost_at timestamptz,
    state text COLLATE "C" NOT NULL DEFAULT '',
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL
);
CREATE INDEX conflicts_newest ON conflicts (created_at, id) WHERE deleted_at IS NULL;

-- What the service remembers about itself: epoch, signing secret.
CREATE TABLE meta (
    name text NOT NULL PRIMARY KEY,
    value text COLLATE "C" NOT NULL
);

-- The number of the last change. Its row stays locked from the first numbered write of a
-- transaction to its end: numbers become visible in their order.
CREATE TABLE counters (
    name text NOT NULL PRIMARY KEY,
    value bigint NOT NULL
);
INSERT INTO counters (name, value) VALUES ('changes', 0);

CREATE TABLE changes (
    seq bigint PRIMARY KEY,
    entity text COLLATE "C" NOT NULL,
    record_id uuid NOT NULL,
    customer_id uuid,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('create', 'update', 'delete', 'restore')),
    author text COLLATE "C",
    author_name text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    desk_id text COLLATE "C",
    mutation_id text COLLATE "C",
    -- What one action of a person changed together; the step that it takes back; whether it
    -- sets an odometer right. Kept for the history and for a desk that sends it again.
    step uuid,
    -- Drawn for each change: after a restore another change has its number, but not its stamp.
    stamp bigint NOT NULL DEFAULT 0,
    undoes uuid,
    is_correction boolean,
    before jsonb NOT NULL,
    after jsonb NOT NULL
);
CREATE INDEX changes_of_record ON changes (record_id, seq);
-- Of changes that were forgotten the stamps are kept: a desk that was away longer still
-- learns whether Central was restored in the meantime.
CREATE TABLE forgotten_changes (
    seq bigint PRIMARY KEY,
    stamp bigint NOT NULL
);
CREATE INDEX customers_duplicates ON customers (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX vehicles_duplicates ON vehicles (duplicate_of) WHERE duplicate_of IS NOT NULL;

-- Requests and mutations that were answered, with their answers: a repetition gets the same.
CREATE TABLE ledger (
    mutation_id text NOT NULL PRIMARY KEY,
    digest text COLLATE "C" NOT NULL,
    answer jsonb NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX ledger_by_age ON ledger (at);

-- Stretches of each list in its default order with the number of live rows in each: counting
-- and jumping to a far page add up stretches instead of walking over rows.
CREATE TABLE list_blocks (
    entity text COLLATE "C" NOT NULL,
    start_at timestamptz NOT NULL,
    start_id uuid NOT NULL,
    live bigint NOT NULL,
    PRIMARY KEY (entity, start_at, start_id)
);

CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    email text COLLATE "C" NOT NULL,
    password_hash text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL CHECK (role IN ('customer', 'employee', 'admin')),
    first_name text COLLATE "C" NOT NULL DEFAULT '',
    last_name text COLLATE "C" NOT NULL DEFAULT '',
    is_active boolean NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_email_unique ON users (lower(email));

-- One row for each sign-in. A refresh token names its family and its generation.
CREATE TABLE refresh_families (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    used_generation bigint NOT NULL,
    is_revoked boolean NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX refresh_families_by_age ON refresh_families (expires_at);

-- Failed sign-ins by account and by address, to slow guessing down.
CREATE TABLE sign_in_failures (
    subject text NOT NULL PRIMARY KEY,
    failures bigint NOT NULL,
    last_at timestamptz NOT NULL
);

-- Who read which sensitive document.
CREATE TABLE access_log (
    id uuid NOT NULL PRIMARY KEY,
    at timestamptz NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    user_name text COLLATE "C" NOT NULL,
    document_id uuid NOT NULL,
    action text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL
);
CREATE INDEX access_log_of_document ON access_log (document_id, at);

-- Search by any part of a word needs trigrams. The extension comes with PostgreSQL, but the
-- database's owner may not be allowed to create it, and some compatible engines lack it: then
-- search works without the index, bounded by the statement timeout.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX customers_search ON customers USING gin (search_text gin_trgm_ops);
    CREATE INDEX vehicles_search ON vehicles USING gin (search_text gin_trgm_ops);
    CREATE INDEX documents_search ON documents USING gin (search_text gin_trgm_ops);
    CREATE INDEX notes_search ON notes USING gin (search_text gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'pg_trgm is not available: %', SQLERRM;
END
$$;
