-- The archive: facts first (what pages say), conclusions after (what follows from all of them).
-- Every conclusion (copies, articles, the search index) can be computed again from the facts.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sources (
    host      TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    status    TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'removed')),
    time_zone TEXT NOT NULL DEFAULT 'Asia/Shanghai'
);

-- One row a crawl invocation. A run that was killed is closed as 'interrupted' by the next one.
CREATE TABLE runs (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at      TEXT NOT NULL,
    finished_at     TEXT,
    outcome         TEXT NOT NULL DEFAULT 'running'
                    CHECK (outcome IN ('running', 'done', 'attention', 'stopped', 'interrupted', 'failed')),
    pages_fetched   INTEGER NOT NULL DEFAULT 0,
    pages_unchanged INTEGER NOT NULL DEFAULT 0,
    pages_failed    INTEGER NOT NULL DEFAULT 0,
    articles_new    INTEGER NOT NULL DEFAULT 0,
    articles_updated INTEGER NOT NULL DEFAULT 0,
    copies_joined   INTEGER NOT NULL DEFAULT 0,
    version         TEXT NOT NULL DEFAULT ''
);

-- What a run did at each source that it took; a source that was not due has no row.
CREATE TABLE run_sources (
    run_id     INTEGER NOT NULL REFERENCES runs (id),
    source     TEXT NOT NULL REFERENCES sources (host),
    at         TEXT NOT NULL,
    fetched    INTEGER NOT NULL,
    articles   INTEGER NOT NULL,   -- fetched pages that went on to extraction
    unchanged  INTEGER NOT NULL,
    failed     INTEGER NOT NULL,
    refused    INTEGER NOT NULL,
    down       INTEGER NOT NULL CHECK (down IN (0, 1)),
    last_error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (run_id, source)
) WITHOUT ROWID;
CREATE INDEX run_sources_by_source ON run_sources (source, run_id);

-- Facts -----------------------------------------------------------------------------------------

-- One row a distinct cleaned text, exactly as shown; node_id is that of its normalised form.
CREATE TABLE texts (
    id      INTEGER PRIMARY KEY,
    sha256  BLOB NOT NULL UNIQUE,
    node_id INTEGER NOT NULL,
    text    TEXT NOT NULL
);
CREATE INDEX texts_by_node ON texts (node_id);

-- What was read on one page (its latest text); page_url is the page's own address in one spelling.
CREATE TABLE readings (
    id              INTEGER PRIMARY KEY,
    page_url        TEXT NOT NULL UNIQUE,
    url_answered    TEXT NOT NULL,
    source          TEXT NOT NULL REFERENCES sources (host),
    page_id         INTEGER NOT NULL,   -- the raw page, in the crawl store
    status          INTEGER NOT NULL,
    fetched_at      TEXT NOT NULL,      -- UTC, of the text's present version
    first_fetched_at TEXT NOT NULL,     -- UTC, when this page was first read
    encoding        TEXT NOT NULL,
    digest          BLOB NOT NULL,      -- SHA-256 of all that was read, so that reading again is noticed
    text_id         INTEGER NOT NULL REFERENCES texts (id),
    title           TEXT NOT NULL,
    language        TEXT NOT NULL,
    published       TEXT,
    published_day   TEXT,
    published_earliest TEXT,
    published_latest   TEXT,
    date_origin     TEXT,
    author          TEXT,
    editor          TEXT,
    credited_source TEXT,
    site_name       TEXT,
    claimed_url     TEXT                -- the address on the same host that the page calls its own
);
CREATE INDEX readings_by_text ON readings (text_id);
CREATE INDEX readings_by_source ON readings (source);
CREATE INDEX readings_by_claimed_url ON readings (claimed_url) WHERE claimed_url IS NOT NULL;

-- Where each field of a reading came from.
CREATE TABLE origins (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    field      TEXT NOT NULL,
    origin     TEXT NOT NULL,
    evidence   TEXT NOT NULL,
    PRIMARY KEY (reading_id, field)
) WITHOUT ROWID;

-- What pages say of addresses (canonical, og:url), other hosts' included; only kept, never obeyed there.
CREATE TABLE claims (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    url        TEXT NOT NULL,
    PRIMARY KEY (reading_id, kind, url)
) WITHOUT ROWID;

