-- The schema of ServEase Central on SQLite. Ids are 16 bytes, instants UTC text with
-- microseconds and Z (text order is time order), flags 0 or 1, JSON is text.
-- The same tables stand in ../postgres; a change goes into both folders.

CREATE TABLE employees (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL DEFAULT '',
    is_active INTEGER NOT NULL,
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL
) STRICT;
CREATE INDEX employees_newest ON employees (created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE customers (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    user_id TEXT NOT NULL DEFAULT '',
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    secondary_phone TEXT NOT NULL DEFAULT '',
    street_address TEXT NOT NULL DEFAULT '',
    apartment_unit TEXT NOT NULL DEFAULT '',
    city TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT '',
    zip_code TEXT NOT NULL DEFAULT '',
    country TEXT NOT NULL DEFAULT '',
    is_active INTEGER NOT NULL,
    is_verified INTEGER NOT NULL,
    customer_since TEXT,
    company_name TEXT NOT NULL DEFAULT '',
    business_tax_id TEXT NOT NULL DEFAULT '',
    is_business_customer INTEGER NOT NULL,
    emergency_contact_name TEXT NOT NULL DEFAULT '',
    emergency_contact_phone TEXT NOT NULL DEFAULT '',
    emergency_contact_relationship TEXT NOT NULL DEFAULT '',
    last_service_date TEXT,
    merged_into BLOB,
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL,
    search_text TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX customers_user_id_unique ON customers (lower(user_id))
    WHERE deleted_at IS NULL AND duplicate_of IS NULL AND user_id <> '';
CREATE UNIQUE INDEX customers_email_unique ON customers (lower(email))
    WHERE deleted_at IS NULL AND duplicate_of IS NULL AND email <> '';
CREATE INDEX customers_newest ON customers (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_first_name ON customers (first_name, id) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_last_name ON customers (last_name, id) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_customer_since ON customers (customer_since, id) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_state ON customers (state, created_at, id) WHERE deleted_at IS NULL;
CREATE VIRTUAL TABLE customers_search USING fts5 (
    search_text, content='', contentless_delete=1, tokenize='trigram'
);
CREATE TRIGGER customers_search_insert AFTER INSERT ON customers WHEN NEW.search_text <> '' BEGIN
    INSERT INTO customers_search (rowid, search_text) VALUES (NEW.row, NEW.search_text);
END;
CREATE TRIGGER customers_search_update AFTER UPDATE OF search_text ON customers
WHEN OLD.search_text <> NEW.search_text BEGIN
    DELETE FROM customers_search WHERE rowid = OLD.row;
    INSERT INTO customers_search (rowid, search_text) SELECT NEW.row, NEW.search_text WHERE NEW.search_text <> '';
END;
CREATE TRIGGER customers_search_delete AFTER DELETE ON customers BEGIN
    DELETE FROM customers_search WHERE rowid = OLD.row;
END;

CREATE TABLE preferences (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    email_notifications INTEGER NOT NULL,
    sms_notifications INTEGER NOT NULL,
    push_notifications INTEGER NOT NULL,
    phone_call_notifications INTEGER NOT NULL,
    postal_mail_notifications INTEGER NOT NULL,
    preferred_contact_method TEXT NOT NULL DEFAULT '',
    preferred_service_time TEXT,
    preferred_service_day TEXT NOT NULL DEFAULT '',
    preferred_language TEXT NOT NULL DEFAULT '',
    timezone TEXT NOT NULL DEFAULT '',
    currency TEXT NOT NULL DEFAULT '',
    marketing_emails INTEGER NOT NULL,
    promotional_sms INTEGER NOT NULL,
    service_reminders INTEGER NOT NULL,
    appointment_reminders INTEGER NOT NULL,
    data_sharing_consent INTEGER NOT NULL,
    analytics_consent INTEGER NOT NULL,
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL
) STRICT;

CREATE TABLE vehicles (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    make TEXT NOT NULL DEFAULT '',
    model TEXT NOT NULL DEFAULT '',
    year INTEGER,
    color TEXT NOT NULL DEFAULT '',
    vin TEXT NOT NULL DEFAULT '',
    license_plate TEXT NOT NULL DEFAULT '',
    state_registered TEXT NOT NULL DEFAULT '',
    engine_size TEXT NOT NULL DEFAULT '',
    fuel_type TEXT NOT NULL DEFAULT '',
    transmission TEXT NOT NULL DEFAULT '',
    current_mileage INTEGER NOT NULL,
    purchase_date TEXT,
    purchase_mileage INTEGER,
    insurance_company TEXT NOT NULL DEFAULT '',
    insurance_policy_number TEXT NOT NULL DEFAULT '',
    insurance_expiry_date TEXT,
    registration_expiry_date TEXT,
    is_active INTEGER NOT NULL,
    is_under_warranty INTEGER NOT NULL,
    warranty_expiry_date TEXT,
    last_service_date TEXT,
    last_service_mileage INTEGER,
    next_service_due_date TEXT,
    next_service_due_mileage INTEGER,
    service_interval_months INTEGER,
    service_interval_distance INTEGER,
    merged_into BLOB,
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL,
    search_text TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX vehicles_vin_unique ON vehicles (lower(vin))
    WHERE deleted_at IS NULL AND duplicate_of IS NULL AND vin <> '';
CREATE INDEX vehicles_newest ON vehicles (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_make ON vehicles (make, id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_model ON vehicles (model, id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_year ON vehicles (year, id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_fuel_type ON vehicles (fuel_type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_of_customer ON vehicles (customer_id, created_at, id) WHERE deleted_at IS NULL;
CREATE VIRTUAL TABLE vehicles_search USING fts5 (
    search_text, content='', contentless_delete=1, tokenize='trigram'
);
CREATE TRIGGER vehicles_search_insert AFTER INSERT ON vehicles WHEN NEW.search_text <> '' BEGIN
    INSERT INTO vehicles_search (rowid, search_text) VALUES (NEW.row, NEW.search_text);
END;
CREATE TRIGGER vehicles_search_update AFTER UPDATE OF search_text ON vehicles
WHEN OLD.search_text <> NEW.search_text BEGIN
    DELETE FROM vehicles_search WHERE rowid = OLD.row;
    INSERT INTO vehicles_search (rowid, search_text) SELECT NEW.row, NEW.search_text WHERE NEW.search_text <> '';
END;
CREATE TRIGGER vehicles_search_delete AFTER DELETE ON vehicles BEGIN
    DELETE FROM vehicles_search WHERE rowid = OLD.row;
END;

CREATE TABLE ownerships (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    vehicle_id BLOB NOT NULL REFERENCES vehicles (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    "from" TEXT,
    until TEXT,
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL
) STRICT;
CREATE INDEX ownerships_newest ON ownerships (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ownerships_of_vehicle ON ownerships (vehicle_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ownerships_of_customer ON ownerships (customer_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE mileage_readings (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    vehicle_id BLOB NOT NULL REFERENCES vehicles (id),
    value INTEGER NOT NULL,
    read_at TEXT,
    source TEXT NOT NULL DEFAULT '',
    is_correction INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    is_improbable INTEGER NOT NULL,
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL
) STRICT;
CREATE INDEX mileage_readings_newest ON mileage_readings (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX mileage_readings_of_vehicle ON mileage_readings (vehicle_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE service_records (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    vehicle_id BLOB NOT NULL REFERENCES vehicles (id),
    customer_id BLOB REFERENCES customers (id),
    performed_at TEXT,
    mileage INTEGER,
    service_type TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    cost INTEGER,
    currency TEXT NOT NULL DEFAULT '',
    employee_id BLOB,
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL
) STRICT;
CREATE INDEX service_records_newest ON service_records (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX service_records_by_service_type ON service_records (service_type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX service_records_of_vehicle ON service_records (vehicle_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX service_records_of_customer ON service_records (customer_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE documents (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    vehicle_id BLOB REFERENCES vehicles (id),
    document_type TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    file_name TEXT NOT NULL DEFAULT '',
    file_size INTEGER,
    mime_type TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL DEFAULT '',
    is_sensitive INTEGER NOT NULL,
    expiry_date TEXT,
    is_active INTEGER NOT NULL,
    renews BLOB,
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL,
    search_text TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX documents_newest ON documents (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_document_type ON documents (document_type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_of_customer ON documents (customer_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_of_vehicle ON documents (vehicle_id, created_at, id) WHERE deleted_at IS NULL;
CREATE VIRTUAL TABLE documents_search USING fts5 (
    search_text, content='', contentless_delete=1, tokenize='trigram'
);
CREATE TRIGGER documents_search_insert AFTER INSERT ON documents WHEN NEW.search_text <> '' BEGIN
    INSERT INTO documents_search (rowid, search_text) VALUES (NEW.row, NEW.search_text);
END;
CREATE TRIGGER documents_search_update AFTER UPDATE OF search_text ON documents
WHEN OLD.search_text <> NEW.search_text BEGIN
    DELETE FROM documents_search WHERE rowid = OLD.row;
    INSERT INTO documents_search (rowid, search_text) SELECT NEW.row, NEW.search_text WHERE NEW.search_text <> '';
END;
CREATE TRIGGER documents_search_delete AFTER DELETE ON documents BEGIN
    DELETE FROM documents_search WHERE rowid = OLD.row;
END;

CREATE TABLE notes (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    note_type TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    content TEXT NOT NULL DEFAULT '',
    is_important INTEGER NOT NULL,
    is_private INTEGER NOT NULL,
    is_pinned INTEGER NOT NULL,
    follow_up_date TEXT,
    created_by BLOB,
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL,
    search_text TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX notes_newest ON notes (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX notes_by_note_type ON notes (note_type, created_at, id) WHERE deleted_at IS NULL;
-- How many notes somebody may not see is counted over this, instead of those they may.
CREATE INDEX notes_by_privacy ON notes (is_private, created_by) WHERE deleted_at IS NULL;
CREATE INDEX notes_of_customer ON notes (customer_id, created_at, id) WHERE deleted_at IS NULL;
CREATE VIRTUAL TABLE notes_search USING fts5 (
    search_text, content='', contentless_delete=1, tokenize='trigram'
);
CREATE TRIGGER notes_search_insert AFTER INSERT ON notes WHEN NEW.search_text <> '' BEGIN
    INSERT INTO notes_search (rowid, search_text) VALUES (NEW.row, NEW.search_text);
END;
CREATE TRIGGER notes_search_update AFTER UPDATE OF search_text ON notes
WHEN OLD.search_text <> NEW.search_text BEGIN
    DELETE FROM notes_search WHERE rowid = OLD.row;
    INSERT INTO notes_search (rowid, search_text) SELECT NEW.row, NEW.search_text WHERE NEW.search_text <> '';
END;
CREATE TRIGGER notes_search_delete AFTER DELETE ON notes BEGIN
    DELETE FROM notes_search WHERE rowid = OLD.row;
END;

CREATE TABLE conflicts (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    record_kind TEXT NOT NULL DEFAULT '',
    record_id TEXT NOT NULL DEFAULT '',
    customer_id BLOB,
    field TEXT NOT NULL DEFAULT '',
    kept TEXT NOT NULL DEFAULT '',
    lost TEXT NOT NULL DEFAULT '',
    kept_by TEXT NOT NULL DEFAULT '',
    lost_by TEXT NOT NULL DEFAULT '',
    kept_at TEXT,
    lost_at TEXT,
    state TEXT NOT NULL DEFAULT '',
    extra TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    deleted_with BLOB,
    duplicate_of BLOB,
    seq INTEGER NOT NULL,
    field_versions TEXT NOT NULL
) STRICT;
CREATE INDEX conflicts_newest ON conflicts (created_at, id) WHERE deleted_at IS NULL;

-- What the service remembers about itself: epoch, signing secret.
CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- The number of the last change. Its row stays locked from the first numbered write of a
-- transaction to its end: numbers become visible in their order.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO counters (name, value) VALUES ('changes', 0);

CREATE TABLE changes (
    seq INTEGER PRIMARY KEY,
    entity TEXT NOT NULL,
    record_id BLOB NOT NULL,
    customer_id BLOB,
    kind TEXT NOT NULL CHECK (kind IN ('create', 'update', 'delete', 'restore')),
    author TEXT,
    author_name TEXT NOT NULL,
    at TEXT NOT NULL,
    desk_id TEXT,
    mutation_id TEXT,
    -- What one action of a person changed together; the step that it takes back; whether it
    -- sets an odometer right. Kept for the history and for a desk that sends it again.
    step BLOB,
    -- Drawn for each change: after a restore another change has its number, but not its stamp.
    stamp INTEGER NOT NULL DEFAULT 0,
    undoes BLOB,
    is_correction INTEGER,
    before TEXT NOT NULL,
    after TEXT NOT NULL
) STRICT;
CREATE INDEX changes_of_record ON changes (record_id, seq);
-- Of changes that were forgotten the stamps are kept: a desk that was away longer still
-- learns whether Central was restored in the meantime.
CREATE TABLE forgotten_changes (
    seq INTEGER PRIMARY KEY,
    stamp INTEGER NOT NULL
) STRICT;
CREATE INDEX customers_duplicates ON customers (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX vehicles_duplicates ON vehicles (duplicate_of) WHERE duplicate_of IS NOT NULL;

-- Requests and mutations that were answered, with their answers: a repetition gets the same.
CREATE TABLE ledger (
    mutation_id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_by_age ON ledger (at);

-- Stretches of each list in its default order with the number of live rows in each: counting
-- and jumping to a far page add up stretches instead of walking over rows.
CREATE TABLE list_blocks (
    entity TEXT NOT NULL,
    start_at TEXT NOT NULL,
    start_id BLOB NOT NULL,
    live INTEGER NOT NULL,
    PRIMARY KEY (entity, start_at, start_id)
) STRICT;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('customer', 'employee', 'admin')),
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    is_active INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX users_email_unique ON users (lower(email));

-- One row for each sign-in. A refresh token names its family and its generation.
CREATE TABLE refresh_families (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    used_generation INTEGER NOT NULL,
    is_revoked INTEGER NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX refresh_families_by_age ON refresh_families (expires_at);

-- Failed sign-ins by account and by address, to slow guessing down.
CREATE TABLE sign_in_failures (
    subject TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at TEXT NOT NULL
) STRICT;

-- Who read which sensitive document.
CREATE TABLE access_log (
    id BLOB NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    document_id BLOB NOT NULL,
    action TEXT NOT NULL,
    address TEXT NOT NULL
) STRICT;
CREATE INDEX access_log_of_document ON access_log (document_id, at);
