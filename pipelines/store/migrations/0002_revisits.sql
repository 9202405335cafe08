-- When known articles are asked for again, and which of them are gone. Times are epoch seconds.
ALTER TABLE urls ADD COLUMN interval_s REAL;
ALTER TABLE urls ADD COLUMN revisit_at REAL;
ALTER TABLE urls ADD COLUMN gone_at REAL;
ALTER TABLE urls ADD COLUMN sketch INTEGER;
UPDATE urls SET interval_s = 2592000, revisit_at = fetched_at + 2592000
  WHERE state = 'done' AND kind IN ('article', 'unknown');
CREATE INDEX urls_revisit ON urls (source, revisit_at) WHERE revisit_at IS NOT NULL;
ALTER TABLE announcements ADD COLUMN changed TEXT;
ALTER TABLE crawls ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
