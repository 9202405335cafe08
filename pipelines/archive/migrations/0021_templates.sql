-- How a source's pages are made (pipelines/templates), learned from pages that were read whole. No word of a
-- page: keys of elements' tags, ids and classes, places of fields, numbers.

-- What was learned, one row for each element that holds articles.
CREATE TABLE templates (
    source    TEXT NOT NULL,
    container INTEGER NOT NULL,
    key       INTEGER NOT NULL,            -- of all that decides how a page is read by it
    selector  TEXT NOT NULL,               -- the container, for people
    state     TEXT NOT NULL,               -- proposed, used, or withdrawn
    learned   TEXT NOT NULL,               -- JSON: the fields of pipelines.records.Template
    rules     TEXT NOT NULL,               -- by which pages were read then (pipelines/archive/rules.py)
    pages     INTEGER NOT NULL,            -- that it was learned from
    erred     INTEGER NOT NULL,            -- how often one of its like was withdrawn
    at        TEXT NOT NULL,               -- UTC: when the newest of these pages was fetched
    PRIMARY KEY (source, container)
) WITHOUT ROWID;

-- By which way each page was read, and what pages teach as long as their template is being learned.
CREATE TABLE template_pages (
    page_url   TEXT PRIMARY KEY,
    source     TEXT NOT NULL,
    page_id    INTEGER NOT NULL,
    fetched_at TEXT NOT NULL,
    shape      INTEGER NOT NULL,           -- of the address, without its numbers
    way        TEXT NOT NULL,              -- whole, template or both
    template   INTEGER,                    -- the key of the one that was tried
    agrees     INTEGER,                    -- of both: whether the template says the same
    fits       INTEGER,                    -- whether a template in use reads it; NULL where there was none
    container  INTEGER,                    -- of outline
    outline    TEXT                        -- JSON: the fields of pipelines.records.Outline
) WITHOUT ROWID;
CREATE INDEX template_pages_by_template ON template_pages (source, template, agrees);
CREATE INDEX template_pages_by_shape ON template_pages (source, shape, fetched_at, page_id);
CREATE INDEX template_pages_taught ON template_pages (source, container) WHERE outline IS NOT NULL;

-- Kinds of addresses whose pages are made otherwise than before.
CREATE TABLE template_changes (
    source   TEXT NOT NULL,
    shape    INTEGER NOT NULL,
    at       TEXT NOT NULL,                -- UTC: when the first such page was fetched
    selector TEXT NOT NULL,                -- where the article stood before
    template INTEGER NOT NULL,             -- the container of the template that read them before
    PRIMARY KEY (source, shape)
) WITHOUT ROWID;
