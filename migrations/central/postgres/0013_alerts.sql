-- How early alerts speak, of the garage and of one vehicle.
ALTER TABLE garages ADD COLUMN service_lead_days text COLLATE "C" NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN registration_lead_days text COLLATE "C" NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN insurance_lead_days text COLLATE "C" NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN warranty_lead_days text COLLATE "C" NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE garages ADD COLUMN document_lead_days text COLLATE "C" NOT NULL DEFAULT '30, 14, 7, 1, 0';
ALTER TABLE vehicles ADD COLUMN lead_days text COLLATE "C" NOT NULL DEFAULT '';

-- What people did about what is due. That it is due follows from the dates.
CREATE TABLE alerts (
    id uuid NOT NULL CONSTRAINT alerts_id_unique PRIMARY KEY,
    alert_kind text COLLATE "C" NOT NULL DEFAULT '',
    vehicle_id uuid REFERENCES vehicles (id),
    document_id uuid REFERENCES documents (id),
    note_id uuid REFERENCES notes (id),
    state text COLLATE "C" NOT NULL DEFAULT '',
    stage bigint,
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

CREATE INDEX alerts_of_vehicle ON alerts (vehicle_id) WHERE vehicle_id IS NOT NULL;
CREATE INDEX alerts_of_document ON alerts (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX alerts_of_note ON alerts (note_id) WHERE note_id IS NOT NULL;
