-- Views for those who read: nothing here is stored.

-- One row a source and day (UTC), from the first run to the last: what came of it.
CREATE VIEW coverage AS
WITH RECURSIVE days (day) AS (
    SELECT min(date(at)) FROM run_sources
    UNION ALL
    SELECT date(day, '+1 day') FROM days WHERE day < (SELECT max(date(at)) FROM run_sources)
),
done AS (
    SELECT source, date(at) AS day, sum(fetched) AS fetched, sum(unchanged) AS unchanged,
           sum(failed) AS failed, sum(refused) AS refused, min(down) AS down,
           sum(articles) AS articles, max(last_error) AS last_error
    FROM run_sources GROUP BY source, date(at)
)
SELECT sources.host AS source, sources.name AS name, days.day,
       CASE WHEN done.source IS NULL THEN 'not due'
            WHEN done.down OR (done.fetched + done.unchanged = 0) THEN 'failed'
            ELSE 'fetched' END AS state,
       coalesce(done.fetched, 0) AS fetched, coalesce(done.unchanged, 0) AS unchanged,
       coalesce(done.failed, 0) AS failed, coalesce(done.refused, 0) AS refused,
       coalesce(done.articles, 0) AS articles, coalesce(done.last_error, '') AS last_error
FROM days CROSS JOIN sources LEFT JOIN done ON done.source = sources.host AND done.day = days.day
WHERE days.day IS NOT NULL AND sources.status <> 'removed';

-- One row a copy on another source than the kept one's: who copied whom, and how long after.
CREATE VIEW reprints AS
SELECT copy.article_id, kept.source AS from_source, whose.name AS from_name,
       copy.source AS to_source, who.name AS to_name, copy.url,
       kept.published_day AS from_day, copy.published_day AS to_day,
       CAST(julianday(copy.published_day) - julianday(kept.published_day) AS INTEGER) AS lag_days,
       copy.credited_source, copy.similarity
FROM copies copy
JOIN copies kept ON kept.article_id = copy.article_id AND kept.kept = 1
JOIN sources whose ON whose.host = kept.source
JOIN sources who ON who.host = copy.source
WHERE copy.kept = 0 AND copy.source <> kept.source;

-- Articles whose copies differ in numbers or names, with how many such places the widest pair has.
CREATE VIEW disputed AS
SELECT one.article_id, max(pairs.numbers_differ) AS numbers_differ, max(pairs.names_differ) AS names_differ
FROM pairs  -- CROSS JOIN keeps this order: few pairs differ
CROSS JOIN texts text_a ON text_a.node_id = pairs.node_a CROSS JOIN copies one ON one.text_id = text_a.id
CROSS JOIN texts text_b ON text_b.node_id = pairs.node_b
CROSS JOIN copies other ON other.text_id = text_b.id AND other.article_id = one.article_id
WHERE pairs.verdict = 'same' AND (pairs.numbers_differ > 0 OR pairs.names_differ > 0)
GROUP BY one.article_id;

-- One row an article with dated copies on several sources: how fast it spread.
CREATE VIEW spread AS
WITH dated AS (
    SELECT article_id, source, min(published_day) AS day FROM copies
    WHERE published_day IS NOT NULL GROUP BY article_id, source
),
first AS (
    SELECT article_id, min(day) AS day FROM dated GROUP BY article_id HAVING count(*) > 1
)
SELECT first.article_id, first.day AS first_day, count(*) AS dated_sources,
       sum(dated.day <= first.day) AS on_first_day,
       sum(dated.day <= date(first.day, '+1 day')) AS within_two_days,
       sum(dated.day <= date(first.day, '+6 day')) AS within_week
FROM first JOIN dated ON dated.article_id = first.article_id GROUP BY first.article_id;
