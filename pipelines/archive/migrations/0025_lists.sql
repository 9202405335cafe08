-- Lists that only a comparison with other pages shows to be lists.

-- To which other pages of its site the part of a page that was read leads, by the keys of their addresses.
CREATE TABLE shown_pages (
    reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    address    INTEGER NOT NULL,
    is_item    INTEGER NOT NULL CHECK (is_item IN (0, 1)), -- 1: by a headline with a text below it
    PRIMARY KEY (address, reading_id)
) WITHOUT ROWID;
CREATE INDEX shown_pages_by_reading ON shown_pages (reading_id);

-- The address of each reading as shown_pages has it.
ALTER TABLE readings ADD COLUMN address INTEGER;
CREATE INDEX readings_by_address ON readings (address);

-- Readings that are lists, since their text stands on pages to which they lead: no copy is drawn from them.
CREATE TABLE listed (
    reading_id INTEGER PRIMARY KEY REFERENCES readings (id) ON DELETE CASCADE
);

-- A page that is forgotten is not known by its key either.
CREATE TRIGGER readings_forgotten AFTER DELETE ON readings BEGIN
    DELETE FROM shown_pages WHERE address = old.address;
END;
