-- The persistent index of the join stage and its evidence. Everything here follows from the live
-- texts: it can be deleted and computed again, and a node's every trace goes with it.

-- One row a distinct normalised text that some live page has; the text itself is in texts.
CREATE TABLE nodes (
    node_id    INTEGER PRIMARY KEY,  -- the first 64 bits of the SHA-256 of the normalised text
    cluster_id INTEGER,              -- the lowest node_id of its cluster; NULL until the next relink
    shingles   INTEGER NOT NULL,     -- how many distinct shingles it has
    scheme     TEXT NOT NULL,        -- how the signature was made, e.g. affine32:128:sound5latin14
    signature  BLOB NOT NULL,        -- datasketch's LeanMinHash.serialize(buffer, '<')
    keys       BLOB NOT NULL         -- its candidate keys, 64-bit little-endian integers
);
CREATE INDEX nodes_by_cluster ON nodes (cluster_id);

-- Candidate keys: which texts hold a sampled shingle. In each key's list texts stand in the order
-- (place, node_id), which depends on content only; those that stand close are candidates.
CREATE TABLE node_keys (
    key     INTEGER NOT NULL,
    place   INTEGER NOT NULL,        -- one of the node's MinHash values, so that like stands by like
    node_id INTEGER NOT NULL,
    PRIMARY KEY (key, place, node_id)
) WITHOUT ROWID;

-- The evidence: every candidate pair that was accepted, or was near and blocked.
CREATE TABLE pairs (
    node_a         INTEGER NOT NULL,
    node_b         INTEGER NOT NULL,
    verdict        TEXT NOT NULL CHECK (verdict IN ('same', 'blocked')),
    reason         TEXT NOT NULL,    -- most, spread, short; numbers, names, body
    containment    REAL NOT NULL,    -- share of the smaller text's shingles that the other has
    similarity     REAL NOT NULL,    -- Jaccard similarity of the two shingle sets
    numbers_shared INTEGER NOT NULL, -- places (by wording around them) where both have a number
    numbers_differ INTEGER NOT NULL, -- those where the numbers differ
    exchanges      INTEGER NOT NULL, -- short wordings that stand for each other between shared text
    names_differ   INTEGER NOT NULL, -- those that look like one name for another
    PRIMARY KEY (node_a, node_b),
    CHECK (node_a < node_b)
) WITHOUT ROWID;
CREATE INDEX pairs_by_node_b ON pairs (node_b);
