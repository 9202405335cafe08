-- Until when hosts asked to be left alone (Retry-After), over runs and restarts. Times are epoch seconds.
CREATE TABLE rests (
  host TEXT PRIMARY KEY, until REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX pages_fetched ON pages (fetched_at, length(body));
