-- The salt leaves the archive: what stays out is known by digests under a key beside it
-- (pipelines/archive/kept_out/key.py), and what was searched for after a removal is not kept here any more.
-- What older archives hold of both is keyed and erased when this script has run (kept_out/rekeyed.py).

-- The ledger as far as it was applied to this archive, line by line.
CREATE TABLE ledger_lines (
    number INTEGER PRIMARY KEY,              -- its place in the ledger, from 1
    line   TEXT NOT NULL
);
INSERT INTO ledger_lines SELECT id, ledger_line FROM removals WHERE ledger_line <> '';
ALTER TABLE removals DROP COLUMN ledger_line;

ALTER TABLE removals ADD COLUMN ledger_order TEXT NOT NULL DEFAULT ''; -- its number in the ledger
UPDATE removals SET ledger_order = at || ' ' || plan_hash;

DROP TABLE residue_hashes;
