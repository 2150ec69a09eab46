-- The desk's own database. Columns follow the entity descriptions of the domain crate; a
-- test compares them. Every entity table ends in the same eight columns that the product
-- keeps for itself:
--   extra         fields that a newer program wrote, kept as JSON
--   created_at, updated_at
--   deleted_at    a tombstone
--   deleted_with  the record whose deletion took this one along
--   duplicate_of  the older record that this one repeats (made on two desks while apart)
--   seq           Central's number of the last change that this row knows
-- Ids are 16-byte UUIDs, instants are ISO 8601 UTC text with microseconds (text order is time
-- order), dates are YYYY-MM-DD, flags 0 or 1, money integer minor units.

CREATE TABLE employees (
    id BLOB PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE customers (
    id BLOB PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    secondary_phone TEXT NOT NULL,
    street_address TEXT NOT NULL,
    apartment_unit TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    zip_code TEXT NOT NULL,
    country TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    is_verified INTEGER NOT NULL,
    customer_since TEXT,
    company_name TEXT NOT NULL,
    business_tax_id TEXT NOT NULL,
    is_business_customer INTEGER NOT NULL,
    emergency_contact_name TEXT NOT NULL,
    emergency_contact_phone TEXT NOT NULL,
    emergency_contact_relationship TEXT NOT NULL,
    last_service_date TEXT,
    -- Folded, so that Ångström stands beside Angstrom: what lists sort by.
    first_name_key TEXT NOT NULL,
    last_name_key TEXT NOT NULL,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX customers_email ON customers (lower(email))
    WHERE email <> '' AND deleted_at IS NULL AND duplicate_of IS NULL;
CREATE UNIQUE INDEX customers_user_id ON customers (lower(user_id))
    WHERE user_id <> '' AND deleted_at IS NULL AND duplicate_of IS NULL;
CREATE INDEX customers_phone ON customers (phone) WHERE phone <> '' AND deleted_at IS NULL;
-- The filters stand in the index of the default order, so that a filtered list, far down, is
-- read from the index alone.
CREATE INDEX customers_by_name ON customers (
    last_name_key, first_name_key, id, is_active, is_verified, is_business_customer, state
) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_first_name ON customers (first_name_key, last_name_key, id)
    WHERE deleted_at IS NULL;
CREATE INDEX customers_by_creation ON customers (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_since ON customers (customer_since, id) WHERE deleted_at IS NULL;

CREATE TABLE preferences (
    id BLOB PRIMARY KEY NOT NULL,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    email_notifications INTEGER NOT NULL,
    sms_notifications INTEGER NOT NULL,
    push_notifications INTEGER NOT NULL,
    phone_call_notifications INTEGER NOT NULL,
    postal_mail_notifications INTEGER NOT NULL,
    preferred_contact_method TEXT NOT NULL,
    preferred_service_time TEXT,
    preferred_service_day TEXT NOT NULL,
    preferred_language TEXT NOT NULL,
    timezone TEXT NOT NULL,
    currency TEXT NOT NULL,
    marketing_emails INTEGER NOT NULL,
    promotional_sms INTEGER NOT NULL,
    service_reminders INTEGER NOT NULL,
    appointment_reminders INTEGER NOT NULL,
    data_sharing_consent INTEGER NOT NULL,
    analytics_consent INTEGER NOT NULL,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX preferences_customer ON preferences (customer_id);

CREATE TABLE vehicles (
    id BLOB PRIMARY KEY NOT NULL,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    make TEXT NOT NULL,
    model TEXT NOT NULL,
    year INTEGER,
    color TEXT NOT NULL,
    vin TEXT NOT NULL,
    license_plate TEXT NOT NULL,
    state_registered TEXT NOT NULL,
    engine_size TEXT NOT NULL,
    fuel_type TEXT NOT NULL,
    transmission TEXT NOT NULL,
    current_mileage INTEGER NOT NULL,
    purchase_date TEXT,
    purchase_mileage INTEGER,
    insurance_company TEXT NOT NULL,
    insurance_policy_number TEXT NOT NULL,
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
    -- The plate without spaces, dashes and case: what plates are compared by.
    plate_key TEXT NOT NULL,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX vehicles_vin ON vehicles (lower(vin))
    WHERE vin <> '' AND deleted_at IS NULL AND duplicate_of IS NULL;
CREATE INDEX vehicles_plate ON vehicles (plate_key) WHERE plate_key <> '' AND deleted_at IS NULL;
CREATE INDEX vehicles_customer ON vehicles (customer_id);
CREATE INDEX vehicles_by_creation ON vehicles (
    created_at, id, is_active, is_under_warranty, fuel_type, make
) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_make ON vehicles (make COLLATE NOCASE, model COLLATE NOCASE, id)
    WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_model ON vehicles (model COLLATE NOCASE, make COLLATE NOCASE, id)
    WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_year ON vehicles (year, id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_service_date ON vehicles (next_service_due_date)
    WHERE next_service_due_date IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX vehicles_service_mileage ON vehicles (next_service_due_mileage - current_mileage)
    WHERE next_service_due_mileage IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX vehicles_registration ON vehicles (registration_expiry_date)
    WHERE registration_expiry_date IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX vehicles_insurance ON vehicles (insurance_expiry_date)
    WHERE insurance_expiry_date IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE ownerships (
    id BLOB PRIMARY KEY NOT NULL,
    vehicle_id BLOB NOT NULL REFERENCES vehicles (id),
    customer_id BLOB NOT NULL REFERENCES customers (id),
    "from" TEXT,
    until TEXT,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX ownerships_vehicle ON ownerships (vehicle_id);
CREATE INDEX ownerships_customer ON ownerships (customer_id);

CREATE TABLE mileage_readings (
    id BLOB PRIMARY KEY NOT NULL,
    vehicle_id BLOB NOT NULL REFERENCES vehicles (id),
    value INTEGER NOT NULL,
    read_at TEXT,
    source TEXT NOT NULL,
    is_correction INTEGER NOT NULL,
    reason TEXT NOT NULL,
    is_improbable INTEGER NOT NULL,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX mileage_readings_vehicle ON mileage_readings (vehicle_id, read_at);

CREATE TABLE service_records (
    id BLOB PRIMARY KEY NOT NULL,
    vehicle_id BLOB NOT NULL REFERENCES vehicles (id),
    customer_id BLOB REFERENCES customers (id),
    performed_at TEXT,
    mileage INTEGER,
    service_type TEXT NOT NULL,
    description TEXT NOT NULL,
    cost INTEGER,
    currency TEXT NOT NULL,
    employee_id BLOB REFERENCES employees (id),
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX service_records_vehicle ON service_records (vehicle_id, performed_at);
CREATE INDEX service_records_customer ON service_records (customer_id, performed_at);
CREATE INDEX service_records_type ON service_records (service_type) WHERE deleted_at IS NULL;

CREATE TABLE documents (
    id BLOB PRIMARY KEY NOT NULL,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    vehicle_id BLOB REFERENCES vehicles (id),
    document_type TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_size INTEGER,
    mime_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    is_sensitive INTEGER NOT NULL,
    expiry_date TEXT,
    is_active INTEGER NOT NULL,
    renews BLOB,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX documents_customer ON documents (customer_id);

CREATE TABLE notes (
    id BLOB PRIMARY KEY NOT NULL,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    note_type TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    is_important INTEGER NOT NULL,
    is_private INTEGER NOT NULL,
    is_pinned INTEGER NOT NULL,
    follow_up_date TEXT,
    created_by BLOB,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX notes_customer ON notes (customer_id);

-- Outbox, history and undo in one. A step is what one action of a person changed together;
-- `before` and `after` hold the fields that changed, and only those.
CREATE TABLE mutations (
    -- The order in which this desk made or learnt of the changes, and in which it sends them.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    step BLOB NOT NULL,
    entity TEXT NOT NULL,
    record_id BLOB NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('create', 'update', 'delete', 'restore')),
    author_id BLOB,
    author_name TEXT NOT NULL,
    at TEXT NOT NULL,
    -- Central's sequence number that the author had seen; 0 before the first sync.
    seen INTEGER NOT NULL DEFAULT 0,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    -- An odometer correction may go down; the merge must know.
    is_correction INTEGER NOT NULL DEFAULT 0,
    -- The step that this mutation takes back.
    undoes BLOB,
    origin TEXT NOT NULL CHECK (origin IN ('here', 'central')),
    state TEXT NOT NULL CHECK (state IN
        ('waiting', 'applied', 'merged', 'conflict', 'duplicate', 'parked', 'rejected', 'discarded')),
    -- What Central said when it did not simply apply it, as JSON.
    answer TEXT,
    -- Central's number of the change.
    seq INTEGER
) STRICT;

CREATE INDEX mutations_record ON mutations (record_id, number);
CREATE INDEX mutations_step ON mutations (step);
CREATE INDEX mutations_undoes ON mutations (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX mutations_open ON mutations (number) WHERE state IN ('waiting', 'parked', 'rejected');

-- What this PC knows by itself: settings, the identity of this desk, sync cursors.
CREATE TABLE settings (
    key TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Forms that somebody is filling in: kept from key press to key press, gone when saved.
CREATE TABLE drafts (
    key TEXT PRIMARY KEY NOT NULL,
    content TEXT NOT NULL,
    saved_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
