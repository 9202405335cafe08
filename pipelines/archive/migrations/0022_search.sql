-- Search finds Latin words whole and what the other copies say. pipelines/archive/searched.py fills the index
-- again from the articles.

-- What an article's other copies say that the kept one does not, and words that its pages spell otherwise.
CREATE TABLE other_words (
    article_id INTEGER NOT NULL REFERENCES articles (id) DEFERRABLE INITIALLY DEFERRED,
    position   INTEGER NOT NULL,
    url        TEXT NOT NULL,                -- the copy's
    kind       TEXT NOT NULL CHECK (kind IN ('copy', 'spelling')),
    title      TEXT NOT NULL,                -- empty where it is the kept copy's
    text       TEXT NOT NULL,                -- the sentences that differ
    PRIMARY KEY (article_id, position)
) WITHOUT ROWID;

-- Titles and texts in tokens (pipelines/spelling.py), so that a phrase is an exact piece of text and a word of
-- Latin letters a whole one: WHERE articles_fts MATCH '"园 区" AND ai'. Contentless: the writer supplies the old.
DROP TABLE articles_fts;
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    title, text, other_titles, other_text, content = '',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co M* P* S*'"
);
