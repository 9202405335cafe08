-- Lines that recur on a source's pages (pipelines/furniture.py), counted as pages come and go.

-- The lines at the edges of each page as extracted, by their 64-bit keys.
CREATE TABLE edge_lines (
    line       INTEGER NOT NULL,
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    PRIMARY KEY (line, reading_id)
) WITHOUT ROWID;
CREATE INDEX edge_lines_by_reading ON edge_lines (reading_id);

-- The key of the title under which a reading's edge lines were counted; NULL before they were.
ALTER TABLE readings ADD COLUMN line_title INTEGER;

-- Under which titles a line stood at a source, and on how many of its pages.
CREATE TABLE line_titles (
    source TEXT NOT NULL,
    line   INTEGER NOT NULL,
    title  INTEGER NOT NULL,
    pages  INTEGER NOT NULL,
    PRIMARY KEY (source, line, title)
) WITHOUT ROWID;

CREATE TABLE source_lines (
    source TEXT NOT NULL,
    line   INTEGER NOT NULL,
    titles INTEGER NOT NULL,
    PRIMARY KEY (source, line)
) WITHOUT ROWID;
CREATE INDEX source_lines_by_titles ON source_lines (source, titles);

CREATE TABLE source_readings (
    source   TEXT PRIMARY KEY,
    readings INTEGER NOT NULL
) WITHOUT ROWID;

-- Pages that were cleaned with other furniture than their source has now, to be read again.
CREATE TABLE stale (
    page_url TEXT PRIMARY KEY,
    page_id  INTEGER NOT NULL
) WITHOUT ROWID;
