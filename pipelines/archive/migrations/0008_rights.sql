-- What the notices on a page say about rights in it: what a person who handles a complaint needs.
CREATE TABLE rights (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    kind       TEXT NOT NULL,    -- reserved, reprint-needs-consent, reprint-with-credit, licence or takedown
    holder     TEXT NOT NULL,    -- whom the notice names as the owner; empty where nobody
    contact    TEXT NOT NULL,    -- whom to ask for a takedown, as written; empty where the notice does not say
    evidence   TEXT NOT NULL,    -- the notice, shortened
    PRIMARY KEY (reading_id, position)
) WITHOUT ROWID;
