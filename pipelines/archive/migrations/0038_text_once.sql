-- A text that an article shows stands in that article alone; `texts` gives each as if it stood there. The triggers
-- keep that true whoever writes: a copy that is kept lends its text to its article, and has it back before the
-- article shows another or goes.
ALTER TABLE texts RENAME TO text_rows;
ALTER TABLE text_rows ADD COLUMN article_id INTEGER;  -- the article that has the text; NULL where unshown_texts has it
UPDATE text_rows SET article_id = articles.id FROM copies JOIN articles ON articles.id = copies.article_id
    WHERE copies.text_id = text_rows.id AND copies.kept = 1 AND articles.text = text_rows.text;
CREATE INDEX text_rows_by_article ON text_rows (article_id) WHERE article_id IS NOT NULL;
CREATE TABLE unshown_texts (
    text_id INTEGER PRIMARY KEY REFERENCES text_rows (id) ON DELETE CASCADE,
    text    TEXT NOT NULL
);
INSERT INTO unshown_texts SELECT id, text FROM text_rows WHERE article_id IS NULL ORDER BY id;
ALTER TABLE text_rows DROP COLUMN text;
DELETE FROM sqlite_stat1 WHERE tbl = 'texts';
ANALYZE text_rows;

CREATE VIEW texts AS
SELECT id, sha256, node_id,
       CASE WHEN article_id IS NULL THEN (SELECT text FROM unshown_texts WHERE text_id = text_rows.id)
            ELSE (SELECT text FROM articles WHERE articles.id = article_id) END AS text
FROM text_rows;

CREATE TRIGGER copies_lend_text AFTER UPDATE OF kept ON copies WHEN new.kept = 1 AND EXISTS (
    SELECT 1 FROM unshown_texts JOIN articles USING (text) WHERE text_id = new.text_id AND articles.id = new.article_id)
BEGIN
    UPDATE text_rows SET article_id = new.article_id WHERE id = new.text_id;
    DELETE FROM unshown_texts WHERE text_id = new.text_id;
END;
CREATE TRIGGER articles_change_text BEFORE UPDATE OF text ON articles WHEN old.text <> new.text
BEGIN
    INSERT OR REPLACE INTO unshown_texts SELECT id, old.text FROM text_rows WHERE article_id = old.id;
    UPDATE text_rows SET article_id = NULL WHERE article_id = old.id;
END;
CREATE TRIGGER articles_go_with_text BEFORE DELETE ON articles
BEGIN
    INSERT OR REPLACE INTO unshown_texts SELECT id, old.text FROM text_rows WHERE article_id = old.id;
    UPDATE text_rows SET article_id = NULL WHERE article_id = old.id;
END;
