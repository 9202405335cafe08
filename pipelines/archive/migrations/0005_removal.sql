-- Removals: what is held back, what was done, and how to find out that nothing is left. No table here
-- holds a word of what was removed: hosts and prefixes that were ordered, salted hashes, numbers, times.

-- The same block may be part of two removals; undoing one leaves the other's.
CREATE TABLE blocks_by_removal (
    kind       TEXT NOT NULL CHECK (kind IN ('host', 'domain', 'prefix', 'url', 'credited')),
    hash       BLOB NOT NULL,
    removal_id INTEGER NOT NULL REFERENCES removals (id),
    PRIMARY KEY (kind, hash, removal_id)
) WITHOUT ROWID;
INSERT INTO blocks_by_removal SELECT kind, hash, removal_id FROM blocks;
DROP TABLE blocks;
ALTER TABLE blocks_by_removal RENAME TO blocks;
CREATE INDEX blocks_by_removal_id ON blocks (removal_id);

-- `blocks_version` in meta grows with every change, so that a crawl under way sees it at the price of a row.
CREATE TRIGGER blocks_added AFTER INSERT ON blocks
BEGIN
    INSERT INTO meta VALUES ('blocks_version', '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(value + 1 AS TEXT);
END;
CREATE TRIGGER blocks_lifted AFTER DELETE ON blocks
BEGIN
    INSERT INTO meta VALUES ('blocks_version', '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(value + 1 AS TEXT);
END;

-- One line of the ledger and of the record; removals.state says how far it is: blocked, hidden, waiting,
-- deleted, forgotten, verified, or restored (undone before anything was deleted).
ALTER TABLE removals ADD COLUMN basis TEXT NOT NULL DEFAULT '';       -- the law or contract that was invoked
ALTER TABLE removals ADD COLUMN ticket TEXT NOT NULL DEFAULT '';      -- the handler's own reference
ALTER TABLE removals ADD COLUMN operator TEXT NOT NULL DEFAULT '';    -- who gave the command
ALTER TABLE removals ADD COLUMN version TEXT NOT NULL DEFAULT '';     -- of the parknews that did it
ALTER TABLE removals ADD COLUMN mode TEXT NOT NULL DEFAULT 'delete';  -- delete, or hide only
ALTER TABLE removals ADD COLUMN stay_down INTEGER NOT NULL DEFAULT 0; -- 1: the same texts stay out, wherever they come from
ALTER TABLE removals ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0;  -- 1: raw pages of others that mention it go too
ALTER TABLE removals ADD COLUMN due_at TEXT;                          -- UTC; deleted no earlier than this
ALTER TABLE removals ADD COLUMN counts TEXT NOT NULL DEFAULT '{}';    -- JSON: rows deleted, by table
ALTER TABLE removals ADD COLUMN survivors TEXT NOT NULL DEFAULT '[]'; -- JSON: articles that stay, and under whose text
ALTER TABLE removals ADD COLUMN verification TEXT NOT NULL DEFAULT '{}'; -- JSON: what was searched, what was found
ALTER TABLE removals ADD COLUMN verified_at TEXT;                     -- UTC
ALTER TABLE removals ADD COLUMN ledger_line TEXT NOT NULL DEFAULT ''; -- the line of the ledger that orders it

-- Who did what to a removal, and when; rows are only ever added.
CREATE TABLE removal_events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    removal_id INTEGER NOT NULL REFERENCES removals (id),
    at         TEXT NOT NULL,                -- UTC
    event      TEXT NOT NULL,                -- ordered, hidden, deleted, forgotten, verified, restored, ...
    detail     TEXT NOT NULL DEFAULT ''      -- numbers and names of files; never a word of what was removed
);
CREATE INDEX removal_events_by_removal ON removal_events (removal_id);
CREATE TRIGGER removal_events_stay BEFORE UPDATE ON removal_events
BEGIN SELECT RAISE(ABORT, 'the record of removals is only added to'); END;
CREATE TRIGGER removal_events_remain BEFORE DELETE ON removal_events
BEGIN SELECT RAISE(ABORT, 'the record of removals is only added to'); END;

-- Readings that an unfinished removal holds back from readers: no copy is drawn from them.
CREATE TABLE withheld (
    reading_id INTEGER PRIMARY KEY REFERENCES readings (id) ON DELETE CASCADE,
    removal_id INTEGER NOT NULL REFERENCES removals (id),
    hidden     INTEGER NOT NULL DEFAULT 0,   -- 1: its copy has left
    copy_id    INTEGER,                      -- the copy it had, so that undoing gives the same numbers
    article_id INTEGER                       -- likewise
);
CREATE INDEX withheld_by_removal ON withheld (removal_id, hidden);

-- Articles of which nothing is left: their numbers answer with the removal.
CREATE TABLE removed_articles (
    article_id INTEGER PRIMARY KEY,
    removal_id INTEGER NOT NULL REFERENCES removals (id)
);

-- Keyed 64-bit hashes of short passages of what was removed: what the files are searched for.
CREATE TABLE residue_hashes (
    id         INTEGER PRIMARY KEY,
    removal_id INTEGER NOT NULL REFERENCES removals (id),
    hashes     BLOB NOT NULL                 -- 64-bit little-endian
);
CREATE INDEX residue_hashes_by_removal ON residue_hashes (removal_id);

-- Texts that are to stay down wherever they come from, as keyed hashes of a sample of their shingles and
-- of their numbers with the wording around them.
CREATE TABLE stay_down (
    id         INTEGER PRIMARY KEY,
    removal_id INTEGER NOT NULL REFERENCES removals (id),
    shingles   BLOB NOT NULL,                -- sorted keyed hashes, 64-bit little-endian
    tiny       INTEGER NOT NULL,             -- 1: so short that nearly all of it must be there
    numbers    TEXT NOT NULL                 -- JSON: keyed hash of a place -> keyed hashes of its numbers
);
CREATE INDEX stay_down_by_removal ON stay_down (removal_id);
CREATE TABLE stay_down_keys (
    key     INTEGER NOT NULL,
    text_id INTEGER NOT NULL REFERENCES stay_down (id) ON DELETE CASCADE,
    PRIMARY KEY (key, text_id)
) WITHOUT ROWID;

-- Pages that say what a removal keeps down: they wait for a person's decision.
CREATE TABLE stay_down_matches (
    url         TEXT PRIMARY KEY,            -- in its one spelling
    source      TEXT NOT NULL,
    page_id     INTEGER NOT NULL,            -- the raw page, in the crawl store
    removal_id  INTEGER NOT NULL REFERENCES removals (id),
    containment REAL NOT NULL,               -- share of the shorter text that the other has
    at          TEXT NOT NULL,               -- UTC
    decision    TEXT NOT NULL DEFAULT '' CHECK (decision IN ('', 'admitted', 'refused'))
) WITHOUT ROWID;
