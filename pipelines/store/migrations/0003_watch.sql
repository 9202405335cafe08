-- What `status` needs to know of each source beside its runs. Times are epoch seconds.
CREATE TABLE signs (
  source TEXT NOT NULL, kind TEXT NOT NULL, tokens BLOB NOT NULL, language TEXT NOT NULL,
  registration TEXT NOT NULL, at REAL NOT NULL, changed_at REAL,
  PRIMARY KEY (source, kind)
) WITHOUT ROWID;
CREATE TABLE certificates (
  source TEXT PRIMARY KEY, expires_at REAL NOT NULL, seen_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE quarantines (
  source TEXT PRIMARY KEY, reason TEXT NOT NULL, at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE troubles (
  source TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, since REAL NOT NULL,
  PRIMARY KEY (source, kind)
) WITHOUT ROWID;
CREATE TABLE acks (
  source TEXT PRIMARY KEY, until REAL NOT NULL, at REAL NOT NULL
) WITHOUT ROWID;
