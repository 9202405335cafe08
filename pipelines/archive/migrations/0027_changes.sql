-- What changed of each article last, in order, for copies of the archive elsewhere; and searches that are kept.
CREATE TABLE changes (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,  -- grows with every change and is never used again
    article_id INTEGER NOT NULL UNIQUE,            -- of what was removed too
    at         TEXT NOT NULL,                      -- UTC
    change     TEXT NOT NULL
        CHECK (change IN ('new', 'changed', 'joined', 'split', 'corrected', 'removed'))
);
INSERT INTO changes (article_id, at, change) SELECT id, first_seen, 'new' FROM articles ORDER BY id;
CREATE TRIGGER articles_new AFTER INSERT ON articles BEGIN
    DELETE FROM changes WHERE article_id = NEW.id;
    INSERT INTO changes (article_id, at, change) VALUES (NEW.id, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 'new');
END;
CREATE TRIGGER articles_changed AFTER UPDATE ON articles
    WHEN (OLD.title, OLD.text, OLD.url, OLD.published, OLD.published_day, OLD.author, OLD.credited_source,
          OLD.credited_source_status, OLD.first_publisher, OLD.first_publisher_status, OLD.disputed, OLD.copies)
    IS NOT (NEW.title, NEW.text, NEW.url, NEW.published, NEW.published_day, NEW.author, NEW.credited_source,
          NEW.credited_source_status, NEW.first_publisher, NEW.first_publisher_status, NEW.disputed, NEW.copies)
BEGIN
    DELETE FROM changes WHERE article_id = NEW.id;
    INSERT INTO changes (article_id, at, change) VALUES (
        NEW.id, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'),
        CASE WHEN NEW.copies > OLD.copies THEN 'joined'
             WHEN NEW.copies < OLD.copies THEN 'split'
             WHEN EXISTS (SELECT 1 FROM corrections JOIN copies ON copies.url = corrections.page_url
                          WHERE copies.article_id = NEW.id AND corrections.withdrawn_at IS NULL) THEN 'corrected'
             ELSE 'changed' END);
END;
CREATE TRIGGER articles_removed AFTER DELETE ON articles BEGIN
    DELETE FROM changes WHERE article_id = OLD.id;
    INSERT INTO changes (article_id, at, change)
        VALUES (OLD.id, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 'removed');
END;
CREATE TABLE searches (
    name      TEXT PRIMARY KEY,
    query     TEXT NOT NULL,     -- in the language of `search`
    added_at  TEXT NOT NULL,     -- UTC
    told_id   INTEGER NOT NULL   -- articles up to this number were told
) WITHOUT ROWID;
