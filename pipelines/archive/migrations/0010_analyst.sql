-- Disputed articles, from the differences that are told since 0007.

DROP VIEW disputed;

-- Articles whose copies differ from the kept one in figures, dates or names, with how many places do.
CREATE VIEW disputed AS
SELECT article_id, count(DISTINCT CASE kind WHEN 'figure' THEN place END) AS numbers_differ,
       count(DISTINCT CASE kind WHEN 'date' THEN place END) AS dates_differ,
       count(DISTINCT CASE kind WHEN 'name' THEN place END) AS names_differ
FROM differences GROUP BY article_id;
