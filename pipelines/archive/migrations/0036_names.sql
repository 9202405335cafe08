-- What was stripped is counted by kind, and parks and companies are found by any form of their names, without
-- reading their rows.

CREATE INDEX stripped_by_kind ON stripped_pieces (kind);

DROP INDEX mentions_by_entity;
CREATE INDEX mentions_by_entity ON mentions (kind, entity, name);

PRAGMA analysis_limit = 1000;
ANALYZE stripped_pieces;
ANALYZE mentions;
