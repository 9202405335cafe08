-- Requests to remove something, from the letter to the answer: who asked, by when, and how far it is.
CREATE TABLE removal_requests (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    opened_at  TEXT NOT NULL,                -- UTC
    requester  TEXT NOT NULL,
    reason     TEXT NOT NULL,
    basis      TEXT NOT NULL DEFAULT '',     -- the law or contract that was invoked
    ticket     TEXT NOT NULL DEFAULT '',     -- the handler's own reference
    deadline   TEXT,                         -- the day by which it has to be answered; NULL: none was set
    answers    TEXT NOT NULL DEFAULT '',     -- JSON: what is to go, as far as it was said; emptied by the order
    removal_id INTEGER REFERENCES removals (id), -- the order that came of it
    closed_at  TEXT,                         -- UTC: when it was answered or given up
    outcome    TEXT NOT NULL DEFAULT ''      -- answered, or why nothing was done
);
