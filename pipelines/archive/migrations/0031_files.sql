-- What the files of articles say, where their source has it read; and that search finds it.
CREATE TABLE attachment_texts (
    url        TEXT PRIMARY KEY,  -- as in attachments
    source     TEXT NOT NULL,     -- whose articles it belongs to
    text       TEXT NOT NULL,
    fetched_at TEXT NOT NULL      -- UTC
) WITHOUT ROWID;
CREATE TABLE other_words_with_files (
    article_id INTEGER NOT NULL REFERENCES articles (id) DEFERRABLE INITIALLY DEFERRED,
    position   INTEGER NOT NULL,
    url        TEXT NOT NULL,                -- the copy's
    kind       TEXT NOT NULL CHECK (kind IN ('copy', 'spelling', 'file')),
    title      TEXT NOT NULL,                -- empty where it is the kept copy's; a file's name
    text       TEXT NOT NULL,                -- the sentences that differ; all that a file says
    PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
INSERT INTO other_words_with_files SELECT article_id, position, url, kind, title, text FROM other_words;
DROP TABLE other_words;
ALTER TABLE other_words_with_files RENAME TO other_words;
