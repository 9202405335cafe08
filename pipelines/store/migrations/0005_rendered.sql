-- By what a page's body was drawn; empty where it is what the host sent.
ALTER TABLE pages ADD COLUMN rendered TEXT NOT NULL DEFAULT '';
