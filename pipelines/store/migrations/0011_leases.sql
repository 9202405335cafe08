-- Until when a slice of a round may still be fetched elsewhere; nobody else asks its hosts before. Epoch seconds.
ALTER TABLE crawls ADD COLUMN leased_until REAL NOT NULL DEFAULT 0;
