-- Reprints go by who published first, not by whose text is shown.

CREATE INDEX articles_by_first ON articles (first_publisher_status, first_publisher);

-- One row a copy of somebody else than the first publisher, where that is certain or likely: who copied whom,
-- and how long after.
DROP VIEW reprints;
CREATE VIEW reprints AS
SELECT copy.article_id, whose.host AS from_source, articles.first_publisher AS from_name,
       copy.source AS to_source, who.name AS to_name, copy.url,
       own.published_day AS from_day, copy.published_day AS to_day,
       CAST(julianday(copy.published_day) - julianday(own.published_day) AS INTEGER) AS lag_days,
       copy.credited_source, copy.similarity
FROM copies copy
JOIN articles ON articles.id = copy.article_id AND articles.first_publisher_status IN ('certain', 'likely')
JOIN sources who ON who.host = copy.source
LEFT JOIN sources whose ON whose.host = (
    SELECT min(host) FROM sources WHERE sources.name = articles.first_publisher
)
LEFT JOIN copies own ON own.id = (
    SELECT other.id FROM copies other JOIN sources its ON its.host = other.source
    WHERE other.article_id = copy.article_id AND its.name = articles.first_publisher
    ORDER BY other.published_day IS NULL, other.published_day, other.id LIMIT 1
)
WHERE who.name <> articles.first_publisher
  AND coalesce(who.publisher, who.name) <> coalesce(whose.publisher, articles.first_publisher);
