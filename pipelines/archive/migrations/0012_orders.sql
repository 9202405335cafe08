-- In how many orders the lists of candidate keys stand (pipelines/join/index.py). Texts from before this had
-- four; reprocess gives them all.
ALTER TABLE nodes ADD COLUMN orders INTEGER NOT NULL DEFAULT 4;
