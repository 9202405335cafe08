-- What a crawl learns of pages and sources beside their texts.

-- A page of ours that its host has no more; its copy stays as it was. A page that comes back leaves this table.
CREATE TABLE gone (
    page_url TEXT PRIMARY KEY REFERENCES readings (page_url) ON DELETE CASCADE,
    at       TEXT NOT NULL,      -- UTC, when it was first found missing
    status   INTEGER NOT NULL    -- 404 or 410
) WITHOUT ROWID;

-- What came of a source's pages in a run: how `status` knows what is usual there.
CREATE TABLE run_yields (
    run_id   INTEGER NOT NULL REFERENCES runs (id),
    source   TEXT NOT NULL REFERENCES sources (host),
    new      INTEGER NOT NULL,   -- pages read for the first time
    undated  INTEGER NOT NULL,   -- those of them whose date is unknown
    rejected INTEGER NOT NULL,   -- pages fetched and found to be no news, or unreadable
    gone     INTEGER NOT NULL,   -- known articles that answered 404 or 410
    found    INTEGER NOT NULL,   -- addresses never seen before
    PRIMARY KEY (run_id, source)
) WITHOUT ROWID;
