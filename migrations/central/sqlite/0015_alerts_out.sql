-- Who reads the calendar of what is coming without signing in: only the hash of each token is kept.
CREATE TABLE calendar_tokens (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    user_id TEXT,
    user_name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT
) STRICT;

-- What is handed over to the platform's notification service, and what became of it.
CREATE TABLE notifications (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    position INTEGER NOT NULL UNIQUE,
    idempotency_key TEXT NOT NULL UNIQUE,
    event TEXT NOT NULL,
    alert_id BLOB NOT NULL,
    alert_kind TEXT NOT NULL,
    record_id BLOB NOT NULL,
    customer_id BLOB NOT NULL,
    stage INTEGER,
    state TEXT NOT NULL,
    body TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    answer TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at TEXT NOT NULL,
    leased_until TEXT,
    leased_by BLOB,
    created_at TEXT NOT NULL,
    finished_at TEXT
) STRICT;

CREATE INDEX notifications_waiting ON notifications (position) WHERE state = 'waiting';
CREATE INDEX notifications_open ON notifications (alert_id) WHERE is_open = 1;
CREATE INDEX notifications_of_alert ON notifications (alert_id, position);
CREATE INDEX notifications_of_customer ON notifications (customer_id, position);
