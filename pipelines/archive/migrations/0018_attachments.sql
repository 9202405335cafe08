-- Files that an article gives its readers: documents, sheets and archives that its page links to.
CREATE TABLE attachments (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,             -- its place on the page
    url        TEXT NOT NULL,                -- in its one spelling
    name       TEXT NOT NULL,                -- as its link says, else the file's own
    type       TEXT NOT NULL,                -- its ending: pdf, docx, xls, zip, ...
    bytes      INTEGER,                      -- as the page states it; NULL where it does not
    PRIMARY KEY (reading_id, position)
) WITHOUT ROWID;
CREATE INDEX attachments_by_url ON attachments (url);
