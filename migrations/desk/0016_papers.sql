-- The same file twice is looked for by its content, and files that nothing names are collected.
CREATE INDEX documents_sha256 ON documents (sha256) WHERE sha256 <> '';
