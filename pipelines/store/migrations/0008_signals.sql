-- What files of a host say about the use of its pages: with each page what was in force when it was fetched.
ALTER TABLE pages ADD COLUMN signals TEXT NOT NULL DEFAULT '[]';
ALTER TABLE robots ADD COLUMN tdmrep BLOB NOT NULL DEFAULT x'';
