-- What analysts keep: articles in named sets, each with a label and a note of their own. There is no foreign key: an
-- article that was joined to another is found under its number of today, and of one that was removed its number stays.
CREATE TABLE set_articles (
    set_name   TEXT NOT NULL,
    article_id INTEGER NOT NULL,            -- as it was put there
    label      TEXT NOT NULL DEFAULT '',
    note       TEXT NOT NULL DEFAULT '',
    added_at   TEXT NOT NULL,               -- UTC
    PRIMARY KEY (set_name, article_id)
) WITHOUT ROWID;
CREATE INDEX set_articles_by_article ON set_articles (article_id);

-- The same by the numbers of today.
CREATE VIEW sets AS
WITH RECURSIVE led (put_as, id) AS (
    SELECT DISTINCT article_id, article_id FROM set_articles
    UNION
    SELECT put_as, new_id FROM led JOIN forwards ON old_id = id WHERE id NOT IN (SELECT id FROM articles)
)
SELECT set_name, led.id AS article_id, label, note, added_at, set_articles.article_id AS put_as
FROM set_articles JOIN led ON led.put_as = set_articles.article_id
WHERE led.id IN (SELECT id FROM articles) OR led.id NOT IN (SELECT old_id FROM forwards);
