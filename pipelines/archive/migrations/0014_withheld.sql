-- A page may be within several removals: each holds it back by itself, so that undoing one leaves the others'.
CREATE TABLE withheld_by_each (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    removal_id INTEGER NOT NULL REFERENCES removals (id),
    hidden     INTEGER NOT NULL DEFAULT 0,   -- 1: its copy has left
    copy_id    INTEGER,                      -- the copy it had, so that undoing gives the same numbers
    article_id INTEGER,                      -- likewise
    PRIMARY KEY (reading_id, removal_id)
) WITHOUT ROWID;
INSERT INTO withheld_by_each SELECT reading_id, removal_id, hidden, copy_id, article_id FROM withheld;
DROP TABLE withheld;
ALTER TABLE withheld_by_each RENAME TO withheld;
CREATE INDEX withheld_by_removal ON withheld (removal_id, hidden);