CREATE TABLE stripped_pieces (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    rule       TEXT NOT NULL,
    text       TEXT NOT NULL,
    PRIMARY KEY (reading_id, position)
) WITHOUT ROWID;

CREATE TABLE rejections (
    url     TEXT PRIMARY KEY,
    source  TEXT NOT NULL,
    stage   TEXT NOT NULL,
    reason  TEXT NOT NULL,
    at      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX rejections_by_source ON rejections (source);

-- Conclusions -----------------------------------------------------------------------------------

CREATE TABLE articles (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,  -- never reused
    title           TEXT NOT NULL,
    text            TEXT NOT NULL,
    published       TEXT,
    published_day   TEXT,
    published_earliest TEXT,
    published_latest   TEXT,
    date_origin     TEXT,
    author          TEXT,
    language        TEXT NOT NULL,
    source          TEXT NOT NULL REFERENCES sources (host),
    source_name     TEXT NOT NULL,
    url             TEXT NOT NULL,
    credited_source TEXT,
    first_seen      TEXT NOT NULL,
    copies          INTEGER NOT NULL
);
CREATE INDEX articles_by_day ON articles (published_day);
CREATE INDEX articles_by_source ON articles (source, published_day);

-- The text as that page had it: JOIN texts ON texts.id = copies.text_id
CREATE TABLE copies (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id      INTEGER NOT NULL REFERENCES articles (id) DEFERRABLE INITIALLY DEFERRED,
    reading_id      INTEGER NOT NULL UNIQUE REFERENCES readings (id) DEFERRABLE INITIALLY DEFERRED,
    text_id         INTEGER NOT NULL REFERENCES texts (id) DEFERRABLE INITIALLY DEFERRED,
    url             TEXT NOT NULL UNIQUE,
    source          TEXT NOT NULL REFERENCES sources (host),
    title           TEXT NOT NULL,
    published       TEXT,
    published_day   TEXT,
    published_earliest TEXT,
    published_latest   TEXT,
    date_origin     TEXT,
    author          TEXT,
    credited_source TEXT,
    language        TEXT NOT NULL,
    fetched_at      TEXT NOT NULL,
    similarity      REAL NOT NULL CHECK (similarity BETWEEN 0 AND 1),
    kept            INTEGER NOT NULL CHECK (kept IN (0, 1))
);
CREATE INDEX copies_by_article ON copies (article_id);
CREATE INDEX copies_by_text ON copies (text_id);
CREATE INDEX copies_by_source ON copies (source);
CREATE UNIQUE INDEX copies_one_kept ON copies (article_id) WHERE kept = 1;

-- An article that was joined into another, or whose last copy moved there.
CREATE TABLE forwards (
    old_id INTEGER PRIMARY KEY,
    new_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at     TEXT NOT NULL
);

-- Title and text spelt out one character a token (pipelines/spelling.py), so that a phrase is an
-- exact substring: WHERE articles_fts MATCH '"园 区"'. Contentless: the writer supplies old and new.
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    title, text, content = '',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co M* P* S*'"
);

-- Standing orders -------------------------------------------------------------------------------

CREATE TABLE removals (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    scope     TEXT NOT NULL,
    requester TEXT NOT NULL,
    reason    TEXT NOT NULL,
    at        TEXT NOT NULL,
    plan_hash TEXT NOT NULL,
    state     TEXT NOT NULL,
    verified  INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1))
);

-- Salted SHA-256 of a host, a registrable domain, a URL prefix or a URL that must stay out.
CREATE TABLE blocks (
    kind       TEXT NOT NULL CHECK (kind IN ('host', 'domain', 'prefix', 'url')),
    hash       BLOB NOT NULL,
    removal_id INTEGER NOT NULL REFERENCES removals (id),
    PRIMARY KEY (kind, hash)
) WITHOUT ROWID;

CREATE VIEW stripped AS
SELECT copies.url, stripped_pieces.kind, stripped_pieces.text, stripped_pieces.rule,
       copies.article_id, copies.source, stripped_pieces.position
FROM stripped_pieces JOIN copies ON copies.reading_id = stripped_pieces.reading_id;
