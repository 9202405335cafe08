-- What was asked of each source's hosts, when, why, and what came of it. Times are epoch seconds.
CREATE TABLE requests (
  request_id INTEGER PRIMARY KEY, source TEXT NOT NULL, at REAL NOT NULL, url TEXT NOT NULL, why TEXT NOT NULL,
  answer TEXT NOT NULL, body_bytes INTEGER, took_ms INTEGER NOT NULL
);
CREATE INDEX requests_source ON requests (source, at);
