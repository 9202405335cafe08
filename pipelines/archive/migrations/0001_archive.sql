-- The archive: facts first (what pages say), conclusions after (what follows from all of them).
-- Every conclusion (copies, articles, the search index) can be computed again from the facts.

-- What the archive remembers of itself: the salt of `blocks`.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- One row a publication that was ever crawled.
CREATE TABLE sources (
    host      TEXT PRIMARY KEY,              -- with the port where it is not the scheme's own
    name      TEXT NOT NULL,
    status    TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'removed')),
    time_zone TEXT NOT NULL DEFAULT 'Asia/Shanghai' -- in which its dates are meant
);

-- One row a crawl invocation. A run that was killed is closed as 'interrupted' by the next one.
CREATE TABLE runs (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at      TEXT NOT NULL,           -- UTC
    finished_at     TEXT,                    -- UTC
    outcome         TEXT NOT NULL DEFAULT 'running'
                    CHECK (outcome IN ('running', 'done', 'attention', 'stopped', 'interrupted', 'failed')),
    pages_fetched   INTEGER NOT NULL DEFAULT 0,
    pages_unchanged INTEGER NOT NULL DEFAULT 0, -- answered 304, or with the same bytes
    pages_failed    INTEGER NOT NULL DEFAULT 0, -- URLs given up
    articles_new    INTEGER NOT NULL DEFAULT 0,
    articles_updated INTEGER NOT NULL DEFAULT 0, -- their title or text changed
    copies_joined   INTEGER NOT NULL DEFAULT 0, -- copies that came to an article that was there
    version         TEXT NOT NULL DEFAULT '' -- of the parknews that ran
);

-- What a run did at each source that it took; a source that was not due has no row.
CREATE TABLE run_sources (
    run_id     INTEGER NOT NULL REFERENCES runs (id),
    source     TEXT NOT NULL REFERENCES sources (host),
    at         TEXT NOT NULL,                -- UTC, when the run ended
    fetched    INTEGER NOT NULL,
    articles   INTEGER NOT NULL,   -- fetched pages that went on to extraction
    unchanged  INTEGER NOT NULL,
    failed     INTEGER NOT NULL,             -- URLs given up
    refused    INTEGER NOT NULL,             -- URLs that robots.txt or a removal forbids
    down       INTEGER NOT NULL CHECK (down IN (0, 1)), -- 1: not one answer came
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
    url_answered    TEXT NOT NULL,           -- after redirects
    source          TEXT NOT NULL REFERENCES sources (host),
    page_id         INTEGER NOT NULL,   -- the raw page, in the crawl store
    status          INTEGER NOT NULL,
    fetched_at      TEXT NOT NULL,      -- UTC, of the text's present version
    first_fetched_at TEXT NOT NULL,     -- UTC, when this page was first read
    encoding        TEXT NOT NULL,           -- in which the page was read
    digest          BLOB NOT NULL,      -- SHA-256 of all that was read, so that reading again is noticed
    text_id         INTEGER NOT NULL REFERENCES texts (id), -- the cleaned text, in texts
    title           TEXT NOT NULL,
    language        TEXT NOT NULL,           -- BCP 47: zh-Hans, zh-Hant, en; und where unknown
    published       TEXT,                    -- as in articles
    published_day   TEXT,                    -- as in articles
    published_earliest TEXT,
    published_latest   TEXT,
    date_origin     TEXT,                    -- as in articles
    author          TEXT,                    -- as the page has it
    editor          TEXT,                    -- as the page has it
    credited_source TEXT,                    -- as the page has it
    site_name       TEXT,                    -- as the page has it
    claimed_url     TEXT                -- the address on the same host that the page calls its own
);
CREATE INDEX readings_by_text ON readings (text_id);
CREATE INDEX readings_by_source ON readings (source);
CREATE INDEX readings_by_claimed_url ON readings (claimed_url) WHERE claimed_url IS NOT NULL;

-- Where each field of a reading came from.
CREATE TABLE origins (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    field      TEXT NOT NULL,                -- title, published, author, credited_source, ...
    origin     TEXT NOT NULL,                -- meta:NAME, json-ld, byline, heading, title element, url, ...
    evidence   TEXT NOT NULL,                -- the piece of the page it was read from, shortened
    PRIMARY KEY (reading_id, field)
) WITHOUT ROWID;

-- What pages say of addresses (canonical, og:url), other hosts' included; only kept, never obeyed there.
CREATE TABLE claims (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,                -- canonical or og:url
    url        TEXT NOT NULL,
    PRIMARY KEY (reading_id, kind, url)
) WITHOUT ROWID;

-- What cleaning took out of a page; the view `stripped` has it by URL.
CREATE TABLE stripped_pieces (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,             -- its place on the page
    kind       TEXT NOT NULL,                -- contact, copyright, related, share, editor, navigation, ...
    rule       TEXT NOT NULL,                -- the name of the rule that took it
    text       TEXT NOT NULL,
    PRIMARY KEY (reading_id, position)
) WITHOUT ROWID;

