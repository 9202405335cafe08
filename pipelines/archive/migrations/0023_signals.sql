-- Signals about rights beside notices: what they say, where they stood, and when.
ALTER TABLE rights ADD COLUMN value TEXT NOT NULL DEFAULT '';
ALTER TABLE rights ADD COLUMN origin TEXT NOT NULL DEFAULT 'notice';
ALTER TABLE rights ADD COLUMN at TEXT NOT NULL DEFAULT '';
UPDATE rights SET at = (SELECT fetched_at FROM readings WHERE readings.id = reading_id);
CREATE INDEX rights_by_kind ON rights (kind, reading_id);
