-- Who reads the calendar of what is coming without signing in: only the hash of each token is kept.
CREATE TABLE calendar_tokens (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    language text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL UNIQUE,
    user_id text COLLATE "C",
    user_name text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);

-- What is handed over to the platform's notification service, and what became of it.
CREATE TABLE notifications (
    id uuid NOT NULL PRIMARY KEY,
    position bigint NOT NULL UNIQUE,
    idempotency_key text COLLATE "C" NOT NULL UNIQUE,
    event text COLLATE "C" NOT NULL,
    alert_id uuid NOT NULL,
    alert_kind text COLLATE "C" NOT NULL,
    record_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    stage bigint,
    state text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    is_open boolean NOT NULL,
    answer text COLLATE "C" NOT NULL,
    attempts bigint NOT NULL,
    next_at timestamptz NOT NULL,
    leased_until timestamptz,
    leased_by uuid,
    created_at timestamptz NOT NULL,
    finished_at timestamptz
);

CREATE INDEX notifications_waiting ON notifications (position) WHERE state = 'waiting';
CREATE INDEX notifications_open ON notifications (alert_id) WHERE is_open;
CREATE INDEX notifications_of_alert ON notifications (alert_id, position);
CREATE INDEX notifications_of_customer ON notifications (customer_id, position);