-- A URL that did not become a copy, and why.
CREATE TABLE rejections (
    url     TEXT PRIMARY KEY,                -- in its one spelling
    source  TEXT NOT NULL,
    stage   TEXT NOT NULL,                   -- fetch, kind, decode, extract, clean, sign, join or archive
    reason  TEXT NOT NULL,                   -- a short phrase; its first words are stable
    at      TEXT NOT NULL                    -- UTC
) WITHOUT ROWID;
CREATE INDEX rejections_by_source ON rejections (source);

-- Conclusions -----------------------------------------------------------------------------------

-- One row a distinct piece of news.
CREATE TABLE articles (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,  -- never reused
    title           TEXT NOT NULL,
    text            TEXT NOT NULL,           -- the kept copy's; paragraphs end with a line feed
    published       TEXT,                    -- ISO 8601: a date, or a time with zone; NULL where unknown
    published_day   TEXT,                    -- the day in the source's own zone
    published_earliest TEXT,                 -- where the page gave a relative or partial date
    published_latest   TEXT,                 -- likewise
    date_origin     TEXT,                    -- where on the page the date stood
    author          TEXT,
    language        TEXT NOT NULL,           -- BCP 47; und where unknown
    source          TEXT NOT NULL REFERENCES sources (host), -- host of the kept copy
    source_name     TEXT NOT NULL,           -- its name
    url             TEXT NOT NULL,           -- of the kept copy
    credited_source TEXT,                    -- the publication that the page itself names as its origin
    first_seen      TEXT NOT NULL,           -- UTC
    copies          INTEGER NOT NULL         -- how many URLs it was seen at, the kept one included
);
CREATE INDEX articles_by_day ON articles (published_day);
CREATE INDEX articles_by_source ON articles (source, published_day);

-- The text as that page had it: JOIN texts ON texts.id = copies.text_id
CREATE TABLE copies (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id      INTEGER NOT NULL REFERENCES articles (id) DEFERRABLE INITIALLY DEFERRED,
    reading_id      INTEGER NOT NULL UNIQUE REFERENCES readings (id) DEFERRABLE INITIALLY DEFERRED,
    text_id         INTEGER NOT NULL REFERENCES texts (id) DEFERRABLE INITIALLY DEFERRED,
    url             TEXT NOT NULL UNIQUE,    -- in its one spelling
    source          TEXT NOT NULL REFERENCES sources (host),
    title           TEXT NOT NULL,
    published       TEXT,                    -- as on that page; the same forms as in articles
    published_day   TEXT,
    published_earliest TEXT,
    published_latest   TEXT,
    date_origin     TEXT,
    author          TEXT,
    credited_source TEXT,
    language        TEXT NOT NULL,
    fetched_at      TEXT NOT NULL,           -- UTC
    similarity      REAL NOT NULL CHECK (similarity BETWEEN 0 AND 1), -- to the kept copy's text
    kept            INTEGER NOT NULL CHECK (kept IN (0, 1)) -- 1: its text is the one shown
);
CREATE INDEX copies_by_article ON copies (article_id);
CREATE INDEX copies_by_text ON copies (text_id);
CREATE INDEX copies_by_source ON copies (source);
CREATE UNIQUE INDEX copies_one_kept ON copies (article_id) WHERE kept = 1;

-- An article that was joined into another, or whose last copy moved there.
CREATE TABLE forwards (
    old_id INTEGER PRIMARY KEY,
    new_id INTEGER NOT NULL,                 -- where `show` finds it now
    reason TEXT NOT NULL,
    at     TEXT NOT NULL                     -- UTC
);

-- Title and text spelt out one character a token (pipelines/spelling.py), so that a phrase is an
-- exact substring: WHERE articles_fts MATCH '"园 区"'. Contentless: the writer supplies old and new.
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    title, text, content = '',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co M* P* S*'"
);

-- Standing orders -------------------------------------------------------------------------------

-- Standing orders to forget a source, or part of one, and to keep it out.
CREATE TABLE removals (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    scope     TEXT NOT NULL,                 -- what was to go
    requester TEXT NOT NULL,                 -- who asked
    reason    TEXT NOT NULL,
    at        TEXT NOT NULL,                 -- UTC
    plan_hash TEXT NOT NULL,
    state     TEXT NOT NULL,
    verified  INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1)) -- 1: searched for afterwards, and nothing was left
);

-- Salted SHA-256 of a host, a registrable domain, a URL prefix or a URL that must stay out.
CREATE TABLE blocks (
    kind       TEXT NOT NULL CHECK (kind IN ('host', 'domain', 'prefix', 'url')),
    hash       BLOB NOT NULL,
    removal_id INTEGER NOT NULL REFERENCES removals (id),
    PRIMARY KEY (kind, hash)
) WITHOUT ROWID;

-- What cleaning took out of each copy's page.
CREATE VIEW stripped AS
SELECT copies.url, stripped_pieces.kind, stripped_pieces.text, stripped_pieces.rule,
       copies.article_id, copies.source, stripped_pieces.position
FROM stripped_pieces JOIN copies ON copies.reading_id = stripped_pieces.reading_id;
