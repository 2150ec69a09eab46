-- How early alerts speak, of the garage and of one vehicle.
ALTER TABLE garages ADD COLUMN service_lead_days TEXT NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN registration_lead_days TEXT NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN insurance_lead_days TEXT NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN warranty_lead_days TEXT NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN document_lead_days TEXT NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE vehicles ADD COLUMN lead_days TEXT NOT NULL DEFAULT '';

-- What people did about what is due. That it is due follows from the dates.
CREATE TABLE alerts (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    alert_kind TEXT NOT NULL DEFAULT '',
    vehicle_id BLOB REFERENCES vehicles (id),
    document_id BLOB REFERENCES documents (id),
    note_id BLOB REFERENCES notes (id),
    state TEXT NOT NULL DEFAULT '',
    stage INTEGER,
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

CREATE INDEX alerts_of_vehicle ON alerts (vehicle_id) WHERE vehicle_id IS NOT NULL;
CREATE INDEX alerts_of_document ON alerts (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX alerts_of_note ON alerts (note_id) WHERE note_id IS NOT NULL;
