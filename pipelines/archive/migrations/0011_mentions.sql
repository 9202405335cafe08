-- What a text names: regions, parks, companies and amounts of money (pipelines/places).
CREATE TABLE mentions (
    text_id INTEGER NOT NULL REFERENCES texts (id) ON DELETE CASCADE,
    kind    TEXT NOT NULL CHECK (kind IN ('region', 'park', 'company', 'money')),
    start   INTEGER NOT NULL,  -- characters from the text's beginning
    "end"   INTEGER NOT NULL,
    name    TEXT NOT NULL,     -- as the text has it
    code    TEXT,              -- of a region, GB/T 2260; of a park or company, that of the region in its name
    value   REAL,              -- of an amount of money: how many units
    unit    TEXT,              -- ISO 4217
    PRIMARY KEY (text_id, start, kind, "end")
) WITHOUT ROWID;
CREATE INDEX mentions_by_name ON mentions (kind, name);
CREATE INDEX mentions_by_code ON mentions (code) WHERE code IS NOT NULL;
