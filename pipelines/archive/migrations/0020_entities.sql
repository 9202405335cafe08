-- One name for each region, park and company, however texts write it; `reprocess` brings it to what is here.
ALTER TABLE mentions ADD COLUMN entity TEXT;
UPDATE mentions SET entity = name WHERE kind <> 'money';
DROP INDEX mentions_by_name;
CREATE INDEX mentions_by_entity ON mentions (kind, entity);
