-- How copies stand to each other: the kept one, the first publisher, what differs, what holds two articles.

-- What the same host's feed or sitemap said of a page's address before it was read.
ALTER TABLE readings ADD COLUMN announced_at TEXT;      -- UTC, the earliest
ALTER TABLE readings ADD COLUMN announced_by TEXT NOT NULL DEFAULT ''; -- feed, news sitemap, or sitemap (then it is the time of a change)

ALTER TABLE sources ADD COLUMN publisher TEXT;          -- its name in one spelling; NULL until it is asked for
CREATE INDEX sources_by_publisher ON sources (publisher);
CREATE TRIGGER sources_change_name AFTER UPDATE OF name ON sources WHEN old.name IS NOT new.name
BEGIN UPDATE sources SET publisher = NULL WHERE host = new.host; END;

ALTER TABLE copies ADD COLUMN credited_publisher TEXT;  -- credited_source in its one spelling
ALTER TABLE copies ADD COLUMN credited_source_status TEXT -- what the credited source's own pages say to it
    CHECK (credited_source_status IN ('confirmed', 'unconfirmed', 'contradicted'));
CREATE INDEX copies_by_credit ON copies (credited_publisher, published_day, credited_source_status)
WHERE credited_publisher IS NOT NULL;
DROP INDEX copies_by_source;
CREATE INDEX copies_by_source ON copies (source, published_day);

ALTER TABLE articles ADD COLUMN kept_because TEXT NOT NULL DEFAULT ''; -- why the kept copy is the one
ALTER TABLE articles ADD COLUMN first_publisher TEXT;   -- who published it first; NULL where nothing tells
ALTER TABLE articles ADD COLUMN first_publisher_status TEXT NOT NULL DEFAULT 'unknown'
    CHECK (first_publisher_status IN ('certain', 'likely', 'disputed', 'unknown'));
ALTER TABLE articles ADD COLUMN first_publisher_because TEXT NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN credited_source_status TEXT -- the kept copy's
    CHECK (credited_source_status IN ('confirmed', 'unconfirmed', 'contradicted'));
ALTER TABLE articles ADD COLUMN disputed INTEGER NOT NULL DEFAULT 0 CHECK (disputed IN (0, 1)); -- 1: rows in differences

-- What speaks for who was first: one row a copy and claim.
CREATE TABLE first_publisher_evidence (
    article_id INTEGER NOT NULL, -- the copy's
    copy_id    INTEGER NOT NULL REFERENCES copies (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    claim      TEXT NOT NULL,    -- published, feed, news sitemap, sitemap, seen, credits
    value      TEXT NOT NULL,    -- a day or time (UTC), or a publisher
    believed   INTEGER NOT NULL CHECK (believed IN (0, 1)),
    reason     TEXT NOT NULL,    -- why it is not believed, or how it is to be taken
    PRIMARY KEY (copy_id, claim)
) WITHOUT ROWID;

-- Figures, dates and names that a copy has otherwise than the kept one, at most 50 a copy.
CREATE TABLE differences (
    article_id   INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    copy_id      INTEGER NOT NULL REFERENCES copies (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    position     INTEGER NOT NULL, -- in the order of the kept copy's text
    kept_copy_id INTEGER NOT NULL REFERENCES copies (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    kind         TEXT NOT NULL CHECK (kind IN ('figure', 'date', 'name')),
    place        TEXT NOT NULL,    -- the words around, as the kept copy has them, with … for the value
    kept_value   TEXT NOT NULL,    -- as the kept copy shows it
    copy_value   TEXT NOT NULL,    -- as this copy shows it
    PRIMARY KEY (copy_id, position)
) WITHOUT ROWID;
CREATE INDEX differences_by_article ON differences (article_id);
CREATE INDEX differences_by_kept_copy ON differences (kept_copy_id);

-- Texts that hold another article too (a page of two articles): the clusters that the joins name.
CREATE TABLE secondary_nodes (
    node_id    INTEGER NOT NULL REFERENCES nodes (node_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    cluster_id INTEGER NOT NULL, -- of the other article
    other_id   INTEGER NOT NULL, -- the text in it that is most like
    PRIMARY KEY (node_id, cluster_id)
) WITHOUT ROWID;
CREATE INDEX secondary_nodes_by_other ON secondary_nodes (other_id);

-- Copies of one article that also hold this other one; `articles.copies` does not count them.
CREATE TABLE secondary_copies (
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    copy_id    INTEGER NOT NULL REFERENCES copies (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    similarity REAL NOT NULL,    -- 0 to 1, of the copy's text to the article's
    contained  REAL NOT NULL,    -- the share of the article's text (the most like copy's) that the copy has
    PRIMARY KEY (article_id, copy_id)
) WITHOUT ROWID;
CREATE INDEX secondary_copies_by_copy ON secondary_copies (copy_id);

-- Days of which a source's copies came or went since the last conclusions: what credits it is looked at again.
CREATE TABLE touched_days (
    source TEXT NOT NULL,
    day    TEXT NOT NULL,
    PRIMARY KEY (source, day)
) WITHOUT ROWID;
CREATE TRIGGER copies_come AFTER INSERT ON copies WHEN new.published_day IS NOT NULL
BEGIN INSERT OR IGNORE INTO touched_days VALUES (new.source, new.published_day); END;
CREATE TRIGGER copies_go AFTER DELETE ON copies WHEN old.published_day IS NOT NULL
BEGIN INSERT OR IGNORE INTO touched_days VALUES (old.source, old.published_day); END;
CREATE TRIGGER copies_change_day AFTER UPDATE OF published_day ON copies WHEN old.published_day IS NOT new.published_day
BEGIN
    INSERT OR IGNORE INTO touched_days SELECT old.source, old.published_day WHERE old.published_day IS NOT NULL;
    INSERT OR IGNORE INTO touched_days SELECT new.source, new.published_day WHERE new.published_day IS NOT NULL;
END;
