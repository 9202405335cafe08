-- What an article counts under stands in one narrow row instead of a dozen: whoever counts a selection reads one row
-- an article for all that is counted. pipelines/archive/tallies.py fills it before this transaction ends.
DROP TABLE counted;
CREATE TABLE counted (
    article_id INTEGER PRIMARY KEY,
    day        TEXT,           -- the kept copy's
    source     TEXT NOT NULL,  -- likewise
    language   TEXT NOT NULL,
    credited   TEXT,
    provinces  TEXT,           -- codes of what its text names, a line each; NULL where there is none
    prefectures TEXT,
    regions    TEXT,
    parks      TEXT,
    companies  TEXT,
    carried    TEXT NOT NULL,  -- who has it and who was first, a line each
    invested   REAL            -- the largest amount that its text says is invested, in CNY
);
DELETE FROM tallies;
INSERT OR IGNORE INTO uncounted (article_id) SELECT id FROM articles;
