-- Which documents name a file is asked by its hash.
CREATE INDEX documents_by_file ON documents (sha256) WHERE deleted_at IS NULL;
