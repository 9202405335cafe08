-- The crawl store: the frontier, raw pages, what is known of each host. Times are epoch seconds.
CREATE TABLE urls (
  url_id        INTEGER PRIMARY KEY,
  url           TEXT NOT NULL UNIQUE,
  source        TEXT NOT NULL,
  host          TEXT NOT NULL,
  kind          TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN
                ('queued','done','redirected','failed','gone','refused','blocked')),
  priority      INTEGER NOT NULL,
  depth         INTEGER NOT NULL,
  hops          INTEGER NOT NULL DEFAULT 0,
  dry           INTEGER NOT NULL DEFAULT 0,
  guess         INTEGER NOT NULL DEFAULT 0,
  asks          TEXT,
  way           INTEGER NOT NULL DEFAULT 0,
  found_on      INTEGER,
  attempts      INTEGER NOT NULL DEFAULT 0,
  rounds_failed INTEGER NOT NULL DEFAULT 0,
  next_at       REAL NOT NULL DEFAULT 0,
  status        INTEGER,
  etag          TEXT,
  last_modified TEXT,
  fetched_at    REAL,
  reason        TEXT
);
CREATE INDEX urls_queue ON urls (source, host, priority, url_id, next_at) WHERE state = 'queued';
CREATE INDEX urls_state ON urls (source, state, kind);
CREATE TABLE pages (
  page_id      INTEGER PRIMARY KEY AUTOINCREMENT,
  url          TEXT NOT NULL,
  source       TEXT NOT NULL,
  kind         TEXT NOT NULL,
  url_asked    TEXT NOT NULL,
  url_answered TEXT NOT NULL,
  status       INTEGER NOT NULL,
  headers      TEXT NOT NULL,
  body         BLOB NOT NULL,
  body_bytes   INTEGER NOT NULL,
  sha256       BLOB NOT NULL,
  fetched_at   TEXT NOT NULL,
  robots       TEXT NOT NULL,
  article      INTEGER NOT NULL,
  ingested     INTEGER NOT NULL
);
CREATE INDEX pages_url ON pages (url, page_id);
CREATE INDEX pages_pending ON pages (page_id) WHERE ingested = 0;
CREATE TABLE announcements (
  url TEXT NOT NULL, via TEXT NOT NULL, announced TEXT, title TEXT, seen_at REAL NOT NULL,
  PRIMARY KEY (url, via)
) WITHOUT ROWID;
CREATE TABLE robots (
  authority TEXT PRIMARY KEY, status INTEGER, body BLOB NOT NULL, fetched_at REAL NOT NULL,
  expires_at REAL NOT NULL, reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE rejected (
  rejection_id INTEGER PRIMARY KEY AUTOINCREMENT,
  url TEXT NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL
);
CREATE TABLE crawls (
  crawl_id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL, started_at REAL NOT NULL, finished_at REAL, outcome TEXT,
  revisit INTEGER NOT NULL,
  fetched INTEGER NOT NULL DEFAULT 0, articles INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0, found INTEGER NOT NULL DEFAULT 0,
  lists INTEGER NOT NULL DEFAULT 0, last_error TEXT
);
CREATE INDEX crawls_source ON crawls (source, crawl_id);
