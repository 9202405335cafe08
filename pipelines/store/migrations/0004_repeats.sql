-- What sources' own pages taught about their addresses. Times are epoch seconds.
CREATE TABLE idle (
  source TEXT NOT NULL, part TEXT NOT NULL, at REAL NOT NULL,
  PRIMARY KEY (source, part)
) WITHOUT ROWID;
CREATE TABLE resting (
  source TEXT NOT NULL, kind TEXT NOT NULL, at REAL NOT NULL, waiting INTEGER NOT NULL,
  PRIMARY KEY (source, kind)
) WITHOUT ROWID;
