-- Who looked at sensitive papers, at a desk or over HTTP.
CREATE TABLE looks (
    id uuid NOT NULL CONSTRAINT looks_id_unique PRIMARY KEY,
    document_id uuid,
    deed text COLLATE "C" NOT NULL DEFAULT '',
    looked_at timestamptz,
    looked_by text COLLATE "C" NOT NULL DEFAULT '',
    extra jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    deleted_with uuid,
    duplicate_of uuid,
    seq bigint NOT NULL,
    field_versions jsonb NOT NULL
);

CREATE INDEX looks_of_document ON looks (document_id, looked_at);
