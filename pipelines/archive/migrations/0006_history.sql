-- What pages said before, and what people said about it.

-- One row a fetched page that was read: what it said then. The latest is the one in readings.
CREATE TABLE versions (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    page_id    INTEGER NOT NULL,    -- the raw page, in the crawl store
    fetched_at TEXT NOT NULL,       -- UTC
    title      TEXT NOT NULL,
    text_id    INTEGER NOT NULL REFERENCES texts (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (reading_id, page_id)
) WITHOUT ROWID;
CREATE INDEX versions_by_text ON versions (text_id);

-- A copy that came from another article: why Friday's list is not Monday's.
CREATE TABLE moves (
    url          TEXT NOT NULL,     -- the copy's
    from_article INTEGER NOT NULL,
    to_article   INTEGER NOT NULL,
    reason       TEXT NOT NULL,     -- joined, split, or a person's reason
    at           TEXT NOT NULL      -- UTC
);
CREATE INDEX moves_by_url ON moves (url);

-- A person's word on a field of a page; it stands above what was read, through every reprocess.
CREATE TABLE corrections (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    page_url     TEXT NOT NULL,
    field        TEXT NOT NULL CHECK (field IN ('title', 'published', 'author', 'credited_source', 'language')),
    value        TEXT,              -- NULL: the page does not say
    reason       TEXT NOT NULL,
    at           TEXT NOT NULL,     -- UTC
    withdrawn_at TEXT               -- UTC; a withdrawn correction has no effect and stays listed
);
CREATE UNIQUE INDEX corrections_in_force ON corrections (page_url, field) WHERE withdrawn_at IS NULL;

-- A person's word on joins, above every verdict: this URL is an article of its own ('split'), or these
-- two belong to one article ('join').
CREATE TABLE decisions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT NOT NULL CHECK (kind IN ('split', 'join')),
    url          TEXT NOT NULL,
    other_url    TEXT,              -- for a join
    reason       TEXT NOT NULL,
    at           TEXT NOT NULL,     -- UTC
    withdrawn_at TEXT,              -- UTC
    CHECK ((kind = 'join') = (other_url IS NOT NULL))
);
CREATE INDEX decisions_in_force ON decisions (url) WHERE withdrawn_at IS NULL;
