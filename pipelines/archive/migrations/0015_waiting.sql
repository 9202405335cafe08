-- A run that leaves much of a source for the next one proves nothing of pages that it did not come to.
ALTER TABLE run_sources ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;  -- addresses left for a later run
