-- A person's word on lines of a text: any number of them a page, one a line.
CREATE TABLE corrections_of_any (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    page_url     TEXT NOT NULL,
    field        TEXT NOT NULL,     -- title, published, author, credited_source, language, remove-line or keep-line
    value        TEXT,              -- NULL: the page does not say; of a line, the line
    reason       TEXT NOT NULL,
    at           TEXT NOT NULL,     -- UTC
    withdrawn_at TEXT               -- UTC; a withdrawn correction has no effect and stays listed
);
INSERT INTO corrections_of_any SELECT id, page_url, field, value, reason, at, withdrawn_at FROM corrections;
DELETE FROM sqlite_sequence WHERE name = 'corrections_of_any';
INSERT INTO sqlite_sequence SELECT 'corrections_of_any', seq FROM sqlite_sequence WHERE name = 'corrections';
DROP TABLE corrections;
ALTER TABLE corrections_of_any RENAME TO corrections;
CREATE UNIQUE INDEX corrections_in_force ON corrections
    (page_url, field, CASE WHEN field IN ('remove-line', 'keep-line') THEN value ELSE '' END) WHERE withdrawn_at IS NULL;
