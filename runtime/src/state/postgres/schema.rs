//! The table, and what is said to the server of it.
//!
//! Keys are bytes, because a text of `PostgreSQL` cannot hold NUL. Times are milliseconds since 1970 as in the rest of the
//! store; what has expired is decided by the server's clock, which is one for all processes. The statements are sent
//! without a name, so that a pooler between us and the server may give each to another connection.

/// Makes what is missing. The lock is for processes that start at the same time: `IF NOT EXISTS` alone does not hold
/// between transactions.
pub(super) const CREATE: &str = "\
BEGIN;
SELECT pg_advisory_xact_lock(7308895159042);
CREATE SEQUENCE IF NOT EXISTS onhook_state_version;
CREATE TABLE IF NOT EXISTS onhook_state (
    key bytea PRIMARY KEY,
    bytes bytea NOT NULL,
    version bigint NOT NULL,
    due bigint,
    expires bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS onhook_state_due ON onhook_state (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS onhook_state_expires ON onhook_state (expires);
COMMIT;";

/// Milliseconds since 1970 by the server's clock.
macro_rules! now {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    };
}

pub(super) const GET: &str = concat!(
    "SELECT bytes, version FROM onhook_state WHERE key = $1 AND expires > ",
    now!()
);

/// A record that has expired is none.
pub(super) const INSERT: &str = concat!(
    "INSERT INTO onhook_state AS old (key, bytes, version, due, expires) \
     VALUES ($1, $2, nextval('onhook_state_version'), $3, $4) \
     ON CONFLICT (key) DO UPDATE SET bytes = excluded.bytes, version = excluded.version, \
     due = excluded.due, expires = excluded.expires WHERE old.expires <= ",
    now!(),
    " RETURNING version"
);

pub(super) const UPDATE: &str = concat!(
    "UPDATE onhook_state SET bytes = $2, version = nextval('onhook_state_version'), due = $3, expires = $4 \
     WHERE key = $1 AND version = $5 AND expires > ",
    now!(),
    " RETURNING version"
);

pub(super) const DELETE: &str = concat!(
    "DELETE FROM onhook_state WHERE key = $1 AND version = $2 AND expires > ",
    now!()
);

/// Rows that another process is claiming are passed over instead of waited for.
pub(super) const CLAIM: &str = concat!(
    "WITH overdue AS (SELECT key, due FROM onhook_state WHERE due <= $1 AND expires > ",
    now!(),
    " ORDER BY due LIMIT $3 FOR UPDATE SKIP LOCKED) \
     UPDATE onhook_state AS state SET due = $2 FROM overdue WHERE state.key = overdue.key \
     RETURNING state.key, overdue.due"
);

pub(super) const SWEEP: &str = concat!(
    "DELETE FROM onhook_state WHERE key IN (SELECT key FROM onhook_state WHERE expires <= ",
    now!(),
    " LIMIT 1000 FOR UPDATE SKIP LOCKED)"
);
