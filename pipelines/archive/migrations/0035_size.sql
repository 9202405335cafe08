-- What a large archive is asked often stands in an index, and no more rows are looked at than are told.

-- The newest articles first, without sorting all.
CREATE INDEX copies_newest ON copies (published_day DESC, published DESC, article_id DESC) WHERE kept = 1;

-- Articles by day or source name without their texts.
DROP INDEX articles_by_day;
CREATE INDEX articles_by_day ON articles (published_day, source_name);

-- Whose name it is: `reprints` asks it for each copy.
CREATE INDEX sources_by_name ON sources (name, host);

-- What a run brought of each source, without all that was there.
DROP INDEX readings_by_source;
CREATE INDEX readings_by_source ON readings (source, first_fetched_at);
DROP INDEX rejections_by_source;
CREATE INDEX rejections_by_source ON rejections (source, at);
