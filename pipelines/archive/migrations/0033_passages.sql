-- Blocks are also passages that stay out of pages whose rest stays: 'redacted', the address of such a page, and
-- 'passage N', an address with N letters that it is not to show (pipelines/archive/kept_out/redacted.py).

CREATE TABLE blocks_of_passages (
    kind       TEXT NOT NULL,                -- host, domain, prefix, url, credited, redacted, passage N
    hash       BLOB NOT NULL,
    removal_id INTEGER NOT NULL REFERENCES removals (id),
    PRIMARY KEY (kind, hash, removal_id)
) WITHOUT ROWID;
INSERT INTO blocks_of_passages SELECT kind, hash, removal_id FROM blocks;
DROP TABLE blocks;
ALTER TABLE blocks_of_passages RENAME TO blocks;
CREATE INDEX blocks_by_removal_id ON blocks (removal_id);
CREATE TRIGGER blocks_added AFTER INSERT ON blocks
BEGIN
    INSERT INTO meta VALUES ('blocks_version', '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(value + 1 AS TEXT);
END;
CREATE TRIGGER blocks_lifted AFTER DELETE ON blocks
BEGIN
    INSERT INTO meta VALUES ('blocks_version', '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(value + 1 AS TEXT);
END;
