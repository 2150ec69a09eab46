-- How early alerts speak, of the garage and of one vehicle.
ALTER TABLE garages ADD COLUMN service_lead_days TEXT NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN registration_lead_days TEXT NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN insurance_lead_days TEXT NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN warranty_lead_days TEXT NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN document_lead_days TEXT NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE vehicles ADD COLUMN lead_days TEXT NOT NULL DEFAULT '';

-- What people did about what is due. That it is due follows from the dates.
CREATE TABLE alerts (
    id BLOB PRIMARY KEY NOT NULL,
    alert_kind TEXT NOT NULL,
    vehicle_id BLOB REFERENCES vehicles (id),
    document_id BLOB REFERENCES documents (id),
    note_id BLOB REFERENCES notes (id),
    state TEXT NOT NULL,
    stage INTEGER,
    until TEXT,
    extra TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT,
    deleted_with BLOB, duplicate_of BLOB, seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX alerts_vehicle ON alerts (vehicle_id) WHERE vehicle_id IS NOT NULL;
CREATE INDEX alerts_document ON alerts (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX alerts_note ON alerts (note_id) WHERE note_id IS NOT NULL;

-- Which alerts this PC has told its people, and how urgent they were. It does not sync: each desk
-- tells its own.
CREATE TABLE alerts_told (
    id BLOB PRIMARY KEY NOT NULL,
    alert_kind TEXT NOT NULL,
    record_id BLOB NOT NULL,
    stage INTEGER NOT NULL,
    silent_until TEXT,
    -- It is silent again: its clock was set back, or its lead days changed.
    is_withdrawn INTEGER NOT NULL
) STRICT;

CREATE INDEX alerts_told_of ON alerts_told (record_id);

-- What alerts are looked for by, each date through an index of its own.
CREATE INDEX vehicles_warranty_expiry ON vehicles (warranty_expiry_date)
    WHERE warranty_expiry_date IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX vehicles_lead_days ON vehicles (lead_days) WHERE lead_days <> '';
CREATE INDEX documents_expiry ON documents (expiry_date)
    WHERE expiry_date IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX documents_vehicle ON documents (vehicle_id) WHERE vehicle_id IS NOT NULL;
CREATE INDEX documents_renews ON documents (renews) WHERE renews IS NOT NULL;
CREATE INDEX notes_follow_up ON notes (follow_up_date)
    WHERE follow_up_date IS NOT NULL AND deleted_at IS NULL;
