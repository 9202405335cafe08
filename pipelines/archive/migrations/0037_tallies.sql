-- What each article counts under (its source, its language, what it names, whose reprint it is), and how many
-- count under each, so that pages of the whole archive count nothing. pipelines/archive/tallies.py keeps both
-- true before each transaction ends; the triggers tell it which articles to look at.

CREATE TABLE counted (
    article_id INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    key        TEXT NOT NULL,
    n          INTEGER NOT NULL,
    PRIMARY KEY (article_id, kind, key)
) WITHOUT ROWID;

CREATE TABLE tallies (
    kind TEXT NOT NULL,
    key  TEXT NOT NULL,
    n    INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;

CREATE TABLE uncounted (
    article_id INTEGER PRIMARY KEY
);

CREATE TRIGGER copies_come_uncounted AFTER INSERT ON copies
BEGIN INSERT OR IGNORE INTO uncounted (article_id) VALUES (new.article_id); END;
CREATE TRIGGER copies_go_uncounted AFTER DELETE ON copies
BEGIN INSERT OR IGNORE INTO uncounted (article_id) VALUES (old.article_id); END;
CREATE TRIGGER copies_change_uncounted
AFTER UPDATE OF article_id, text_id, source, published_day, credited_source, language, kept ON copies
    WHEN (old.article_id, old.text_id, old.source, old.published_day, old.credited_source, old.language, old.kept)
    IS NOT (new.article_id, new.text_id, new.source, new.published_day, new.credited_source, new.language, new.kept)
BEGIN
    INSERT OR IGNORE INTO uncounted (article_id) VALUES (old.article_id), (new.article_id);
END;
CREATE TRIGGER articles_change_uncounted
AFTER UPDATE OF first_publisher, first_publisher_status ON articles
    WHEN (old.first_publisher, old.first_publisher_status) IS NOT (new.first_publisher, new.first_publisher_status)
BEGIN INSERT OR IGNORE INTO uncounted (article_id) VALUES (new.id); END;
CREATE TRIGGER mentions_come_uncounted AFTER INSERT ON mentions
BEGIN INSERT OR IGNORE INTO uncounted (article_id) SELECT article_id FROM copies WHERE text_id = new.text_id AND kept = 1; END;
CREATE TRIGGER mentions_change_uncounted AFTER UPDATE ON mentions
BEGIN INSERT OR IGNORE INTO uncounted (article_id) SELECT article_id FROM copies WHERE text_id = new.text_id AND kept = 1; END;
CREATE TRIGGER mentions_go_uncounted AFTER DELETE ON mentions
BEGIN INSERT OR IGNORE INTO uncounted (article_id) SELECT article_id FROM copies WHERE text_id = old.text_id AND kept = 1; END;
CREATE TRIGGER sources_change_uncounted AFTER UPDATE OF name ON sources WHEN old.name IS NOT new.name
BEGIN INSERT OR IGNORE INTO uncounted (article_id) SELECT article_id FROM copies WHERE source = new.host; END;

INSERT INTO uncounted (article_id) SELECT id FROM articles;

-- The most copied articles first, without counting the copies of all.
CREATE INDEX articles_by_copies ON articles (copies) WHERE copies > 1;
