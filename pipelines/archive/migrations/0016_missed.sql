-- Selectors of the sources file ([source.read]) that gave nothing on a page, which was read by rule instead.
CREATE TABLE missed (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    key        TEXT NOT NULL,                -- body, title, date, author, credit or drop
    why        TEXT NOT NULL,                -- that it finds nothing, or what it found instead
    PRIMARY KEY (reading_id, key)
) WITHOUT ROWID;
